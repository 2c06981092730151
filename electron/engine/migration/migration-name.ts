const UP = '.up.sql'
const DOWN = '.down.sql'
const MAX_SLUG_BYTES = 120

/** File name of the script that applies a migration. */
export function upFileOf(name: string): string {
  return `${name}${UP}`
}

/** File name of the script that rolls a migration back. */
export function downFileOf(name: string): string {
  return `${name}${DOWN}`
}

/** The migration and the direction a file stands for; null for any other file. Composed and decomposed letters are one name. */
export function partOf(file: string): { readonly name: string; readonly part: 'up' | 'down' } | null {
  const lower = file.toLowerCase()
  const suffix = lower.endsWith(UP) ? UP : lower.endsWith(DOWN) ? DOWN : null
  if (suffix === null || file.length === suffix.length) return null
  return { name: file.slice(0, -suffix.length).normalize('NFC'), part: suffix === UP ? 'up' : 'down' }
}

/** File order: by numeric prefix, names without one last, then by name in code units. */
export function compareNames(a: string, b: string): number {
  const one = digitsIn(a)
  const other = digitsIn(b)
  if (one === 0 || other === 0) {
    if (one !== other) return one === 0 ? 1 : -1
  } else {
    const numbers = compareNumbers(a.slice(0, one), b.slice(0, other))
    if (numbers !== 0) return numbers
  }
  return a < b ? -1 : a > b ? 1 : 0
}

/** The words of a name without its numeric prefix. */
export function titleFromName(name: string): string {
  const words = name
    .replace(/^\d+[_-]*/, '')
    .replaceAll('_', ' ')
    .trim()
  return words === '' ? name : words
}

/** `YYYY-MM-DD` from a name that begins with a date or a timestamp; null when it does not. */
export function dateFromName(name: string): string | null {
  const found = /^(\d{4})(\d{2})(\d{2})(?:\d{6})?(?!\d)/.exec(name)
  if (found === null) return null
  const text = `${found[1]}-${found[2]}-${found[3]}`
  const time = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text) ? text : null
}

/** A file-name part for a title in any script: letters and digits of any alphabet, joined by underscores. */
export function slugOf(title: string): string {
  const words = title
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, '')
  let slug = ''
  for (const character of words) {
    if (Buffer.byteLength(slug + character) > MAX_SLUG_BYTES) break
    slug += character
  }
  return slug.replace(/_+$/, '') || 'migration'
}

/** The timestamp prefix of new names: UTC to the second. */
export function timestampOf(time: Date): string {
  return time.toISOString().slice(0, 19).replace(/\D/g, '')
}

/** How many digits a name begins with. */
function digitsIn(name: string): number {
  let at = 0
  while (isDigit(name.charCodeAt(at))) at += 1
  return at
}

const isDigit = (code: number) => code >= 48 && code <= 57

/** Compares numbers of any length by their digits: thousands of names are sorted at every look at a folder. */
function compareNumbers(a: string, b: string): number {
  if (a.length !== b.length) {
    const [one, other] = [withoutZeros(a), withoutZeros(b)]
    if (one.length !== other.length) return one.length < other.length ? -1 : 1
    return one < other ? -1 : one > other ? 1 : 0
  }
  return a < b ? -1 : a > b ? 1 : 0
}

const withoutZeros = (digits: string) => digits.replace(/^0+(?=.)/, '')

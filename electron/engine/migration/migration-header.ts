/** What the comment lines at the top of a script say. */
export interface Header {
  readonly title: string | null
  readonly isTransactional: boolean
  /** Names of migrations that must be applied before. */
  readonly depends: readonly string[]
  /** Why there is no rollback; null when there is one. */
  readonly irreversible: string | null
  /** For `lock_timeout`, e.g. `3s`; null where none is given. */
  readonly lockTimeout: string | null
}

/** Something wrong with a script, with its line from 1. */
export interface Problem {
  readonly line: number
  readonly message: string
}

const KEYS = ['title', 'transaction', 'depends', 'irreversible', 'lock-timeout'] as const
type Key = (typeof KEYS)[number]

const HEADER = /^--\s*([A-Za-z][A-Za-z _-]{0,30}?)\s*:(.*)$/

// A word that is nearly a key is taken for a slip: `-- transactions: off` must not be passed over in silence. Other words for it as well.
const NEAR: readonly RegExp[] = [
  /^titel$|^tittle$/,
  /^(no-?|non-?)?trans?act?ion(s|al)?$|^transact?ions?$|^tranaction$|^tx$/,
  /^depend(s|ency|encies)?(-?on)?$|^requires?$/,
  /^irrevers(i|a)ble$|^ireversible$/,
  /^lock[-_ ]?time-?out$/,
]

/** The header of a script, and what is wrong with it. Only comment lines before the first statement count. */
export function readHeader(text: string, part: 'up' | 'down'): { header: Header; problems: readonly Problem[] } {
  const values = new Map<Key, string>()
  const problems: Problem[] = []
  let line = 0
  let irreversible: string | null = null
  let lockTimeout: string | null = null
  let depends: readonly string[] = []
  let isTransactional = true
  const report = (message: string) => problems.push({ line, message })

  for (const raw of headLines(text)) {
    line += 1
    const found = HEADER.exec(raw.trim())
    if (found === null) continue
    const word = (found[1] ?? '').toLowerCase()
    const value = (found[2] ?? '').trim()
    const key = KEYS.find((each) => each === word)
    if (key === undefined) {
      const meant = KEYS[NEAR.findIndex((pattern) => pattern.test(word))] ?? KEYS.find((each) => isSlipOf(word, each))
      if (meant !== undefined) report(`"-- ${found[1]}:" is no header. Did you mean "-- ${meant}:"?`)
      continue
    }
    if (values.has(key)) report(`"-- ${key}:" is given twice.`)
    if (value === '') report(`"-- ${key}:" has no value.`)
    if (part === 'down' && (key === 'title' || key === 'depends' || key === 'irreversible')) {
      report(`"-- ${key}:" belongs in the .up.sql file.`)
    }
    values.set(key, value)
    if (value === '') continue
    if (key === 'transaction') {
      if (value !== 'on' && value !== 'off') report(`"-- transaction:" is "on" or "off", not "${value}".`)
      isTransactional = value !== 'off'
    } else if (key === 'lock-timeout') {
      if (/^[1-9]\d{0,8} ?(ms|s|min)$/.test(value)) lockTimeout = value.replace(' ', '')
      else report(`"-- lock-timeout:" is a number with ms, s or min, such as 3s; not "${value}".`)
    } else if (key === 'depends') {
      depends = value
        .normalize('NFC')
        .split(/[\s,]+/)
        .filter((name) => name !== '')
      const file = depends.find((name) => /\.(up|down)\.sql$/i.test(name))
      if (file !== undefined)
        report(`"-- depends:" names migrations without .up.sql: write ${file.replace(/\.(up|down)\.sql$/i, '')}.`)
    } else if (key === 'irreversible') {
      irreversible = value
    }
  }
  const title = values.get('title') || null
  return { header: { title, isTransactional, depends, irreversible, lockTimeout }, problems }
}

/** The line, from 1, on which a header stands; null when it does not. */
export function headerLine(text: string, key: Key): number | null {
  let line = 0
  for (const raw of headLines(text)) {
    line += 1
    if (HEADER.exec(raw.trim())?.[1]?.toLowerCase() === key) return line
  }
  return null
}

/** True when a word is a key but for one letter, or two in a long one: left out, put in, another, or two in the wrong order. */
function isSlipOf(word: string, key: Key): boolean {
  const most = key.length < 8 ? 1 : 2
  return word !== key && Math.abs(word.length - key.length) <= most && slips(word, key) <= most
}

/** Optimal string alignment distance: edits that turn one word into the other, swapped neighbours being one. */
function slips(one: string, other: string): number {
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, at) => at)]
  for (let i = 1; i <= one.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= other.length; j += 1) {
      const isSame = one[i - 1] === other[j - 1]
      const isSwap = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]
      const [above = [], before = []] = [rows[i - 1], rows[i - 2]]
      row.push(
        Math.min(
          (above[j] ?? 0) + 1,
          (row[j - 1] ?? 0) + 1,
          (above[j - 1] ?? 0) + (isSame ? 0 : 1),
          isSwap ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      )
    }
    rows.push(row)
  }
  return rows[one.length]?.[other.length] ?? 0
}

function* headLines(text: string): Generator<string> {
  let at = 0
  while (at < text.length) {
    const newline = text.indexOf('\n', at)
    const end = newline < 0 ? text.length : newline
    const line = text.slice(at, end)
    const trimmed = line.trim()
    if (trimmed !== '' && !trimmed.startsWith('--')) return
    yield line
    at = end + 1
  }
}

/** Why Python source was not read, with its place in it. */
export class PythonProblem extends Error {
  readonly at: number

  constructor(at: number, message: string) {
    super(message)
    this.at = at
  }
}

/** The value of a Python string, and where each of its UTF-16 units stands in the source. */
export interface StringLiteral {
  readonly text: string
  /** One for each unit, and one for the end. */
  readonly offsets: readonly number[]
}

const SIMPLE: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}
const NUMERIC: readonly (readonly [pattern: RegExp, base: number])[] = [
  [/x([0-9a-fA-F]{2})/y, 16],
  [/u([0-9a-fA-F]{4})/y, 16],
  [/U([0-9a-fA-F]{8})/y, 16],
  [/([0-7]{1,3})/y, 8],
]

/** Reads the string that begins at an offset, escapes taken for what Python takes them for. */
export function readString(source: string, from: number): { readonly literal: StringLiteral; readonly end: number } {
  const prefix = (/[a-zA-Z]*/y.exec(source.slice(from, from + 3))?.[0] ?? '').toLowerCase()
  if (prefix.includes('b')) throw new PythonProblem(from, 'a bytes literal is no SQL')
  if (prefix.includes('f') || prefix.includes('t')) {
    throw new PythonProblem(from, 'an f-string is put together while it runs')
  }
  const isRaw = prefix.includes('r')
  let at = from + prefix.length
  const quote = source.startsWith('"""', at) ? '"""' : source.startsWith("'''", at) ? "'''" : (source[at] ?? '')
  at += quote.length
  const units: string[] = []
  const offsets: number[] = []
  const push = (text: string, place: number) => {
    for (const unit of text.split('')) {
      units.push(unit)
      offsets.push(place)
    }
  }
  for (;;) {
    if (at >= source.length) throw new PythonProblem(from, 'a string is never closed')
    if (source.startsWith(quote, at)) break
    const character = source[at] ?? ''
    if (character === '\\') {
      if (isRaw) {
        // A raw string keeps its backslashes, and what stands behind one does not close it.
        push(character + (source[at + 1] ?? ''), at)
        offsets[offsets.length - 1] = at + 1
        at += 2
        continue
      }
      const decoded = readEscape(source, at)
      push(decoded.text, at)
      at = decoded.end
      continue
    }
    if (character === '\n' || character === '\r') {
      if (quote.length === 1) throw new PythonProblem(from, 'a string is not closed on its line')
      push('\n', at) // Python reads every line end as this one
      at += source.startsWith('\r\n', at) ? 2 : 1
      continue
    }
    push(character, at)
    at += 1
  }
  offsets.push(at)
  return { literal: { text: units.join(''), offsets }, end: at + quote.length }
}

/** Adjacent strings are one. */
export function joined(parts: readonly StringLiteral[]): StringLiteral {
  const offsets = parts.flatMap((part) => part.offsets.slice(0, -1))
  return { text: parts.map((part) => part.text).join(''), offsets: [...offsets, parts.at(-1)?.offsets.at(-1) ?? 0] }
}

function readEscape(source: string, at: number): { readonly text: string; readonly end: number } {
  const next = source[at + 1] ?? ''
  const simple = SIMPLE[next]
  if (simple !== undefined) return { text: simple, end: at + 2 }
  if (next === '\r' && source[at + 2] === '\n') return { text: '', end: at + 3 }
  if (next === '\n' || next === '\r') return { text: '', end: at + 2 }
  if (next === 'N') throw new PythonProblem(at, 'a character is given by its Unicode name')
  for (const [pattern, base] of NUMERIC) {
    pattern.lastIndex = at + 1
    const found = pattern.exec(source)
    if (found === null) continue
    const code = Number.parseInt(found[1] ?? '', base)
    if (code > 0x10ffff) throw new PythonProblem(at, 'an escape names no character')
    return { text: String.fromCodePoint(code), end: at + 1 + found[0].length }
  }
  if (next === 'x' || next === 'u' || next === 'U') throw new PythonProblem(at, 'an escape is cut short')
  return { text: '\\', end: at + 1 } // Python keeps a backslash that means nothing
}

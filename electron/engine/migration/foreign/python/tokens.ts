import { PythonProblem, readString, type StringLiteral } from './string-literal'

/** A token of Python source: enough of them to read literals, none that would run anything. */
export type Token =
  | { readonly kind: 'name' | 'number' | 'operator'; readonly text: string; readonly at: number }
  | { readonly kind: 'string'; readonly text: string; readonly at: number; readonly literal: StringLiteral }
  /** The end of a logical line, outside all brackets. */
  | { readonly kind: 'newline'; readonly text: string; readonly at: number }
  | { readonly kind: 'end'; readonly text: string; readonly at: number }

const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy
const NUMBER = /\d[\w.]*/y
const STRING_START = /(?:[rRbBuUfFtT]{1,2})?(?:"""|'''|"|')/y
const OPENING = '([{'
const CLOSING = ')]}'

/** The tokens of a Python source; throws a `PythonProblem` where it cannot be read. */
export function tokensOf(source: string): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  let depth = 0
  const found = (pattern: RegExp): string | null => {
    pattern.lastIndex = at
    return pattern.exec(source)?.[0] ?? null
  }
  while (at < source.length) {
    const character = source[at] ?? ''
    if (character === '\n' || character === '\r') {
      if (depth === 0 && tokens.at(-1)?.kind !== 'newline') tokens.push({ kind: 'newline', text: '\n', at })
      at += 1
      continue
    }
    if (character === ' ' || character === '\t' || character === '\f' || character === '\ufeff') {
      at += 1
      continue
    }
    if (character === '#') {
      const end = source.indexOf('\n', at)
      at = end < 0 ? source.length : end
      continue
    }
    if (character === '\\') {
      const continued = found(/\\[ \t]*\r?\n/y)
      if (continued === null) throw new PythonProblem(at, 'a backslash stands where no line ends')
      at += continued.length
      continue
    }
    if (found(STRING_START) !== null) {
      const { literal, end } = readString(source, at)
      tokens.push({ kind: 'string', text: source.slice(at, end), at, literal })
      at = end
      continue
    }
    const word = found(NAME)
    const number = word === null ? found(NUMBER) : null
    const text = word ?? number ?? character
    tokens.push({ kind: word !== null ? 'name' : number !== null ? 'number' : 'operator', text, at })
    if (OPENING.includes(text)) depth += 1
    else if (CLOSING.includes(text)) depth -= 1
    if (depth < 0) throw new PythonProblem(at, `"${text}" closes nothing`)
    at += text.length
  }
  if (depth > 0) throw new PythonProblem(source.length, 'a bracket is never closed')
  tokens.push({ kind: 'newline', text: '', at: source.length }, { kind: 'end', text: '', at: source.length })
  return tokens
}

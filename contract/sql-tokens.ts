import { isIdentifierPart } from './script-scanner'

/** How the body of a quoted token is to be read. */
export type QuoteStyle = 'plain' | 'doubled' | 'escape' | 'unicode'

/** A piece of SQL text; white space is left out. */
export interface SqlToken {
  readonly kind: 'word' | 'number' | 'symbol' | 'string' | 'name' | 'comment'
  /** Half-open range in UTF-16 units. */
  readonly from: number
  readonly to: number
  /** What is between the quotes or comment marks; the token itself where there are none. */
  readonly bodyFrom: number
  readonly bodyTo: number
  readonly style: QuoteStyle
}

/**
 * The tokens of SQL text by the rules of PostgreSQL's lexer (scan.l): nested comments, every kind of quote. A quote or comment that is
 * never closed reaches to the end: cut text still has all its tokens.
 */
export function sqlTokens(text: string, hasStandardStrings = true): readonly SqlToken[] {
  const tokens: SqlToken[] = []
  for (let at = 0; at < text.length; ) {
    if (/\s|\ufeff/.test(text.charAt(at))) {
      at += 1
      continue
    }
    const token = tokenAt(text, at, hasStandardStrings)
    tokens.push(token)
    at = token.to
  }
  return tokens
}

function tokenAt(text: string, at: number, hasStandardStrings: boolean): SqlToken {
  const two = text.slice(at, at + 2)
  if (two === '--') return lineComment(text, at)
  if (two === '/*') return blockComment(text, at)
  const character = text.charAt(at)
  if (character === "'") return quoted(text, at, at, hasStandardStrings ? 'doubled' : 'escape')
  if (character === '"') return quoted(text, at, at, 'doubled')
  if (character === '$') return dollar(text, at)
  const prefix = /^(?:([ebxn])(?=')|(u&)(?=['"]))/i.exec(text.slice(at, at + 3))
  if (prefix !== null) {
    const isEscape = prefix[1]?.toLowerCase() === 'e'
    const style = prefix[2] === undefined ? (isEscape ? 'escape' : 'doubled') : 'unicode'
    return quoted(text, at, at + prefix[0].length, style)
  }
  const code = text.charCodeAt(at)
  if (isIdentifierPart(code) && character !== '$') {
    let to = at + 1
    while (to < text.length && isIdentifierPart(text.charCodeAt(to))) to += 1
    return whole(code >= 48 && code <= 57 ? 'number' : 'word', at, to)
  }
  return whole('symbol', at, at + 1)
}

function whole(kind: SqlToken['kind'], from: number, to: number): SqlToken {
  return { kind, from, to, bodyFrom: from, bodyTo: to, style: 'plain' }
}

function lineComment(text: string, from: number): SqlToken {
  let to = from + 2
  while (to < text.length && text[to] !== '\n' && text[to] !== '\r') to += 1
  return { kind: 'comment', from, to, bodyFrom: from + 2, bodyTo: to, style: 'plain' }
}

function blockComment(text: string, from: number): SqlToken {
  let depth = 1
  let at = from + 2
  while (depth > 0) {
    const close = text.indexOf('*/', at)
    if (close < 0) {
      return { kind: 'comment', from, to: text.length, bodyFrom: from + 2, bodyTo: text.length, style: 'plain' }
    }
    const nested = text.indexOf('/*', at)
    const isNested = nested >= 0 && nested < close
    depth += isNested ? 1 : -1
    at = (isNested ? nested : close) + 2
  }
  return { kind: 'comment', from, to: at, bodyFrom: from + 2, bodyTo: at - 2, style: 'plain' }
}

function quoted(text: string, from: number, quoteAt: number, style: QuoteStyle): SqlToken {
  const quote = text.charAt(quoteAt)
  const kind = quote === '"' ? 'name' : 'string'
  for (let at = quoteAt + 1; at < text.length; at += 1) {
    if (style === 'escape' && text[at] === '\\') at += 1
    else if (text[at] === quote) {
      if (text[at + 1] !== quote) return { kind, from, to: at + 1, bodyFrom: quoteAt + 1, bodyTo: at, style }
      at += 1
    }
  }
  return { kind, from, to: text.length, bodyFrom: quoteAt + 1, bodyTo: text.length, style }
}

function dollar(text: string, from: number): SqlToken {
  const tag = /^\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/.exec(text.slice(from, from + 66))?.[0]
  if (tag === undefined) return whole('symbol', from, from + 1)
  const bodyFrom = from + tag.length
  const close = text.indexOf(tag, bodyFrom)
  const bodyTo = close < 0 ? text.length : close
  return { kind: 'string', from, to: close < 0 ? text.length : close + tag.length, bodyFrom, bodyTo, style: 'plain' }
}

/** What a quoted token means, and where each of its characters stands in the text; one more place for its end. */
export interface TokenBody {
  readonly text: string
  readonly places: readonly number[]
}

const ESCAPED = /\\(?:x[0-9A-Fa-f]{1,2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|[0-7]{1,3}|[\s\S])|''|""|[\s\S]/g
const UNICODE = /\\(?:\+[0-9A-Fa-f]{6}|[0-9A-Fa-f]{4}|\\)|''|""|[\s\S]/g
const DOUBLED = /''|""|[\s\S]/g

/** The body of a token with its quotes and escapes read as the server reads them. */
export function tokenBody(text: string, token: SqlToken): TokenBody {
  const raw = text.slice(token.bodyFrom, token.bodyTo)
  const pattern = { plain: null, doubled: DOUBLED, escape: ESCAPED, unicode: UNICODE }[token.style]
  const isPlain = pattern === null || !(token.style === 'doubled' ? /''|""/ : /\\|''|""/).test(raw)
  if (isPlain) return { text: raw, places: Array.from({ length: raw.length + 1 }, (_, at) => token.bodyFrom + at) }
  let read = ''
  const places: number[] = []
  for (const { 0: piece, index } of raw.matchAll(pattern)) {
    const meant = meaning(piece)
    for (let at = 0; at < meant.length; at += 1) places.push(token.bodyFrom + index)
    read += meant
  }
  places.push(token.bodyTo)
  return { text: read, places }
}

const CONTROLS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

function meaning(piece: string): string {
  if (piece === "''" || piece === '""') return piece.charAt(0)
  if (piece.length < 2) return piece
  const rest = piece.slice(1)
  const digits = /^(?:x|u|U|\+)?([0-9A-Fa-f]{1,8})$/.exec(rest)?.[1]
  if (/^[0-7]{1,3}$/.test(rest)) return String.fromCharCode(Number.parseInt(rest, 8))
  if (digits !== undefined && rest.length > 1) {
    const code = Number.parseInt(digits, 16)
    return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd'
  }
  return CONTROLS[rest] ?? rest
}

import { joined, PythonProblem, type StringLiteral } from './string-literal'
import type { Token } from './tokens'

/** A value written in Python source; a call is only named and never made. */
export type Value =
  | { readonly kind: 'string'; readonly at: number; readonly literal: StringLiteral }
  | { readonly kind: 'constant'; readonly at: number; readonly name: 'None' | 'True' | 'False' }
  | { readonly kind: 'number'; readonly at: number }
  | { readonly kind: 'list'; readonly at: number; readonly items: readonly Value[] }
  | { readonly kind: 'name'; readonly at: number; readonly name: string }
  | { readonly kind: 'call'; readonly at: number; readonly name: string; readonly arguments: readonly Argument[] }

/** One argument of a call; `name` is null for a positional one. */
export interface Argument {
  readonly name: string | null
  readonly value: Value
}

const CLOSES: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }
const CONSTANTS = ['None', 'True', 'False'] as const

/** Reads values out of tokens, one behind the other. */
export class ValueReader {
  private readonly tokens: readonly Token[]
  private index = 0

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens
  }

  /** The token that comes next, or one behind it. */
  peek(ahead = 0): Token {
    const token = this.tokens[Math.min(this.index + ahead, this.tokens.length - 1)]
    if (token === undefined) throw new PythonProblem(0, 'the source is empty')
    return token
  }

  /** Takes the next token. */
  next(): Token {
    const token = this.peek()
    this.index += 1
    return token
  }

  /** Takes the next token if it is this one. */
  takes(text: string): boolean {
    const token = this.peek()
    if (token.kind === 'string' || token.text !== text) return false
    this.index += 1
    return true
  }

  /** Skips to behind the end of the logical line. */
  skipLine(): void {
    while (this.peek().kind !== 'newline' && this.peek().kind !== 'end') this.index += 1
    if (this.peek().kind === 'newline') this.index += 1
  }

  /** A value; strings side by side or joined with `+` are one. */
  value(): Value {
    let first = this.single()
    while (this.takes('+')) {
      const second = this.single()
      if (first.kind !== 'string' || second.kind !== 'string') {
        throw new PythonProblem(second.at, 'only literal strings are joined here')
      }
      first = { ...first, literal: joined([first.literal, second.literal]) }
    }
    const { kind, text, at } = this.peek()
    if (kind === 'operator' && !',)]}=:;'.includes(text)) {
      throw new PythonProblem(at, `"${text}" makes it more than a literal`)
    }
    return first
  }

  private single(): Value {
    const token = this.next()
    const { at } = token
    if (token.kind === 'string') {
      const parts = [token.literal]
      for (let after = this.peek(); after.kind === 'string'; after = this.peek()) {
        parts.push(after.literal)
        this.index += 1
      }
      return { kind: 'string', at, literal: joined(parts) }
    }
    if (token.kind === 'number') return { kind: 'number', at }
    if (token.kind === 'name') return this.named(token.text, at)
    if (token.text in CLOSES) return this.list(token.text, at)
    throw new PythonProblem(at, token.kind === 'newline' ? 'a value is missing' : `"${token.text}" is no literal`)
  }

  private named(first: string, at: number): Value {
    const constant = CONSTANTS.find((each) => each === first)
    if (constant !== undefined) return { kind: 'constant', at, name: constant }
    let name = first
    while (this.takes('.')) name += `.${this.next().text}`
    if (!this.takes('(')) return { kind: 'name', at, name }
    const given: Argument[] = []
    while (!this.takes(')')) {
      const keyword = this.peek().kind === 'name' && this.peek(1).text === '=' && this.peek(1).kind === 'operator'
      const label = keyword ? this.next().text : null
      if (keyword) this.index += 1
      given.push({ name: label, value: this.value() })
      if (!this.takes(',') && this.peek().text !== ')') throw this.unexpected()
    }
    return { kind: 'call', at, name, arguments: given }
  }

  /** A list, tuple, set or empty dict; brackets around one value alone are that value. */
  private list(opening: string, at: number): Value {
    const closing = CLOSES[opening] ?? ''
    const items: Value[] = []
    let commas = 0
    while (!this.takes(closing)) {
      items.push(this.value())
      if (this.takes(',')) commas += 1
      else if (this.peek().kind === 'string' || this.peek().text !== closing) throw this.unexpected()
    }
    const [only] = items
    return opening === '(' && commas === 0 && only !== undefined ? only : { kind: 'list', at, items }
  }

  private unexpected(): PythonProblem {
    const { at, text } = this.peek()
    return new PythonProblem(at, `"${text.slice(0, 40)}" makes it more than a literal`)
  }
}

import { isIdentifierPart, type Statement } from './script-scanner'

/** The highest parameter number of a statement. */
const MAX_NUMBER = 65_535

/** A place in a statement where a value is wanted: `:name`, or `$1` as PostgreSQL itself writes it. */
export interface ParameterUse {
  /** As written, with its mark: `:name` or `$1`. */
  readonly name: string
  /** Half-open range in UTF-16 units of the statement's text. */
  readonly from: number
  readonly to: number
}

/** Whether a text can hold a parameter at all: quick, and never wrong when it says no. Casts alone do not make it say yes. */
export function mayHaveParameters(text: string): boolean {
  return /(?<!:)(?:::)*:[A-Za-z_\u0080-\uffff]|\$\d/.test(text)
}

/**
 * The parameters of one statement in order of appearance, found as PostgreSQL's lexer reads it: never in quotes, dollar quotes or comments,
 * and no cast (`::type`), named argument (`:=`) or slice (`a[lo:hi]`). PREPARE and functions own their `$1`: they have none.
 */
export function findParameters(
  text: string,
  words: Statement['words'],
  hasStandardStrings = true,
): readonly ParameterUse[] {
  if (hasParametersOfItsOwn(words) || !mayHaveParameters(text)) return []
  return new ParameterScanner(text, hasStandardStrings).scan()
}

function hasParametersOfItsOwn(words: Statement['words']): boolean {
  const [first, second, third, fourth] = words
  if (first === 'prepare') return true
  const made = second === 'or' && third === 'replace' ? fourth : second
  return first === 'create' && (made === 'function' || made === 'procedure')
}

/** What stands before a colon decides what it means inside square brackets. */
type Before = 'operand' | 'opening' | 'other'

class ParameterScanner {
  private readonly text: string
  private readonly hasStandardStrings: boolean
  private readonly uses: ParameterUse[] = []
  /** Open square brackets: of an ARRAY constructor, or of a subscript. */
  private readonly brackets: ('array' | 'subscript')[] = []
  private at = 0
  private before: Before = 'other'
  private word = ''

  constructor(text: string, hasStandardStrings: boolean) {
    this.text = text
    this.hasStandardStrings = hasStandardStrings
  }

  scan(): readonly ParameterUse[] {
    const { text } = this
    while (this.at < text.length) {
      const character = text.charAt(this.at)
      const next = text.charAt(this.at + 1)
      if (/\s/.test(character)) this.at += 1
      else if (character === '-' && next === '-') this.at = endOr(text, text.indexOf('\n', this.at))
      else if (character === '/' && next === '*') this.skipComment()
      else if (character === "'") this.skipQuoted("'", !this.hasStandardStrings)
      else if (character === '"') this.skipQuoted('"', false)
      else if (character === '$') this.takeDollar()
      else if (character === ':') this.takeColon(next)
      else if (isNameStart(character)) this.takeWord(next)
      else this.takeOther(character)
    }
    return this.uses
  }

  private takeWord(next: string): void {
    const { text } = this
    const lower = text.charAt(this.at).toLowerCase()
    if (next === "'" && 'ebxn'.includes(lower)) {
      this.at += 1
      this.skipQuoted("'", lower === 'e' || (lower === 'n' && !this.hasStandardStrings))
      return
    }
    if (lower === 'u' && next === '&' && /['"]/.test(text.charAt(this.at + 2))) {
      this.at += 2
      this.skipQuoted(text.charAt(this.at), false)
      return
    }
    const from = this.at
    this.at = nameEnd(text, from)
    this.word = text.slice(from, this.at).toLowerCase()
    this.before = 'operand'
  }

  private takeOther(character: string): void {
    if (character === '[') {
      const isArray = (this.before === 'operand' && this.word === 'array') || this.brackets.at(-1) === 'array'
      const isSubscript = this.before === 'operand' && this.word !== 'array'
      this.brackets.push(isArray && !isSubscript ? 'array' : 'subscript')
      this.before = 'opening'
    } else if (character === ']') {
      this.brackets.pop()
      this.before = 'operand'
    } else {
      this.before = character === ')' || /[0-9.]/.test(character) ? 'operand' : 'other'
    }
    this.word = ''
    this.at += 1
  }

  private takeColon(next: string): void {
    if (next === ':' || next === '=') {
      this.at += 2
      this.note('other')
      return
    }
    const isSlice = this.brackets.at(-1) === 'subscript' && (this.before === 'operand' || this.before === 'opening')
    if (isSlice || !isNameStart(next)) {
      this.at += 1
      this.note('other')
      return
    }
    const from = this.at
    this.take(from, nameEnd(this.text, from + 1))
  }

  private takeDollar(): void {
    const { text } = this
    const number = /\$(\d+)/y
    number.lastIndex = this.at
    const digits = number.exec(text)?.[1]
    if (digits !== undefined) {
      // The protocol counts parameters in 16 bits; what is past them, the server refuses as it is written.
      if (Number(digits) >= 1 && Number(digits) <= MAX_NUMBER) this.take(this.at, number.lastIndex)
      else this.at = number.lastIndex
      return
    }
    const quote = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y
    quote.lastIndex = this.at
    const tag = quote.exec(text)?.[0]
    if (tag === undefined) this.at += 1
    else {
      const close = text.indexOf(tag, this.at + tag.length)
      this.at = close < 0 ? text.length : close + tag.length
    }
    this.note('operand')
  }

  private take(from: number, to: number): void {
    this.uses.push({ name: this.text.slice(from, to), from, to })
    this.at = to
    this.note('operand')
  }

  private note(before: Before): void {
    this.before = before
    this.word = ''
  }

  private skipQuoted(quote: string, hasEscapes: boolean): void {
    const { text } = this
    let at = this.at + 1
    for (;;) {
      const close = text.indexOf(quote, at)
      if (close < 0) {
        this.at = text.length
        return
      }
      const backslash = hasEscapes ? text.indexOf('\\', at) : -1
      if (backslash >= 0 && backslash < close) at = backslash + 2
      else if (text.charAt(close + 1) === quote) at = close + 2
      else {
        this.at = close + 1
        this.note('operand')
        return
      }
    }
  }

  private skipComment(): void {
    const { text } = this
    let open = 1
    let at = this.at + 2
    while (open > 0) {
      const close = text.indexOf('*/', at)
      if (close < 0) {
        this.at = text.length
        return
      }
      const nested = text.indexOf('/*', at)
      const isNested = nested >= 0 && nested < close
      open += isNested ? 1 : -1
      at = (isNested ? nested : close) + 2
    }
    this.at = at
  }
}

function isNameStart(character: string): boolean {
  return /[A-Za-z_\u0080-\uffff]/.test(character)
}

function nameEnd(text: string, from: number): number {
  let at = from + 1
  while (at < text.length && isIdentifierPart(text.charCodeAt(at))) at += 1
  return at
}

function endOr(text: string, found: number): number {
  return found < 0 ? text.length : found
}

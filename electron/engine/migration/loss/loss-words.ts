import { type SqlToken, sqlTokens } from '../../../../contract/sql-tokens'

/** What the words of a statement say it destroys; names as they are written. */
export type WrittenLoss =
  | { readonly kind: 'relation' | 'truncated rows' | 'deleted rows'; readonly name: string }
  | { readonly kind: 'column'; readonly name: string; readonly column: string }
  | {
      readonly kind: 'converted column'
      readonly name: string
      readonly column: string
      /** USING gives what is not the column's own value in the other type. */
      readonly isComputed: boolean
    }
  | { readonly kind: 'schema'; readonly name: string }

/** What a statement destroys as far as its own words tell; what CASCADE, functions and triggers do, they do not. */
export function writtenLosses(text: string, hasStandardStrings: boolean): readonly WrittenLoss[] {
  const words = new Words(text, hasStandardStrings)
  if (words.take('drop', 'table') || words.take('drop', 'materialized', 'view')) return words.names('relation')
  if (words.take('drop', 'schema')) return words.names('schema')
  if (words.take('truncate')) {
    words.take('table')
    return words.names('truncated rows')
  }
  if (words.take('delete', 'from')) return words.names('deleted rows').slice(0, 1)
  if (words.take('alter', 'table')) return words.alterations()
  return []
}

/** True when a statement may destroy what its words do not name: blocks, calls, whatever cascades. */
export function isOpaque(text: string, hasStandardStrings: boolean): boolean {
  const tokens = sqlTokens(text, hasStandardStrings).filter((token) => token.kind !== 'comment')
  const words = tokens.map((token) => (token.kind === 'word' ? text.slice(token.from, token.to).toLowerCase() : ''))
  const [first = ''] = words
  if (first === 'do' || first === 'call' || first === 'execute' || first === 'merge') return true
  if (first === 'drop') return words.includes('cascade')
  if (first !== 'select' && first !== 'with') return false
  if (words.some((word) => word === 'delete' || word === 'truncate')) return true
  return tokens.some((token, at) => {
    const isCall = token.kind === 'symbol' && text[token.from] === '(' && (words[at - 1] ?? '') !== ''
    return isCall && !HARMLESS.has(words[at - 1] ?? '')
  })
}

/** Called in dumps and in data statements; they destroy no rows. */
const HARMLESS = new Set(
  'setval set_config nextval currval count sum min max avg coalesce now in exists values as and or not on using any all from select where over filter'.split(
    ' ',
  ),
)

/** Words after a list of names. */
const ENDS = new Set(['cascade', 'restrict', 'restart', 'continue', 'where', 'using', 'returning', 'as'])

class Words {
  private readonly text: string
  private readonly tokens: readonly SqlToken[]
  private at = 0

  constructor(text: string, hasStandardStrings: boolean) {
    this.text = text
    this.tokens = sqlTokens(text, hasStandardStrings).filter((token) => token.kind !== 'comment')
  }

  /** Steps over these words when they come next. */
  take(...words: readonly string[]): boolean {
    if (!words.every((word, index) => this.wordAt(this.at + index) === word)) return false
    this.at += words.length
    return true
  }

  /** The names that come next, between commas. */
  names<K extends 'relation' | 'schema' | 'truncated rows' | 'deleted rows'>(kind: K): { kind: K; name: string }[] {
    const found: { kind: K; name: string }[] = []
    this.take('if', 'exists')
    do {
      this.take('only')
      const name = this.name()
      if (name !== null) found.push({ kind, name })
      this.symbol('*')
    } while (this.symbol(','))
    return found
  }

  /** The columns that the actions of ALTER TABLE drop or convert. */
  alterations(): WrittenLoss[] {
    const found: WrittenLoss[] = []
    this.take('if', 'exists')
    this.take('only')
    const name = this.name()
    if (name === null) return found
    this.symbol('*')
    do {
      const drops = this.take('drop')
      if (drops && !this.take('constraint') && !this.take('expression')) {
        this.take('column')
        this.take('if', 'exists')
        const column = this.name()
        if (column !== null) found.push({ kind: 'column', name, column })
      } else if (!drops && this.take('alter')) {
        this.take('column')
        const column = this.name()
        const converts = this.take('type') || this.take('set', 'data', 'type')
        if (column !== null && converts) {
          const isComputed = this.isComputed(column)
          found.push({ kind: 'converted column', name, column, isComputed })
        }
      }
    } while (this.nextAction())
    return found
  }

  /** Looks for a USING in the action that comes, and steps over nothing. */
  private isComputed(column: string): boolean {
    const from = this.at
    while (this.at < this.tokens.length && this.wordAt(this.at) !== 'using' && this.symbolAt(this.at) !== ',')
      this.at += 1
    const start = this.tokens[this.at]
    const hasUsing = this.wordAt(this.at) === 'using'
    this.nextAction()
    const end = this.tokens[this.at - 1]
    const isLast = this.at >= this.tokens.length
    const expression = this.text.slice(start?.to, isLast ? undefined : end?.from).trim()
    this.at = from
    return (
      hasUsing &&
      !(expression.startsWith(`${column}::`) && /^[\w\s(),."[\]]+$/.test(expression.slice(column.length + 2)))
    )
  }

  private nextAction(): boolean {
    let depth = 0
    for (; this.at < this.tokens.length; this.at += 1) {
      const symbol = this.symbolAt(this.at)
      if (symbol === '(') depth += 1
      if (symbol === ')') depth -= 1
      if (symbol === ',' && depth === 0) {
        this.at += 1
        return true
      }
    }
    return false
  }

  private name(): string | null {
    let name = ''
    for (;;) {
      const token = this.tokens[this.at]
      const isName =
        token?.kind === 'name' || (token?.kind === 'word' && (name !== '' || !ENDS.has(this.wordAt(this.at))))
      if (token === undefined || !isName) return name === '' ? null : name
      name += this.text.slice(token.from, token.to)
      this.at += 1
      if (!this.symbol('.')) return name
      name += '.'
    }
  }

  private symbol(symbol: string): boolean {
    if (this.symbolAt(this.at) !== symbol) return false
    this.at += 1
    return true
  }

  private symbolAt(at: number): string {
    const token = this.tokens[at]
    return token?.kind === 'symbol' ? this.text.slice(token.from, token.to) : ''
  }

  private wordAt(at: number): string {
    const token = this.tokens[at]
    return token?.kind === 'word' ? this.text.slice(token.from, token.to).toLowerCase() : ''
  }
}

import { isSecretName, type SecretRange } from './secret-names'
import { type SqlToken, tokenBody } from './sql-tokens'

/** Functions of pgcrypto and the place of the argument, from 0, that is a password. */
const SECRET_ARGUMENTS: Readonly<Record<string, number>> = {
  crypt: 0,
  pgp_sym_encrypt: 1,
  pgp_sym_encrypt_bytea: 1,
  pgp_sym_decrypt: 1,
  pgp_sym_decrypt_bytea: 1,
  pgp_pub_decrypt: 2,
  pgp_pub_decrypt_bytea: 2,
}

const ASSIGNING = new Set(['=', ':=', '=>', '==', '<>', '!='])
/** Words between a name and its value. */
const BETWEEN = new Set(['to', 'like', 'ilike'])
/** Before the name of a relation or an index, not of a function. */
const BEFORE_RELATION = new Set([
  'table',
  'exists',
  'into',
  'on',
  'index',
  'view',
  'references',
  'update',
  'join',
  'from',
  'copy',
])
/** A string whose text goes on in the next argument or the next operand. */
const CONTINUED =
  /(?:password|passwd|passphrase|pwd|secret|token)\s*(?:=|:=|to)?\s*(?:'?\s*$|'?%(?:\d+\$)?[LsI]|'?\$\d)/i

/** Where the tokens of statements say that a string is a secret: by the word before it, the column, or the function it is given to. */
export function statementSecrets(sql: string, tokens: readonly SqlToken[]): readonly SecretRange[] {
  return new SecretReader(
    sql,
    tokens.filter((token) => token.kind !== 'comment'),
  ).read()
}

class SecretReader {
  private readonly sql: string
  private readonly tokens: readonly SqlToken[]
  /** Tokens found to be secrets. */
  private readonly taken = new Set<SqlToken>()
  private readonly bare: SecretRange[] = []
  /** Where the parentheses that open at a token close. */
  private readonly closings: ReadonlyMap<number, number>
  /** All strings before this token that were to be taken have been. */
  private sweptTo = 0
  private words: string[] = []
  private stepsLeft: number

  constructor(sql: string, tokens: readonly SqlToken[]) {
    this.sql = sql
    this.tokens = tokens
    this.closings = findClosings(sql, tokens)
    this.stepsLeft = 100_000 + 50 * tokens.length
  }

  read(): readonly SecretRange[] {
    for (let at = 0; at < this.tokens.length; at += 1) {
      const token = this.tokens[at]
      if (token === undefined) break
      // Somebody nests calls to make this slow: better every string than none.
      if (this.stepsLeft < 0) this.takeStringsUntil(at, '')
      if (this.isSymbol(at, ';')) this.words = []
      else if (token.kind === 'word' && this.words.length < 2) this.words.push(this.textOf(at))
      if (token.kind === 'word' || token.kind === 'name') this.readName(at)
      else if (token.kind === 'string') this.readString(at)
    }
    return [...this.bare, ...[...this.taken].map(({ bodyFrom, bodyTo }): SecretRange => [bodyFrom, bodyTo])]
  }

  private readName(at: number): void {
    const name = this.textOf(at)
    if (isSecretName(name)) this.takeValue(at)
    if (this.tokens[at]?.kind !== 'word') return
    const argument = Object.hasOwn(SECRET_ARGUMENTS, name) ? SECRET_ARGUMENTS[name] : undefined
    if (argument !== undefined && this.isSymbol(at + 1, '(')) this.takeArgument(at + 1, [argument])
    if (name === 'insert' && this.textOf(at + 1) === 'into') this.takeInsert(at + 2)
  }

  /** A string may name the secret that the next one is, or end where the secret begins. */
  private readString(at: number): void {
    const token = this.tokens[at]
    if (token === undefined || token.bodyTo - token.bodyFrom > 10_000) return
    const { text } = tokenBody(this.sql, token)
    if (CONTINUED.test(text)) {
      if (/^[\w.-]+$/.test(text)) this.takeNamed(at)
      else this.takeStringsUntil(at + 1, ';')
    } else if (/^[\w.-]+$/.test(text) && isSecretName(text)) this.takeNamed(at)
  }

  /** `'password', 'x'` in set_config or a JSON builder; `->>'password' = 'x'`. */
  private takeNamed(at: number): void {
    if (this.isSymbol(at + 1, ',')) {
      const next = this.tokens[at + 2]
      if (next?.kind === 'string' && !isSecretName(this.textOf(at + 2))) this.takeStrings(at + 2)
    } else if (this.operatorAt(at + 1).length > 0) this.takeValue(at)
    else if (this.isSymbol(at + 1, '|') && this.isSymbol(at + 2, '|')) this.takeStringsUntil(at + 1, ';')
  }

  private takeValue(nameAt: number): void {
    const operator = this.operatorAt(nameAt + 1)
    let at = nameAt + 1 + operator.length
    const hasWord = operator.length === 0 && BETWEEN.has(this.textOf(at)) && this.tokens[at]?.kind === 'word'
    if (hasWord) at += 1
    const next = this.tokens[at]
    if (next === undefined) return
    if (next.kind === 'string') this.takeStrings(at)
    else if (this.isSymbol(at, '(')) {
      const isCall = operator.length > 0 || hasWord || !BEFORE_RELATION.has(this.textOf(nameAt - 1))
      if (isCall) this.takeParentheses(at)
    } else if (operator.length === 0 && !hasWord && this.declaredAt(at) > 0) this.takeStrings(this.declaredAt(at))
    else if (next.kind === 'word' && this.isSymbol(at + 1, '(')) this.takeParentheses(at + 1)
    else if (operator.length === 0 && !hasWord && this.isRolePassword(nameAt) && this.textOf(at) !== 'null')
      this.takeBare(next)
  }

  /** Where the value of a PL/pgSQL declaration begins, behind `name type :=`; 0 when it is none. */
  private declaredAt(from: number): number {
    for (let at = from; at < from + 8; at += 1) {
      if (this.isSymbol(at, ';') || this.isSymbol(at, ',')) return 0
      if (this.isSymbol(at, ':') && this.isSymbol(at + 1, '=')) return at + 2
    }
    return 0
  }

  /** Forgotten quotes: the server refuses the statement and repeats the word. */
  private isRolePassword(at: number): boolean {
    const [verb = '', object = ''] = this.words
    return this.textOf(at) === 'password' && /^(?:create|alter)$/.test(verb) && /^(?:role|user|group)$/.test(object)
  }

  private takeBare(token: SqlToken): void {
    if (token.kind === 'symbol' && /[:$;%?]/.test(this.sql.charAt(token.from))) return
    let to = token.to
    while (to < this.sql.length && !/[\s;]/.test(this.sql.charAt(to))) to += 1
    this.bare.push([token.from, to])
  }

  /** A string constant, those that continue it, and what `||` puts behind it. */
  private takeStrings(first: number): void {
    for (let at = first; ; ) {
      const token = this.tokens[at]
      if (token?.kind !== 'string' || this.taken.has(token)) return
      this.taken.add(token)
      if (this.tokens[at + 1]?.kind === 'string') at += 1
      else if (this.isSymbol(at + 1, '|') && this.isSymbol(at + 2, '|')) at += 3
      else return
    }
  }

  private takeStringsUntil(from: number, end: string): void {
    let at = Math.max(from, this.sweptTo)
    for (; at < this.tokens.length && !this.isSymbol(at, end); at += 1) this.take(at)
    this.sweptTo = Math.max(this.sweptTo, at)
  }

  private takeParentheses(open: number): void {
    const close = this.closing(open)
    for (let at = Math.max(open, this.sweptTo); at < close; at += 1) this.take(at)
    this.sweptTo = Math.max(this.sweptTo, close)
  }

  /** Strings in the arguments of those places; answers with where the parentheses close. */
  private takeArgument(open: number, wanted: readonly number[]): number {
    const close = this.closing(open)
    let argument = 0
    for (let at = open + 1; at < close; at += 1) {
      const inner = this.isSymbol(at, '(') ? this.closing(at) : at
      if (this.isSymbol(at, ',')) argument += 1
      else if (wanted.includes(argument)) for (let one = at; one <= inner; one += 1) this.take(one)
      this.stepsLeft -= inner - at + 1
      at = inner
    }
    return close
  }

  private take(at: number): void {
    const token = this.tokens[at]
    if (token?.kind === 'string') this.taken.add(token)
  }

  /** The values of secret columns in INSERT INTO … (columns) VALUES (…), (…). */
  private takeInsert(from: number): void {
    let open = from
    while (this.tokens[open]?.kind === 'word' || this.tokens[open]?.kind === 'name' || this.isSymbol(open, '.'))
      open += 1
    if (!this.isSymbol(open, '(')) return
    const close = this.closing(open)
    const columns: number[] = []
    for (let at = open + 1, column = 0; at < close; at += 1) {
      if (this.isSymbol(at, ',')) column += 1
      else if (isSecretName(this.textOf(at))) columns.push(column)
    }
    if (columns.length === 0) return
    let at = close + 1
    while (this.tokens[at]?.kind === 'word' && this.textOf(at) !== 'values' && this.textOf(at) !== 'select') at += 1
    if (this.textOf(at) === 'select') this.takeStringsUntil(at, ';')
    if (this.textOf(at) !== 'values') return
    for (at += 1; this.isSymbol(at, '('); at += 1) {
      at = this.takeArgument(at, columns) + 1
      if (!this.isSymbol(at, ',')) return
    }
  }

  private closing(open: number): number {
    return this.closings.get(open) ?? this.tokens.length
  }

  private operatorAt(from: number): readonly SqlToken[] {
    const symbols: SqlToken[] = []
    let text = ''
    for (let at = from; /^[=:<>!]$/.test(this.textOf(at)) && symbols.length < 2; at += 1) {
      const token = this.tokens[at]
      if (token === undefined) break
      symbols.push(token)
      text += this.textOf(at)
    }
    return ASSIGNING.has(text) ? symbols : []
  }

  private isSymbol(at: number, symbol: string): boolean {
    return this.tokens[at]?.kind === 'symbol' && this.textOf(at) === symbol
  }

  /** A word in lower case, what a quoted name or string means, or a symbol; empty past either end. */
  private textOf(at: number): string {
    const token = this.tokens[at]
    if (token === undefined) return ''
    if (token.kind === 'name' || token.kind === 'string') return tokenBody(this.sql, token).text
    return this.sql.slice(token.from, Math.min(token.to, token.from + 200)).toLowerCase()
  }
}

/** The end of the statement closes what it left open. */
function findClosings(sql: string, tokens: readonly SqlToken[]): ReadonlyMap<number, number> {
  const closings = new Map<number, number>()
  const open: number[] = []
  for (const [at, token] of tokens.entries()) {
    if (token.kind !== 'symbol') continue
    const symbol = sql.charAt(token.from)
    if (symbol === '(') open.push(at)
    else if (symbol === ')') {
      const last = open.pop()
      if (last !== undefined) closings.set(last, at)
    } else if (symbol === ';') for (const last of open.splice(0)) closings.set(last, at)
  }
  return closings
}

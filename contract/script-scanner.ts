/** A piece of a script: one SQL statement without its `;`, the data lines of a COPY … FROM STDIN, or a psql backslash line. */
export interface Statement {
  /** Half-open range in UTF-16 units, from the first to behind the last token; comments around it are outside. */
  readonly from: number
  readonly to: number
  readonly kind: 'sql' | 'copy data' | 'psql'
  /** The first four words outside quotes, in lower case. */
  readonly words: readonly string[]
}

/** Everything found in a script; `problem` is set when a quote or comment is open at its end, which then belongs to the last statement. */
export interface ScriptScan {
  readonly statements: readonly Statement[]
  readonly problem: { readonly message: string; readonly at: number } | null
}

/** Options of the lexer. */
export interface ScanOptions {
  /** The session's `standard_conforming_strings`; when false a backslash escapes in every '…'. */
  readonly hasStandardStrings?: boolean
}

/** The statements of a script that may be unfinished, as it is while somebody types. */
export function scanScript(script: string, options: ScanOptions = {}): ScriptScan {
  return new Scanner(script, options.hasStandardStrings ?? true).scan()
}

const TAB = 9
const NEWLINE = 10
const RETURN = 13
const SPACE = 32
const DOUBLE_QUOTE = 34
const DOLLAR = 36
const AMPERSAND = 38
const QUOTE = 39
const OPEN = 40
const CLOSE = 41
const STAR = 42
const MINUS = 45
const DOT = 46
const SLASH = 47
const SEMICOLON = 59
const BACKSLASH = 92
const BYTE_ORDER_MARK = 0xfeff

const WORDS_KEPT = 4

/**
 * Follows PostgreSQL's lexer (scan.l) as far as it decides where a statement ends, and psql (psqlscan.l) for COPY data,
 * backslash lines and BEGIN ATOMIC bodies.
 */
class Scanner {
  private readonly script: string
  private readonly hasStandardStrings: boolean
  private readonly statements: Statement[] = []
  private problem: ScriptScan['problem'] = null
  private at = 0
  private start = -1
  private lastEnd = 0
  private depth = 0
  /** Open BEGIN ATOMIC and CASE, each waiting for its END. */
  private atomic = 0
  private words: string[] = []
  private previousWord = ''
  private isCopyFromStdin = false

  constructor(script: string, hasStandardStrings: boolean) {
    this.script = script
    this.hasStandardStrings = hasStandardStrings
  }

  scan(): ScriptScan {
    const { script } = this
    const end = script.length
    while (this.at < end) {
      const code = script.charCodeAt(this.at)
      if (isSpace(code)) this.at += 1
      else if (code === MINUS && script.charCodeAt(this.at + 1) === MINUS) this.skipLineComment()
      else if (code === SLASH && script.charCodeAt(this.at + 1) === STAR) this.skipBlockComment()
      else if (code === BACKSLASH && this.start < 0) this.takeBackslashLine()
      else if (code === SEMICOLON && this.depth <= 0 && this.atomic === 0) this.takeSemicolon()
      else this.takeToken(code)
    }
    this.flush()
    return { statements: this.statements, problem: this.problem }
  }

  private takeToken(code: number): void {
    if (this.start < 0) this.start = this.at
    if (code === QUOTE) this.skipString(this.at, !this.hasStandardStrings)
    else if (code === DOUBLE_QUOTE) this.skipQuotedIdentifier(this.at)
    else if (code === DOLLAR) this.skipDollar()
    else if (isIdentifierStart(code)) this.takeWord(code)
    else {
      if (code === OPEN) this.depth += 1
      else if (code === CLOSE) this.depth -= 1
      this.at += 1
    }
    this.lastEnd = this.at
  }

  private takeWord(first: number): void {
    const { script } = this
    const next = script.charCodeAt(this.at + 1)
    const lower = first | 32
    if (next === QUOTE && (lower === 101 || lower === 98 || lower === 120 || lower === 110)) {
      this.at += 1 // E'…', B'…', X'…', N'…'
      this.skipString(this.at - 1, lower === 101 || (lower === 110 && !this.hasStandardStrings))
      return
    }
    if (lower === 117 && next === AMPERSAND) {
      const quote = script.charCodeAt(this.at + 2)
      if (quote === QUOTE || quote === DOUBLE_QUOTE) {
        const from = this.at
        this.at += 2 // U&'…', U&"…"
        if (quote === QUOTE) this.skipString(from, false)
        else this.skipQuotedIdentifier(from)
        return
      }
    }
    const from = this.at
    let at = from + 1
    while (at < script.length && isIdentifierPart(script.charCodeAt(at))) at += 1
    this.at = at
    // Long words are no keywords; lower-casing every one of a 20 MB script would cost.
    const word = at - from <= 12 ? script.slice(from, at).toLowerCase() : ''
    if (this.words.length < WORDS_KEPT) this.words.push(word === '' ? script.slice(from, at).toLowerCase() : word)
    const isName = this.previousWord === 'as' || script.charCodeAt(from - 1) === DOT
    if (word === 'atomic' && this.previousWord === 'begin' && this.words[0] === 'create') this.atomic = 1
    else if (this.atomic > 0 && !isName && word === 'case') this.atomic += 1
    else if (this.atomic > 0 && !isName && word === 'end') this.atomic -= 1
    else if (word === 'stdin' && this.previousWord === 'from' && this.words[0] === 'copy' && this.depth === 0) {
      this.isCopyFromStdin = true
    }
    this.previousWord = word
  }

  private skipString(from: number, hasEscapes: boolean): void {
    const { script } = this
    let at = this.at + 1
    while (at < script.length) {
      if (hasEscapes) {
        const code = script.charCodeAt(at)
        if (code === BACKSLASH) {
          at += 2
          continue
        }
        if (code !== QUOTE) {
          at += 1
          continue
        }
      } else {
        at = script.indexOf("'", at)
        if (at < 0) break
      }
      if (script.charCodeAt(at + 1) !== QUOTE) {
        this.at = at + 1
        return
      }
      at += 2
    }
    this.leaveOpen('A quoted string is never closed', from)
  }

  private skipQuotedIdentifier(from: number): void {
    const { script } = this
    let at = this.at + 1
    for (;;) {
      const quote = script.indexOf('"', at)
      if (quote < 0) {
        this.leaveOpen('A quoted identifier is never closed', from)
        return
      }
      if (script.charCodeAt(quote + 1) !== DOUBLE_QUOTE) {
        this.at = quote + 1
        this.previousWord = ''
        return
      }
      at = quote + 2
    }
  }

  private skipDollar(): void {
    const { script } = this
    let at = this.at + 1
    if (isTagStart(script.charCodeAt(at))) {
      at += 1
      while (isTagPart(script.charCodeAt(at))) at += 1
    }
    if (script.charCodeAt(at) !== DOLLAR) {
      this.at += 1 // a parameter such as $1
      return
    }
    const tag = script.slice(this.at, at + 1)
    const close = script.indexOf(tag, at + 1)
    if (close < 0) {
      this.leaveOpen(`A string quoted with ${tag} is never closed`, this.at)
      return
    }
    this.at = close + tag.length
  }

  private skipLineComment(): void {
    const { script } = this
    let at = this.at + 2
    while (at < script.length) {
      const code = script.charCodeAt(at)
      if (code === NEWLINE || code === RETURN) break
      at += 1
    }
    this.at = at
  }

  private skipBlockComment(): void {
    const { script } = this
    const from = this.at
    let at = from + 2
    let open = 1
    while (open > 0) {
      const close = script.indexOf('*/', at)
      if (close < 0) {
        if (this.start < 0) this.start = from
        this.leaveOpen('A comment is never closed', from)
        return
      }
      const nested = script.indexOf('/*', at)
      if (nested >= 0 && nested < close) {
        open += 1
        at = nested + 2
      } else {
        open -= 1
        at = close + 2
      }
    }
    this.at = at
  }

  private takeBackslashLine(): void {
    const newline = this.script.indexOf('\n', this.at)
    const end = newline < 0 ? this.script.length : newline
    const to = this.script.charCodeAt(end - 1) === RETURN ? end - 1 : end
    this.statements.push({ from: this.at, to, kind: 'psql', words: [] })
    this.at = end
  }

  private takeSemicolon(): void {
    const hasData = this.isCopyFromStdin
    this.flush()
    this.at += 1
    if (!hasData) return
    const { script } = this
    const newline = script.indexOf('\n', this.at)
    const from = newline < 0 ? script.length : newline + 1
    let end = from
    while (end < script.length) {
      const next = script.indexOf('\n', end)
      const lineEnd = next < 0 ? script.length : next
      const line = script.slice(end, Math.min(lineEnd, end + 3))
      if (line === '\\.' || line === '\\.\r') {
        this.at = lineEnd
        this.statements.push({ from, to: end, kind: 'copy data', words: [] })
        return
      }
      end = next < 0 ? script.length : next + 1
    }
    this.at = script.length
    this.problem = { message: 'The data of COPY … FROM STDIN is not ended by a line with \\.', at: from }
    this.statements.push({ from, to: script.length, kind: 'copy data', words: [] })
  }

  private leaveOpen(message: string, at: number): void {
    this.problem = { message, at }
    this.at = this.script.length
    this.lastEnd = this.at
  }

  private flush(): void {
    if (this.start >= 0) {
      this.statements.push({ from: this.start, to: this.lastEnd, kind: 'sql', words: this.words })
    }
    this.start = -1
    this.depth = 0
    this.atomic = 0
    this.words = []
    this.previousWord = ''
    this.isCopyFromStdin = false
  }
}

function isSpace(code: number): boolean {
  return code === SPACE || (code >= TAB && code <= RETURN) || code === BYTE_ORDER_MARK
}

function isIdentifierStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code > 127
}

/** Whether a UTF-16 unit can stand inside an identifier. */
export function isIdentifierPart(code: number): boolean {
  return isIdentifierStart(code) || (code >= 48 && code <= 57) || code === DOLLAR
}

function isTagStart(code: number): boolean {
  return isIdentifierStart(code)
}

function isTagPart(code: number): boolean {
  return isIdentifierStart(code) || (code >= 48 && code <= 57)
}

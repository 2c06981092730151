/** A piece of a script: one SQL statement without its `;`, the data lines of a COPY … FROM STDIN, or a psql backslash command. */
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
  /** The session's `standard_conforming_strings`; when false a backslash escapes in every '…'. A SET of it in the script is followed. */
  readonly hasStandardStrings?: boolean
}

/** The statements of a script that may be unfinished, as it is while somebody types. */
export function scanScript(script: string, options: ScanOptions = {}): ScriptScan {
  const scanner = new Scanner(script, options.hasStandardStrings ?? true)
  scanner.advance(script.length)
  return scanner.finish()
}

/** UTF-16 units that are scanned without a pause: a few milliseconds. */
const SLICE_UNITS = 256 * 1024

/**
 * The same, in slices of a few milliseconds, so that nothing else waits for a long script: `pause` is awaited between two slices. Null
 * once `pause` answers false, because nobody wants the scan any more.
 */
export async function scanInSlices(
  script: string,
  options: ScanOptions,
  pause: () => Promise<boolean>,
): Promise<ScriptScan | null> {
  const scanner = new Scanner(script, options.hasStandardStrings ?? true)
  for (;;) {
    scanner.advance(SLICE_UNITS)
    if (scanner.isAtEnd) return scanner.finish()
    if (!(await pause())) return null
  }
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
const SLASH = 47
const SEMICOLON = 59
const BACKSLASH = 92
const BYTE_ORDER_MARK = 0xfeff

const WORDS_KEPT = 4
/** In the place of the word before: the beginning of a statement within a BEGIN ATOMIC body. */
const BORDER = ';'

/** Follows PostgreSQL's lexer (scan.l) as far as it decides where a statement ends, and psql for COPY data and backslash commands. */
class Scanner {
  private readonly script: string
  private readonly statements: Statement[] = []
  private hasStandardStrings: boolean
  private problem: ScriptScan['problem'] = null
  private at = 0
  private start = -1
  private lastEnd = 0
  private depth = 0
  /** Open BEGIN ATOMIC bodies; the grammar lets them nest. */
  private atomic = 0
  /** The first words of the statement, and of the one within a BEGIN ATOMIC body that is being read. */
  private readonly words: string[] = []
  private lead: string[] = this.words
  /** Those of the statement before, shared when they are the same: a script of inserts has one list for all. */
  private wordsBefore: readonly string[] = []
  /** The word right before, or `BORDER`; '' after anything else. */
  private previous = ''
  private isCopyFromStdin = false

  constructor(script: string, hasStandardStrings: boolean) {
    this.script = script
    this.hasStandardStrings = hasStandardStrings
  }

  get isAtEnd(): boolean {
    return this.at >= this.script.length
  }

  /** Reads about so many units more; the token at the end is read whole. */
  advance(units: number): void {
    const { script } = this
    const end = Math.min(script.length, this.at + units)
    while (this.at < end) {
      const code = script.charCodeAt(this.at)
      if (isSpace(code)) this.at += 1
      else if (code === BYTE_ORDER_MARK && this.start < 0) this.at += 1
      else if (code === MINUS && script.charCodeAt(this.at + 1) === MINUS) this.at = endOfLine(script, this.at)
      else if (code === SLASH && script.charCodeAt(this.at + 1) === STAR) this.skipBlockComment()
      else if (code === BACKSLASH) this.takeBackslashCommand()
      else if (code === SEMICOLON && this.depth === 0 && this.atomic === 0) this.takeSemicolon()
      else this.takeToken(code)
    }
  }

  finish(): ScriptScan {
    this.flush()
    return { statements: this.statements, problem: this.problem }
  }

  private takeToken(code: number): void {
    if (this.start < 0) this.start = this.at
    if (isIdentifierStart(code)) this.takeWord(code)
    else {
      this.previous = ''
      if (code === QUOTE) this.skipString(this.at, !this.hasStandardStrings)
      else if (code === DOUBLE_QUOTE) this.skipQuotedIdentifier(this.at)
      else if (code === DOLLAR) this.skipDollar()
      else {
        if (code === OPEN) this.depth += 1
        else if (code === CLOSE) this.depth = Math.max(0, this.depth - 1)
        else if (code === SEMICOLON && this.depth === 0) this.beginInnerStatement()
        this.at += 1
      }
    }
    this.lastEnd = this.at
  }

  private takeWord(first: number): void {
    const { script, at: from } = this
    if (this.takePrefixedQuote(first)) return
    let at = from + 1
    while (at < script.length && isIdentifierPart(script.charCodeAt(at))) at += 1
    this.at = at
    const { lead, previous } = this
    const isKept = lead.length < WORDS_KEPT
    // Long words are no keywords of interest; lower-casing every one of a 20 MB script would cost.
    const word = isKept || at - from <= 6 ? script.slice(from, at).toLowerCase() : ''
    if (isKept) lead.push(word)
    this.previous = word
    if (this.depth > 0) return
    if (word === 'atomic' && previous === 'begin' && isRoutine(lead)) {
      this.atomic += 1
      this.beginInnerStatement()
    } else if (word === 'end' && previous === BORDER) {
      // No statement of a body can begin with END, and CASE … END cannot stand where one begins.
      this.atomic -= 1
    } else if (word === 'stdin' && previous === 'from' && this.words[0] === 'copy') {
      this.isCopyFromStdin = true
    }
  }

  private beginInnerStatement(): void {
    this.lead = []
    this.previous = BORDER
  }

  /** E'…', B'…', X'…', N'…', U&'…', U&"…" */
  private takePrefixedQuote(first: number): boolean {
    const { script, at: from } = this
    const lower = first | 32
    const next = script.charCodeAt(from + 1)
    if (next === QUOTE && (lower === 101 || lower === 98 || lower === 120 || lower === 110)) {
      this.at += 1
      this.previous = ''
      this.skipString(from, lower === 101 || (lower === 110 && !this.hasStandardStrings))
      return true
    }
    if (lower !== 117 || next !== AMPERSAND) return false
    const quote = script.charCodeAt(from + 2)
    if (quote !== QUOTE && quote !== DOUBLE_QUOTE) return false
    this.at += 2
    this.previous = ''
    if (quote === QUOTE) this.skipString(from, false)
    else this.skipQuotedIdentifier(from)
    return true
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
      if (script.charCodeAt(at + 1) === QUOTE) {
        at += 2
        continue
      }
      // A part on a later line goes on as the first began, E'…' included.
      const more = hasEscapes === this.hasStandardStrings ? continuationOf(script, at + 1) : -1
      if (more < 0) {
        this.at = at + 1
        return
      }
      at = more + 1
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
        return
      }
      at = quote + 2
    }
  }

  private skipDollar(): void {
    const { script } = this
    let at = this.at + 1
    if (isIdentifierStart(script.charCodeAt(at))) {
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

  private skipBlockComment(): void {
    const { script } = this
    const from = this.at
    let at = from + 2
    let open = 1
    let nested = script.indexOf('/*', at)
    while (open > 0) {
      const close = script.indexOf('*/', at)
      if (close < 0) {
        if (this.start < 0) this.start = from
        this.leaveOpen('A comment is never closed', from)
        return
      }
      // Looked for only once it has been passed: a search per comment would read to the end of the script each time.
      if (nested >= 0 && nested < at) nested = script.indexOf('/*', at)
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

  /** A backslash outside quotes is never SQL: psql ends the statement there and takes the rest of the line. */
  private takeBackslashCommand(): void {
    this.flush()
    const from = this.at
    this.at = endOfLine(this.script, from)
    this.statements.push({ from, to: this.at, kind: 'psql', words: [] })
  }

  private takeSemicolon(): void {
    const hasData = this.isCopyFromStdin
    this.flush()
    this.at += 1
    if (hasData) this.takeCopyData()
  }

  private takeCopyData(): void {
    const { script } = this
    const lineEnd = endOfLine(script, this.at)
    if (!/^\s*(?:--.*)?$/.test(script.slice(this.at, lineEnd))) {
      // psql would run this after the data; what stands before them in the script must not run behind them unseen.
      this.problem ??= { message: 'The data of COPY … FROM STDIN must begin on the line after its ;', at: this.at }
    }
    const from = afterNewline(script, lineEnd)
    let end = from
    for (;;) {
      const isLine = end === from || isNewline(script.charCodeAt(end - 1))
      if (
        isLine &&
        script.startsWith('\\.', end) &&
        (end + 2 >= script.length || isNewline(script.charCodeAt(end + 2)))
      ) {
        this.statements.push({ from, to: end, kind: 'copy data', words: [] })
        this.at = end + 2
        return
      }
      const next = script.indexOf('\\.', end + 1)
      if (next < 0) break
      end = next
    }
    this.at = script.length
    this.problem ??= { message: 'The data of COPY … FROM STDIN is not ended by a line with \\.', at: from }
    this.statements.push({ from, to: script.length, kind: 'copy data', words: [] })
  }

  private leaveOpen(message: string, at: number): void {
    this.problem ??= { message, at }
    this.at = this.script.length
    this.lastEnd = this.at
  }

  private flush(): void {
    if (this.start >= 0) {
      const { start: from, lastEnd: to, words } = this
      if (!areSame(words, this.wordsBefore)) this.wordsBefore = words.slice()
      this.statements.push({ from, to, kind: 'sql', words: this.wordsBefore })
      if (words[0] === 'set' && words.includes('standard_conforming_strings')) this.followSet(from, to)
      words.length = 0
    }
    this.start = -1
    this.depth = 0
    this.atomic = 0
    this.lead = this.words
    this.previous = ''
    this.isCopyFromStdin = false
  }

  /** What comes after a SET of `standard_conforming_strings` is read by the new rule: pg_dump writes one. */
  private followSet(from: number, to: number): void {
    const value = /(?:=|\bto\b)\s*'?(\w+)'?$/i.exec(this.script.slice(from, to))?.[1]?.toLowerCase() ?? ''
    if (/^(?:on|true|yes|1)$/.test(value)) this.hasStandardStrings = true
    else if (/^(?:off|false|no|0)$/.test(value)) this.hasStandardStrings = false
  }
}

function areSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((word, index) => word === others[index])
}

const ROUTINE = /^create (?:or replace )?(?:function|procedure)\b/

function isRoutine(words: readonly string[]): boolean {
  return words[0] === 'create' && ROUTINE.test(words.join(' '))
}

/** Where the next part of a string begins, on a later line with nothing but space and `--` comments between; -1 when there is none. */
function continuationOf(script: string, from: number): number {
  let at = from
  let isLater = false
  for (;;) {
    const code = script.charCodeAt(at)
    if (isNewline(code)) isLater = true
    if (isSpace(code)) at += 1
    else if (code === MINUS && script.charCodeAt(at + 1) === MINUS) at = endOfLine(script, at)
    else return code === QUOTE && isLater ? at : -1
  }
}

function endOfLine(script: string, from: number): number {
  let at = from
  while (at < script.length && !isNewline(script.charCodeAt(at))) at += 1
  return at
}

function afterNewline(script: string, at: number): number {
  if (script.charCodeAt(at) === RETURN && script.charCodeAt(at + 1) === NEWLINE) return at + 2
  return Math.min(script.length, at + 1)
}

function isNewline(code: number): boolean {
  return code === NEWLINE || code === RETURN
}

function isSpace(code: number): boolean {
  return code === SPACE || (code >= TAB && code <= RETURN)
}

function isIdentifierStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code > 127
}

/** Whether a UTF-16 unit can stand inside an identifier. */
export function isIdentifierPart(code: number): boolean {
  return isIdentifierStart(code) || (code >= 48 && code <= 57) || code === DOLLAR
}

function isTagPart(code: number): boolean {
  return isIdentifierStart(code) || (code >= 48 && code <= 57)
}

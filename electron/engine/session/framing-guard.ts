import { AskedFrames } from './asked-frames'
import { checkHeader, lengthLimit, MAX_ANSWER_BYTES, MAX_PARAMETERS, MAX_UNASKED } from './framing-limits'
import { LoginOrder } from './login-order'
import { checkFormat, fieldOf, HEADER_BYTES } from './message-format'
import { aMessage } from './message-names'
import { OversizedRow } from './oversized-row'
import { ProtocolViolation } from './protocol-violation'

const code = (letter: string) => letter.charCodeAt(0)

const DATA_ROW = code('D')
const QUERY = code('Q')
const EXECUTE = code('E')
const SYNC = code('S')
/** What follows a column's name in RowDescription. */
const COLUMN_BYTES = 18
/** libpq's limit for an error during the login (MAX_ERRLEN). */
const LOGIN_ERROR_BYTES = 30_000
/** Bytes that a row is counted with besides its own: an empty one takes up memory too. */
const ROW_COST = 64

const NOTHING = Buffer.alloc(0)
const EMPTY = new DataView(new ArrayBuffer(0))

/** Messages that come without being asked for, at any time. */
const UNASKED: ReadonlySet<string> = new Set(['S', 'N', 'A'])

/** Which of our messages an answer is to. */
const ANSWERS: Readonly<Record<string, string>> = {
  '1': 'P',
  '2': 'B',
  '3': 'C',
  n: 'D',
  t: 'D',
  T: 'D',
  C: 'E',
  I: 'E',
  D: 'E',
  G: 'E',
  H: 'E',
  c: 'E',
  d: 'E',
}

/** Those that a text of several statements (Query) is answered with as well. */
const TO_QUERY: ReadonlySet<string> = new Set(['T', 'C', 'I', 'D', 'G', 'H', 'c', 'd'])

/** What is to be done with a message that was let through. */
export type Verdict = 'pass' | 'fatal'

/**
 * Refuses, with a `ProtocolViolation`, every message of a server that does not have the form PostgreSQL documents, that was not asked for,
 * that comes in an order in which PostgreSQL does not send it, or that is larger or more than Strata takes in. One guard watches one session.
 */
export class FramingGuard {
  private readonly asked = new AskedFrames()
  private readonly login = new LoginOrder()
  private isReady = false
  private hasKey = false
  private hasFailed = false
  private isCopying = false
  private copiesIn = 0
  private unasked = 0
  private answerBytes = 0
  private readonly parameters = new Set<string>()
  /** The bytes of the rows under way, for reading lengths: several times as fast as putting them together from bytes. */
  private viewed: Buffer = NOTHING
  private view: DataView = EMPTY
  /** Columns of the rows that may come now; -1 when none may. */
  private described = -1
  private description: Buffer = NOTHING

  /** Notes what is sent to the server, message by message. */
  noteSent(bytes: Uint8Array): void {
    if (this.isReady) this.asked.note(bytes)
  }

  /** Looks at type and length before room is made for the message; an answer is a row too large to be read, which names its column. */
  checkHeader(bytes: Buffer, at: number, isForDriver: boolean): OversizedRow | null {
    const type = bytes[at] as number
    const length = bytes.readUInt32BE(at + 1)
    if (!this.isReady && !this.login.isOver) this.checkFirst(bytes, at, type, length)
    checkHeader(type, length, isForDriver)
    if (type !== DATA_ROW) return null
    this.checkRowIsDue()
    const limit = lengthLimit(type, isForDriver)
    if (length <= limit) return null
    return new OversizedRow(length, this.columnNames(), limit)
  }

  /** Looks at a whole DataRow: its columns are those described, and its cells fill it exactly. */
  checkRow(bytes: Buffer, start: number, end: number): void {
    const { described } = this
    if (described < 0 || (this.asked.next !== EXECUTE && this.asked.next !== QUERY)) this.checkRowIsDue()
    if (bytes !== this.viewed) {
      this.viewed = bytes
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    }
    const { view } = this
    let at = start + HEADER_BYTES + 2
    if (at > end) refuse('a DataRow without a count of columns')
    const count = ((bytes[at - 2] as number) << 8) | (bytes[at - 1] as number)
    if (count !== described) {
      refuse(`a DataRow of ${count} ${count === 1 ? 'column' : 'columns'} where ${described} were described`)
    }
    for (let column = 0; column < count; column += 1) {
      if (at + 4 > end) refuse(`a DataRow that ends before its column ${column + 1}`)
      const length = view.getInt32(at)
      at += 4
      if (length > 0) at += length
      else if (length < -1) refuse(`a DataRow with a cell of ${length} bytes`)
    }
    if (at !== end)
      refuse(at > end ? 'a DataRow whose cells do not fit into it' : 'a DataRow with bytes behind its end')
  }

  /** Counts a row that the driver keeps. */
  countRow(bytes: number): void {
    this.answerBytes += bytes + ROW_COST
    if (this.answerBytes <= MAX_ANSWER_BYTES) return
    throw new ProtocolViolation(
      `sent more rows than fit into ${MAX_ANSWER_BYTES / 1024 / 1024} MB to a question that is answered at once; the session was closed`,
      'too large',
      'Ask for fewer rows.',
    )
  }

  /** Looks at any other whole message; `fatal` is an error after which the server has nothing more to say. */
  check(bytes: Buffer, start: number, end: number): Verdict {
    const type = bytes[start] as number
    const letter = String.fromCharCode(type)
    if (letter === 'R') return 'pass' // `checkAuthentication` has looked at it
    checkFormat(bytes, start, end)
    if (letter === 'E') return this.noteError(bytes, start, end)
    if (UNASKED.has(letter)) this.noteUnasked(letter, bytes, start)
    else if (!this.isReady) this.noteLogin(letter, type)
    else this.noteAnswer(letter, type, bytes, start, end)
    return 'pass'
  }

  /** Looks at an authentication request; `allow` hears the method that the server asks for, and throws to refuse it. */
  checkAuthentication(bytes: Buffer, start: number, end: number, allow: (method: number) => void): void {
    const method = this.login.note(bytes, start, end)
    allow(method)
    this.login.checkAnswerable(method)
  }

  private checkFirst(bytes: Buffer, at: number, type: number, length: number): void {
    const letter = String.fromCharCode(type)
    // A server that cannot fork says so in the words of an old protocol, without a length (postmaster.c, report_fork_failure_to_client).
    const isOldError = letter === 'E' && length > LOGIN_ERROR_BYTES
    if ((letter === 'R' || letter === 'E') && !isOldError && length >= 4) return
    if (letter === 'v') refuse('a NegotiateProtocolVersion, although it was asked for version 3.0 and no option')
    const said = bytes.toString('latin1', at, Math.min(bytes.length, at + 200)).split(/[\0\r\n]/)[0] ?? ''
    if (said.length > 4 && /^[ -~]+$/.test(said)) {
      throw new ProtocolViolation(`answered "${isOldError ? said.slice(1) : said}" instead of asking for a login`)
    }
    if (isOldError) refuse(`an ErrorResponse of ${length} bytes during the login`)
    refuse(`${aMessage(type)} where an authentication request was due`)
  }

  private noteError(bytes: Buffer, start: number, end: number): Verdict {
    const severity = fieldOf(bytes, start, end, 'V') ?? fieldOf(bytes, start, end, 'S') ?? ''
    const isFatal = severity === 'FATAL' || severity === 'PANIC' || this.asked.next === 0
    if (this.hasFailed && !isFatal) refuse('a second ErrorResponse before it was ready again')
    this.hasFailed = true
    this.asked.fail()
    this.described = -1
    this.isCopying = false
    return isFatal ? 'fatal' : 'pass'
  }

  private noteUnasked(letter: string, bytes: Buffer, start: number): void {
    if (letter !== 'A' || !this.isReady) this.unasked += this.isReady && letter === 'N' && this.asked.next !== 0 ? 0 : 1
    if (this.unasked > MAX_UNASKED) {
      refuse(`more than ${MAX_UNASKED.toLocaleString('en-US')} messages that nobody asked for`)
    }
    if (letter !== 'S') return
    const name = bytes.toString('latin1', start + HEADER_BYTES, bytes.indexOf(0, start + HEADER_BYTES))
    this.parameters.add(name)
    if (this.parameters.size > MAX_PARAMETERS) refuse(`reports of more than ${MAX_PARAMETERS} parameters`)
  }

  private noteLogin(letter: string, type: number): void {
    if (letter === 'K') {
      if (this.hasKey) refuse('a second BackendKeyData')
      this.hasKey = true
      return
    }
    if (letter !== 'Z') refuse(`${aMessage(type)} during the login`)
    this.becomeReady()
    this.isReady = true
  }

  private noteAnswer(letter: string, type: number, bytes: Buffer, start: number, end: number): void {
    const { asked } = this
    if (letter === 'Z') {
      if (asked.next !== SYNC && asked.next !== QUERY) this.refuseUnasked('a ReadyForQuery')
      asked.answer()
      this.becomeReady()
      return
    }
    const to = ANSWERS[letter]
    const isToQuery = asked.next === QUERY && !this.hasFailed && TO_QUERY.has(letter)
    if (to === undefined || (!isToQuery && asked.next !== code(to))) this.refuseUnasked(aMessage(type))
    if (!this.isCopying && (letter === 'd' || letter === 'c')) refuse(`${aMessage(type)} outside of a COPY`)
    if (this.isCopying && letter !== 'd' && letter !== 'c') refuse(`${aMessage(type)} in the middle of a COPY`)
    switch (letter) {
      case 'T':
        if (this.described >= 0) refuse('a RowDescription before the first result was complete')
        this.described = bytes.readInt16BE(start + HEADER_BYTES)
        this.description = Buffer.from(bytes.subarray(start + HEADER_BYTES + 2, end))
        if (!isToQuery) asked.answer()
        break
      case 't': // RowDescription or NoData follows, and answers the same Describe
        break
      case 'C':
      case 'I':
        this.described = -1
        this.isCopying = false
        if (!isToQuery) asked.answer()
        break
      case 'G':
        if (this.described >= 0) refuse('a CopyInResponse in the middle of a result')
        this.copiesIn += 1
        if (this.copiesIn > 1) refuse('a second request for COPY data before it was ready again')
        break
      case 'H':
        if (this.described >= 0) refuse('a CopyOutResponse in the middle of a result')
        this.isCopying = true
        break
      case 'c':
        this.isCopying = false
        break
      case 'd':
        break
      default:
        asked.answer()
    }
  }

  private becomeReady(): void {
    this.described = -1
    this.isCopying = false
    this.copiesIn = 0
    this.hasFailed = false
    this.unasked = 0
    this.answerBytes = 0
    this.viewed = NOTHING // a large row is not held any longer
    this.view = EMPTY
  }

  private checkRowIsDue(): void {
    if (!this.isReady) refuse('a DataRow during the login')
    if (this.asked.next !== EXECUTE && this.asked.next !== QUERY) this.refuseUnasked('a DataRow')
    if (this.described < 0) refuse('a DataRow before it had described the columns')
  }

  private refuseUnasked(what: string): never {
    refuse(this.asked.next === 0 ? `${what} that nobody asked for` : `${what} out of its order`)
  }

  private columnNames(): string[] {
    const names: string[] = []
    for (let at = 0; at < this.description.length; ) {
      const end = this.description.indexOf(0, at)
      names.push(this.description.toString('utf8', at, end))
      at = end + 1 + COLUMN_BYTES
    }
    return names
  }
}

function refuse(what: string): never {
  throw new ProtocolViolation(`sent ${what}; the session was closed`)
}

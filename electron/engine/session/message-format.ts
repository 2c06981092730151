import { aMessage } from './message-names'
import { ProtocolViolation } from './protocol-violation'

/** Columns of a result at most: MaxTupleAttributeNumber of PostgreSQL. */
export const MAX_COLUMNS = 1_664

/** Type and length of a message. */
export const HEADER_BYTES = 5
/** What follows a column's name in RowDescription. */
const COLUMN_BYTES = 18

/**
 * Throws a `ProtocolViolation` unless the message from `start` to `end` has the form that PostgreSQL documents for its type, to the last byte.
 * DataRow and Authentication are not looked at: what they must be depends on what came before.
 * Source: PostgreSQL documentation, "Message Formats".
 */
export function checkFormat(bytes: Buffer, start: number, end: number): void {
  const message = new Message(bytes, start, end)
  switch (String.fromCharCode(message.type)) {
    case '1':
    case '2':
    case '3':
    case 'n':
    case 's':
    case 'I':
    case 'c':
      break
    case 'Z':
      checkStatus(message)
      break
    case 'K':
      // Protocol 3.0, the one asked for, knows keys of 4 bytes only; 3.2 would have up to 256.
      message.checkLength(8)
      message.at = end
      break
    case 'S':
      if (message.text('name').length === 0) message.refuse('without a name')
      message.text('value')
      break
    case 'A':
      message.skip(4)
      message.text('channel')
      message.text('payload')
      break
    case 'C':
      message.text('command tag')
      break
    case 'E':
    case 'N':
      checkFields(message)
      break
    case 'T':
      checkColumns(message)
      break
    case 't':
      message.skip(4 * message.count('parameters'))
      break
    case 'G':
    case 'H':
      checkCopy(message)
      break
    default: // CopyData may hold anything; the rest is never asked for
      return
  }
  message.checkEnd()
}

/** One field of an ErrorResponse or NoticeResponse of the right form, such as M for its message; null when it is not there. */
export function fieldOf(bytes: Buffer, start: number, end: number, letter: string): string | null {
  const wanted = letter.charCodeAt(0)
  for (let at = start + HEADER_BYTES; at < end && bytes[at] !== 0; ) {
    const close = bytes.indexOf(0, at + 1)
    if (bytes[at] === wanted) return bytes.toString('utf8', at + 1, close)
    at = close + 1
  }
  return null
}

function checkStatus(message: Message): void {
  message.checkLength(1)
  const status = message.byte()
  if (status !== 73 && status !== 84 && status !== 69) {
    message.refuse(`with the transaction status 0x${status.toString(16).padStart(2, '0')}, which is none of I, T and E`)
  }
}

/** Fields are a letter and a text each; a NUL in the letter's place ends them. The driver would read on for ever without it. */
function checkFields(message: Message): void {
  const seen = new Set<number>()
  for (let letter = message.byte(); letter !== 0; letter = message.byte()) {
    const name = String.fromCharCode(letter)
    if (seen.has(letter)) message.refuse(`with two fields ${/[A-Za-z]/.test(name) ? name : `0x${letter.toString(16)}`}`)
    seen.add(letter)
    const text = message.text('field')
    if (letter === 67 && message.type === 69 && !/^[0-9A-Z]{5}$/.test(text.toString('latin1'))) {
      message.refuse('with a code that is no SQLSTATE')
    }
  }
  if (message.type === 69 && ![83, 67, 77].every((letter) => seen.has(letter))) {
    message.refuse('without a severity, a code or a message')
  }
}

function checkColumns(message: Message): void {
  const count = message.count('columns')
  if (count > MAX_COLUMNS) message.refuse(`of ${count} columns; PostgreSQL has at most ${MAX_COLUMNS}`)
  for (let column = 0; column < count; column += 1) {
    message.text('column name')
    message.skip(COLUMN_BYTES - 2)
    message.formatCode()
  }
}

function checkCopy(message: Message): void {
  if (message.byte() > 1) message.refuse('of a format that is neither text nor binary')
  const count = message.count('columns')
  if (count > MAX_COLUMNS) message.refuse(`of ${count} columns; PostgreSQL has at most ${MAX_COLUMNS}`)
  for (let column = 0; column < count; column += 1) message.formatCode()
}

/** Reads through one message and refuses to read past its end. */
class Message {
  readonly type: number
  at: number
  private readonly bytes: Buffer
  private readonly start: number
  private readonly end: number

  constructor(bytes: Buffer, start: number, end: number) {
    this.type = bytes[start] ?? 0
    this.bytes = bytes
    this.start = start
    this.end = end
    this.at = start + HEADER_BYTES
  }

  refuse(what: string): never {
    throw new ProtocolViolation(`sent ${aMessage(this.type)} ${what}; the session was closed`)
  }

  byte(): number {
    this.skip(1)
    return this.bytes[this.at - 1] as number
  }

  count(of: string): number {
    this.skip(2)
    const count = this.bytes.readInt16BE(this.at - 2)
    if (count < 0) this.refuse(`of ${count} ${of}`)
    return count
  }

  formatCode(): void {
    this.skip(2)
    const code = this.bytes.readInt16BE(this.at - 2)
    if (code !== 0 && code !== 1) this.refuse(`with a column of format ${code}, which is neither text nor binary`)
  }

  text(what: string): Buffer {
    const close = this.bytes.indexOf(0, this.at)
    if (close < 0 || close >= this.end) this.refuse(`whose ${what} has no end`)
    const text = this.bytes.subarray(this.at, close)
    this.at = close + 1
    return text
  }

  skip(count: number): void {
    this.at += count
    if (this.at > this.end) this.refuse(`of ${this.end - this.start - 1} bytes, too short for what it says it holds`)
  }

  checkLength(body: number): void {
    const length = this.end - this.start - 1
    if (length !== 4 + body) this.refuse(`of ${length} bytes, where ${4 + body} are due`)
  }

  checkEnd(): void {
    if (this.at !== this.end) this.refuse(`with ${this.end - this.at} bytes behind its end`)
  }
}

import type { Duplex } from 'node:stream'
import { readableMessage } from './readable-message'

/** Takes the rows of a running statement as wire bytes. Called in order, synchronously, inside the socket's data event. */
export interface RowSink {
  /** Complete DataRow messages, one after the other, in `bytes` from `start` to `end`; the bytes may be reused afterwards. */
  takeRows(bytes: Buffer, start: number, end: number): void
}

/** What the tap tells its session. */
export interface WireListener {
  /** ReadyForQuery went by, after the driver has seen it: 73 idle, 84 in a transaction, 69 in an aborted one. */
  readyForQuery(status: number): void
  /** An authentication request is about to reach the driver, `body` being what follows its method; throw to refuse it. */
  authenticationRequested(method: number, body: Buffer): void
  /** One piece of COPY data, in `bytes` from `start` to `end`; the bytes may be reused afterwards. */
  copyData(bytes: Buffer, start: number, end: number): void
  /** The server broke the protocol, or asked for something refused; no further byte reaches the driver. */
  refused(error: Error): void
  /** The answer to a `Sync` that was announced by `expectProbe`. */
  probeAnswered(): void
}

const DATA_ROW = 68 // 'D'
const READY_FOR_QUERY = 90 // 'Z'
const AUTHENTICATION = 82 // 'R'
const COPY_DATA = 100 // 'd'
const ERROR = 69 // 'E'
const NOTICE = 78 // 'N'

// Only these may be long (libpq's rule, fe-protocol3.c); anything else past 30,000 bytes is not PostgreSQL speaking.
const LONG = new Set([...'TDdVENA'].map((letter) => letter.charCodeAt(0)))
const KNOWN = new Set([...'RSKZCDTtENAGHWdcv123nsIV'].map((letter) => letter.charCodeAt(0)))
const SHORT_LIMIT = 30_000

/** Largest message that is taken in, in bytes: PostgreSQL itself cannot send a field past 1 GB. */
export const MAX_MESSAGE_BYTES = 1_073_741_824

/**
 * Stands between a socket and the driver for the whole life of a session: cuts the stream into messages, gives DataRow
 * messages to the sink when one is set, and everything else, whole and in order, to the driver's own parser.
 * Source: PostgreSQL documentation, "Message Formats".
 */
export class WireTap {
  sink: RowSink | null = null
  /** `performance.now()` of the last byte from the server. */
  heardAt: number = performance.now()
  private readonly driver: (chunk: Buffer) => void
  private readonly listener: WireListener
  /** A message that began in an earlier chunk: `filled` of its bytes are here. */
  private pending: Buffer | null = null
  private filled = 0
  /** Fewer than 5 bytes of the next message. */
  private header: Buffer | null = null
  private isClosed = false
  private probes = 0

  constructor(stream: Duplex, listener: WireListener) {
    const [driver, ...others] = stream.listeners('data')
    if (driver === undefined || others.length > 0) throw new Error('the driver is expected to be the only reader')
    this.driver = (chunk) => {
      driver.call(stream, chunk)
    }
    this.listener = listener
    stream.removeListener('data', driver as (chunk: Buffer) => void)
    stream.on('data', (chunk: Buffer) => this.feed(chunk))
  }

  /** The next ReadyForQuery answers a `Sync` of our own: the driver, which knows nothing of it, does not get to see it. */
  expectProbe(): void {
    this.probes += 1
  }

  private feed(chunk: Buffer): void {
    this.heardAt = performance.now()
    if (this.isClosed) return
    try {
      this.cut(chunk)
    } catch (error) {
      this.isClosed = true
      this.listener.refused(error instanceof Error ? error : new Error(String(error)))
    }
  }

  private cut(chunk: Buffer): void {
    let bytes = chunk
    if (this.header !== null) {
      bytes = Buffer.concat([this.header, chunk])
      this.header = null
    }
    let at = 0
    if (this.pending !== null) {
      const wanted = this.pending.length - this.filled
      const taken = Math.min(wanted, bytes.length)
      bytes.copy(this.pending, this.filled, 0, taken)
      this.filled += taken
      if (taken < wanted) return
      at = taken
      const whole = this.pending
      this.pending = null
      this.pass(whole, 0, whole.length)
    }
    let rows = -1 // start of the run of DataRow messages that has not been handed over yet
    while (bytes.length - at >= 5) {
      const type = bytes[at] as number
      const length = bytes.readUInt32BE(at + 1)
      check(type, length)
      const next = at + 1 + length
      if (next > bytes.length) break
      if (type === DATA_ROW && this.sink !== null) {
        if (rows < 0) rows = at
      } else {
        if (rows >= 0) this.sink?.takeRows(bytes, rows, at)
        rows = -1
        this.pass(bytes, at, next)
      }
      at = next
    }
    if (rows >= 0) this.sink?.takeRows(bytes, rows, at)
    this.keep(bytes, at)
  }

  private keep(bytes: Buffer, at: number): void {
    const left = bytes.length - at
    if (left === 0) return
    if (left < 5) {
      this.header = Buffer.from(bytes.subarray(at))
      return
    }
    // Room for the whole message at once: a huge cell is never copied twice.
    this.pending = Buffer.allocUnsafeSlow(1 + bytes.readUInt32BE(at + 1))
    this.filled = bytes.copy(this.pending, 0, at)
  }

  private pass(bytes: Buffer, start: number, end: number): void {
    const type = bytes[start] as number
    if (type === DATA_ROW && this.sink !== null) {
      this.sink.takeRows(bytes, start, end)
      return
    }
    if (type === AUTHENTICATION && end - start >= 9)
      this.listener.authenticationRequested(bytes.readUInt32BE(start + 5), bytes.subarray(start + 9, end))
    if (type === COPY_DATA) {
      // The driver would build an object per line only to drop it.
      this.listener.copyData(bytes, start + 5, end)
      return
    }
    if (type === READY_FOR_QUERY && this.probes > 0) {
      this.probes -= 1
      this.listener.probeAnswered()
      return
    }
    if (type === ERROR || type === NOTICE) checkFields(bytes, start + 5, end)
    this.driver(readableMessage(bytes.subarray(start, end)))
    if (type === READY_FOR_QUERY) this.listener.readyForQuery(bytes[start + 5] as number)
  }
}

function check(type: number, length: number): void {
  if (!KNOWN.has(type)) throw new Error(`unknown message type 0x${type.toString(16)}: this does not speak PostgreSQL`)
  if (length < 4) throw new Error(`message of ${length} bytes`)
  if (length > (LONG.has(type) ? MAX_MESSAGE_BYTES : SHORT_LIMIT)) {
    throw new Error(`message ${String.fromCharCode(type)} of ${length} bytes is over the limit`)
  }
}

/** Fields are a letter and a text ended by NUL each; a NUL in the letter's place ends them. The driver would read on for ever without it. */
function checkFields(bytes: Buffer, from: number, end: number): void {
  let at = from
  while (at < end) {
    if (bytes[at] === 0) return
    const close = bytes.indexOf(0, at + 1)
    if (close < 0) break
    at = close + 1
  }
  throw new Error('an error or notice without an end')
}

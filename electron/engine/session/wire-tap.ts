import type { Duplex } from 'node:stream'
import { FramingGuard } from './framing-guard'
import { aMessage } from './message-names'
import type { OversizedRow } from './oversized-row'
import { ProtocolViolation } from './protocol-violation'
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
  /** The server sent an error after which it has nothing more to say; it closes the connection, or ought to. */
  saidFarewell(): void
  /** The server broke the protocol, or asked for something refused; no further byte reaches the driver. */
  refused(error: Error): void
  /** The answer to a `Sync` that was announced by `expectProbe`. */
  probeAnswered(): void
}

const DATA_ROW = 68 // 'D'
const READY_FOR_QUERY = 90 // 'Z'
const AUTHENTICATION = 82 // 'R'
const COPY_DATA = 100 // 'd'
const NOTIFICATION = 65 // 'A'

/** A row up to this long is looked at once it is here whole; of a longer one the header is looked at first. */
const ORDINARY_BYTES = 64 * 1024
const LEAST_ROW_BYTES = 6
/** Room for a message that comes in several pieces, to begin with. */
const FIRST_ROOM_BYTES = 1024 * 1024

/**
 * Stands between a socket and the driver for the whole life of a session: cuts the stream into messages, gives DataRow
 * messages to the sink when one is set, and everything else, whole and in order, to the driver's own parser. Nothing gets past it that
 * its guard refuses.
 */
export class WireTap {
  sink: RowSink | null = null
  /** `performance.now()` of the last byte from the server. */
  heardAt: number = performance.now()
  private readonly driver: (chunk: Buffer) => void
  private readonly listener: WireListener
  /** A message of `wanted` bytes that began in an earlier chunk: `filled` of them are here. */
  private pending: Buffer | null = null
  private wanted = 0
  private filled = 0
  /** Fewer than 5 bytes of the next message. */
  private header: Buffer | null = null
  /** A row that is too large, of which only the lengths of its cells are read. */
  private oversized: OversizedRow | null = null
  private readonly guard = new FramingGuard()
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
    stream.once('end', () => this.noteEnd())
    const write = stream.write.bind(stream) as (...rest: readonly unknown[]) => boolean
    // What the server may say depends on what it was asked, and the driver asks by itself.
    stream.write = (bytes: Uint8Array, ...rest: readonly unknown[]): boolean => {
      this.guard.noteSent(bytes)
      return write(bytes, ...rest)
    }
  }

  /** The next ReadyForQuery answers a `Sync` of our own: the driver, which knows nothing of it, does not get to see it. */
  expectProbe(): void {
    this.probes += 1
  }

  private feed(chunk: Buffer): void {
    this.heardAt = performance.now()
    if (this.isClosed) return
    try {
      if (this.oversized === null) this.cut(chunk)
      else this.oversized.take(chunk, 0)
    } catch (error) {
      this.refuse(error)
    }
  }

  private noteEnd(): void {
    const part = this.pending?.subarray(0, this.filled) ?? this.header
    if (this.isClosed || part === null) return
    const size = part.length < 5 ? '' : ` of ${part.readUInt32BE(1)} bytes`
    const what = `closed the connection in the middle of ${aMessage(part[0] as number)}${size}`
    this.refuse(new ProtocolViolation(what, 'lost', 'It may have been stopped, or crashed.'))
  }

  private refuse(error: unknown): void {
    this.isClosed = true
    this.pending = null
    this.listener.refused(error instanceof Error ? error : new Error(String(error)))
  }

  private cut(chunk: Buffer): void {
    let bytes = chunk
    if (this.header !== null) {
      bytes = Buffer.concat([this.header, chunk])
      this.header = null
    }
    let at = 0
    if (this.pending !== null) {
      const taken = Math.min(this.wanted - this.filled, bytes.length)
      const pending = this.roomFor(this.pending, taken)
      bytes.copy(pending, this.filled, 0, taken)
      this.filled += taken
      if (this.filled < this.wanted) return
      at = taken
      this.pending = null
      this.pass(pending, 0, this.wanted)
    }
    let rows = -1 // start of the run of DataRow messages that has not been handed over yet
    while (bytes.length - at >= 5) {
      const type = bytes[at] as number
      const length = bytes.readUInt32BE(at + 1)
      if (type !== DATA_ROW || length > ORDINARY_BYTES || length < LEAST_ROW_BYTES) {
        this.oversized = this.guard.checkHeader(bytes, at, this.sink === null)
        if (this.oversized !== null) break
      }
      const next = at + 1 + length
      if (next > bytes.length) break
      if (type === DATA_ROW && this.sink !== null) {
        this.guard.checkRow(bytes, at, next)
        if (rows < 0) rows = at
      } else {
        if (rows >= 0) this.sink?.takeRows(bytes, rows, at)
        rows = -1
        this.pass(bytes, at, next)
      }
      at = next
    }
    if (rows >= 0) this.sink?.takeRows(bytes, rows, at)
    if (this.oversized === null) this.keep(bytes, at)
    else this.oversized.take(bytes, at + 5)
  }

  private keep(bytes: Buffer, at: number): void {
    const left = bytes.length - at
    if (left === 0) return
    if (left < 5) {
      this.header = Buffer.from(bytes.subarray(at))
      return
    }
    this.wanted = 1 + bytes.readUInt32BE(at + 1)
    this.pending = Buffer.allocUnsafeSlow(Math.min(this.wanted, Math.max(FIRST_ROOM_BYTES, left)))
    this.filled = bytes.copy(this.pending, 0, at)
  }

  /** Room for so many more bytes of the pending message: it grows with what has come, not with what the server says is to come. */
  private roomFor(pending: Buffer, more: number): Buffer {
    if (this.filled + more <= pending.length) return pending
    const larger = Buffer.allocUnsafeSlow(Math.min(this.wanted, Math.max(2 * pending.length, this.filled + more)))
    pending.copy(larger, 0, 0, this.filled)
    this.pending = larger
    return larger
  }

  private pass(bytes: Buffer, start: number, end: number): void {
    const type = bytes[start] as number
    if (type === DATA_ROW) {
      this.guard.checkRow(bytes, start, end)
      if (this.sink !== null) {
        this.sink.takeRows(bytes, start, end)
        return
      }
      this.guard.countRow(end - start)
    } else if (type === AUTHENTICATION) {
      this.guard.checkAuthentication(bytes, start, end, (method) =>
        this.listener.authenticationRequested(method, bytes.subarray(start + 9, end)),
      )
    } else if (this.guard.check(bytes, start, end) === 'fatal') this.listener.saidFarewell()
    if (type === COPY_DATA) {
      // The driver would build an object per line only to drop it.
      this.listener.copyData(bytes, start + 5, end)
      return
    }
    if (type === NOTIFICATION) return // nobody listens
    if (type === READY_FOR_QUERY && this.probes > 0) {
      this.probes -= 1
      this.listener.probeAnswered()
      return
    }
    this.driver(readableMessage(bytes.subarray(start, end)))
    if (type === READY_FOR_QUERY) this.listener.readyForQuery(bytes[start + 5] as number)
  }
}

import { aMessage, messageName } from './message-names'
import { ProtocolViolation } from './protocol-violation'

const MEGABYTE = 1024 * 1024

/**
 * Largest row, and largest piece of COPY data, that is taken in, in bytes: it stands in memory twice while it is moved to where it is kept.
 * PostgreSQL can send up to 1 GB; whoever needs such a value reads it in parts.
 */
export const MAX_ROW_BYTES = 256 * MEGABYTE

/** Largest message that the driver turns into text, in bytes: a row of a catalog question, an error, a notice. */
export const MAX_DRIVER_BYTES = 64 * MEGABYTE

/** What the rows of one question that the driver keeps may take up, in bytes, with 64 counted for each row besides its own. */
export const MAX_ANSWER_BYTES = 256 * MEGABYTE

/** Parameter changes, and messages without a statement or during the login, that are heard out until the server is next ready. */
export const MAX_UNASKED = 100_000

/** Parameters that a server may report. */
export const MAX_PARAMETERS = 256

/** Rounds of hashing that a server may ask for in a SCRAM login; PostgreSQL's own default is 4,096. */
export const MAX_SCRAM_ROUNDS = 100_000

const MEDIUM: ReadonlySet<string> = new Set(['T', 'A', 't'])
/** libpq's limit for every message that never holds data (fe-protocol3.c). */
const SHORT_LIMIT = 30_000

/** The most bytes that a message of this type may say it has; rows have more room when they do not go to the driver. */
export function lengthLimit(type: number, isForDriver: boolean): number {
  const letter = String.fromCharCode(type)
  if (letter === 'D') return isForDriver ? MAX_DRIVER_BYTES : MAX_ROW_BYTES
  if (letter === 'd') return MAX_ROW_BYTES
  if (letter === 'E' || letter === 'N') return MAX_DRIVER_BYTES
  return MEDIUM.has(letter) ? MEGABYTE : SHORT_LIMIT
}

/** Refuses a header that no message of PostgreSQL begins with. A row over its limit passes: its largest column is to be named. */
export function checkHeader(type: number, length: number, isForDriver: boolean): void {
  const name = messageName(type)
  if (name === null) throw new ProtocolViolation(`sent ${aMessage(type)}; the session was closed`)
  if (length < 4) throw new ProtocolViolation(`sent ${aMessage(type)} of ${length} bytes; the session was closed`)
  const limit = lengthLimit(type, isForDriver)
  if (length <= limit) return
  if (type === 68 && length <= MAX_POSSIBLE) return
  const isHonest = (type === 100 || type === 69 || type === 78) && length <= MAX_POSSIBLE
  const sizes = `sent ${aMessage(type)} of ${inMegabytes(length)}; Strata takes at most ${inMegabytes(limit)}, and the session was closed`
  if (isHonest) throw new ProtocolViolation(sizes, 'too large', 'Ask for it in parts.')
  throw new ProtocolViolation(`sent ${aMessage(type)} of ${length} bytes; the session was closed`)
}

/** PostgreSQL itself cannot make a message longer than this (MaxAllocSize). */
const MAX_POSSIBLE = 1_073_741_823

/** A size in words: `312.5 MB`, and bytes below a tenth of one. */
export function inMegabytes(bytes: number): string {
  if (bytes < MEGABYTE / 10) return `${bytes} bytes`
  return `${(bytes / MEGABYTE).toFixed(1).replace(/\.0$/, '')} MB`
}

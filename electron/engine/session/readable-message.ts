import { isUtf8 } from 'node:buffer'
import { textOfBytes } from '../../../contract/byte-text'

const ROW_DESCRIPTION = 84 // 'T'
const TEXTUAL = new Set([...'ENA'].map((letter) => letter.charCodeAt(0))) // errors, notices, notifications
const NOTIFICATION = 65 // 'A'
const HEADER_BYTES = 5
/** What follows a column's name in RowDescription. */
const COLUMN_BYTES = 18

/** Errors and notices up to this long reach the window whole; of a longer one, each field as much as this. */
const LONG_BYTES = 1024 * 1024
const FIELD_BYTES = 256 * 1024

/**
 * The message for the driver, which reads texts as UTF-8 and would lose what is none: names and messages of a database in SQL_ASCII, or
 * of a function with an encoding of its own. Bytes that are not text become `\xE9`. Of an error or notice that would fill the window's memory,
 * each field is cut, and says so. Any other message is handed on as it is.
 */
export function readableMessage(message: Buffer): Buffer {
  const type = message[0] ?? 0
  if (TEXTUAL.has(type)) {
    const body = shortened(type, message.subarray(HEADER_BYTES))
    if (body.length !== message.length - HEADER_BYTES) return withBody(type, [Buffer.from(textOfBytes(body))])
    return isUtf8(body) ? message : withBody(type, [Buffer.from(textOfBytes(body))])
  }
  return type === ROW_DESCRIPTION ? readableColumns(message) : message
}

/** Fields of an error or notice: a letter and a text ended by NUL each, and a NUL at the end. */
function shortened(type: number, body: Buffer): Buffer {
  if (body.length <= LONG_BYTES || type === NOTIFICATION) return body
  const parts: Buffer[] = []
  let at = 0
  while (body[at] !== 0 && at < body.length) {
    const end = body.indexOf(0, at + 1)
    let cut = Math.min(end, at + 1 + FIELD_BYTES)
    // Not in the middle of a character.
    while (cut < end && ((body[cut] ?? 0) & 0xc0) === 0x80) cut -= 1
    const more = cut < end ? ` … (${(end - cut).toLocaleString('en-US')} more bytes)` : ''
    parts.push(body.subarray(at, cut), Buffer.from(`${more}\0`))
    at = end + 1
  }
  return Buffer.concat([...parts, Buffer.from([0])])
}

function readableColumns(message: Buffer): Buffer {
  let parts: Buffer[] | null = null
  let copied = HEADER_BYTES
  let at = HEADER_BYTES + 2
  while (at < message.length) {
    const end = message.indexOf(0, at)
    if (end < 0) return message
    const name = message.subarray(at, end)
    if (!isUtf8(name)) {
      parts ??= []
      parts.push(message.subarray(copied, at), Buffer.from(textOfBytes(name)))
      copied = end
    }
    at = end + 1 + COLUMN_BYTES
  }
  return parts === null ? message : withBody(ROW_DESCRIPTION, [...parts, message.subarray(copied)])
}

function withBody(type: number, parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  const message = Buffer.allocUnsafe(HEADER_BYTES + body.length)
  message[0] = type
  message.writeUInt32BE(4 + body.length, 1)
  body.copy(message, HEADER_BYTES)
  return message
}

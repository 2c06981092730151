import { isUtf8 } from 'node:buffer'
import { textOfBytes } from '../../../contract/byte-text'

const ROW_DESCRIPTION = 84 // 'T'
const TEXTUAL = new Set([...'ENA'].map((letter) => letter.charCodeAt(0))) // errors, notices, notifications
const HEADER_BYTES = 5
/** What follows a column's name in RowDescription. */
const COLUMN_BYTES = 18

/**
 * The message for the driver, which reads texts as UTF-8 and would lose what is none: names and messages of a database in SQL_ASCII, or
 * of a function with an encoding of its own. Bytes that are not text become `\xE9`; any other message is handed on as it is.
 */
export function readableMessage(message: Buffer): Buffer {
  const type = message[0] ?? 0
  if (TEXTUAL.has(type)) {
    const body = message.subarray(HEADER_BYTES)
    return isUtf8(body) ? message : withBody(type, [Buffer.from(textOfBytes(body))])
  }
  return type === ROW_DESCRIPTION ? readableColumns(message) : message
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

import type { Channel } from '../../../contract/define'
import type { TransferEvent } from '../../../contract/transfer'
import { refusal } from '../failure-error'
import { type FilePiece, writePieces } from './write-file'

/** Reads bytes [from, from + at most a megabyte) of a cell; a copy, with the size of the whole. */
export type ReadPart = (from: number) => {
  readonly isNull: boolean
  readonly bytes: Uint8Array
  readonly totalBytes: number
}

/** Writes one cell to a file: its text as the server sent it, or the bytes of a `bytea`. Refused for NULL, and for text that is no bytea. */
export async function saveCell(
  read: ReadPart,
  path: string,
  as: 'text' | 'bytes',
  channel: Channel<TransferEvent>,
): Promise<void> {
  const first = read(0)
  if (first.isNull) throw refusal('row', 'The value is NULL: there is nothing to save.')
  await writePieces(path, as === 'text' ? textPieces(read) : bytesOf(read), 1, channel)
}

function* textPieces(read: ReadPart): Generator<FilePiece> {
  for (let from = 0; ; ) {
    const { bytes, totalBytes } = read(from)
    from += bytes.length
    const isLast = from >= totalBytes || bytes.length === 0
    yield { bytes, rows: isLast ? 1 : 0 }
    if (isLast) return
  }
}

function* bytesOf(read: ReadPart): Generator<FilePiece> {
  let rest = Buffer.alloc(0)
  let decode: ((text: Buffer, isLast: boolean) => { bytes: Buffer; used: number }) | null = null
  for (const { bytes, rows } of textPieces(read)) {
    let text = Buffer.concat([rest, bytes])
    if (decode === null) {
      const isHex = text[0] === 92 && text[1] === 120
      decode = isHex ? decodeHex : decodeEscaped
      if (isHex) text = text.subarray(2)
    }
    const { bytes: decoded, used } = decode(text, rows === 1)
    rest = text.subarray(used)
    yield { bytes: decoded, rows }
  }
}

/** `bytea_output = hex`: two digits a byte. */
function decodeHex(text: Buffer): { bytes: Buffer; used: number } {
  const used = text.length - (text.length % 2)
  const bytes = Buffer.from(text.toString('latin1', 0, used), 'hex')
  if (bytes.length * 2 !== used) throw notBytea()
  return { bytes, used }
}

/** `bytea_output = escape`: a backslash is two, and \ooo is a byte in octal. */
function decodeEscaped(text: Buffer, isLast: boolean): { bytes: Buffer; used: number } {
  const bytes = Buffer.alloc(text.length)
  let at = 0
  let size = 0
  // Four characters may belong together.
  const end = isLast ? text.length : Math.max(0, text.length - 3)
  while (at < end) {
    const byte = text[at] as number // below the end
    if (byte !== 92) {
      bytes[size++] = byte
      at += 1
    } else if (text[at + 1] === 92) {
      bytes[size++] = 92
      at += 2
    } else {
      const octal = text.toString('latin1', at + 1, at + 4)
      if (!/^[0-3][0-7]{2}$/.test(octal)) throw notBytea()
      bytes[size++] = Number.parseInt(octal, 8)
      at += 4
    }
  }
  return { bytes: bytes.subarray(0, size), used: at }
}

function notBytea(): Error {
  return refusal('as', 'The value is not a bytea as PostgreSQL prints it. Save it as text.')
}

import { basename } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Channel } from '../../../contract/define'
import type { TransferEvent } from '../../../contract/transfer'
import { replaceFile } from '../disk/replace-file'
import { FailureError, refusal } from '../failure-error'

/** Milliseconds between two reports. */
const REPORT_MS = 100

/** A piece of a file, and how many rows are written with it. */
export interface FilePiece {
  readonly bytes: Uint8Array
  readonly rows: number
}

/** Writes the pieces to a file that appears under its name only when it is complete, and says how far it has come. Refused with the reason when the disk refuses. */
export async function writePieces(
  path: string,
  pieces: Iterable<FilePiece>,
  total: number,
  channel: Channel<TransferEvent>,
): Promise<void> {
  const file = await replaceFile(path).catch((error: unknown) => {
    throw explained(path, error)
  })
  let rows = 0
  let byteCount = 0
  let reportedAt = performance.now()
  try {
    for (const piece of pieces) {
      if (piece.bytes.length > 0) await file.write(piece.bytes)
      else await nextTurn()
      if (channel.isClosed) throw new FailureError({ kind: 'cancelled', message: 'Stopped: no file was written.' })
      rows += piece.rows
      byteCount += piece.bytes.length
      if (performance.now() - reportedAt < REPORT_MS) continue
      reportedAt = performance.now()
      channel.send({ type: 'rowsWritten', rows, total, byteCount })
    }
    await file.commit()
  } catch (error) {
    await file.discard()
    throw error instanceof FailureError ? error : explained(path, error)
  }
  channel.send({ type: 'fileWritten', rows, byteCount })
}

/**
 * Gives `work` a way to write lines as they arrive to a file that appears under its name only when all is written, and says how far it
 * has come; the first line is a header. Refused with the reason when the disk refuses.
 */
export async function writeArriving(
  path: string,
  channel: Channel<TransferEvent>,
  work: (write: (line: Uint8Array) => Promise<void>) => Promise<void>,
): Promise<void> {
  const file = await replaceFile(path).catch((error: unknown) => {
    throw explained(path, error)
  })
  let rows = -1
  let byteCount = 0
  let reportedAt = performance.now()
  let gathered: Uint8Array[] = []
  let size = 0
  const flush = async () => {
    await file.write(Buffer.concat(gathered))
    gathered = []
    size = 0
  }
  try {
    await work(async (line) => {
      rows += 1
      byteCount += line.length
      gathered.push(line)
      size += line.length
      if (size >= GATHERED_BYTES) await flush()
      if (performance.now() - reportedAt < REPORT_MS) return
      reportedAt = performance.now()
      channel.send({ type: 'rowsWritten', rows, total: rows, byteCount })
    })
    await flush()
    if (channel.isClosed) throw new FailureError({ kind: 'cancelled', message: 'Stopped: no file was written.' })
    await file.commit()
  } catch (error) {
    await file.discard()
    throw error instanceof FailureError ? error : explained(path, error)
  }
  channel.send({ type: 'fileWritten', rows: Math.max(0, rows), byteCount })
}

/** Bytes gathered for one write. */
const GATHERED_BYTES = 1024 * 1024

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full. Free some space, or choose another place',
  EDQUOT: 'your share of the disk is used up. Free some space, or choose another place',
  EACCES: 'you may not write there. Choose another place',
  EPERM: 'you may not write there. Choose another place',
  EROFS: 'the disk can only be read. Choose another place',
  EISDIR: 'it is a folder. Choose another name',
  ENOENT: 'its folder does not exist any more. Choose another place',
  EFBIG: 'it would be larger than the disk allows. Choose another place',
}

function explained(path: string, error: unknown): Error {
  const { code } = error as NodeJS.ErrnoException
  if (code === undefined) return error as Error // ours, not the system's
  return refusal('token', `${basename(path)} was not written: ${REASONS[code] ?? `the system says ${code}`}.`)
}

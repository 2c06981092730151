import type { Channel } from '../../../contract/define'
import type { TransferEvent } from '../../../contract/transfer'
import type { Session } from '../session/session'
import { writeArriving } from './write-file'

/** Bytes that may wait for the disk before the server has to. */
const MOST_WAITING = 8 * 1024 * 1024

/**
 * Writes the rows of a query to a CSV file with a header, as the server's COPY prints them, no faster than the disk takes them. Row
 * security that would hide rows is an error. Closing the channel stops it and leaves no file.
 */
export async function copyToFile(
  session: Session,
  query: string,
  path: string,
  channel: Channel<TransferEvent>,
): Promise<void> {
  await writeArriving(path, channel, async (write) => {
    let waiting = 0
    let failed: unknown = null
    let writing: Promise<unknown> = Promise.resolve()
    session.hearCopyData((bytes, start, end) => {
      const line = Buffer.from(bytes.subarray(start, end)) // the wire's own buffer is used again
      waiting += line.length
      if (waiting > MOST_WAITING) session.pause()
      writing = writing
        .then(() => (failed === null ? write(line) : undefined))
        .catch((error: unknown) => {
          failed ??= error
          void session.cancel().catch(() => {})
        })
        .then(() => {
          waiting -= line.length
          if (waiting <= MOST_WAITING / 2) session.resume()
        })
    })
    channel.onClose(() => void session.cancel().catch(() => {}))
    await session.query('begin isolation level read committed read only')
    try {
      await session.query("select pg_catalog.set_config('row_security', 'off', true)")
      await session.query(`copy (${query}) to stdout (format csv, header)`)
    } catch (error) {
      await writing
      throw failed ?? error
    } finally {
      session.hearCopyData(() => {})
      if (session.lostBecause === null) await session.query('rollback').catch(() => {})
    }
    await writing
    if (failed !== null) throw failed
  })
}

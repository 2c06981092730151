import { openTransport } from './transport'
import type { Encryption, Way } from './way'

const CANCEL_REQUEST = 80877102

/** Milliseconds after which an unanswered cancel request is given up. */
const LIMIT_MS = 3_000

/**
 * Asks the server to cancel what a backend runs, over a connection of its own that goes the same way, and resolves when the server
 * has closed it: only then can no late cancel hit the next statement. Rejects when the server cannot be reached.
 * Source: PostgreSQL documentation, "Canceling Requests in Progress".
 */
export async function requestCancel(
  way: Way,
  encryption: Encryption,
  backendPid: number,
  secretKey: number,
): Promise<void> {
  const { stream } = await openTransport(way, encryption)
  const message = Buffer.alloc(16)
  message.writeInt32BE(16, 0)
  message.writeInt32BE(CANCEL_REQUEST, 4)
  message.writeInt32BE(backendPid, 8)
  message.writeInt32BE(secretKey, 12)
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => stream.destroy(), LIMIT_MS)
    stream.on('error', () => {}) // 'close' follows
    stream.once('close', () => {
      clearTimeout(timer)
      resolve()
    })
    stream.resume()
    // Not ended by us: a proxy that knows no half-closed connection would close it before the server has handled the request.
    stream.write(message)
  })
}

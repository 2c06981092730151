import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A proxy that knows no half-closed connection. */
export interface HastyProxy {
  readonly port: number
  /** Connections that it cut because the client had closed its half before the server was told anything. */
  readonly halfClosed: () => number
  close(): Promise<void>
}

const CANCEL_REQUEST = 80877102
/** Milliseconds for which a cancel request is held back: a client that closes its half behind it has done so by then. */
const HELD_MS = 100

/**
 * Starts a proxy to a TCP port that passes a cancel request on a moment late, and drops it with its connection when the client closes its
 * half first, as load balancers do; close it.
 */
export async function startHastyProxy(to: { readonly host: string; readonly port: number }): Promise<HastyProxy> {
  const sockets = new Set<Socket>()
  let halfClosed = 0
  const server = createServer({ allowHalfOpen: false }, (client) => {
    const upstream = connect({ host: to.host, port: to.port })
    const cut = () => {
      client.destroy()
      upstream.destroy()
    }
    let isHeld = false
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', cut)
      socket.on('close', () => {
        sockets.delete(socket)
        cut()
      })
    }
    client.on('end', () => {
      if (isHeld) halfClosed += 1
      cut()
    })
    client.on('data', (bytes) => {
      const isCancel = bytes.length === 16 && bytes.readInt32BE(4) === CANCEL_REQUEST
      if (!isCancel) {
        upstream.write(bytes)
        return
      }
      isHeld = true
      setTimeout(() => {
        isHeld = false
        if (!client.destroyed) upstream.write(bytes)
      }, HELD_MS)
    })
    upstream.on('data', (bytes) => client.write(bytes))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    halfClosed: () => halfClosed,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

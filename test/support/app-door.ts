import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** A door to a server that can be shut and opened again, always on the same port of 127.0.0.1. */
export interface Door {
  readonly port: number
  /** Ends every connection and takes no more: as if the server had been stopped. */
  shut(): Promise<void>
  /** Takes connections again. */
  open(): Promise<void>
}

/** Opens a door to a TCP port; shut it at the end. */
export async function startDoor(to: { readonly host: string; readonly port: number }): Promise<Door> {
  const sockets = new Set<Socket>()
  let server: Server | null = null
  let port = 0
  const open = async () => {
    server = createServer((client) => {
      const upstream = connect(to)
      for (const socket of [client, upstream]) {
        sockets.add(socket)
        socket.on('error', () => {})
        socket.on('close', () => sockets.delete(socket))
      }
      client.pipe(upstream).pipe(client)
    })
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
  }
  await open()
  return {
    port,
    open,
    shut: async () => {
      const closing = server
      server = null
      if (closing === null) return
      closing.close()
      for (const socket of sockets) socket.destroy()
      await once(closing, 'close')
    },
  }
}

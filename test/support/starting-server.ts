import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { fatalError } from './scripted-server'

/** Starts a server on a free port that says that it is starting up to its first clients, and is the other server to those after them. */
export async function startStartingServer(
  to: { readonly host: string; readonly port: number },
  refusals: number,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>()
  let left = refusals
  const server = createServer((client) => {
    sockets.add(client)
    client.on('error', () => client.destroy())
    if (left > 0) {
      left -= 1
      client.once('data', () => client.end(fatalError('57P03', 'the database system is starting up')))
      return
    }
    const upstream = connect({ host: to.host, port: to.port, noDelay: true })
    sockets.add(upstream)
    upstream.on('error', () => client.destroy())
    client.pipe(upstream)
    upstream.pipe(client)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

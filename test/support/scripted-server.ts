import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

/** A server that answers what a test tells it to. */
export interface ScriptedServer {
  readonly port: number
  /** Every message the clients sent, start-up included, as bytes in order. */
  readonly heard: () => Buffer
  /** Connections so far. */
  readonly accepted: () => number
  close(): Promise<void>
}

/** What the server does with a connection. */
export interface Script {
  /** Answers the start-up message; logs the client in when left out. */
  readonly onStartup?: (socket: Socket) => void
  /** Answers the bytes of a statement, or whatever else comes after the login. */
  readonly onStatement?: (socket: Socket, bytes: Buffer) => void
}

/** A message of the server: its letter and its body. */
export function serverMessage(type: string, body: Buffer | string = ''): Buffer {
  const bytes = Buffer.from(body)
  const head = Buffer.alloc(5)
  head.write(type, 0, 'latin1')
  head.writeUInt32BE(bytes.length + 4, 1)
  return Buffer.concat([head, bytes])
}

/** An authentication request with what belongs to its method: MD5's salt, the SASL mechanism that every server offers. */
export function authenticationRequest(method: number): Buffer {
  const body = Buffer.alloc(4)
  body.writeUInt32BE(method)
  const more = method === 10 ? 'SCRAM-SHA-256\0\0' : method === 5 ? 'salt' : ''
  return serverMessage('R', Buffer.concat([body, Buffer.from(more)]))
}

/** What a server says to a client that it lets in without a password. */
export function loginAnswer(): Buffer {
  const key = Buffer.alloc(8)
  key.writeUInt32BE(4711, 0)
  return Buffer.concat([
    authenticationRequest(0),
    serverMessage('S', 'server_version\x0018.0\0'),
    serverMessage('K', key),
    readyForQuery(),
  ])
}

/** How the answer to a statement begins: it was parsed, and has its parameters. */
export function boundAnswer(): Buffer {
  return Buffer.concat([serverMessage('1'), serverMessage('2')])
}

/** ReadyForQuery with a transaction state: I, T or E. */
export function readyForQuery(status: 'I' | 'T' | 'E' = 'I'): Buffer {
  return serverMessage('Z', status)
}

/** A FATAL error, as a server sends one before it closes the connection. */
export function fatalError(code: string, message: string): Buffer {
  return serverMessage('E', `SFATAL\0VFATAL\0C${code}\0M${message}\0\0`)
}

/** RowDescription of text columns. */
export function rowDescription(names: readonly string[]): Buffer {
  const count = Buffer.alloc(2)
  count.writeUInt16BE(names.length)
  const columns = names.map((name) => {
    const rest = Buffer.alloc(18)
    rest.writeUInt32BE(25, 6) // type oid: text
    rest.writeInt16BE(-1, 10)
    rest.writeInt32BE(-1, 12)
    return Buffer.concat([Buffer.from(`${name}\0`), rest])
  })
  return serverMessage('T', Buffer.concat([count, ...columns]))
}

/** DataRow as it should be; null for NULL. */
export function dataRow(cells: readonly (string | null)[]): Buffer {
  const count = Buffer.alloc(2)
  count.writeUInt16BE(cells.length)
  const parts = cells.map((cell) => {
    const length = Buffer.alloc(4)
    length.writeInt32BE(cell === null ? -1 : Buffer.byteLength(cell))
    return Buffer.concat([length, Buffer.from(cell ?? '')])
  })
  return serverMessage('D', Buffer.concat([count, ...parts]))
}

const CANCEL_REQUEST = 80877102

/** Starts a scripted server on a free port of 127.0.0.1; close it. */
export async function startScriptedServer(script: Script = {}): Promise<ScriptedServer> {
  const { onStartup = (socket) => socket.write(loginAnswer()), onStatement = () => {} } = script
  const heard: Buffer[] = []
  const sockets = new Set<Socket>()
  let accepted = 0
  const server = createServer((socket) => {
    accepted += 1
    let isStarted = false
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    socket.on('data', (bytes) => {
      heard.push(bytes)
      if (isStarted) onStatement(socket, bytes)
      else if (bytes.readInt32BE(4) === CANCEL_REQUEST) socket.end()
      else {
        isStarted = true
        onStartup(socket)
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    heard: () => Buffer.concat(heard),
    accepted: () => accepted,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

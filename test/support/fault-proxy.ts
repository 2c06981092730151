import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** What one side said, in the order in which both spoke. */
export interface Spoken {
  readonly from: 'client' | 'server'
  readonly bytes: Buffer
}

/** One connection that went through the proxy. */
export interface ProxiedConnection {
  /** Everything both sides said so far. */
  readonly spoken: readonly Spoken[]
  /** Everything the client sent so far. */
  readonly sent: () => Buffer
  /** Everything the server sent so far. */
  readonly received: () => Buffer
  /** Cuts both sides at once, as a router that dies would. */
  cut(): void
  /** Keeps what the server sends on this connection from the client. */
  mute(): void
  /** Says something to the client that the server never said. */
  slipIn(bytes: Buffer): void
}

/** A proxy in front of a server, on a free port of 127.0.0.1. */
export interface FaultProxy {
  readonly port: number
  readonly connections: readonly ProxiedConnection[]
  /** Takes no further connection; those there are go on. */
  stopListening(): void
  /** Keeps what the server sends from now on from the clients. */
  holdAnswers(): void
  /** Keeps back what the server answers to the first bytes of a client that match, and everything after it. */
  holdAfter(matches: (sent: Buffer) => boolean): void
  /** Lets everything through again; what was kept or swallowed is gone. */
  recover(): void
  /** Swallows everything from now on, both ways and on new connections too, as a network that drops packets does. */
  goSilent(): void
  /** Resets every connection, as a firewall that forgot them does. */
  resetAll(): void
  close(): Promise<void>
}

/** What the proxy does with what goes through it. */
export interface Faults {
  /** Cuts what the server sends into pieces that are written one by one. */
  readonly rechunk?: (bytes: Buffer) => readonly Buffer[]
  /** Answers the request for TLS like a server that has none. */
  readonly hasNoTls?: boolean
}

/** Starts a proxy to a TCP port; close it. */
export async function startFaultProxy(
  to: { readonly host: string; readonly port: number },
  faults: Faults = {},
): Promise<FaultProxy> {
  const connections: ProxiedConnection[] = []
  const sockets = new Set<Socket>()
  let isHolding = false
  let isSilent = false
  let holdsAfter: ((sent: Buffer) => boolean) | null = null
  const server = createServer((client) => {
    const upstream = connect({ host: to.host, port: to.port, noDelay: true })
    client.setNoDelay(true)
    const sent: Buffer[] = []
    const received: Buffer[] = []
    const spoken: Spoken[] = []
    const cut = () => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', cut)
      socket.on('close', () => sockets.delete(socket))
    }
    let isMute = false
    const mute = () => {
      isMute = true
    }
    const slipIn = (bytes: Buffer) => void client.write(bytes)
    connections.push({
      spoken,
      sent: () => Buffer.concat(sent),
      received: () => Buffer.concat(received),
      cut,
      mute,
      slipIn,
    })
    client.on('data', (bytes) => {
      const isFirst = sent.length === 0
      sent.push(bytes)
      spoken.push({ from: 'client', bytes })
      if (isSilent) return
      if (holdsAfter?.(bytes) === true) isHolding = true
      if (isFirst && faults.hasNoTls === true && bytes.readInt32BE(4) === SSL_REQUEST) client.write('N')
      else upstream.write(bytes)
    })
    const toClient = inPieces(client, faults.rechunk ?? ((bytes) => [bytes]))
    upstream.on('data', (bytes) => {
      received.push(bytes)
      spoken.push({ from: 'server', bytes })
      if (!isHolding && !isSilent && !isMute) toClient(bytes)
    })
    client.on('end', () => upstream.end())
    upstream.on('end', () => client.end())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    connections,
    stopListening: () => void server.close(),
    holdAnswers: () => {
      isHolding = true
    },
    holdAfter: (matches) => {
      holdsAfter = matches
    },
    recover: () => {
      holdsAfter = null
      isHolding = false
      isSilent = false
    },
    goSilent: () => {
      isSilent = true
    },
    resetAll: () => {
      for (const socket of sockets) socket.resetAndDestroy()
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      if (!server.listening) return
      server.close()
      await once(server, 'close')
    },
  }
}

const SSL_REQUEST = 80877103

/** Writes pieces one after the other, each in a turn of the event loop of its own, so that few arrive together. */
function inPieces(socket: Socket, cut: (bytes: Buffer) => readonly Buffer[]): (bytes: Buffer) => void {
  const waiting: Buffer[] = []
  let isWriting = false
  const next = () => {
    const piece = waiting.shift()
    isWriting = piece !== undefined
    if (piece === undefined || socket.destroyed) return
    socket.write(piece)
    setImmediate(next)
  }
  return (bytes) => {
    waiting.push(...cut(bytes))
    if (!isWriting) next()
  }
}

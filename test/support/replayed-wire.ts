import { Duplex } from 'node:stream'
import pg from 'pg'
import { ProtocolViolation } from '../../electron/engine/session/protocol-violation'
import { type WireListener, WireTap } from '../../electron/engine/session/wire-tap'
import type { Spoken } from './fault-proxy'
import { loginAnswer, serverMessage } from './scripted-server'

/** A message of the client: its letter and its body. */
export const clientMessage = serverMessage

/** What a tap without a socket passed on. */
export interface HeardWire {
  /** Rows that went to the sink. */
  readonly rows: Buffer[]
  /** What the driver's parser was given. */
  readonly driver: Buffer[]
  /** Names of the messages that the driver's parser made of it. */
  readonly parsed: string[]
  /** What the session was told. */
  readonly told: unknown[]
  /** Why the tap refused to read on; null while it does. */
  readonly refusal: () => Error | null
}

/** A tap with pg's own parser behind it, over a stream that a test speaks on. */
export interface ReplayedWire {
  readonly tap: WireTap
  readonly heard: HeardWire
  /** As if the server had sent it. */
  feed(bytes: Buffer): void
  /** As if the session or the driver had sent it. */
  send(bytes: Buffer): void
  /** As if the server had closed the connection. */
  end(): void
}

/** What a tap is made with. */
export interface ReplayOptions {
  readonly hasSink?: boolean
  /** Refuses every authentication request. */
  readonly isPicky?: boolean
}

/** A tap over a stream without a socket. */
export function replayWire({ hasSink = true, isPicky = false }: ReplayOptions = {}): ReplayedWire {
  const stream = new Duplex({ read: () => {}, write: (_bytes, _encoding, done) => done() })
  const rows: Buffer[] = []
  const driver: Buffer[] = []
  const parsed: string[] = []
  const told: unknown[] = []
  let refusal: Error | null = null
  const connection = new pg.Connection({ stream: stream as never })
  // pg's types leave these out: its parser, and the event it emits for every message once somebody listens.
  const parser = connection as unknown as { attachListeners(stream: Duplex): void } & NodeJS.EventEmitter
  parser.on('message', (message: { name: string }) => parsed.push(message.name))
  parser.attachListeners(stream)
  const [parse] = stream.listeners('data') as ((bytes: Buffer) => void)[]
  stream.removeAllListeners('data')
  stream.on('data', (bytes: Buffer) => {
    driver.push(Buffer.from(bytes))
    parse?.(bytes)
  })
  const listener: WireListener = {
    readyForQuery: (status) => told.push(['ready', status]),
    copyData: (_bytes, start, end) => told.push(['copy', end - start]),
    probeAnswered: () => told.push(['probe']),
    saidFarewell: () => told.push(['farewell']),
    authenticationRequested: (method) => {
      told.push(['authentication', method])
      if (isPicky) throw new Error('no such method')
    },
    refused: (error) => {
      refusal = error
      told.push(['refused', error.message])
    },
  }
  const tap = new WireTap(stream, listener)
  if (hasSink) tap.sink = { takeRows: (bytes, start, end) => rows.push(Buffer.from(bytes.subarray(start, end))) }
  return {
    tap,
    heard: { rows, driver, parsed, told, refusal: () => refusal },
    feed: (bytes) => void stream.emit('data', bytes),
    send: (bytes) => void stream.write(bytes),
    end: () => void stream.emit('end'),
  }
}

/** The same after a login, with a text of statements sent; what was heard of the login is left out. */
export function askedWire(options: ReplayOptions = {}): ReplayedWire {
  const wire = replayWire(options)
  wire.feed(loginAnswer())
  wire.send(clientMessage('Q', 'select\0'))
  for (const list of [wire.heard.driver, wire.heard.parsed, wire.heard.told]) list.length = 0
  return wire
}

/** Speaks both sides of a connection to a tap; answers with the error that got past it, null when none did. */
export function replay(wire: ReplayedWire, spoken: readonly Spoken[]): unknown {
  try {
    for (const { from, bytes } of spoken) {
      if (from === 'client') wire.send(bytes)
      else wire.feed(bytes)
      if (wire.heard.refusal() !== null) break
    }
    wire.end()
  } catch (error) {
    return error
  }
  const refusal = wire.heard.refusal()
  // Anything but a refusal of the guard was thrown by the driver's parser, which must not see such bytes.
  return refusal === null || refusal instanceof ProtocolViolation ? null : refusal
}

import type { Duplex } from 'node:stream'
import type { TlsFacts, TlsVerdict } from '../../../contract/session'
import { FailureError } from '../failure-error'
import { tlsFailure } from './connection-failure'
import { dialDirect, REACH_LIMIT_MS } from './reach'
import { contradiction } from './tls/attempts'
import { readTlsFiles } from './tls/tls-files'
import { encrypt } from './tls/tls-handshake'
import { TlsProblem } from './tls/tls-problem'
import { askForTls } from './tls/tls-request'
import { type Encryption, failedStep, type StepListener, type Way } from './way'

/** A connected stream to the server, before any PostgreSQL message but the TLS request. */
export interface Transport {
  readonly stream: Duplex
  readonly tls: TlsVerdict
  /** What is known of the encryption and the server's certificate; null where nothing is encrypted. */
  readonly tlsFacts: TlsFacts | null
  /** The server's certificate in DER: what a login is bound to. Null where nothing is encrypted. */
  readonly certificate: Buffer | null
  /** True over a Unix socket or the loopback interface: nobody on a network can listen. */
  readonly isLocal: boolean
}

/** TLS was begun and did not come about: where the mode allows it, the connection is tried without. */
export class HandshakeFailure extends FailureError {}

const KEEPALIVE_SECONDS = 4

/**
 * A stream to the target, encrypted or not; `connection` failures say which step failed, and are told to `onStep`. Every connection
 * is made here, the one of a cancel request included, so that none forgets TLS.
 */
export async function openTransport(
  way: Way,
  encryption: Encryption,
  onStep: StepListener = () => {},
): Promise<Transport> {
  const { target, dial = dialDirect, findSecret = async () => null, keepaliveSeconds = KEEPALIVE_SECONDS } = way
  const problem = contradiction(target)
  if (problem !== null) throw failedStep(onStep, 'tls', performance.now(), tlsFailure(problem, target))
  // Read before the server waits for us; what is wrong with the files counts once it turns out that they are needed, as in libpq.
  const material = encryption === 'none' ? null : await settled(readTlsFiles(target, findSecret))
  const { stream, isLocal } = await dial(target, { onStep, findSecret, keepaliveMs: keepaliveSeconds * 1000 })
  stream.on('error', () => {}) // 'close' follows
  const plain: Transport = { stream, tls: 'none', tlsFacts: null, certificate: null, isLocal }
  if (material === null) return plain
  const startedAt = performance.now()
  const report = (state: 'done' | 'not used', detail: string) =>
    onStep({ name: 'tls', state, detail, elapsedMs: performance.now() - startedAt })
  let isBegun = false
  try {
    isBegun = target.tlsNegotiation === 'direct' || (await askForTls(stream, REACH_LIMIT_MS))
    if (!isBegun) {
      if (encryption === 'tls') throw noTls(target)
      report('not used', 'the server does not support TLS')
      return plain
    }
    if (!material.ok) throw material.error
    const encrypted = await encrypt(target, stream, material.value, REACH_LIMIT_MS)
    const { verdict: tls, facts: tlsFacts, certificate } = encrypted
    encrypted.stream.on('error', () => {})
    report('done', `${tlsFacts.protocol}, ${tls}`)
    return { stream: encrypted.stream, tls, tlsFacts, certificate, isLocal }
  } catch (error) {
    stream.destroy()
    const found = failedStep(onStep, 'tls', startedAt, tlsFailure(error, target))
    const isOver = isBegun && !(found.failure.kind === 'connection' && found.failure.reason === 'timed out')
    throw isOver ? new HandshakeFailure(found.failure, { cause: error }) : found
  }
}

function noTls({ tlsMode }: Way['target']): TlsProblem {
  return new TlsProblem(
    `The server does not support TLS, and TLS mode is ${tlsMode}.`,
    'Switch TLS on at the server (ssl = on), or choose a mode that goes without it. Nothing was sent.',
  )
}

type Settled<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown }

function settled<T>(work: Promise<T>): Promise<Settled<T>> {
  return work.then(
    (value) => ({ ok: true, value }),
    (error: unknown) => ({ ok: false, error }),
  )
}

import { lookup } from 'node:dns/promises'
import { existsSync, readFileSync } from 'node:fs'
import { connect, isIP, type Socket } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { checkServerIdentity, connect as connectTls, type TLSSocket } from 'node:tls'
import type { ConnectionStep, Target } from '../../../contract/profile'
import type { FailureError } from '../failure-error'
import { networkFailure, tlsFailure } from './connection-failure'

/** What was negotiated and verified on a connection. */
export type TlsVerdict = 'none' | 'encrypted' | 'verified chain' | 'verified host'

/** A connected stream to the server, before any PostgreSQL message but the TLS request. */
export interface Transport {
  readonly stream: Socket | TLSSocket
  readonly tls: TlsVerdict
  /** True over a Unix socket or the loopback interface: nobody on a network can listen. */
  readonly isLocal: boolean
}

/** Told about every step of making a connection as it ends. */
export type StepListener = (step: ConnectionStep) => void

/** Milliseconds until an address that does not answer is given up. */
export const REACH_LIMIT_MS = 10_000

/** Milliseconds of silence until TCP asks whether the other side is there; libuv asks ten times, a second apart, before it gives up. */
const KEEPALIVE_MS = 4_000

const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])
const YES = 0x53 // 'S'
const NO = 0x4e // 'N'

/**
 * A stream to the target with the TLS its mode asks for, in libpq's meaning; `connection` failures say which step failed.
 * Every connection is made here, the one of a cancel request included, so that none forgets TLS.
 */
export async function openTransport(target: Target, onStep: StepListener = () => {}): Promise<Transport> {
  if (target.host.startsWith('/')) return openUnixSocket(target, onStep)
  const addresses = await resolveHost(target, onStep)
  const socket = await reachFirst(target, addresses, onStep)
  const isLocal = /^(127\.|::1$|::ffff:127\.)/.test(socket.remoteAddress ?? '')
  if (target.tlsMode === 'disable') {
    onStep({ name: 'tls', state: 'not used', detail: 'TLS mode is disable', elapsedMs: 0 })
    return { stream: socket, tls: 'none', isLocal }
  }
  return { ...(await negotiateTls(target, socket, onStep)), isLocal }
}

async function openUnixSocket(target: Target, onStep: StepListener): Promise<Transport> {
  const path = `${target.host}/.s.PGSQL.${target.port}`
  onStep({ name: 'resolve', state: 'not used', detail: 'Unix socket', elapsedMs: 0 })
  const startedAt = performance.now()
  try {
    const stream = await reach(() => connect(path))
    onStep({ name: 'reach', state: 'done', detail: path, elapsedMs: performance.now() - startedAt })
    onStep({ name: 'tls', state: 'not used', detail: 'Unix socket', elapsedMs: 0 })
    return { stream, tls: 'none', isLocal: true }
  } catch (error) {
    throw failed(onStep, 'reach', startedAt, networkFailure(error, target))
  }
}

async function resolveHost(target: Target, onStep: StepListener): Promise<string[]> {
  const startedAt = performance.now()
  try {
    const found = await lookup(target.host, { all: true })
    const addresses = found.map((entry) => entry.address)
    onStep({ name: 'resolve', state: 'done', detail: addresses.join(', '), elapsedMs: performance.now() - startedAt })
    return addresses
  } catch (error) {
    throw failed(onStep, 'resolve', startedAt, networkFailure(error, target))
  }
}

async function reachFirst(target: Target, addresses: readonly string[], onStep: StepListener): Promise<Socket> {
  const startedAt = performance.now()
  let last: unknown = new Error('the host name has no address')
  for (const address of addresses) {
    try {
      const socket = await reach(() => connect({ host: address, port: target.port }))
      const detail = `${address} port ${target.port}`
      onStep({ name: 'reach', state: 'done', detail, elapsedMs: performance.now() - startedAt })
      return socket
    } catch (error) {
      last = error
    }
  }
  throw failed(onStep, 'reach', startedAt, networkFailure(last, target))
}

function reach(dial: () => Socket): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = dial()
    const timer = setTimeout(() => {
      socket.destroy()
      reject(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }))
    }, REACH_LIMIT_MS)
    socket.once('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    socket.once('connect', () => {
      clearTimeout(timer)
      socket.removeAllListeners('error')
      socket.setNoDelay(true)
      socket.setKeepAlive(true, KEEPALIVE_MS)
      resolve(socket)
    })
  })
}

async function negotiateTls(
  target: Target,
  socket: Socket,
  onStep: StepListener,
): Promise<{ stream: Socket | TLSSocket; tls: TlsVerdict }> {
  const startedAt = performance.now()
  const elapsed = () => performance.now() - startedAt
  try {
    const answer = await askForTls(socket)
    if (answer === NO) {
      if (target.tlsMode !== 'prefer')
        throw new Error(`the server does not support TLS, and TLS mode is ${target.tlsMode}`)
      onStep({ name: 'tls', state: 'not used', detail: 'the server does not support TLS', elapsedMs: elapsed() })
      return { stream: socket, tls: 'none' }
    }
    if (answer !== YES) throw new Error('the answer to the TLS request is not PostgreSQL')
    const { stream, verdict } = await encrypt(target, socket)
    const detail = `${stream.getProtocol() ?? 'TLS'}, ${verdict}`
    onStep({ name: 'tls', state: 'done', detail, elapsedMs: elapsed() })
    return { stream, tls: verdict }
  } catch (error) {
    socket.destroy()
    throw failed(onStep, 'tls', startedAt, tlsFailure(error, target))
  }
}

/** The server's one-byte answer; more than one byte was put there by somebody else (CVE-2021-23222). */
function askForTls(socket: Socket): Promise<number> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      clearTimeout(timer)
      socket.removeAllListeners('error')
      socket.removeAllListeners('close')
      act()
    }
    const timer = setTimeout(
      () => settle(() => reject(Object.assign(new Error('no answer to the TLS request'), { code: 'ETIMEDOUT' }))),
      REACH_LIMIT_MS,
    )
    socket.once('error', (error) => settle(() => reject(error)))
    socket.once('close', () => settle(() => reject(new Error('the server closed the connection at the TLS request'))))
    socket.once('data', (answer: Buffer) =>
      settle(() => {
        socket.pause()
        if (answer.length === 1) resolve(answer[0] as number)
        else reject(new Error('bytes arrived before TLS was set up'))
      }),
    )
    socket.write(SSL_REQUEST)
  })
}

function encrypt(target: Target, socket: Socket): Promise<{ stream: TLSSocket; verdict: TlsVerdict }> {
  const roots = rootCertificates(target)
  // libpq: `require` verifies the chain when a root certificate is given, and nothing otherwise.
  const isChainVerified =
    target.tlsMode === 'verify-ca' ||
    target.tlsMode === 'verify-full' ||
    (target.tlsMode === 'require' && roots !== null)
  const isHostVerified = target.tlsMode === 'verify-full'
  return new Promise((resolve, reject) => {
    const stream = connectTls({
      socket,
      host: target.host,
      ...(isIP(target.host) === 0 ? { servername: target.host } : {}),
      ...(roots === null ? {} : { ca: roots }),
      minVersion: 'TLSv1.2',
      rejectUnauthorized: isChainVerified,
      checkServerIdentity: isHostVerified ? checkServerIdentity : () => undefined,
    })
    const timer = setTimeout(
      () => stream.destroy(Object.assign(new Error('no answer to the TLS handshake'), { code: 'ETIMEDOUT' })),
      REACH_LIMIT_MS,
    )
    stream.once('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    stream.once('secureConnect', () => {
      clearTimeout(timer)
      stream.removeAllListeners('error')
      resolve({ stream, verdict: isHostVerified ? 'verified host' : isChainVerified ? 'verified chain' : 'encrypted' })
    })
  })
}

/** The PEM text to trust instead of the runtime's own roots: the profile's file, else libpq's default place. */
function rootCertificates(target: Target): string | null {
  const file = target.rootCertificate ?? join(homedir(), '.postgresql', 'root.crt')
  if (target.rootCertificate === null && !existsSync(file)) return null
  return readFileSync(file, 'utf8')
}

function failed(
  onStep: StepListener,
  name: ConnectionStep['name'],
  startedAt: number,
  error: FailureError,
): FailureError {
  onStep({ name, state: 'failed', detail: error.message, elapsedMs: performance.now() - startedAt })
  return error
}

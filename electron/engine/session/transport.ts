import { existsSync, readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { checkServerIdentity, connect as connectTls, type TLSSocket } from 'node:tls'
import type { Target } from '../../../contract/profile'
import { tlsFailure } from './connection-failure'
import { dialDirect, REACH_LIMIT_MS } from './reach'
import { failedStep, type StepListener, type Way } from './way'

/** What was negotiated and verified on a connection. */
export type TlsVerdict = 'none' | 'encrypted' | 'verified chain' | 'verified host'

/** A connected stream to the server, before any PostgreSQL message but the TLS request. */
export interface Transport {
  readonly stream: Duplex
  readonly tls: TlsVerdict
  /** True over a Unix socket or the loopback interface: nobody on a network can listen. */
  readonly isLocal: boolean
}

const KEEPALIVE_SECONDS = 4

const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])
const YES = 0x53 // 'S'
const NO = 0x4e // 'N'

/**
 * A stream to the target with the TLS its mode asks for, in libpq's meaning; `connection` failures say which step failed.
 * Every connection is made here, the one of a cancel request included, so that none forgets TLS.
 */
export async function openTransport(way: Way, onStep: StepListener = () => {}): Promise<Transport> {
  const { target, dial = dialDirect, findSecret = async () => null, keepaliveSeconds = KEEPALIVE_SECONDS } = way
  const { stream, isLocal } = await dial(target, { onStep, findSecret, keepaliveMs: keepaliveSeconds * 1000 })
  const reason = target.host.startsWith('/')
    ? 'Unix socket'
    : target.tlsMode === 'disable'
      ? 'TLS mode is disable'
      : null
  if (reason !== null) {
    onStep({ name: 'tls', state: 'not used', detail: reason, elapsedMs: 0 })
    return { stream, tls: 'none', isLocal }
  }
  return { ...(await negotiateTls(target, stream, onStep)), isLocal }
}

async function negotiateTls(
  target: Target,
  socket: Duplex,
  onStep: StepListener,
): Promise<{ stream: Duplex; tls: TlsVerdict }> {
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
    throw failedStep(onStep, 'tls', startedAt, tlsFailure(error, target))
  }
}

/** The server's one-byte answer; more than one byte was put there by somebody else (CVE-2021-23222). */
function askForTls(socket: Duplex): Promise<number> {
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

function encrypt(target: Target, socket: Duplex): Promise<{ stream: TLSSocket; verdict: TlsVerdict }> {
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

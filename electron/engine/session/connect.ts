import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import pg from 'pg'
import type { ConnectionStep, Target } from '../../../contract/profile'
import type { SessionId } from '../../../contract/session'
import { FailureError } from '../failure-error'
import { Authentication } from './authentication'
import { bothFailed, loginFailure, networkFailure } from './connection-failure'
import { MAX_SCRAM_ROUNDS } from './framing-limits'
import { Session } from './session'
import type { ConnectOptions } from './session-parts'
import { attemptsOf } from './tls/attempts'
import { HandshakeFailure, openTransport, type Transport } from './transport'
import type { Encryption } from './way'
import { type WireListener, WireTap } from './wire-tap'

/** Milliseconds for the login after the server was reached. */
const LOGIN_LIMIT_MS = 15_000

// pg's types do not name it. The guard refuses more as well; this one keeps the driver to it.
const SCRAM_LIMIT = { scramMaxIterations: MAX_SCRAM_ROUNDS }

/**
 * A session with the server, over the first of the target's ways to encrypt that leads to one, as libpq tries them. The `connection`
 * failure says why there is none. The caller must end it.
 */
export async function openSession(options: ConnectOptions): Promise<Session> {
  const [first = 'none', second] = attemptsOf(options.target)
  const outcome = await attempt(options, first, plainReason(options.target))
  if (outcome.session !== null) return outcome.session
  if (second === undefined || !outcome.leavesNext) throw outcome.failure
  const { target } = options
  const why = `TLS mode is ${target.tlsMode}, and with TLS: ${outcome.failure.message}`
  const next = await attempt(options, second, why)
  if (next.session !== null) return next.session
  // A password that is wanted can be given: that is what to say.
  const wantsSecret = next.failure.failure.kind === 'connection' && next.failure.failure.secret?.state === 'missing'
  if (wantsSecret) throw next.failure
  throw first === 'none' ? bothFailed(next.failure, outcome.failure) : bothFailed(outcome.failure, next.failure)
}

function plainReason({ host, tlsMode }: Target): string {
  return host.startsWith('/') ? 'Unix socket' : `TLS mode is ${tlsMode}`
}

type Attempt =
  | { readonly session: Session }
  | {
      readonly session: null
      readonly failure: FailureError
      /** The next way may be tried: TLS did not come about, or the server refused the login. What we refuse ends it. */
      readonly leavesNext: boolean
    }

/** One connection and its login; `whyPlain` tells of a connection that is not to be encrypted. */
async function attempt(options: ConnectOptions, encryption: Encryption, whyPlain: string): Promise<Attempt> {
  const { target, onStep = () => {} } = options
  let transport: Transport
  try {
    transport = await openTransport(options, encryption, onStep)
  } catch (error) {
    if (!(error instanceof FailureError)) throw error
    return { session: null, failure: error, leavesNext: error instanceof HandshakeFailure }
  }
  if (encryption === 'none') onStep({ name: 'tls', state: 'not used', detail: whyPlain, elapsedMs: 0 })
  const startedAt = performance.now()
  const report = (state: ConnectionStep['state'], detail: string) =>
    onStep({ name: 'login', state, detail, elapsedMs: performance.now() - startedAt })
  const password = options.password === '' ? null : options.password // libpq: an empty password is none
  const authentication = new Authentication(target, password, transport)
  try {
    const session = await login(options, transport, authentication, password)
    const { role, serverVersion, passwordFile } = session.facts
    report(
      'done',
      `${role}, PostgreSQL ${serverVersion}${passwordFile === undefined ? '' : `, password from ${passwordFile}`}`,
    )
    return { session }
  } catch (error) {
    transport.stream.destroy()
    const failure = error instanceof FailureError ? error : loginFailure(error, target)
    report('failed', failure.message)
    const isServers = failure.failure.kind === 'connection' && failure.failure.code !== undefined
    // A server that has no TLS was asked without it already.
    const isTried = encryption === 'tls if offered' && transport.tls === 'none'
    return { session: null, failure, leavesNext: isServers && !authentication.isOver && !isTried }
  }
}

async function login(
  options: ConnectOptions,
  transport: Transport,
  authentication: Authentication,
  password: string | null,
): Promise<Session> {
  const { target } = options
  let isPasswordUsed = false
  const client = new pg.Client({
    host: target.host,
    port: target.port,
    user: target.role,
    database: target.database,
    // A function: a missing password must never fall through to the environment or a password file.
    password: () => {
      isPasswordUsed = true
      return password ?? ''
    },
    ssl: false,
    stream: () => alreadyConnected(transport),
    // Without TLS there is nothing to bind to, and saying that one could is for TLS alone (RFC 5802).
    enableChannelBinding: transport.tls !== 'none' && target.channelBinding !== 'disable',
    connectionTimeoutMillis: LOGIN_LIMIT_MS,
    application_name: options.applicationName,
    ...SCRAM_LIMIT,
    types: { getTypeParser: () => (value: string | Buffer) => value },
  })
  const parameters = new Map<string, string>()
  // pg's types do not name these, but they are its documented-by-use events (lib/connection.js).
  const connection = (client as unknown as { connection: NodeJS.EventEmitter }).connection
  connection.on('parameterStatus', (message: { parameterName: string; parameterValue: string }) =>
    parameters.set(message.parameterName, message.parameterValue),
  )
  let refused: Error | undefined
  let firstError: unknown
  const keepFirst = (error: unknown) => {
    firstError ??= error
  }
  client.on('error', keepFirst)
  const ports: WireListener = {
    readyForQuery: () => {},
    copyData: () => {},
    probeAnswered: () => {},
    saidFarewell: () => {},
    authenticationRequested: (method, body) => authentication.request(method, body),
    refused: (error) => {
      refused = error
      transport.stream.destroy()
    },
  }
  const connected = client.connect()
  const tap = new WireTap(transport.stream, {
    readyForQuery: (status) => ports.readyForQuery(status),
    copyData: (bytes, start, end) => ports.copyData(bytes, start, end),
    authenticationRequested: (method, body) => ports.authenticationRequested(method, body),
    refused: (error) => ports.refused(error),
    probeAnswered: () => ports.probeAnswered(),
    saidFarewell: () => ports.saidFarewell(),
  })
  try {
    await connected
  } catch (error) {
    if (refused !== undefined) throw refused
    if (error instanceof Error && error.message === 'timeout expired') {
      throw networkFailure(Object.assign(error, { code: 'ETIMEDOUT' }), target)
    }
    throw firstError ?? error
  }
  return new Session({
    id: randomUUID() as SessionId, // branded here: this is where session ids are minted
    options,
    transport,
    authentication,
    client,
    tap,
    ports,
    parameters,
    passwordFile: isPasswordUsed ? (options.passwordFile ?? null) : null,
  })
}

/** pg dials by itself; it is given a stream that is connected already and only says so. */
function alreadyConnected({ stream, certificate }: Transport): Socket {
  return Object.assign(stream, {
    connect: () => {
      process.nextTick(() => {
        stream.emit('connect')
        // The answer to the TLS request was read with the stream paused behind it; a new listener does not undo that.
        stream.resume()
      })
      return stream
    },
    // The driver calls these on what it takes for a socket of its own; dialling has done them, and a tunnel's channel has none.
    setNoDelay: () => stream,
    setKeepAlive: () => stream,
    ref: () => stream,
    unref: () => stream,
    // What the login is bound to: the certificate that was verified, which the runtime does not show twice.
    ...(certificate === null ? {} : { getPeerCertificate: () => ({ raw: certificate }) }),
  }) as unknown as Socket // all that the driver uses of a socket is there
}

import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import pg from 'pg'
import type { ConnectionStep, Target } from '../../../contract/profile'
import type { SessionId } from '../../../contract/session'
import { FailureError } from '../failure-error'
import { loginFailure, methodRefused, networkFailure, passwordNeeded } from './connection-failure'
import { MAX_SCRAM_ROUNDS } from './framing-limits'
import { type ConnectOptions, Session } from './session'
import { openTransport, type Transport } from './transport'
import { type WireListener, WireTap } from './wire-tap'

/** Milliseconds for the login after the server was reached. */
const LOGIN_LIMIT_MS = 15_000

// pg's types do not name it. The guard refuses more as well; this one keeps the driver to it.
const SCRAM_LIMIT = { scramMaxIterations: MAX_SCRAM_ROUNDS }

/** A session with the server; the `connection` failure says why there is none. The caller must end it. */
export async function openSession(options: ConnectOptions): Promise<Session> {
  const { target, onStep = () => {} } = options
  const transport = await openTransport(options, onStep)
  const startedAt = performance.now()
  const report = (state: ConnectionStep['state'], detail: string) =>
    onStep({ name: 'login', state, detail, elapsedMs: performance.now() - startedAt })
  try {
    const session = await login(options, transport)
    const { role, serverVersion, passwordFile } = session.facts
    report(
      'done',
      `${role}, PostgreSQL ${serverVersion}${passwordFile === undefined ? '' : `, password from ${passwordFile}`}`,
    )
    return session
  } catch (error) {
    transport.stream.destroy()
    const failure = error instanceof FailureError ? error : loginFailure(error, target)
    report('failed', failure.message)
    throw failure
  }
}

async function login(options: ConnectOptions, transport: Transport): Promise<Session> {
  const { target } = options
  const password = options.password === '' ? null : options.password // libpq: an empty password is none
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
    authenticationRequested: (method) => checkMethod(method, target, password, transport),
    refused: (error) => {
      refused = error
      transport.stream.destroy()
    },
  }
  const connected = client.connect()
  const tap = new WireTap(transport.stream, {
    readyForQuery: (status) => ports.readyForQuery(status),
    copyData: (bytes, start, end) => ports.copyData(bytes, start, end),
    authenticationRequested: (method) => ports.authenticationRequested(method),
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
    client,
    tap,
    ports,
    parameters,
    passwordFile: isPasswordUsed ? (options.passwordFile ?? null) : null,
  })
}

/** pg dials by itself; it is given a stream that is connected already and only says so. */
function alreadyConnected({ stream }: Transport): Socket {
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
  }) as unknown as Socket // all that the driver uses of a socket is there
}

const CLEARTEXT = 3
const MD5 = 5
const SASL = 10
const LATER_STEPS = new Set([0, 11, 12]) // authenticated, SASL continue, SASL final
const UNSUPPORTED: Readonly<Record<number, string>> = { 2: 'Kerberos V5', 6: 'SCM credentials', 7: 'GSSAPI', 9: 'SSPI' }

/** Refuses what the driver would crash on (LAB 2), and a clear-text password on a connection others can read. */
export function checkMethod(
  method: number,
  target: Target,
  password: string | null,
  transport: Pick<Transport, 'tls' | 'isLocal'>,
): void {
  if (LATER_STEPS.has(method)) return
  if (method !== CLEARTEXT && method !== MD5 && method !== SASL) {
    const name = UNSUPPORTED[method] ?? `method ${method}`
    throw methodRefused(target, `asks for ${name} authentication`, 'Strata supports passwords (SCRAM-SHA-256 and MD5).')
  }
  if (password === null) throw passwordNeeded(target)
  if (method === CLEARTEXT && transport.tls === 'none' && !transport.isLocal) {
    throw methodRefused(
      target,
      'asks for the password in clear text over an unencrypted connection',
      'Nothing was sent. Use a TLS mode that encrypts, or let the server use SCRAM-SHA-256.',
    )
  }
}

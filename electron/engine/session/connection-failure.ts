import type { AuthenticationMethod } from '../../../contract/authentication'
import type { ConnectionFailure } from '../../../contract/failure'
import type { Target } from '../../../contract/profile'
import { FailureError } from '../failure-error'
import { ProtocolViolation, scramViolation, violationFailure } from './protocol-violation'
import { handshakeWords } from './tls/handshake-words'
import { TlsProblem } from './tls/tls-problem'

/** The address of a target as people read it: `host:port`, or the folder of a Unix socket. */
export function addressOf(target: Target): string {
  return target.host.startsWith('/') ? `${target.host}/.s.PGSQL.${target.port}` : `${target.host}:${target.port}`
}

/** A `connection` failure for an error of the network, in words a person can act on. */
export function networkFailure(error: unknown, target: Target): FailureError {
  const code = codeOf(error)
  const address = addressOf(target)
  switch (code) {
    case 'ECONNREFUSED':
      return made(error, 'refused', `Nothing accepts connections at ${address}.`, {
        advice: 'Check that the server runs, that the port is right, and that it listens on this address.',
      })
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NONAME':
    case 'ENODATA':
      return made(error, 'not found', `The host name "${target.host}" could not be found.`, {
        advice: 'Check its spelling, your network and VPN.',
      })
    case 'ENOENT':
      return made(error, 'not found', `There is no server socket at ${address}.`, {
        advice: 'Check the folder and the port, and that the server runs.',
      })
    case 'EACCES':
    case 'EPERM':
      return made(error, 'refused', `The system does not allow a connection to ${address}.`, {
        advice: 'Check the permissions of the socket, or the firewall.',
      })
    case 'ETIMEDOUT':
      return made(error, 'timed out', `${address} did not answer in time.`, {
        advice: 'A firewall or a wrong address often looks like this. Check host, port and VPN.',
      })
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return made(error, 'timed out', `There is no route to ${address}.`, { advice: 'Check your network and VPN.' })
    default:
      return made(error, 'lost', `The connection to ${address} ended: ${messageOf(error)}.`, {})
  }
}

/** The target has a tunnel, and there is nothing here that could open one. */
export function tunnelMissing(target: Target): FailureError {
  return made(
    undefined,
    'rejected',
    `${addressOf(target)} lies behind an SSH tunnel, which cannot be opened from here.`,
    {
      advice: 'Nothing was sent. Open the tunnel with ssh, and connect to its local port.',
    },
  )
}

/** A `tls` failure: what was wrong with the encryption or the certificate, and what would help. */
export function tlsFailure(error: unknown, target: Target): FailureError {
  if (error instanceof TlsProblem) {
    const { message, advice, passphrase } = error
    const secret = passphrase === null ? {} : { secret: { kind: 'client key', state: passphrase } as const }
    return made(error, 'tls', message, { advice, ...secret })
  }
  const code = codeOf(error)
  if (code === 'ETIMEDOUT' || code === 'ECONNRESET') return networkFailure(error, target)
  const { message, advice } = handshakeWords(code, messageOf(error), target)
  return made(error, 'tls', message, { advice })
}

const INVALID_PASSWORD = '28P01'
/** Servers that ask others about passwords say 28000, PgBouncer 08P01: then only the words tell that the password was wrong. */
const REFUSED_PASSWORD = /\b(?:password|LDAP|PAM|BSD|RADIUS) authentication failed\b/

/** A `connection` failure for what the server itself answered during login. */
export function loginFailure(error: unknown, target: Target): FailureError {
  const violation = error instanceof ProtocolViolation ? error : scramViolation(error)
  if (violation !== null) {
    return new FailureError(violationFailure(violation, addressOf(target)), { cause: error })
  }
  const code = codeOf(error)
  const said = messageOf(error)
  // A server that does not like our certificate says so in an alert, which may come when the handshake is over.
  if (code?.startsWith('ERR_SSL_') === true) return tlsFailure(error, target)
  if (code === undefined || !/^[0-9A-Z]{5}$/.test(code)) return networkFailure(error, target)
  const isPassword = code === INVALID_PASSWORD || REFUSED_PASSWORD.test(said)
  if (code.startsWith('28') || (code === '08P01' && isPassword)) {
    return made(error, 'authentication', said, {
      code,
      advice: roleAdvice(said, target),
      ...(isPassword ? { secret: { kind: 'password', state: 'wrong' } } : {}),
    })
  }
  if (code === '3D000') {
    return made(error, 'no database', said, {
      code,
      advice: `Create database "${target.database}", or choose one that exists on ${addressOf(target)}.`,
    })
  }
  const advice =
    code === '53300'
      ? adviceWhenFull(said)
      : code === '57P03'
        ? 'The server is starting or shutting down: try again in a moment.'
        : undefined
  return made(error, 'rejected', said, advice === undefined ? { code } : { code, advice })
}

/** What would make room: three limits are said with the same SQLSTATE. */
function adviceWhenFull(said: string): string {
  if (said.includes('reserved'))
    return 'The last sessions are kept for administrators. Close others, or ask for a higher max_connections.'
  if (said.includes('for role'))
    return 'Close other sessions of this role, or ask for a higher limit: ALTER ROLE … CONNECTION LIMIT.'
  if (said.includes('for database'))
    return 'Close other sessions with this database, or ask for a higher limit: ALTER DATABASE … CONNECTION LIMIT.'
  return 'Close other sessions, or ask for a higher max_connections.'
}

/** Some refusals of a server are about TLS, and nothing else tells them apart than its English words. */
function roleAdvice(said: string, target: Target): string {
  if (/client certificate/i.test(said))
    return 'The server wants a certificate from this computer: choose the client certificate and its key.'
  if (/no encryption|SSL off/.test(said))
    return `The server's pg_hba.conf does not accept role "${target.role}" without TLS, or not from here. Choose a TLS mode that encrypts.`
  if (/SSL encryption|SSL on/.test(said))
    return `The server's pg_hba.conf does not accept role "${target.role}" with TLS, or not from here.`
  return `The server did not accept role "${target.role}". Check role and password, and the server's pg_hba.conf.`
}

/** The failure of a target that was tried with TLS and without: with TLS it says more. */
export function bothFailed(withTls: FailureError, without: FailureError): FailureError {
  const { failure } = withTls
  const other = without.failure.kind === 'connection' ? without.failure.message : without.message
  if (failure.kind !== 'connection' || failure.message === other) return withTls
  const advice = `${failure.advice ?? ''} Without TLS: ${other}${/[.!?]$/.test(other) ? '' : '.'}`.trim()
  return new FailureError({ ...failure, advice }, { cause: withTls })
}

/** The session ended without our asking; `first` is the earliest error, which says why. */
export function lostFailure(first: unknown, target: Target): ConnectionFailure {
  // What the session went through names itself: a tunnel.
  if (first instanceof FailureError && first.failure.kind === 'connection') return { ...first.failure, reason: 'lost' }
  if (first instanceof ProtocolViolation) {
    const failure = violationFailure(first, addressOf(target))
    return { ...failure, advice: `${failure.advice} The next run opens a new session.` }
  }
  const code = codeOf(first)
  const isFromServer = code !== undefined && /^[0-9A-Z]{5}$/.test(code)
  return {
    kind: 'connection',
    reason: 'lost',
    message: isFromServer ? messageOf(first) : lossInWords(first, target),
    advice: 'The next run opens a new session. What was set in the old one is gone.',
    ...(isFromServer ? { code } : {}),
  }
}

function lossInWords(first: unknown, target: Target): string {
  // The driver's own words for a socket that closed without an error.
  const isSilent = first === undefined || messageOf(first).startsWith('Connection terminated')
  return isSilent
    ? `The server at ${addressOf(target)} closed the connection.`
    : `The connection to ${addressOf(target)} was lost: ${messageOf(first)}.`
}

function made(
  cause: unknown,
  reason: ConnectionFailure['reason'],
  message: string,
  more: Pick<ConnectionFailure, 'advice' | 'code' | 'secret' | 'refusedMethod'>,
): FailureError {
  return new FailureError({ kind: 'connection', reason, message, ...more }, { cause })
}

/** The role must give a password and none is known. */
export function passwordNeeded(target: Target): FailureError {
  return made(undefined, 'authentication', `The server asks role "${target.role}" for a password.`, {
    advice: 'Enter the password.',
    secret: { kind: 'password', state: 'missing' },
  })
}

/** The server asks for a way of proving the role that is refused. */
export function methodRefused(
  target: Target,
  what: string,
  advice: string,
  refusedMethod?: AuthenticationMethod,
): FailureError {
  const allowed = refusedMethod === undefined ? {} : { refusedMethod }
  return made(undefined, 'authentication', `The server at ${addressOf(target)} ${what}.`, { advice, ...allowed })
}

function codeOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}

function messageOf(error: unknown): string {
  // A notice is no Error: the last words of a server that is shut down at once come as one.
  const hasMessage = typeof error === 'object' && error !== null && 'message' in error
  return hasMessage && typeof error.message === 'string' ? error.message : String(error)
}

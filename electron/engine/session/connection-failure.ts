import type { ConnectionFailure } from '../../../contract/failure'
import type { Target } from '../../../contract/profile'
import { FailureError } from '../failure-error'
import { ProtocolViolation, violationFailure } from './protocol-violation'

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
  const code = codeOf(error)
  if (code === 'ETIMEDOUT' || code === 'ECONNRESET') return networkFailure(error, target)
  const roots = target.rootCertificate === null ? 'the roots this computer trusts' : target.rootCertificate
  switch (code) {
    case 'ENOENT':
    case 'EACCES':
    case 'EISDIR':
      return made(error, 'tls', `The CA file cannot be read: ${messageOf(error)}.`, {
        advice: 'Choose another CA file.',
      })
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return made(error, 'tls', `The server's certificate is not for "${target.host}".`, {
        advice: `${alternativeNames(error)}Use the host name the certificate was made for, or verify-ca if you accept any name.`,
      })
    case 'CERT_HAS_EXPIRED':
      return made(error, 'tls', "The server's certificate has expired.", {
        advice: 'Renew it on the server. Check the clock of this computer.',
      })
    case 'CERT_NOT_YET_VALID':
      return made(error, 'tls', "The server's certificate is not valid yet.", {
        advice: 'Check the clock of this computer and of the server.',
      })
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return made(error, 'tls', "The server's certificate was not issued by a trusted CA.", {
        advice: `It could not be verified with ${roots}. Choose the CA file that matches; the connection was closed before the password was sent.`,
      })
    default:
      return made(error, 'tls', `TLS failed: ${messageOf(error)}.`, {
        advice: 'Check the TLS mode, and that the server supports TLS 1.2 or newer.',
      })
  }
}

const INVALID_PASSWORD = '28P01'

/** A `connection` failure for what the server itself answered during login. */
export function loginFailure(error: unknown, target: Target): FailureError {
  if (error instanceof ProtocolViolation) {
    return new FailureError(violationFailure(error, addressOf(target)), { cause: error })
  }
  const code = codeOf(error)
  const said = messageOf(error)
  if (code === undefined || !/^[0-9A-Z]{5}$/.test(code)) return networkFailure(error, target)
  if (code.startsWith('28')) {
    return made(error, 'authentication', said, {
      code,
      advice: `The server did not accept role "${target.role}". Check role and password, and the server's pg_hba.conf.`,
      ...(code === INVALID_PASSWORD ? { secret: { kind: 'password', state: 'wrong' } } : {}),
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
      ? 'Close other sessions, or ask for a higher max_connections.'
      : code === '57P03'
        ? 'The server is starting or shutting down: try again in a moment.'
        : undefined
  return made(error, 'rejected', said, advice === undefined ? { code } : { code, advice })
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
  more: Pick<ConnectionFailure, 'advice' | 'code' | 'secret'>,
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
export function methodRefused(target: Target, what: string, advice: string): FailureError {
  return made(undefined, 'authentication', `The server at ${addressOf(target)} ${what}.`, { advice })
}

function codeOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function alternativeNames(error: unknown): string {
  const certificate = typeof error === 'object' && error !== null && 'cert' in error ? error.cert : undefined
  const names =
    typeof certificate === 'object' && certificate !== null && 'subjectaltname' in certificate
      ? certificate.subjectaltname
      : undefined
  return typeof names === 'string' ? `It is for ${names.replaceAll('DNS:', '').replaceAll('IP Address:', '')}. ` : ''
}

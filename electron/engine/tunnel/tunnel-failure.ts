import type { ConnectionFailure } from '../../../contract/failure'
import { FailureError } from '../failure-error'

type More = Omit<ConnectionFailure, 'kind' | 'reason' | 'message'>

/** A `tunnel` failure: an SSH server on the way could not be reached, was not trusted, or did not let us through. */
export function tunnelRefused(message: string, more: More = {}, cause?: unknown): FailureError {
  return new FailureError({ kind: 'connection', reason: 'tunnel', message, ...more }, { cause })
}

/** No connection to the SSH server itself; `from` is the hop before it. */
export function hopUnreachable(hop: string, from: string | null, error: unknown): FailureError {
  if (from !== null) {
    return tunnelRefused(
      `The SSH server ${hop} could not be reached from ${from}: ${wordsOf(error)}.`,
      { advice: `Check its host and port as ${from} knows them.` },
      error,
    )
  }
  const code = codeOf(error)
  const [why, advice] = WHY[code] ?? [`${wordsOf(error)}`, 'Check host and port, your network and VPN.']
  return tunnelRefused(`The SSH server ${hop} could not be reached: ${why}.`, { advice }, error)
}

const NO_NAME = [
  'its host name could not be found',
  'Check its spelling, ~/.ssh/config, your network and VPN.',
] as const
const NO_ROUTE = ['there is no route to it', 'Check your network and VPN.'] as const
const WHY: Readonly<Record<string, readonly [string, string]>> = {
  ECONNREFUSED: ['nothing accepts connections there', 'Check that the port is right and that sshd runs.'],
  ENOTFOUND: NO_NAME,
  EAI_AGAIN: NO_NAME,
  EAI_NONAME: NO_NAME,
  ENODATA: NO_NAME,
  ETIMEDOUT: [
    'it did not answer in time',
    'A firewall or a wrong address often looks like this. Check host, port and VPN.',
  ],
  EHOSTUNREACH: NO_ROUTE,
  ENETUNREACH: NO_ROUTE,
}

/** Something answered, and it is not an SSH server that we can speak with. */
export function handshakeFailed(hop: string, error: unknown): FailureError {
  const isSilent = codeOf(error) === 'ETIMEDOUT'
  return tunnelRefused(
    isSilent
      ? `${hop} accepts connections and does not answer as an SSH server.`
      : `No SSH connection could be set up with ${hop}: ${wordsOf(error)}.`,
    { advice: 'Check that the port is that of an SSH server, and that the server is not overloaded.' },
    error,
  )
}

/** The SSH server ended the connection while the user was to be proved. */
export function loginBroken(hop: string, user: string, error: unknown): FailureError {
  return tunnelRefused(
    `The SSH server ${hop} closed the connection before user "${user}" was let in: ${wordsOf(error)}.`,
    { advice: 'With many keys in the agent, IdentitiesOnly with an IdentityFile limits what is tried.' },
    error,
  )
}

/** The SSH server would not open a way to the next place; `reason` is that of RFC 4254, section 5.1. */
export function forwardRefused(hop: string, to: string, error: unknown): FailureError {
  const reason = typeof error === 'object' && error !== null && 'reason' in error ? error.reason : undefined
  const said = wordsOf(error)
  if (reason === 1) {
    return tunnelRefused(
      `The SSH server ${hop} does not allow forwarding to ${to}.`,
      {
        advice:
          'Its administrator decides that: AllowTcpForwarding and PermitOpen of sshd, or the options of your key.',
      },
      error,
    )
  }
  if (reason === 2) {
    return new FailureError(
      {
        kind: 'connection',
        reason: 'refused',
        message: `${to} could not be reached from the SSH server ${hop}: ${said}.`,
        advice: `Host and port are those that ${hop} sees. The tunnel itself works.`,
      },
      { cause: error },
    )
  }
  return tunnelRefused(`The SSH server ${hop} opened no way to ${to}: ${said}.`, {}, error)
}

/** What is said of every session that went through a tunnel when it ends. */
export function tunnelLost(hops: string, why: string): FailureError {
  return new FailureError({
    kind: 'connection',
    reason: 'lost',
    message: `The SSH tunnel through ${hops} was lost: ${why}.`,
    advice: 'All sessions through it are lost with it. The next run opens it again.',
  })
}

/** The system's code of an error, such as `ECONNREFUSED`; empty when it has none. */
export function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : ''
}

/** An error in a short line: what a server writes may be long, and may hold control characters. */
export function wordsOf(error: unknown): string {
  const text = (error instanceof Error ? error.message : String(error)).replace(/^\(SSH\) Channel open failure: /, '')
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim()
  const short = line.length > 200 ? `${line.slice(0, 200)}…` : line
  return short === '' ? 'no reason was given' : short.replace(/\.$/, '')
}

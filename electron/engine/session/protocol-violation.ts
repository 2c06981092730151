import type { ConnectionFailure, ConnectionReason } from '../../../contract/failure'

const PROTOCOL_ADVICE =
  'That is not the protocol of PostgreSQL. Check the address, and what stands between you and the server: a proxy, a pooler, another program.'

/** Something a server sent that is not read on from; `message` says what it did, to follow "The server at host:port". */
export class ProtocolViolation extends Error {
  readonly reason: ConnectionReason
  readonly advice: string

  constructor(what: string, reason: ConnectionReason = 'protocol', advice = PROTOCOL_ADVICE) {
    super(what)
    this.name = 'ProtocolViolation'
    this.reason = reason
    this.advice = advice
  }
}

/** The `connection` failure for a session that was closed because of what the server at `address` sent. */
export function violationFailure(violation: ProtocolViolation, address: string): ConnectionFailure {
  const { reason, message, advice } = violation
  return { kind: 'connection', reason, message: `The server at ${address} ${message}.`, advice }
}

/**
 * The same for an error of the driver in a SCRAM exchange, whose texts come from the server; null for any other error. Nothing that
 * would help anybody who does not know the password has been sent by then.
 */
export function scramViolation(error: unknown): ProtocolViolation | null {
  const said =
    error instanceof Error ? /^SASL: (?:SCRAM-SERVER-[A-Z]+-MESSAGE: )?(.*)$/s.exec(error.message)?.[1] : undefined
  if (said === undefined) return null
  if (said === 'server signature does not match') {
    const advice = 'It may not be the server it says it is. The login was given up.'
    return new ProtocolViolation('could not prove that it knows the password of the role', 'authentication', advice)
  }
  const advice = 'Check the server, and what stands between you and it.'
  return new ProtocolViolation(`did not keep to SCRAM-SHA-256 in the login: ${said}`, 'authentication', advice)
}

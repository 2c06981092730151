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

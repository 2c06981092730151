import type { ConnectionFailure } from '../../../contract/failure'
import { FailureError } from '../failure-error'
import { endsSession, failureOf, QUERY_CANCELED, withPositionOf } from './postgres-failure'

/** How a statement ended that did not complete. */
export interface StatementEnd {
  readonly error: unknown
  readonly text: string
  /** A cancel was asked for while it ran. */
  readonly isCancelAsked: boolean
  /** Positions of errors count bytes: the database's encoding is SQL_ASCII. */
  readonly isInBytes: boolean
  /** Why the session is gone, or would be if it is. */
  readonly loss: ConnectionFailure
  /** The session is ended by us. */
  readonly isEnding: boolean
}

/** The failure of a statement: cancelled when we asked for it, unknown when the connection died under it. */
export function statementFailure(end: StatementEnd): FailureError {
  const { error, text, loss } = end
  if (error instanceof FailureError) return error
  const failure = failureOf(error)
  const wasCancelled = failure?.kind === 'postgres' && failure.code === QUERY_CANCELED && end.isCancelAsked
  if (wasCancelled) {
    const message = 'Cancelled: the server stopped the statement.'
    return new FailureError({ kind: 'cancelled', message }, { cause: error })
  }
  if (failure !== null && !endsSession(error)) {
    return new FailureError(end.isInBytes ? withPositionOf(failure, text) : failure, { cause: error })
  }
  // A FATAL error answered the statement itself; without an answer nobody knows whether it was committed.
  if (failure !== null || end.isEnding) return new FailureError(loss, { cause: error })
  // Here is where the user looks for how to read what is too large.
  const said = loss.reason === 'too large' ? `${loss.message} ${loss.advice}` : loss.message
  const message = `${said} It is unknown whether the statement took effect: check before running it again.`
  return new FailureError({ kind: 'unknown-outcome', statement: text, message }, { cause: error })
}

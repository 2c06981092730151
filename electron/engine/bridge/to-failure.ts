import { randomUUID } from 'node:crypto'
import type { Failure } from '../../../contract/failure'
import { FailureError } from '../failure-error'
import type { Log } from '../log'

/** The failure that crosses for anything thrown: a `FailureError`'s own, else a defect whose stack goes to the log. */
export function toFailure(error: unknown, log: Log): Failure {
  if (error instanceof FailureError) return error.failure
  const reference = randomUUID().slice(0, 8)
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  log(`defect ${reference}: ${stack.replaceAll('\n', ' | ')}`)
  return {
    kind: 'defect',
    message: `Strata ran into a fault of its own (${reference}). The log has the details.`,
    reference,
  }
}

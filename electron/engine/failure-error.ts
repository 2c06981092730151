import type { Failure } from '../../contract/failure'

/** An error that carries a `Failure`: what features throw, made where the cause is known. */
export class FailureError extends Error {
  readonly failure: Failure

  constructor(failure: Failure, options?: ErrorOptions) {
    super(describe(failure), options)
    this.name = 'FailureError'
    this.failure = failure
  }
}

/** A refusal with one reason: nothing was run. */
export function refusal(path: string, message: string): FailureError {
  return new FailureError({ kind: 'refused', issues: [{ path, message }] })
}

function describe(failure: Failure): string {
  switch (failure.kind) {
    case 'refused':
      return failure.issues.map((issue) => issue.message).join('; ')
    case 'migration':
      return `${failure.migration}: statement ${failure.statement} failed`
    default:
      return failure.message
  }
}

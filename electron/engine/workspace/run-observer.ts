import { type Failure, failureMessage } from '../../../contract/failure'
import { hideSecrets, maskPlain, maskScript } from '../../../contract/mask-secrets'
import type { RunEvent, TextRange } from '../../../contract/query'
import { FailureError } from '../failure-error'
import type { EndedRecord, StartedRecord } from './run-records'

/** What was asked to be run, as far as the history is concerned. */
export interface ObservedInput {
  readonly script: string
  readonly range: TextRange | null
  readonly parameters?: readonly { readonly name: string }[] | undefined
}

/** UTF-16 units of a run's text that are kept. */
export const TEXT_UNITS = 100 * 1024
/** Read beyond what is kept, so that a secret across the cut is known as one. */
const BEYOND_UNITS = 64 * 1024
const MESSAGE_UNITS = 500

/** Follows one run by its events and knows in the end what the history keeps of it. */
export class RunObserver {
  /** What is kept of the text, masked. */
  readonly text: Pick<StartedRecord, 'text' | 'isMasked' | 'unitsLeftOut' | 'parameters'>
  private readonly secrets: readonly string[]
  private readonly startedAt = performance.now()
  private statements = 0
  private hasStarted = false
  private rows: number | null = null
  /** Rows of the statement that runs, which has no tag yet. */
  private arrived: number | null = null
  private failure: Failure | null = null
  private ended: Extract<RunEvent, { type: 'runEnded' }> | null = null

  constructor(input: ObservedInput, hasStandardStrings: boolean) {
    const { script, range, parameters = [] } = input
    const from = range?.from ?? 0
    const to = range?.to ?? script.length
    const masked = maskScript(script.slice(from, Math.min(to, from + TEXT_UNITS + BEYOND_UNITS)), hasStandardStrings)
    const text = masked.text.slice(0, TEXT_UNITS)
    const unitsLeftOut = Math.max(0, to - from - TEXT_UNITS - BEYOND_UNITS) + masked.text.length - text.length
    this.secrets = masked.secrets
    this.text = { text, isMasked: masked.isMasked, unitsLeftOut, parameters: parameters.map(({ name }) => name) }
  }

  /** Notes what happened. */
  hear(event: RunEvent): void {
    switch (event.type) {
      case 'scriptSplit':
        this.statements = event.statements.length
        return
      case 'statementStarted':
        this.hasStarted = true
        this.arrived = null
        return
      case 'rowsCounted':
        this.arrived = event.rows
        return
      case 'statementCompleted':
        this.count(event.rows)
        return
      case 'statementFailed':
        this.failure ??= event.failure
        this.count(this.arrived)
        return
      case 'runEnded':
        this.ended = event
        return
    }
  }

  /** How it ended; `error` is what the run threw, null when it ended by itself. `isLeft` says that its tab was closed meanwhile. */
  end(error: unknown, isLeft: boolean): Omit<EndedRecord, 'type' | 'id'> {
    const failure = this.failure ?? failureOf(error)
    const { statements, rows } = this
    const outcome = this.outcome(failure)
    const elapsedMs = this.ended?.elapsedMs ?? performance.now() - this.startedAt
    // Closing a tab ends its session, whatever the statement then says of it.
    if (isLeft && outcome !== 'complete') {
      return { outcome: 'cancelled', elapsedMs, message: 'Its tab was closed while it ran.', statements, rows }
    }
    const isWordy = outcome !== 'complete' && outcome !== 'cancelled' && failure !== null
    return { outcome, elapsedMs, message: isWordy ? this.firstLine(failure) : null, statements, rows }
  }

  private outcome(failure: Failure | null): EndedRecord['outcome'] {
    if (failure?.kind === 'refused' && !this.hasStarted) return 'refused'
    if (this.ended !== null) return this.ended.outcome
    // Nobody was there any more to hear the end: closing the tab cancels.
    return failure === null || failure.kind === 'cancelled' ? 'cancelled' : 'failed'
  }

  private count(rows: number | null): void {
    if (rows !== null) this.rows = (this.rows ?? 0) + rows
    this.arrived = null
  }

  private firstLine(failure: Failure): string {
    const [line = ''] = failureMessage(failure).split('\n', 1)
    return hideSecrets(maskPlain(line), this.secrets).slice(0, MESSAGE_UNITS)
  }
}

function failureOf(error: unknown): Failure | null {
  if (error === null) return null
  if (error instanceof FailureError) return error.failure
  return { kind: 'defect', message: 'Strata ran into a fault of its own. The log has the details.', reference: '' }
}

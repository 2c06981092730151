import type { Failure } from '../../contract/failure'

/** How a command ended. */
export type Outcome =
  | 'complete'
  | 'nothing to do'
  /** `status --check` found what is not applied. */
  | 'pending'
  /** `--dry-run`: planned, and nothing was run. */
  | 'planned'
  | 'failed'
  | 'cancelled'
  | 'refused'
  | 'not connected'
  | 'lock not had'

/** What a command came to: written as one JSON object with `--json`, else as `lines`. */
export interface Result {
  readonly exitCode: number
  readonly outcome: Outcome
  readonly failure: Failure | null
  /** Further fields of the JSON object. */
  readonly fields: Readonly<Record<string, unknown>>
  /** The result for people, on stdout. */
  readonly lines: readonly string[]
}

import type { Danger } from '../../../contract/guard'
import type { RunSituation } from '../tab-query'

/** What is asked before a run on production. */
export interface GuardQuestion {
  /** The database that the session is in. */
  readonly database: string
  /** Statements that would run. */
  readonly statements: number
  readonly dangers: readonly Danger[]
  /** All of them, told or not. */
  readonly dangerCount: number
  /** The estimates that have come, by statement; null where the server cannot say. */
  readonly rows: ReadonlyMap<number, number | null>
}

/** A run on production before it begins: without a question it is still looked for what asks. */
export interface GuardSituation {
  /** How the tab stood before; it does again when the answer is no. */
  readonly before: RunSituation
  readonly question: GuardQuestion | null
}

import { z } from 'zod'
// Sets zod up before its first schema is made: the window allows no code from strings.
import './text'

/** Greatest `statement_timeout`: PostgreSQL keeps it in 32 bits. */
export const MAX_TIMEOUT_MS = 2_147_483_647

/** How a tab's runs behave; they come back with the tab. */
export const runOptions = z.strictObject({
  /** In `manual` a transaction is opened before a statement that would run without one. */
  commitMode: z.enum(['auto', 'manual']),
  /** What a failed statement means for those after it. */
  onFailure: z.enum(['stop', 'continue']),
  /** `statement_timeout` of its runs; null when Strata sets none. */
  statementTimeoutMs: z.number().int().min(1).max(MAX_TIMEOUT_MS).nullable(),
})
/** How a tab's runs behave. */
export type RunOptions = z.output<typeof runOptions>

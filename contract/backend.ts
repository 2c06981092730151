import { z } from 'zod'
import { profileId } from './profile'
import { fieldText, milliseconds, opaqueId } from './text'

/** A server process and what it does, as `pg_stat_activity` names it. */
export const backend = z.strictObject({
  /** 0 for a prepared transaction, which has no backend. */
  backendPid: z.number().int(),
  applicationName: z.string(),
  role: z.string(),
  clientAddress: z.string(),
  state: z.string(),
  /** Milliseconds since the state changed. */
  sinceMs: milliseconds,
  query: z.string(),
  /** When the backend and its statement began, in microseconds: another backend of the same pid has others. Empty when the role may not see it. */
  backendStart: z.string(),
  statementStart: z.string(),
  /** The backends that it waits for itself; empty for the root of a chain. */
  waitsFor: z.array(z.number().int()),
  /** The tab of this app whose session it is; null for anybody else's. */
  tabId: opaqueId.brand<'TabId'>().nullable(), // workspace.ts names it, and imports from here
})
/** A server process and what it does. */
export type Backend = z.output<typeof backend>

/** Asks the server to cancel a backend's statement or to terminate the backend, if it still is the one that was shown. */
export const signalInput = z.strictObject({
  profileId,
  backendPid: z.number().int().min(1).max(2_147_483_647),
  backendStart: fieldText(40),
  statementStart: fieldText(40),
  signal: z.enum(['cancel', 'terminate']),
})
/** What became of a signal: `ended` when the session was gone, `moved on` when it does not run that statement any more. */
export const signalOutcome = z.enum(['sent', 'ended', 'moved on'])
/** What became of a signal. */
export type SignalOutcome = z.output<typeof signalOutcome>

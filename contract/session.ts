import { z } from 'zod'
import { connectionFailure } from './failure'
import { profileId } from './profile'
import { opaqueId } from './text'

/** Identifies one open backend. */
export const sessionId = opaqueId.brand<'SessionId'>()
/** Identifies one open backend. */
export type SessionId = z.output<typeof sessionId>

/** The status byte of ReadyForQuery in words: I, T, E. */
export const transactionStatus = z.enum(['none', 'open', 'aborted'])
/** The transaction state as the server last reported it. */
export type TransactionStatus = z.output<typeof transactionStatus>

/** What is known of an open session. */
export const sessionFacts = z.strictObject({
  sessionId,
  profileId,
  /** The server process, as `pg_stat_activity.pid` shows it. */
  backendPid: z.number().int(),
  /** `server_version` as reported, e.g. 18.4. */
  serverVersion: z.string(),
  database: z.string(),
  role: z.string(),
  serverEncoding: z.string(),
  timeZone: z.string(),
  /** What was negotiated and verified, not what was asked for. */
  tls: z.enum(['none', 'encrypted', 'verified chain', 'verified host']),
  isSuperuser: z.boolean(),
})
/** What is known of an open session. */
export type SessionFacts = z.output<typeof sessionFacts>

/** A session that ended without our asking. */
export const sessionLoss = z.strictObject({ sessionId, profileId, failure: connectionFailure })
/** A session that ended without our asking. */
export type SessionLoss = z.output<typeof sessionLoss>

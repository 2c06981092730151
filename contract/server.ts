import { z } from 'zod'
import { profileId } from './profile'
import { milliseconds, opaqueId } from './text'

/** What stands at the other end: PostgreSQL, or one that speaks its protocol. */
export const serverKind = z.enum(['postgresql', 'citus', 'yugabytedb', 'cockroachdb', 'redshift', 'other'])
/** What stands at the other end. */
export type ServerKind = z.output<typeof serverKind>

/** What a server is, as far as that decides what can be done with it. */
export const serverFacts = z.strictObject({
  kind: serverKind,
  /** Name and version as people say them, e.g. `PostgreSQL 18.4` or `CockroachDB 23.2.1`. */
  product: z.string().max(200),
  /** True while it follows another server (`pg_is_in_recovery()`): it cannot be written to. */
  isStandby: z.boolean(),
  /** True where transactions are read-only unless they ask otherwise (`default_transaction_read_only`). */
  isReadOnly: z.boolean(),
  /** True when a pooler stands between: the server process that answers is not the one the connection was made to. */
  isPooled: z.boolean(),
})
/** What a server is. */
export type ServerFacts = z.output<typeof serverFacts>

/** Why nothing can be applied or rolled back on a server; null where it can. */
export function whyNotWritable({ kind, product, isStandby, isReadOnly }: ServerFacts): string | null {
  if (isStandby) return 'This server is a standby: it follows another one and takes no writes. Connect to the primary.'
  if (isReadOnly) return 'This server is read-only: default_transaction_read_only is on for this role and database.'
  if (kind === 'cockroachdb' || kind === 'redshift' || kind === 'other')
    return `${product} has no advisory locks as PostgreSQL has them: two runs at once could not be kept apart.`
  return null
}

/** One of this app's own sessions on a server. */
export const ownSession = z.strictObject({
  /** Of a tab's session; null for one that the app needs itself. */
  sessionId: opaqueId.brand<'SessionId'>().nullable(), // session.ts names it, and imports from here
  profileId,
  profileName: z.string(),
  /** The tab it belongs to; null for the app's own, and for a tab that is gone. */
  tabId: opaqueId.brand<'TabId'>().nullable(), // workspace.ts names it
  state: z.enum(['idle', 'in transaction', 'running']),
  /** Milliseconds since it was last used; of a transaction, since it stands as it does. */
  sinceMs: milliseconds,
})
/** One of this app's own sessions on a server. */
export type OwnSession = z.output<typeof ownSession>

import { z } from 'zod'
// Sets zod up before its first schema is made: the window allows no code from strings.
import './text'

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

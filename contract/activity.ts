import { z } from 'zod'
import { backend } from './backend'
import { count, milliseconds } from './text'

/** A session of the server, or one of its own processes. */
export const activeBackend = z.strictObject({
  ...backend.shape,
  /** Empty for a process that is in no database. */
  database: z.string(),
  /** `backend_type`: `client backend` for a session. */
  backendType: z.string(),
  /** `wait_event_type: wait_event`; empty while it does not wait. */
  wait: z.string(),
  /** Milliseconds since its transaction began; null when it is in none. */
  transactionMs: milliseconds.nullable(),
  /** What it is to this app: a tab's session, another of the app's own, or nobody of ours. */
  own: z.enum(['tab', 'app', 'none']),
})
/** A session of the server, or one of its own processes. */
export type ActiveBackend = z.output<typeof activeBackend>

/** What goes on in the server, as it was at one moment. */
export const activity = z.strictObject({
  backends: z.array(activeBackend),
  /** Sessions of clients, and how many the server takes (`max_connections`). */
  sessionCount: count,
  sessionLimit: count,
  /** True when the role may not see what others run (it is no member of `pg_read_all_stats`). */
  isRestricted: z.boolean(),
  /** True when there are more backends than are told. */
  isCut: z.boolean(),
  /** False for a server that does not know who waits for whom. */
  tellsBlockers: z.boolean(),
})
/** What goes on in the server, as it was at one moment. */
export type Activity = z.output<typeof activity>

import type { ActiveBackend, Activity } from '../../../contract/activity'
import type { TabId } from '../../../contract/workspace'
import { FailureError } from '../failure-error'
import { BACKEND_FACTS, backendOf, MANY_BACKENDS_COLUMNS } from '../session/backend-columns'
import type { Session } from '../session/session'

/** Most backends that are told: a server with more has them in a pooler's hands. */
const MOST_TOLD = 2_000

/** What a server process is to this app. */
export interface Ownership {
  /** The tab whose session it is; null when it is no tab's. */
  tabOf(backendPid: number): TabId | null
  /** True for another session of the app's own. */
  isOfApp(backendPid: number): boolean
}

const milliseconds = (since: string) =>
  `greatest(0, extract(epoch from pg_catalog.clock_timestamp() - ${since}) * 1000)::bigint::pg_catalog.text`

/** Where the role may not see it: what is in a database and has a role is a client's, or one of its helpers. */
const TYPE = `coalesce(a.backend_type, case when a.datid is not null and a.usesysid is not null then 'client backend' end, '')`

const backendsSql = (columns: string) =>
  `select ${columns}, coalesce(a.datname::pg_catalog.text, ''), ${TYPE},
       coalesce(a.wait_event_type || ': ' || a.wait_event, ''), ${milliseconds('a.xact_start')}
     from pg_catalog.pg_stat_activity a where a.pid <> pg_catalog.pg_backend_pid()
     order by ${TYPE} <> 'client backend', a.backend_start limit ${MOST_TOLD + 1}`

const factsSql = (seesAll: string) =>
  `select (select pg_catalog.count(*) from pg_catalog.pg_stat_activity a where ${TYPE} = 'client backend')::pg_catalog.text,
       pg_catalog.current_setting('max_connections'), ${seesAll}`

/** What a server answers with that lacks a function, a column, a role or syntax of PostgreSQL. */
const LACKS = new Set(['42883', '42703', '42704', '42601', '0A000'])

/** Everything that goes on in the server now, but for the session that asks. */
export async function readActivity(session: Session, ownership: Ownership): Promise<Activity> {
  const read = (columns: string, seesAll: string) => session.queryTogether([backendsSql(columns), factsSql(seesAll)])
  let tellsBlockers = true
  const [backends, facts] = await read(
    MANY_BACKENDS_COLUMNS,
    `pg_catalog.pg_has_role('pg_read_all_stats', 'usage')::pg_catalog.text`,
  ).catch((error: unknown) => {
    const failure = error instanceof FailureError ? error.failure : null
    if (failure?.kind !== 'postgres' || !LACKS.has(failure.code)) throw error
    tellsBlockers = false // a look-alike of PostgreSQL
    return read(`${BACKEND_FACTS}, ''`, `'true'`)
  })
  const told = (backends?.rows ?? []).map((row) => activeBackendOf(row, ownership))
  const [sessionCount, sessionLimit, seesAll] = facts?.rows[0] ?? []
  return {
    backends: told.slice(0, MOST_TOLD),
    sessionCount: Number(sessionCount),
    sessionLimit: Number(sessionLimit),
    isRestricted: seesAll !== 'true',
    isCut: told.length > MOST_TOLD,
    tellsBlockers,
  }
}

function activeBackendOf(row: readonly (string | null)[], ownership: Ownership): ActiveBackend {
  const backend = backendOf(row)
  const [database, backendType, wait, transactionMs] = row.slice(-4)
  const tabId = ownership.tabOf(backend.backendPid)
  return {
    ...backend,
    tabId,
    database: database ?? '',
    backendType: backendType ?? '',
    // Everybody who is idle waits for the client: that says nothing.
    wait: wait === 'Client: ClientRead' ? '' : (wait ?? ''),
    transactionMs: transactionMs == null ? null : Number(transactionMs),
    own: tabId !== null ? 'tab' : ownership.isOfApp(backend.backendPid) ? 'app' : 'none',
  }
}

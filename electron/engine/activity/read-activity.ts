import type { ActiveBackend, Activity } from '../../../contract/activity'
import type { TabId } from '../../../contract/workspace'
import { backendOf, MANY_BACKENDS_COLUMNS } from '../session/backend-columns'
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

/** Everything that goes on in the server now, but for the session that asks. */
export async function readActivity(session: Session, ownership: Ownership): Promise<Activity> {
  const [backends, facts] = await session.queryTogether([
    `select ${MANY_BACKENDS_COLUMNS}, coalesce(a.datname::pg_catalog.text, ''), coalesce(a.backend_type, ''),
       coalesce(a.wait_event_type || ': ' || a.wait_event, ''), ${milliseconds('a.xact_start')}
     from pg_catalog.pg_stat_activity a where a.pid <> pg_catalog.pg_backend_pid()
     order by a.backend_type <> 'client backend', a.backend_start limit ${MOST_TOLD + 1}`,
    `select (select pg_catalog.count(*) from pg_catalog.pg_stat_activity a where a.backend_type = 'client backend')::pg_catalog.text,
       pg_catalog.current_setting('max_connections'), pg_catalog.pg_has_role('pg_read_all_stats', 'usage')::pg_catalog.text`,
  ])
  const told = (backends?.rows ?? []).map((row) => activeBackendOf(row, ownership))
  const [sessionCount, sessionLimit, seesAll] = facts?.rows[0] ?? []
  return {
    backends: told.slice(0, MOST_TOLD),
    sessionCount: Number(sessionCount),
    sessionLimit: Number(sessionLimit),
    isRestricted: seesAll !== 'true',
    isCut: told.length > MOST_TOLD,
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

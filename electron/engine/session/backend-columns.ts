import type { Backend } from '../../../contract/backend'

/** A point in time as text that is the same in every session, whatever its time zone; empty when it may not be seen. */
const microseconds = (column: string) =>
  `coalesce((extract(epoch from ${column}) * 1000000)::bigint::pg_catalog.text, '')`

/** What identifies a backend of `pg_stat_activity a`, which must be given again before it is sent a signal. */
export const IDENTITY_COLUMNS = `${microseconds('a.backend_start')}, ${microseconds('a.query_start')}`

/** What is told of a backend of `pg_stat_activity a`, but for whom it waits for: not every server knows that. */
export const BACKEND_FACTS = `a.pid::pg_catalog.text, coalesce(nullif(a.application_name, ''), nullif(a.backend_type, 'client backend'), ''),
  coalesce(a.usename::pg_catalog.text, ''), coalesce(pg_catalog.host(a.client_addr), ''), coalesce(a.state, ''),
  greatest(0, coalesce(extract(epoch from pg_catalog.clock_timestamp() - coalesce(a.state_change, a.backend_start)) * 1000, 0))::bigint::pg_catalog.text,
  coalesce(pg_catalog.left(a.query, 2000), ''), ${IDENTITY_COLUMNS}`
const WAITS_FOR = `pg_catalog.array_to_string(pg_catalog.pg_blocking_pids(a.pid), ',')`

/** What is told of a backend of `pg_stat_activity a`; `backendOf` reads a row that begins with these. */
export const BACKEND_COLUMNS = `${BACKEND_FACTS}, ${WAITS_FOR}`

/** The same for many backends: only those that wait for a lock, or may, are asked for whom, which takes all partitions of the lock table. */
export const MANY_BACKENDS_COLUMNS = `${BACKEND_FACTS},
  case when a.wait_event_type = 'Lock' or a.state is null then ${WAITS_FOR} else '' end`

/** A row of `BACKEND_COLUMNS`; whose tab it is, it cannot know. */
export function backendOf(row: readonly (string | null)[]): Backend {
  const cells = row.map((cell) => cell ?? '')
  const [pid, applicationName = '', role = '', clientAddress = '', state = '', sinceMs, query = '', ...rest] = cells
  const [backendStart = '', statementStart = '', waitsFor = ''] = rest
  return {
    backendPid: Number(pid),
    applicationName,
    role,
    clientAddress,
    state,
    sinceMs: Number(sinceMs),
    query,
    backendStart,
    statementStart,
    waitsFor: waitsFor === '' ? [] : waitsFor.split(',').map(Number),
    tabId: null,
  }
}

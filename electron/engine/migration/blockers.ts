import type { Blocker, MigrationEvent } from '../../../contract/migration'
import type { TabId } from '../../../contract/workspace'
import type { Session } from '../session/session'

/** Most blockers that are named. */
const MOST_NAMED = 20

/** A point in time as text that is the same in every session, whatever its time zone; empty when it may not be seen. */
const microseconds = (column: string) =>
  `coalesce((extract(epoch from ${column}) * 1000000)::bigint::pg_catalog.text, '')`

/** What identifies a backend of `pg_stat_activity a`, which must be given again before it is sent a signal. */
export const IDENTITY_COLUMNS = `${microseconds('a.backend_start')}, ${microseconds('a.query_start')}`

/** What is told of a backend of `pg_stat_activity a`; `blockerOf` reads a row that begins with these. */
export const BLOCKER_COLUMNS = `a.pid::pg_catalog.text, coalesce(nullif(a.application_name, ''), nullif(a.backend_type, 'client backend'), ''),
  coalesce(a.usename::pg_catalog.text, ''), coalesce(pg_catalog.host(a.client_addr), ''), coalesce(a.state, ''),
  greatest(0, coalesce(extract(epoch from pg_catalog.clock_timestamp() - coalesce(a.state_change, a.backend_start)) * 1000, 0))::bigint::pg_catalog.text,
  coalesce(pg_catalog.left(a.query, 2000), ''), ${IDENTITY_COLUMNS},
  pg_catalog.array_to_string(pg_catalog.pg_blocking_pids(a.pid), ',')`

/** A row of `BLOCKER_COLUMNS`; whose tab it is, it cannot know. */
export function blockerOf(row: readonly (string | null)[]): Blocker {
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

/** Everybody the backend waits for, directly or because those wait themselves: the roots of the chains first. */
export async function readBlockers(session: Session, backendPid: number): Promise<Blocker[]> {
  // Every backend is asked for only once: pg_blocking_pids takes all partitions of the lock table.
  const { rows } = await session.query(
    `with recursive chain(pid) as (
       select b.pid from pg_catalog.unnest(pg_catalog.pg_blocking_pids($1::pg_catalog.text::integer)) b(pid)
       union
       select b.pid from chain c cross join lateral pg_catalog.unnest(pg_catalog.pg_blocking_pids(c.pid)) b(pid)
     )
     select ${BLOCKER_COLUMNS} from pg_catalog.pg_stat_activity a join chain c on c.pid = a.pid
     where a.pid <> $1::pg_catalog.text::integer
     union all
     select c.pid::pg_catalog.text, '', '', '', '', '0', '', '', '', '' from chain c where c.pid = 0 -- a prepared transaction
     limit ${MOST_NAMED}`,
    [String(backendPid)],
  )
  const backends = rows.map(blockerOf)
  const isPrepared = backends.some((each) => each.backendPid === 0)
  const found = backends.filter((each) => each.backendPid !== 0)
  if (isPrepared) found.push(...(await readPrepared(session)))
  return found.sort((a, b) => a.waitsFor.length - b.waitsFor.length || a.backendPid - b.backendPid)
}

/** Prepared transactions hold locks without a backend: the server says 0 for each of them, and not which. */
async function readPrepared(session: Session): Promise<Blocker[]> {
  const { rows } = await session.query(
    `select p.gid, p.owner::pg_catalog.text,
       greatest(0, extract(epoch from pg_catalog.clock_timestamp() - p.prepared) * 1000)::bigint::pg_catalog.text
     from pg_catalog.pg_prepared_xacts p
     where p.database = pg_catalog.current_database() order by p.prepared limit ${MOST_NAMED}`,
  )
  return rows.map(([gid, owner, sinceMs]) => ({
    backendPid: 0,
    applicationName: `prepared transaction '${gid ?? ''}'`,
    role: owner ?? '',
    clientAddress: '',
    state: 'prepared',
    sinceMs: Number(sinceMs),
    query: '',
    backendStart: '',
    statementStart: '',
    waitsFor: [],
    tabId: null,
  }))
}

/** The event with the tabs of those it names, where they are sessions of this app. */
export function namingTabs(event: MigrationEvent, tabOf: (backendPid: number) => TabId | null): MigrationEvent {
  const named = (blocker: Blocker): Blocker => ({ ...blocker, tabId: tabOf(blocker.backendPid) })
  if (event.type === 'statementBlocked') return { ...event, by: event.by.map(named) }
  if (event.type === 'lockAwaited' && event.holder !== null) {
    const { holder, behind } = event
    return { ...event, holder: named(holder), ...(behind !== undefined && { behind: behind.map(named) }) }
  }
  return event
}

/** Who blocks, in words for a failure: "psql (pid 4711, role app_rw, idle in transaction)". */
export function blockersInWords(blockers: readonly Blocker[]): string {
  const words = blockers.map(({ applicationName, backendPid, role, state }) => {
    const facts = [backendPid === 0 ? '' : `pid ${backendPid}`, `role ${role}`, state].filter((fact) => fact !== '')
    return `${applicationName === '' ? 'a session without a name' : applicationName} (${facts.join(', ')})`
  })
  return words.join(', ')
}

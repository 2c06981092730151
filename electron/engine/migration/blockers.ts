import type { Blocker, MigrationEvent } from '../../../contract/migration'
import type { TabId } from '../../../contract/workspace'
import { BACKEND_COLUMNS, backendOf } from '../session/backend-columns'
import type { Session } from '../session/session'

/** Most blockers that are named. */
const MOST_NAMED = 20

/** Everybody the backend waits for, directly or because those wait themselves: the roots of the chains first. */
export async function readBlockers(session: Session, backendPid: number): Promise<Blocker[]> {
  // Every backend is asked for only once: pg_blocking_pids takes all partitions of the lock table.
  const { rows } = await session.query(
    `with recursive chain(pid) as (
       select b.pid from pg_catalog.unnest(pg_catalog.pg_blocking_pids($1::pg_catalog.text::integer)) b(pid)
       union
       select b.pid from chain c cross join lateral pg_catalog.unnest(pg_catalog.pg_blocking_pids(c.pid)) b(pid)
     )
     select ${BACKEND_COLUMNS} from pg_catalog.pg_stat_activity a join chain c on c.pid = a.pid
     where a.pid <> $1::pg_catalog.text::integer
     union all
     select c.pid::pg_catalog.text, '', '', '', '', '0', '', '', '', '' from chain c where c.pid = 0 -- a prepared transaction
     limit ${MOST_NAMED}`,
    [String(backendPid)],
  )
  const backends = rows.map(backendOf)
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

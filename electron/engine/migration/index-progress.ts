import type { MigrationEvent } from '../../../contract/migration'
import type { Session } from '../session/session'

/** How far an index build is. */
export type IndexProgress = Omit<Extract<MigrationEvent, { type: 'indexProgressed' }>, 'type' | 'name' | 'statement'>

/** How far the index build of a backend is; null when it builds none. */
export async function readIndexProgress(session: Session, backendPid: number): Promise<IndexProgress | null> {
  const { rows } = await session.query(
    `select coalesce(pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname), ''), p.phase,
       p.lockers_done::pg_catalog.text, p.lockers_total::pg_catalog.text, p.tuples_done::pg_catalog.text, p.tuples_total::pg_catalog.text,
       p.blocks_done::pg_catalog.text, p.blocks_total::pg_catalog.text, p.partitions_done::pg_catalog.text,
       p.partitions_total::pg_catalog.text, nullif(p.current_locker_pid, 0)::pg_catalog.text
     from pg_catalog.pg_stat_progress_create_index p
     left join pg_catalog.pg_class c on c.oid = p.relid left join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where p.pid = $1::pg_catalog.text::integer`,
    [String(backendPid)],
  )
  const row = rows[0]
  if (row === undefined) return null
  const [table, phase, ...rest] = row
  const counts = rest.slice(0, 8).map(Number)
  const pair = (unit: IndexProgress['unit'], at: number) => ({
    unit,
    done: counts[at] ?? 0,
    total: counts[at + 1] ?? 0,
  })
  const [lockers, tuples, blocks, partitions] = [
    pair('lockers', 0),
    pair('tuples', 2),
    pair('blocks', 4),
    pair('partitions', 6),
  ]
  // Counters of earlier phases stay as they were: the phase says which one moves.
  const says = (word: string) => phase?.includes(word) ?? false
  const first = says('waiting') ? lockers : says('tuples') ? tuples : blocks
  const shown = [first, blocks, tuples, partitions].find((each) => each.total > 0) ?? first
  const waitsFor = rest[8]
  return { table: table ?? '', phase: phase ?? '', ...shown, waitsForPid: waitsFor == null ? null : Number(waitsFor) }
}

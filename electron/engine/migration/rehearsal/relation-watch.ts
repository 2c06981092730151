import { type LockMode, lockMode, type RelationLock } from '../../../../contract/rehearsal'
import type { Session } from '../../session/session'

/** What happened to the relations of a database between two looks. */
export interface RelationEffects {
  /** The strongest new lock on each relation that existed before, by name. */
  readonly locks: readonly RelationLock[]
  /** Tables, materialized views and indexes with new files, by name. */
  readonly rewritten: readonly string[]
  /** Rows read by sequential scans. */
  readonly scanned: number
}

interface Known {
  readonly name: string
  readonly kind: string
  file: string
  scanned: number
  /** Place of the strongest mode seen in `lockMode`; -1 for none. */
  strongest: number
}

/** Kinds whose locks people meet; indexes and sequences are locked with their tables. */
const KINDS: Readonly<Record<string, string>> = {
  r: 'table',
  p: 'partitioned table',
  v: 'view',
  m: 'materialized view',
  f: 'foreign table',
  i: 'index',
  I: 'partitioned index',
}
const LOCKED = new Set(['r', 'p', 'v', 'm', 'f'].map((kind) => KINDS[kind]))
const STORED = new Set(['r', 'm', 'i'].map((kind) => KINDS[kind]))

// A table's scan counter in this transaction also holds what the session did before and has not reported yet: differences count.
const RELATIONS = `select c.oid::text, pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname), c.relkind::text, c.relfilenode::text,
    coalesce(pg_catalog.pg_stat_get_xact_tuples_returned(c.oid), 0)::text
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f', 'i', 'I') -- what can be locked and rewritten: tables, views, indexes
    and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'strata')`

// A new file and a scan both need a lock, so what is not locked need not be looked at.
const LOCKS = `select l.relation::text, l.mode, coalesce(c.relfilenode, 0)::text, coalesce(pg_catalog.pg_stat_get_xact_tuples_returned(l.relation), 0)::text
  from pg_catalog.pg_locks l left join pg_catalog.pg_class c on c.oid = l.relation
  where l.pid = pg_catalog.pg_backend_pid() and l.locktype = 'relation' and l.granted
    and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())`

/** Watches the relations that exist when it begins, inside the session's open transaction. */
export class RelationWatch {
  private readonly session: Session
  private readonly known: ReadonlyMap<string, Known>

  private constructor(session: Session, known: ReadonlyMap<string, Known>) {
    this.session = session
    this.known = known
  }

  /** A watch over the relations as they are now; locks already held are not new to it. */
  static async begin(session: Session): Promise<RelationWatch> {
    const { rows } = await session.query(RELATIONS)
    const known = new Map<string, Known>()
    for (const [oid, name, kind, file, scanned] of rows) {
      const relation = { name: name ?? '', kind: KINDS[kind ?? ''] ?? '', file: file ?? '', scanned: Number(scanned) }
      known.set(oid ?? '', { ...relation, strongest: -1 })
    }
    const watch = new RelationWatch(session, known)
    await watch.look()
    return watch
  }

  /** What happened since the last look. */
  async look(): Promise<RelationEffects> {
    const { rows } = await this.session.query(LOCKS)
    const locks = new Map<Known, LockMode>()
    const rewritten = new Set<string>()
    let scanned = 0
    for (const [oid, mode, file, count] of rows) {
      const relation = this.known.get(oid ?? '')
      if (relation === undefined) continue
      const rank = lockMode.options.findIndex((each) => `${each}Lock` === mode)
      const found = lockMode.options[rank]
      if (found !== undefined && rank > relation.strongest) {
        relation.strongest = rank
        if (LOCKED.has(relation.kind)) locks.set(relation, found)
      }
      if (STORED.has(relation.kind) && file !== '0' && file !== null && file !== undefined && file !== relation.file) {
        if (relation.file !== '0') rewritten.add(relation.name)
        relation.file = file
      }
      if (!LOCKED.has(relation.kind)) continue // an index counts entries, not rows
      scanned += Math.max(0, Number(count) - relation.scanned) // of a dropped table nothing is counted any more
      relation.scanned = Number(count)
    }
    return {
      locks: [...locks].map(([{ name, kind }, mode]) => ({ relation: name, kind, mode })).sort(byRelation),
      rewritten: [...rewritten].sort(),
      scanned,
    }
  }
}

function byRelation(one: RelationLock, other: RelationLock): number {
  return one.relation < other.relation ? -1 : 1
}

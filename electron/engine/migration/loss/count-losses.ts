import type { Loss, LossCount } from '../../../../contract/loss'
import type { Session } from '../../session/session'
import { quoted } from './try-plan'

/** Milliseconds that counting one table may take, and all of them together. */
const TABLE_LIMIT_MS = 5_000
const WHOLE_LIMIT_MS = 30_000

const NOTHING: LossCount = { rows: null, values: null, changed: null, isEstimate: true }

/**
 * Counts what a plan destroys, each table in one scan that holds no more than ACCESS SHARE on it; what takes too long or may not be
 * read is estimated from the planner's statistics.
 */
export async function countLosses(
  session: Session,
  losses: readonly Loss[],
  tell: (id: number, counted: LossCount) => void,
  signal: AbortSignal,
): Promise<void> {
  const startedAt = performance.now()
  const byTable = new Map<number, Loss[]>()
  for (const loss of losses) {
    if (loss.counted === null) byTable.set(loss.oid, [...(byTable.get(loss.oid) ?? []), loss])
  }
  for (const [oid, ofTable] of byTable) {
    signal.throwIfAborted()
    const limitMs = Math.min(TABLE_LIMIT_MS, WHOLE_LIMIT_MS - (performance.now() - startedAt))
    const exact =
      limitMs > 0 ? await countTable(session, oid, ofTable, limitMs).catch(notCounted(session, signal)) : null
    const counts = exact ?? (await estimateTable(session, oid, ofTable))
    for (const [index, { id }] of ofTable.entries()) tell(id, counts[index] ?? NOTHING)
  }
}

/** Timeouts and missing rights leave an estimate; a lost session and a wish to stop do not. */
function notCounted(session: Session, signal: AbortSignal): (error: unknown) => null {
  return (error) => {
    if (signal.aborted || session.lostBecause !== null) throw error
    return null
  }
}

async function countTable(
  session: Session,
  oid: number,
  losses: readonly Loss[],
  limitMs: number,
): Promise<LossCount[] | null> {
  const from = await placeOf(session, oid)
  if (from === null) return null
  const parts = losses.flatMap((loss) => {
    if (loss.column === null) return ['null', 'null']
    const column = quoted(loss.column)
    const isMeasured = loss.kind === 'converted column' && loss.toType !== null && loss.fromType !== null
    const back = `(${column}::${loss.toType})::${loss.fromType}`
    const changed = `pg_catalog.count(*) filter (where ${back}::pg_catalog.text is distinct from ${column}::pg_catalog.text)`
    return [`pg_catalog.count(${column})`, isMeasured ? changed : 'null']
  })
  const count = async (cells: readonly string[]) => {
    const { rows } = await within(session, limitMs, `select pg_catalog.count(*), ${cells.join(', ')} from ${from}`)
    const [all, ...rest] = (rows[0] ?? []).map((cell) => (cell === null ? null : Number(cell)))
    return losses.map((_, index) => ({
      rows: all ?? null,
      values: rest[2 * index] ?? null,
      changed: rest[2 * index + 1] ?? null,
      isEstimate: false,
    }))
  }
  if (!losses.some((loss) => loss.kind === 'converted column')) return count(parts)
  // A value that the other type does not take fails the conversion, and with it the whole count.
  return count(parts).catch(() => count(parts.map((part, index) => (index % 2 === 1 ? 'null' : part))))
}

async function within(session: Session, limitMs: number, text: string) {
  await session.query('begin isolation level read committed read only')
  try {
    await session.query(`select pg_catalog.set_config('statement_timeout', '${Math.ceil(limitMs)}', true),
      pg_catalog.set_config('lock_timeout', '1s', true),
      pg_catalog.set_config('row_security', 'off', true) -- an error rather than the count of a part`)
    return await session.query(text)
  } finally {
    if (session.lostBecause === null) await session.query('rollback')
  }
}

/** Where the rows of a table stand, its own alone unless it is partitioned; null when it is gone. */
async function placeOf(session: Session, oid: number): Promise<string | null> {
  const { rows } = await session.query(
    `select case c.relkind when 'p' then '' else 'only ' end -- p = partitioned: its rows are those of its parts
         || pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname)
     from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where c.oid = $1::pg_catalog.text::pg_catalog.oid`,
    [String(oid)],
  )
  return rows[0]?.[0] ?? null
}

async function estimateTable(session: Session, oid: number, losses: readonly Loss[]): Promise<LossCount[]> {
  const { rows } = await session.query(
    `select coalesce((select pg_catalog.sum(p.reltuples) from pg_catalog.pg_partition_tree(c.oid) t
         join pg_catalog.pg_class p on p.oid = t.relid where t.isleaf and p.reltuples >= 0), nullif(c.reltuples, -1))::bigint::pg_catalog.text,
       s.attname::pg_catalog.text, s.null_frac::pg_catalog.text
     from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     left join pg_catalog.pg_stats s on s.schemaname = n.nspname and s.tablename = c.relname
     where c.oid = $1::pg_catalog.text::pg_catalog.oid`,
    [String(oid)],
  )
  const all = rows[0]?.[0]
  const total = all == null ? null : Number(all)
  const nulls = new Map(rows.map(([, column, share]) => [column ?? '', Number(share)]))
  return losses.map(({ column }) => {
    const share = column === null ? undefined : nulls.get(column)
    const values = share === undefined || total === null ? null : Math.round(total * (1 - share))
    return { rows: total, values, changed: null, isEstimate: true }
  })
}

import type { Blocker } from '../../../../contract/migration'
import { FailureError } from '../../failure-error'
import type { Session } from '../../session/session'

/** How long a tool's lock is held: with the open transaction, or until it is given back. */
export type LockScope = 'transaction' | 'session'

/** One applied migration as a tool's own table records it. */
export interface ForeignRow {
  /** Name of the migration: of its file, or where that is gone what the table holds. */
  readonly name: string
  /** ISO 8601; null where the tool does not keep it. */
  readonly appliedAt: string | null
  readonly appliedBy: string | null
  /** The transaction that wrote the row; null where a row is no trace of one application. */
  readonly transaction: string | null
}

/** A tool's own bookkeeping in a database: its tables, its rows, its lock. */
export interface ForeignTable {
  readonly tool: string
  /** The table as it is called in sentences. */
  readonly table: string
  exists(session: Session): Promise<boolean>
  /** Creates the tables as the tool does, in the open transaction. */
  create(session: Session): Promise<void>
  /** What is applied; what is rolled back first comes last. */
  rows(session: Session): Promise<readonly ForeignRow[]>
  has(session: Session, name: string): Promise<boolean>
  /** Records a migration as applied; `isMark` when nothing of it was run. */
  insert(session: Session, name: string, isMark: boolean): Promise<void>
  /** Records a migration as rolled back; false when it was not applied. */
  remove(session: Session, name: string, isMark: boolean): Promise<boolean>
  /** Takes the tool's lock if nobody holds it; never waits. True where the tool has none. */
  tryLock(session: Session, scope: LockScope): Promise<boolean>
  /** Gives a lock of the session back. */
  unlock(session: Session): Promise<void>
  /** Who holds the tool's lock; null when nobody does, or it is not known. */
  readHolder(session: Session): Promise<Blocker | null>
}

/** Does several things together: in the open transaction, or in one of their own. */
export async function together<T>(session: Session, work: () => Promise<T>): Promise<T> {
  if (session.transactionStatus !== 'none') return work()
  await session.query('begin')
  try {
    const result = await work()
    await session.query('commit')
    return result
  } catch (error) {
    await session.query('rollback').catch(() => {})
    throw error
  }
}

/** Says what to do where the role may not create a tool's table. */
export async function withAdvice(session: Session, table: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    const failure = error instanceof FailureError ? error.failure : null
    if (failure?.kind !== 'postgres' || failure.code !== '42501') throw error
    const role = JSON.stringify(session.facts.role)
    const message = `${failure.severity}: ${failure.message}. ${table} is kept there. Ask the schema's owner for: GRANT CREATE ON SCHEMA … TO ${role};`
    throw new FailureError({ kind: 'refused', issues: [{ path: 'history', message }] }, { cause: error })
  }
}

/** Where a tool keeps its tables: in the schema that names without one are created in. */
export async function currentSchema(session: Session): Promise<string> {
  const { rows } = await session.query('select pg_catalog.current_schema()::pg_catalog.text')
  return rows[0]?.[0] ?? 'public'
}

/** Types of a table's columns by name, e.g. `varchar`, `int8`; null when there is no such table. */
export async function columnsOf(
  session: Session,
  schema: string,
  table: string,
): Promise<ReadonlyMap<string, string> | null> {
  const { rows } = await session.query(
    `select a.attname::pg_catalog.text, t.typname::pg_catalog.text
     from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     join pg_catalog.pg_type t on t.oid = a.atttypid
     where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p')`,
    [schema, table],
  )
  return rows.length === 0 ? null : new Map(rows.map(([name, type]) => [name ?? '', type ?? '']))
}

/** A name that PostgreSQL takes as it is. */
export function quoted(...names: readonly string[]): string {
  return names.map((name) => `"${name.replaceAll('"', '""')}"`).join('.')
}

/** A timestamp without time zone that holds UTC, as ISO 8601. */
export function utcText(column: string): string {
  return `pg_catalog.to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
}

import type { Session } from '../../session/session'
import { createHistory } from '../migration-history'

/** What our own log remembers of the application of a migration. */
export interface LoggedApplication {
  readonly checksum: string | null
  readonly at: string
  readonly role: string
  readonly durationMs: number | null
}

const LOG = `pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname = 'strata' and c.relname = 'log' and c.relkind = 'r'
    and pg_catalog.has_schema_privilege(n.oid, 'USAGE')`

/** True when there is a log that the role may write. */
export async function hasLog(session: Session): Promise<boolean> {
  const { rows } = await session.query(`select 1::text from ${LOG} and pg_catalog.has_table_privilege(c.oid, 'INSERT')`)
  return rows.length > 0
}

/** True when there is no log, but the role may create it. */
export async function mayCreateLog(session: Session): Promise<boolean> {
  const { rows } =
    await session.query(`select (not exists (select 1 from pg_catalog.pg_namespace where nspname = 'strata')
    and pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE'))::pg_catalog.text`)
  return rows[0]?.[0] === 'true'
}

/** Creates the log, in the open transaction, where the role may; it is extra, so that it may not is no failure. */
export async function createLog(session: Session): Promise<void> {
  if (await mayCreateLog(session)) await createHistory(session)
}

/** Writes a line into our log, in the open transaction; where there is none nothing is written. */
export async function logDeed(
  session: Session,
  tool: string,
  deed: {
    readonly name: string
    readonly action: 'up' | 'down' | 'fail' | 'mark' | 'unmark'
    readonly checksum?: string | null
    readonly elapsedMs?: number
    readonly detail?: Readonly<Record<string, unknown>>
  },
): Promise<void> {
  if (!(await hasLog(session))) return
  const durationMs = deed.elapsedMs === undefined ? null : String(Math.min(2_147_483_647, Math.round(deed.elapsedMs)))
  await session.query(
    `insert into strata.log (name, action, duration_ms, checksum, detail)
     values ($1, $2, $3::integer, $4, $5::pg_catalog.jsonb)`,
    [deed.name, deed.action, durationMs, deed.checksum ?? null, JSON.stringify({ ...deed.detail, tool })],
  )
}

/**
 * What our log knows of applied migrations, by name and by the transaction that wrote the line. The tool's row and ours are written in
 * one transaction: a row of another transaction is another application, of which nothing is known here.
 */
export async function readLogged(session: Session): Promise<ReadonlyMap<string, LoggedApplication>> {
  const readable = await session.query(`select 1::text from ${LOG} and pg_catalog.has_table_privilege(c.oid, 'SELECT')`)
  if (readable.rows.length === 0) return new Map()
  const { rows } = await session.query(`select name, xmin::pg_catalog.text, checksum,
      pg_catalog.to_char(pg_catalog.timezone('UTC', at), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), by_role, duration_ms::pg_catalog.text
    from strata.log where action in ('up', 'mark') order by id`)
  return new Map(
    rows.map(([name, transaction, checksum, at, role, durationMs]) => [
      `${name} ${transaction}`,
      {
        checksum: checksum ?? null,
        at: at ?? '',
        role: role ?? '',
        durationMs: durationMs == null ? null : Number(durationMs),
      },
    ]),
  )
}

import { type Direction, migrationName } from '../../../contract/migration'
import { FailureError, refusal } from '../failure-error'
import type { Session } from '../session/session'
import type { TextRows } from '../session/text-rows'
import { compareNames } from './migration-name'
import { quoteLiteral } from './quote-literal'

/** Version of the history's tables; a database with a higher one was written by a newer Strata. */
const VERSION = 1

/** Texts up to this size are kept in the history, in bytes. */
const MAX_KEPT_BYTES = 1024 * 1024

/** A migration as the database's history records it. */
export interface HistoryRow {
  readonly name: string
  /** Applied order. */
  readonly seq: number
  readonly title: string | null
  readonly checksum: string
  readonly downChecksum: string | null
  readonly isTransactional: boolean
  readonly hasDownText: boolean
  readonly status: 'running' | 'applied' | 'failed'
  /** The way a running or failed one was moved. */
  readonly direction: Direction
  /** The last statement that completed, and how many there are. */
  readonly statementNumber: number
  readonly statementCount: number
  /** ISO 8601. */
  readonly startedAt: string
  readonly finishedAt: string | null
  readonly durationMs: number | null
  readonly appliedBy: string
  /** What a failed one failed with; null where none was recorded. */
  readonly error: string | null
  /** Qualified names of the INVALID indexes that a failed one left. */
  readonly leftIndexes?: readonly string[]
}

/** The history of a database: `exists` is false as long as nothing was ever applied there. */
export interface History {
  readonly exists: boolean
  /** In applied order. */
  readonly rows: readonly HistoryRow[]
}

/** The two texts the history keeps of a migration; null where none was kept. */
export interface KeptTexts {
  readonly up: string | null
  readonly down: string | null
}

const ISO = `'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`
const utc = (column: string) => `pg_catalog.to_char(pg_catalog.timezone('UTC', ${column}), ${ISO})`

/** Reads the history; writes nothing, whatever is or is not there. */
export async function readHistory(session: Session): Promise<History> {
  const tables = await session.query(`select c.relname::pg_catalog.text
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'strata' and c.relname in ('migration', 'log', 'meta') and c.relkind = 'r'`)
  if (tables.rows.length === 0) return { exists: false, rows: [] }
  if (tables.rows.length < 3) {
    throw refusal(
      'history',
      'Schema strata holds tables that are not the history of Strata. Rename that schema, or use another database.',
    )
  }
  const { rows } = await withAdvice(session, readRows)
  const unusable = rows.find(([name]) => !migrationName.safeParse(name).success)?.[0]
  if (unusable !== undefined) {
    throw refusal(
      'history',
      `The history holds a row named ${JSON.stringify(unusable)}, which no migration can be called. Correct or delete it in strata.migration.`,
    )
  }
  return { exists: true, rows: rows.map(rowOf) }
}

async function readRows(session: Session): Promise<TextRows> {
  const meta = await session.query("select v from strata.meta where k = 'version'")
  const version = Number(meta.rows[0]?.[0] ?? 0)
  if (version > VERSION) {
    throw refusal(
      'history',
      `The history of this database was written by a newer Strata (version ${version} of its tables). Update Strata.`,
    )
  }
  return session.query(`select name, seq::pg_catalog.text, title, checksum, down_checksum, transactional::pg_catalog.text,
      (down_sql is not null)::pg_catalog.text, status, coalesce(error ->> 'direction', 'apply'),
      coalesce(statement_no, 0)::pg_catalog.text, coalesce(statement_count, 0)::pg_catalog.text,
      ${utc('started_at')}, ${utc('finished_at')}, duration_ms::pg_catalog.text, applied_by, error ->> 'message',
      case pg_catalog.jsonb_typeof(error -> 'indexes') when 'array' then error ->> 'indexes' end
    from strata.migration order by migration.seq -- the column: seq alone would be the text above, and '10' < '9'`)
}

function rowOf(row: readonly (string | null)[]): HistoryRow {
  const [name, seq, title, checksum, downChecksum, transactional, hasDown, status, direction, number, count, ...rest] =
    row
  const [startedAt, finishedAt, durationMs, appliedBy, error, indexes] = rest
  return {
    name: name ?? '',
    seq: Number(seq),
    title: title ?? null,
    checksum: checksum ?? '',
    downChecksum: downChecksum ?? null,
    isTransactional: transactional === 'true',
    hasDownText: hasDown === 'true',
    status: status === 'running' || status === 'failed' ? status : 'applied',
    direction: direction === 'roll back' ? 'roll back' : 'apply',
    statementNumber: notNegative(number),
    statementCount: notNegative(count),
    startedAt: startedAt ?? '',
    finishedAt: finishedAt ?? null,
    durationMs: durationMs == null ? null : notNegative(durationMs),
    appliedBy: appliedBy ?? '',
    error: error ?? null,
    leftIndexes: indexes == null ? [] : (JSON.parse(indexes) as unknown[]).filter((each) => typeof each === 'string'),
  }
}

/** Nothing keeps people from editing the table. */
function notNegative(digits: string | null | undefined): number {
  return Math.max(0, Number(digits))
}

/** The texts kept of one migration; null when it is not in the history. */
export async function readKeptTexts(session: Session, name: string): Promise<KeptTexts | null> {
  const { rows } = await session.query('select up_sql, down_sql from strata.migration where name = $1', [name])
  const row = rows[0]
  return row === undefined ? null : { up: row[0] ?? null, down: row[1] ?? null }
}

/** The status of one migration in the history now; null when it is not there. */
export async function readStatus(session: Session, name: string): Promise<string | null> {
  const { rows } = await session.query('select status from strata.migration where name = $1', [name])
  return rows[0]?.[0] ?? null
}

/** The question of `readStatus` as one statement. */
export function statusStatement(name: string): string {
  return `select status from strata.migration where name = ${quoteLiteral(name)}`
}

const SCHEMA = ['create schema strata', `comment on schema strata is 'The history of migrations, kept by Strata.'`]
const TABLES = [
  `create table if not exists strata.migration (
    name text primary key,
    seq bigint generated always as identity, -- applied order: rolling back follows it
    title text,
    checksum text not null, -- sha256 of the normalised up text
    down_checksum text,
    up_sql text, -- texts up to 1 MB: rolling back works without the file
    down_sql text,
    transactional boolean not null,
    reversible boolean not null,
    status text not null check (status in ('running', 'applied', 'failed')),
    statement_no integer,
    statement_count integer,
    schema_before text,
    schema_after text,
    started_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    duration_ms integer,
    applied_by text not null default session_user,
    app_version text,
    server_version integer,
    error jsonb
  )`,
  `create table if not exists strata.log (
    id bigint generated always as identity primary key,
    name text not null,
    action text not null check (action in ('up', 'down', 'fail', 'mark', 'unmark', 'adopt', 'accept-drift', 'resume')),
    at timestamptz not null default clock_timestamp(),
    by_role text not null default session_user,
    client_addr inet default inet_client_addr(),
    duration_ms integer,
    checksum text,
    detail jsonb
  )`,
  'create table if not exists strata.meta (k text primary key, v text not null)',
  `insert into strata.meta (k, v) values ('version', '${VERSION}') on conflict (k) do nothing`,
]

/** Creates the history inside the open transaction, which must hold the migration lock: two creators would race. */
export async function createHistory(session: Session): Promise<void> {
  // Only built-in names may be found while the tables are made.
  await session.query('set local search_path = pg_catalog')
  await withAdvice(session, async () => {
    // IF NOT EXISTS would ask for the right to create schemas even where an administrator made this one for the role.
    const { rows } = await session.query("select 1::text from pg_namespace where nspname = 'strata'")
    for (const statement of rows.length === 0 ? [...SCHEMA, ...TABLES] : TABLES) await session.query(statement)
  })
}

/** What is recorded of a migration as it is applied. */
export interface AppliedRecord {
  readonly name: string
  readonly title: string
  readonly checksum: string
  readonly downChecksum: string | null
  readonly up: string
  readonly down: string | null
  readonly isTransactional: boolean
  readonly statementCount: number
  readonly appVersion: string
}

/** Inserts a record, whose values `valuesOf` gives; status, statement, times and duration come after these columns. */
export const INSERT = `insert into strata.migration (name, title, checksum, down_checksum, up_sql, down_sql, transactional, reversible,
    statement_count, app_version, server_version, status, statement_no, started_at, finished_at, duration_ms)
  values ($1, $2, $3, $4, $5, $6, $7::boolean, $8::boolean, $9::integer, $10,
    pg_catalog.current_setting('server_version_num')::integer`

/** The parameters of `INSERT`. */
export const valuesOf = (record: AppliedRecord): (string | null)[] => [
  record.name,
  record.title,
  record.checksum,
  record.downChecksum,
  keptText(record.up),
  record.down === null ? null : keptText(record.down),
  String(record.isTransactional),
  String(record.down !== null),
  String(record.statementCount),
  record.appVersion,
]

/** Records a migration as applied, in the transaction that applied it. */
export async function recordApplied(session: Session, record: AppliedRecord, elapsedMs: number): Promise<void> {
  await session.query(applied('$11'), [...valuesOf(record), wholeMs(elapsedMs)])
}

/** What `recordApplied` does as one statement; the duration is that of the transaction so far. */
export function appliedStatement(record: AppliedRecord): string {
  const values = valuesOf(record).map((value) => (value === null ? 'null' : quoteLiteral(value)))
  const elapsed = `least(2147483647, pg_catalog.round(extract(epoch from
    pg_catalog.clock_timestamp() - pg_catalog.transaction_timestamp()) * 1000))`
  return applied(elapsed).replace(/\$(\d+)/g, (_, number: string) => values[Number(number) - 1] ?? 'null')
}

const applied = (duration: string) =>
  `with applied as (${INSERT}, 'applied', $9::integer, pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(), (${duration})::integer)
     returning name, checksum, duration_ms)
   insert into strata.log (name, action, duration_ms, checksum) select name, 'up', duration_ms, checksum from applied`

/** Records a migration as running, committed before its first statement: it has no transaction that could undo it. */
export async function recordRunning(session: Session, record: AppliedRecord): Promise<void> {
  await session.query(`${INSERT}, 'running', 0, pg_catalog.clock_timestamp(), null, null)`, valuesOf(record))
}

/** Records that a migration without a transaction is being rolled back; false when it was not applied. */
export async function recordRollingBack(
  session: Session,
  name: string,
  statementCount: number,
  script: { readonly text: string; readonly checksum: string },
): Promise<boolean> {
  // The text that runs is the one to compare with, should it stop half-way.
  const { affected } = await session.query(
    `update strata.migration set status = 'running', statement_no = 0, statement_count = $2::integer, down_sql = $3,
       down_checksum = $4, error = pg_catalog.jsonb_build_object('direction', 'roll back') where name = $1 and status = 'applied'`,
    [name, String(statementCount), keptText(script.text), script.checksum],
  )
  return affected === 1
}

/** Records the last statement that completed. */
export async function recordProgress(session: Session, name: string, statementNumber: number): Promise<void> {
  await session.query(`update strata.migration set statement_no = $2::integer where name = $1 and status = 'running'`, [
    name,
    String(statementNumber),
  ])
}

/** Turns a running migration into an applied one. */
export async function recordCompleted(session: Session, name: string, elapsedMs: number): Promise<void> {
  await session.query(
    `with applied as (update strata.migration set status = 'applied', error = null, finished_at = pg_catalog.clock_timestamp(),
         duration_ms = $2::integer where name = $1 and status = 'running' returning name, checksum, duration_ms)
     insert into strata.log (name, action, duration_ms, checksum) select name, 'up', duration_ms, checksum from applied`,
    [name, wholeMs(elapsedMs)],
  )
}

/** Removes a migration from the history; false when it was not there. */
export async function recordRolledBack(session: Session, name: string, elapsedMs: number): Promise<boolean> {
  const { affected } = await session.query(
    `with gone as (delete from strata.migration where name = $1 returning name, checksum)
     insert into strata.log (name, action, duration_ms, checksum) select name, 'down', $2::integer, checksum from gone`,
    [name, wholeMs(elapsedMs)],
  )
  return affected === 1
}

/** What is recorded of a failed step. */
export interface FailedRecord {
  readonly name: string
  readonly direction: Direction
  readonly statement: number
  readonly message: string
  readonly code: string | null
  /** Qualified names of the INVALID indexes it left. */
  readonly leftIndexes?: readonly string[]
}

/** Records a failure; `keepsState` marks a migration without a transaction as failed where it stopped. */
export async function recordFailed(session: Session, record: FailedRecord, keepsState: boolean): Promise<void> {
  const detail = JSON.stringify({
    direction: record.direction,
    statement: record.statement,
    message: record.message.slice(0, 10_000),
    code: record.code,
    ...(record.leftIndexes === undefined || record.leftIndexes.length === 0 ? {} : { indexes: record.leftIndexes }),
  })
  const mark = keepsState
    ? `with marked as (update strata.migration set status = 'failed', error = $2::pg_catalog.jsonb where name = $1 and status = 'running')`
    : ''
  await session.query(
    `${mark} insert into strata.log (name, action, detail) values ($1, 'fail', $2::pg_catalog.jsonb)`,
    [record.name, detail],
  )
}

/** True when a file of that name sorts before a migration that is in the history. */
export function isLate(name: string, rows: readonly HistoryRow[], compare: Compare = compareNames): boolean {
  const last = lastInFileOrder(rows, compare)
  return last !== null && compare(name, last) < 0
}

type Compare = (a: string, b: string) => number

/** Thousands of files are asked about against the same rows. */
const lastNames = new WeakMap<readonly HistoryRow[], WeakMap<Compare, { readonly name: string | null }>>()

function lastInFileOrder(rows: readonly HistoryRow[], compare: Compare): string | null {
  const ofRows = lastNames.get(rows) ?? new WeakMap<Compare, { readonly name: string | null }>()
  lastNames.set(rows, ofRows)
  const known = ofRows.get(compare)
  if (known !== undefined) return known.name
  const last = rows.reduce<string | null>(
    (found, { name }) => (found === null || compare(found, name) < 0 ? name : found),
    null,
  )
  ofRows.set(compare, { name: last })
  return last
}

/** Says what to do about a permission that is missing. */
async function withAdvice<T>(session: Session, work: (session: Session) => Promise<T>): Promise<T> {
  try {
    return await work(session)
  } catch (error) {
    const failure = error instanceof FailureError ? error.failure : null
    const isForbidden = failure?.kind === 'postgres' && failure.code === '42501'
    const isReadOnly = failure?.kind === 'postgres' && failure.code === '25006'
    if (!isForbidden && !isReadOnly) throw error
    const { role, database } = session.facts
    const kept = `Strata keeps the history of migrations in schema strata of database ${database}.`
    const ask = isReadOnly ? WRITABLE : `Ask its owner for: ${await rightsFor(session, role)}`
    throw new FailureError(
      {
        kind: 'refused',
        issues: [{ path: 'history', message: `${failure.severity}: ${failure.message}. ${kept} ${ask}` }],
      },
      { cause: error },
    )
  }
}

const WRITABLE =
  'Connect to the primary server rather than a standby, as a role whose default_transaction_read_only is off.'

/** What an owner runs so that the role can keep the history; the schema may be there already. */
async function rightsFor(session: Session, role: string): Promise<string> {
  const to = `"${role.replaceAll('"', '""')}"`
  if (session.transactionStatus !== 'none') await session.query('rollback')
  const { rows } = await session.query("select 1::text from pg_catalog.pg_namespace where nspname = 'strata'")
  return rows.length === 0
    ? `CREATE SCHEMA strata AUTHORIZATION ${to};`
    : `GRANT ALL ON SCHEMA strata TO ${to}; GRANT ALL ON ALL TABLES IN SCHEMA strata TO ${to};`
}

/** A text as the history keeps it; null when it is too large for that. */
export function keptText(text: string): string | null {
  return Buffer.byteLength(text) <= MAX_KEPT_BYTES ? text : null
}

/** Milliseconds as the history keeps them. */
export function wholeMs(elapsedMs: number): string {
  return String(Math.min(2_147_483_647, Math.round(elapsedMs)))
}

import { type LogEntry, type LoggedAction, type LogPage, loggedAction } from '../../../contract/migration-log'
import type { Session } from '../session/session'

/** Which entries of the log are meant. */
export interface LogWish {
  /** Null for those of all migrations. */
  readonly name: string | null
  readonly words: string
}

const ACTIONS: Readonly<Record<string, LoggedAction>> = {
  up: 'applied',
  down: 'rolled back',
  fail: 'failed',
  mark: 'marked as applied',
  unmark: 'marked as not applied',
  adopt: 'adopted',
  'accept-drift': 'new text accepted',
  resume: 'resumed',
}

/** Texts of failures are cut at this length in a page; a file has them whole. */
const MAX_MESSAGE = 4000

const SAID = `case l.action ${Object.entries(ACTIONS)
  .map(([action, words]) => `when '${action}' then '${words}'`)
  .join(' ')} else l.action end`

const COLUMNS = `l.id::pg_catalog.text, l.name, ${SAID},
  pg_catalog.to_char(pg_catalog.timezone('UTC', l.at), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), l.by_role, pg_catalog.host(l.client_addr),
  l.duration_ms::pg_catalog.text, l.checksum, l.detail ->> 'direction', l.detail ->> 'statement', l.detail ->> 'code',
  l.detail ->> 'message'`

// Every word occurs in what the screen shows of an entry.
const MEANT = `($1::pg_catalog.text is null or l.name = $1) and not exists (
    select from pg_catalog.regexp_split_to_table(pg_catalog.lower(pg_catalog.btrim($2)), '\\s+') as w (word)
    where pg_catalog.strpos(pg_catalog.lower(pg_catalog.concat_ws(' ', l.name, ${SAID}, l.by_role, pg_catalog.host(l.client_addr),
      l.detail ->> 'code', l.detail ->> 'message')), w.word) = 0)`

/** A page of the log of a database, the newest entry first; empty where nothing was ever recorded. */
export async function readLog(session: Session, wish: LogWish, from: number, count: number): Promise<LogPage> {
  if (!(await hasLog(session))) return { total: 0, entries: [] }
  const values = [wish.name, wish.words]
  const { rows: totals } = await session.query(
    `select pg_catalog.count(*)::pg_catalog.text from strata.log l where ${MEANT}`,
    values,
  )
  const { rows } = await session.query(
    `select ${COLUMNS} from strata.log l where ${MEANT} order by l.id desc offset $3::bigint limit $4::bigint`,
    [...values, String(from), String(count)],
  )
  return {
    total: Number(totals[0]?.[0] ?? 0),
    entries: rows.map((row) => {
      const entry = entryOf(row)
      if (entry.failure === null) return entry
      return { ...entry, failure: { ...entry.failure, message: entry.failure.message.slice(0, MAX_MESSAGE) } }
    }),
  }
}

/** All entries that are meant, the newest first. */
export async function readWholeLog(session: Session, wish: LogWish): Promise<readonly LogEntry[]> {
  if (!(await hasLog(session))) return []
  const { rows } = await session.query(`select ${COLUMNS} from strata.log l where ${MEANT} order by l.id desc`, [
    wish.name,
    wish.words,
  ])
  return rows.map(entryOf)
}

async function hasLog(session: Session): Promise<boolean> {
  const { rows } = await session.query(`select 1::pg_catalog.text from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'strata' and c.relname = 'log' and c.relkind = 'r' -- an ordinary table`)
  return rows.length > 0
}

function entryOf(row: readonly (string | null)[]): LogEntry {
  const [id, name, action, at, role, address, durationMs, checksum, direction, statement, code, message] = row
  const isFailure = action === 'failed'
  return {
    id: id ?? '',
    name: name ?? '',
    action: loggedAction.parse(action),
    at: at ?? '',
    role: role ?? '',
    address: address ?? null,
    durationMs: durationMs == null ? null : Number(durationMs),
    checksum: checksum ?? null,
    failure: isFailure
      ? {
          direction: direction === 'roll back' ? 'roll back' : 'apply',
          statement: Number(statement ?? 0),
          code: code ?? null,
          message: message ?? '',
        }
      : null,
  }
}

import type { Direction } from '../../../contract/migration'
import type { Session } from '../session/session'
import { type AppliedRecord, INSERT, valuesOf } from './migration-history'

/** How a migration that stopped half-way goes on. */
export interface Resuming {
  readonly direction: Direction
  /** The first statement that runs, from 1. */
  readonly from: number
  readonly statementCount: number
  /** Qualified names of the INVALID indexes that are dropped before. */
  readonly drops: readonly string[]
}

/** Records a migration that stopped half-way as running again, with the text that runs now; false when it did not stand half-way. */
export async function recordResuming(session: Session, record: AppliedRecord, resuming: Resuming): Promise<boolean> {
  const { direction, from, statementCount, drops } = resuming
  const detail = JSON.stringify({ direction, from, ...(drops.length === 0 ? {} : { drops }) })
  const texts =
    direction === 'apply'
      ? `title = $2, checksum = $3, down_checksum = $4, up_sql = $5, down_sql = $6, reversible = $8::boolean`
      : `down_checksum = $3, down_sql = $5`
  const { affected } = await session.query(
    `with given as (select $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text, $9::text), -- each has a type, used or not
     resumed as (update strata.migration set ${texts}, app_version = $10, status = 'running',
         statement_no = $11::integer, statement_count = $12::integer,
         error = pg_catalog.jsonb_build_object('direction', $13::text)
       where name = $1 and status in ('running', 'failed') returning name, checksum)
     insert into strata.log (name, action, checksum, detail) select name, 'resume', checksum, $14::pg_catalog.jsonb from resumed`,
    [...valuesOf(record), String(from - 1), String(statementCount), direction, detail],
  )
  return affected === 1
}

/** Records a migration as applied though nothing of it is run; false when it is already. The log keeps where it stood before. */
export async function recordMarked(session: Session, record: AppliedRecord): Promise<boolean> {
  const { affected } = await session.query(
    `with marked as (${INSERT}, 'applied', $9::integer, pg_catalog.clock_timestamp(), pg_catalog.clock_timestamp(), null)
       on conflict (name) do update set status = 'applied', finished_at = pg_catalog.clock_timestamp(), duration_ms = null,
         error = null, title = excluded.title, checksum = excluded.checksum, down_checksum = excluded.down_checksum,
         up_sql = excluded.up_sql, down_sql = excluded.down_sql, reversible = excluded.reversible,
         statement_no = excluded.statement_no, statement_count = excluded.statement_count
         where migration.status in ('running', 'failed')
       returning name, checksum)
     insert into strata.log (name, action, checksum, detail)
     select name, 'mark', checksum, ${STOOD} from marked`,
    valuesOf(record),
  )
  return affected === 1
}

/** Takes a migration out of the history though nothing of it is rolled back; false when it was not there. */
export async function recordUnmarked(session: Session, name: string): Promise<boolean> {
  const { affected } = await session.query(
    `with gone as (delete from strata.migration where name = $1 returning name, checksum)
     insert into strata.log (name, action, checksum, detail) select name, 'unmark', checksum, ${STOOD} from gone`,
    [name],
  )
  return affected === 1
}

/** Where it stood before: the statement's snapshot still has the old row. */
const STOOD = `(select pg_catalog.jsonb_build_object('was', m.status, 'statement', m.statement_no)
       from strata.migration m where m.name = $1)`

import { refusal } from '../../failure-error'
import type { Session } from '../../session/session'
import { quoted } from './try-plan'

/** The query for the rows of a table that are to be kept: its primary key and these columns, or all columns where it has no key or none are named. */
export async function rowsToKeep(session: Session, oid: number, columns: readonly string[]): Promise<string> {
  const { rows } = await session.query(
    `select n.nspname::pg_catalog.text, c.relname::pg_catalog.text, c.relkind::pg_catalog.text, a.attname::pg_catalog.text
     from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     left join pg_catalog.pg_index i on i.indrelid = c.oid and i.indisprimary
     left join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)
     where c.oid = $1::pg_catalog.text::pg_catalog.oid and c.relkind in ('r', 'p', 'm') -- table, partitioned table, materialized view
     order by a.attnum`,
    [String(oid)],
  )
  const [schema, name, kind] = rows[0] ?? []
  if (schema == null || name == null) throw refusal('oid', 'The table is not there any more. Refresh the list.')
  const key = rows.flatMap((row) => row[3] ?? [])
  const wanted = key.length === 0 || columns.length === 0 ? [] : [...new Set([...key, ...columns])]
  const list = wanted.length === 0 ? '*' : wanted.map(quoted).join(', ')
  return `select ${list} from ${kind === 'p' ? '' : 'only '}${quoted(schema)}.${quoted(name)}`
}

import { quoted } from '../../../parse/names'
import type { Catalog } from '../catalog'
import { columnsOf, columnText } from './columns'
import { constraintsOf, indexesOf, policiesOf, rulesOf, triggersOf } from './parts'
import { commentsOf, ownerOf, privilegesOf } from './properties'
import { sequenceText } from './sequence'

const TABLE = `
select c.relkind, c.relpersistence, pg_catalog.array_to_string(c.reloptions, ', '), pg_catalog.pg_get_partkeydef(c.oid),
  c.relrowsecurity, c.relforcerowsecurity, c.relreplident, c.oid::pg_catalog.regclass,
  (select spcname from pg_catalog.pg_tablespace s where s.oid = c.reltablespace),
  case when c.relispartition then 'attach partition ' || c.oid::pg_catalog.regclass || ' ' || pg_catalog.pg_get_expr(c.relpartbound, c.oid) end,
  (select pg_catalog.string_agg(i.inhparent::pg_catalog.regclass::text, ', ' order by i.inhseqno) from pg_catalog.pg_inherits i where i.inhrelid = c.oid)
from pg_catalog.pg_class c where c.oid = $1`

const PARTITIONS = 'select inhrelid from pg_catalog.pg_inherits where inhparent = $1 order by inhrelid'

const OWNED_SEQUENCES = `
select s.oid, s.oid::pg_catalog.regclass, pg_catalog.quote_ident(a.attname)
from pg_catalog.pg_depend d join pg_catalog.pg_class s on s.oid = d.objid and s.relkind = 'S'
join pg_catalog.pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
where d.refobjid = $1 and d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.deptype = 'a' -- a = owned by the column
order by a.attnum`

/** The statements that make a table again as it is, without its rows; null for what is not told by them, such as a foreign table. */
export async function tableDefinition(catalog: Catalog, oid: string): Promise<readonly string[] | null> {
  const [row] = await catalog.rows(TABLE, [oid])
  if (row === undefined || !['r', 'p'].includes(row[0] ?? '')) return null
  const [, persistence, options, partitionKey, hasPolicies, isForced, identity, name, space, attach, parents] = row
  const table = name ?? ''
  const isInherited = parents != null && attach == null
  const columns = (await columnsOf(catalog, oid)).filter((column) => column.isLocal || !isInherited)
  const constraints = await constraintsOf(catalog, oid, table)
  const sequences = await catalog.rows(OWNED_SEQUENCES, [oid])
  const sql: string[] = []
  for (const [id] of sequences) sql.push(`create ${await sequenceText(catalog, id ?? '')}`)
  const rest = [
    isInherited ? ` inherits (${parents})` : '',
    partitionKey == null ? '' : ` partition by ${partitionKey}`,
    options == null ? '' : ` with (${options})`,
    space == null ? '' : ` tablespace ${quoted(space)}`,
  ]
  const body = columns.map((column) => `  ${columnText(column)}`).join(',\n')
  sql.push(`create ${persistence === 'u' ? 'unlogged ' : ''}table ${table} (\n${body}\n)${rest.join('')}`)
  for (const [, sequence, column] of sequences) sql.push(`alter sequence ${sequence} owned by ${table}.${column}`)
  for (const column of columns) {
    for (const setting of column.settings)
      sql.push(`alter table ${table} alter column ${quoted(column.name)} ${setting}`)
  }
  if (attach != null) sql.push(`alter table ${parents} ${attach}`)
  sql.push(...constraints.flatMap((part) => part.sql), ...(await indexesOf(catalog, oid)).flatMap((part) => part.sql))
  if (identity === 'f' || identity === 'n') {
    sql.push(`alter table ${table} replica identity ${identity === 'f' ? 'full' : 'nothing'}`)
  }
  for (const part of await rulesOf(catalog, oid)) sql.push(...part.sql)
  for (const part of await triggersOf(catalog, oid, table)) sql.push(...part.sql)
  for (const part of await policiesOf(catalog, oid, table)) sql.push(...part.sql)
  if (hasPolicies === 't') sql.push(`alter table ${table} enable row level security`)
  if (isForced === 't') sql.push(`alter table ${table} force row level security`)
  sql.push(...(await statisticsOf(catalog, oid)), ...(await commentsOf(catalog, 'pg_class', oid)))
  sql.push(...(await ownerOf(catalog, 'pg_class', oid, `table ${table}`)))
  sql.push(...(await privilegesOf(catalog, 'pg_class', oid, table)))
  // Dropped with it, and attached again to it.
  const partitions = row[0] === 'p' ? await catalog.list(PARTITIONS, [oid]) : []
  for (const partition of partitions) sql.push(...((await tableDefinition(catalog, partition)) ?? []))
  return sql
}

function statisticsOf(catalog: Catalog, oid: string): Promise<readonly string[]> {
  return catalog.list(
    'select pg_catalog.pg_get_statisticsobjdef(oid) from pg_catalog.pg_statistic_ext where stxrelid = $1',
    [oid],
  )
}

import { quoted } from '../../../parse/names'
import type { Catalog } from '../catalog'
import { indexesOf, rulesOf, triggersOf } from './parts'
import { commentsOf, ownerOf, privilegesOf } from './properties'

/** A view or a materialized view as it is. */
export interface ViewDefinition {
  readonly name: string
  /** ` with (…) as select …`, behind CREATE [OR REPLACE] VIEW and its name. */
  readonly body: string
  readonly columns: readonly string[]
  /** Statements that make what is part of it: indexes, rules, triggers, comments, owner, privileges. */
  readonly parts: readonly string[]
  readonly isMaterialized: boolean
}

const VIEW = `
select c.oid::pg_catalog.regclass, c.relkind, pg_catalog.array_to_string(c.reloptions, ', '), pg_catalog.pg_get_viewdef(c.oid), c.relispopulated
from pg_catalog.pg_class c where c.oid = $1 and c.relkind in ('v', 'm')`

const COLUMNS = `
select a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod) || ' ' || a.attcollation
from pg_catalog.pg_attribute a where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped order by a.attnum`

/** A view's definition; null when the relation is none. */
export async function viewDefinition(catalog: Catalog, oid: string): Promise<ViewDefinition | null> {
  const [row] = await catalog.rows(VIEW, [oid])
  if (row === undefined) return null
  const [name, kind, options, query, isPopulated] = row
  const isMaterialized = kind === 'm'
  const table = name ?? ''
  const what = `${isMaterialized ? 'materialized view' : 'view'} ${table}`
  const parts = [
    ...(isMaterialized ? await indexesOf(catalog, oid) : []),
    ...(await rulesOf(catalog, oid)),
    ...(await triggersOf(catalog, oid, table)),
  ]
  const defaults = await catalog.rows(
    `select a.attname, pg_catalog.pg_get_expr(d.adbin, d.adrelid) from pg_catalog.pg_attrdef d
     join pg_catalog.pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum where d.adrelid = $1`,
    [oid],
  )
  const withOptions = options == null ? '' : ` with (${options})`
  const end = isMaterialized && isPopulated !== 't' ? '\nwith no data' : ''
  return {
    name: table,
    isMaterialized,
    body: `${withOptions} as\n${(query ?? '').trim().replace(/;$/, '')}${end}`,
    columns: (await catalog.rows(COLUMNS, [oid])).map(([column, type]) => `${column} ${type}`),
    parts: [
      ...parts.flatMap((part) => part.sql),
      ...defaults.map(
        ([column, value]) => `alter view ${table} alter column ${quoted(column ?? '')} set default ${value}`,
      ),
      ...(await commentsOf(catalog, 'pg_class', oid)),
      ...(await ownerOf(catalog, 'pg_class', oid, what)),
      ...(await privilegesOf(catalog, 'pg_class', oid, table)),
    ],
  }
}

/** Statements that make a view again with all that is part of it. */
export function createView({ name, body, parts, isMaterialized }: ViewDefinition): readonly string[] {
  return [`create ${isMaterialized ? 'materialized ' : ''}view ${name}${body}`, ...parts]
}

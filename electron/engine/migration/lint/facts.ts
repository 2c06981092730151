import type { Session } from '../../session/session'

/** A column as the catalog has it. */
export interface ColumnFacts {
  /** As `format_type` prints it, e.g. `character varying(50)`. */
  readonly type: string
  readonly isNotNull: boolean
  /** True where a validated CHECK proves that no row holds a NULL. */
  readonly isProvenNotNull: boolean
}

/** A relation as the catalog has it. */
export interface RelationFacts {
  readonly kind: 'table' | 'partitioned table' | 'index' | 'other'
  /** The planner's estimate; null when it was never analysed. */
  readonly rows: number | null
  /** The table of an index, else the relation itself, as `regclass` prints it. */
  readonly table: string
  readonly columns: ReadonlyMap<string, ColumnFacts>
}

/** What the rules know of the database; relations that it does not have are left out. */
export interface Facts {
  readonly relations: ReadonlyMap<string, RelationFacts>
  /** Names of functions, without schema, of which a volatile one exists. */
  readonly volatileFunctions: ReadonlySet<string>
}

/** Nothing is known of the database. */
export const NO_FACTS: Facts = { relations: new Map(), volatileFunctions: new Set() }

const RELATIONS = `
select asked.name,
  case c.relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'i' then 'index' when 'I' then 'index' else 'other' end,
  case when c.reltuples >= 0 then c.reltuples::pg_catalog.int8 end,
  coalesce(i.indrelid, c.oid)::pg_catalog.regclass,
  a.attname,
  pg_catalog.format_type(a.atttypid, a.atttypmod),
  a.attnotnull,
  exists (
    select from pg_catalog.pg_constraint n
    where n.conrelid = c.oid and n.contype = 'c' -- CHECK
      and n.convalidated and n.conkey operator(pg_catalog.=) array[a.attnum]
      and pg_catalog.pg_get_constraintdef(n.oid) ~* 'is not null\\)+$'
  )
from pg_catalog.unnest($1::pg_catalog.text[]) as asked (name)
join pg_catalog.pg_class c on c.oid = pg_catalog.to_regclass(asked.name)
left join pg_catalog.pg_index i on i.indexrelid = c.oid
left join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped`

const VOLATILE = `
select distinct proname from pg_catalog.pg_proc
where proname = any ($1::pg_catalog.name[]) and provolatile = 'v' -- volatile`

/** Asks the database for what the rules want to know of relations and functions by their names as they are written. */
export async function readFacts(
  session: Session,
  names: readonly string[],
  functions: readonly string[],
): Promise<Facts> {
  const relations = new Map<string, RelationFacts & { readonly columns: Map<string, ColumnFacts> }>()
  const found = names.length === 0 ? [] : (await session.query(RELATIONS, [arrayOf(names)])).rows
  for (const [name = '', kind, rows, table, column, type, isNotNull, isProven] of found) {
    const known = relations.get(name ?? '') ?? {
      kind: kind as RelationFacts['kind'], // the query's own words
      rows: rows === null || rows === undefined ? null : Number(rows),
      table: table ?? name ?? '',
      columns: new Map<string, ColumnFacts>(),
    }
    relations.set(name ?? '', known)
    if (column == null) continue
    known.columns.set(column, { type: type ?? '', isNotNull: isNotNull === 't', isProvenNotNull: isProven === 't' })
  }
  const volatile = functions.length === 0 ? [] : (await session.query(VOLATILE, [arrayOf(functions)])).rows
  return { relations, volatileFunctions: new Set(volatile.map(([name]) => name ?? '')) }
}

function arrayOf(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replace(/[\\"]/g, '\\$&')}"`).join()}}`
}

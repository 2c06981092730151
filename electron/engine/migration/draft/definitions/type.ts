import { literal } from '../../../parse/names'
import type { Catalog } from '../catalog'
import { columnsOf } from './columns'
import { commentsOf, ownerOf, privilegesOf } from './properties'

const TYPE = `
select t.typtype, t.oid::pg_catalog.regtype, t.typrelid,
  case t.typtype when 'd' then pg_catalog.format_type(t.typbasetype, t.typtypmod) when 'r' then (
    select pg_catalog.concat_ws(', ', 'subtype = ' || r.rngsubtype::pg_catalog.regtype,
      case when r.rngsubdiff <> 0 then 'subtype_diff = ' || r.rngsubdiff end,
      case when r.rngcanonical <> 0 then 'canonical = ' || r.rngcanonical end)
    from pg_catalog.pg_range r where r.rngtypid = t.oid) end,
  t.typdefault, t.typnotnull,
  case when t.typcollation <> 0 and t.typtype = 'd' and t.typcollation <> (select b.typcollation from pg_catalog.pg_type b where b.oid = t.typbasetype)
    then ' collate ' || t.typcollation::pg_catalog.regcollation else '' end
from pg_catalog.pg_type t where t.oid = $1`

/** The statements that make an enum, a composite type, a domain or a range again as it is; null for other types. */
export async function typeDefinition(catalog: Catalog, oid: string): Promise<readonly string[] | null> {
  const [row] = await catalog.rows(TYPE, [oid])
  if (row === undefined) return null
  const [kind, name, relation, base, value, isNotNull, collation] = row
  const type = name ?? ''
  const own = await ownText()
  if (own === null) return null
  const what = kind === 'd' ? 'domain' : 'type'
  return [
    ...own,
    ...(await commentsOf(catalog, kind === 'c' ? 'pg_class' : 'pg_type', (kind === 'c' ? relation : oid) ?? '')),
    ...(await ownerOf(catalog, 'pg_type', oid, `${what} ${type}`)),
    ...(await privilegesOf(catalog, 'pg_type', oid, type)),
  ]

  async function ownText(): Promise<readonly string[] | null> {
    if (kind === 'e') {
      const labels = await catalog.list(
        'select enumlabel from pg_catalog.pg_enum where enumtypid = $1 order by enumsortorder',
        [oid],
      )
      return [`create type ${type} as enum (${labels.map(literal).join(', ')})`]
    }
    if (kind === 'c') {
      const columns = await columnsOf(catalog, relation ?? '')
      return [
        `create type ${type} as (${columns.map((one) => `"${one.name.replaceAll('"', '""')}" ${one.type}${one.collation}`).join(', ')})`,
      ]
    }
    if (kind === 'r') return [`create type ${type} as range (${base})`]
    if (kind !== 'd') return null
    const ends = [collation ?? '', value == null ? '' : ` default ${value}`, isNotNull === 't' ? ' not null' : '']
    const checks = await catalog.list(
      `select 'alter domain ' || $2::pg_catalog.text || ' add constraint ' || pg_catalog.quote_ident(conname) || ' ' || pg_catalog.pg_get_constraintdef(oid)
       from pg_catalog.pg_constraint where contypid = $1 and contype = 'c' order by conname`,
      [oid, type],
    )
    return [`create domain ${type} as ${base}${ends.join('')}`, ...checks]
  }
}

import type { RangeVar } from 'libpg-query'
import { relationName } from '../../parse/names'
import type { Catalog } from './catalog'
import { type Column, columnsOf } from './definitions/columns'
import { constraintsOf, indexesOf, type Part, triggersOf } from './definitions/parts'

/** A table as it was before an ALTER TABLE. */
export interface AlteredTable {
  readonly catalog: Catalog
  /** As it is written. */
  readonly name: string
  readonly oid: string
  /** Without schema and quotes. */
  readonly plainName: string
  readonly columns: ReadonlyMap<string, Column>
  readonly constraints: readonly Part[]
  readonly indexes: readonly Part[]
  readonly triggers: readonly Part[]
  /** `tgenabled` of each trigger. */
  readonly firing: ReadonlyMap<string, string>
  readonly options: ReadonlyMap<string, string>
  readonly facts: TableFacts
}

/** What belongs to a table as a whole. */
export interface TableFacts {
  readonly persistence: string
  readonly hasRowSecurity: boolean
  readonly isForced: boolean
  readonly replicaIdentity: string
  readonly clusteredOn: string | null
  readonly owner: string
  readonly tablespace: string | null
}

const FACTS = `
select c.relpersistence, c.relrowsecurity, c.relforcerowsecurity,
  case c.relreplident when 'f' then 'full' when 'n' then 'nothing' when 'i' then 'using index ' || (
    select pg_catalog.quote_ident(r.relname) from pg_catalog.pg_index i join pg_catalog.pg_class r on r.oid = i.indexrelid
    where i.indrelid = c.oid and i.indisreplident) else 'default' end,
  (select pg_catalog.quote_ident(r.relname) from pg_catalog.pg_index i join pg_catalog.pg_class r on r.oid = i.indexrelid
    where i.indrelid = c.oid and i.indisclustered),
  c.relowner::pg_catalog.regrole,
  (select pg_catalog.quote_ident(s.spcname) from pg_catalog.pg_tablespace s where s.oid = c.reltablespace)
from pg_catalog.pg_class c where c.oid = $1`

/** Reads a table before it is altered; null when it is not there. */
export async function readAlteredTable(catalog: Catalog, relation: RangeVar | undefined): Promise<AlteredTable | null> {
  const name = relationName(relation)
  const oid = await catalog.relation(name)
  if (oid === null) return null
  const [row] = await catalog.rows(FACTS, [oid])
  const options = await catalog.rows(
    `select o.option_name, o.option_value from pg_catalog.pg_class c, lateral pg_catalog.pg_options_to_table(c.reloptions) o where c.oid = $1`,
    [oid],
  )
  const firing = await catalog.rows('select tgname, tgenabled from pg_catalog.pg_trigger where tgrelid = $1', [oid])
  return {
    catalog,
    name,
    oid,
    plainName: relation?.relname ?? '',
    columns: new Map((await columnsOf(catalog, oid)).map((column) => [column.name, column])),
    constraints: await constraintsOf(catalog, oid, name),
    indexes: await indexesOf(catalog, oid),
    triggers: await triggersOf(catalog, oid, name),
    firing: new Map(firing.map(([trigger, state]) => [trigger ?? '', state ?? 'O'])),
    options: new Map(options.map(([option, value]) => [option ?? '', value ?? ''])),
    facts: {
      persistence: row?.[0] ?? 'p',
      hasRowSecurity: row?.[1] === 't',
      isForced: row?.[2] === 't',
      replicaIdentity: row?.[3] ?? 'default',
      clusteredOn: row?.[4] ?? null,
      owner: row?.[5] ?? '',
      tablespace: row?.[6] ?? null,
    },
  }
}

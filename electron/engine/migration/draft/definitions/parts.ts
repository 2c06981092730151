import { quoted } from '../../../parse/names'
import type { Catalog } from '../catalog'

/** Something that is part of a table. */
export interface Part {
  readonly oid: string
  readonly name: string
  /** Statements that make it. */
  readonly sql: readonly string[]
  /** True for a foreign key: it needs other tables. */
  readonly isForeignKey: boolean
}

const CONSTRAINTS = `
select c.oid, c.conname, 'alter table ' || $2 || ' add constraint ' || pg_catalog.quote_ident(c.conname) || ' ' || pg_catalog.pg_get_constraintdef(c.oid), c.contype
from pg_catalog.pg_constraint c
where c.conrelid = $1 and c.contype in ('c', 'f', 'p', 'u', 'x') -- check, foreign key, primary key, unique, exclusion
  -- what is inherited comes from the parent, but a partition must have it before it is attached
  and (c.conislocal or exists (select from pg_catalog.pg_class r where r.oid = c.conrelid and r.relispartition))
  and c.conparentid = 0
order by pg_catalog.strpos('puxcf', c.contype::text), c.conname`

/** The constraints of a table, those that others refer to first. */
export async function constraintsOf(catalog: Catalog, oid: string, table: string): Promise<readonly Part[]> {
  const rows = await catalog.rows(CONSTRAINTS.replaceAll('$2', literalOf(table)), [oid])
  return rows.map(([id, name, sql, kind]) => ({
    oid: id ?? '',
    name: name ?? '',
    sql: [sql ?? ''],
    isForeignKey: kind === 'f',
  }))
}

const INDEXES = `
select i.indexrelid, r.relname, pg_catalog.pg_get_indexdef(i.indexrelid)
from pg_catalog.pg_index i join pg_catalog.pg_class r on r.oid = i.indexrelid
where i.indrelid = $1 and not r.relispartition
  and not exists (select from pg_catalog.pg_constraint c where c.conindid = i.indexrelid and c.contype in ('p', 'u', 'x'))
order by r.relname`

/** The indexes of a table that no constraint brings along. */
export async function indexesOf(catalog: Catalog, oid: string): Promise<readonly Part[]> {
  const rows = await catalog.rows(INDEXES, [oid])
  return rows.map(([id, name, sql]) => ({ oid: id ?? '', name: name ?? '', sql: [sql ?? ''], isForeignKey: false }))
}

const TRIGGERS = `
select t.oid, t.tgname, pg_catalog.pg_get_triggerdef(t.oid), t.tgenabled
from pg_catalog.pg_trigger t where t.tgrelid = $1 and not t.tgisinternal order by t.tgname`

/** The triggers of a relation, switched on or off as they are. */
export async function triggersOf(catalog: Catalog, oid: string, table: string): Promise<readonly Part[]> {
  const rows = await catalog.rows(TRIGGERS, [oid])
  return rows.map(([id, name, sql, state]) => ({
    oid: id ?? '',
    name: name ?? '',
    sql: [sql ?? '', ...firing(table, name ?? '', state ?? 'O')],
    isForeignKey: false,
  }))
}

/** ALTER TABLE that makes a trigger fire as its `tgenabled` says; none for the usual way. */
export function firing(table: string, trigger: string, state: string): readonly string[] {
  const word = { D: 'disable', R: 'enable replica', A: 'enable always' }[state]
  return word === undefined ? [] : [`alter table ${table} ${word} trigger ${quoted(trigger)}`]
}

const POLICIES = `
select p.oid, p.polname, pg_catalog.concat_ws(' ',
  'create policy', pg_catalog.quote_ident(p.polname), 'on', $2,
  case when p.polpermissive then null else 'as restrictive' end,
  case p.polcmd when 'r' then 'for select' when 'a' then 'for insert' when 'w' then 'for update' when 'd' then 'for delete' end,
  case when p.polroles <> '{0}' then 'to ' || (select pg_catalog.string_agg(r::pg_catalog.regrole::text, ', ') from pg_catalog.unnest(p.polroles) r) end,
  'using (' || pg_catalog.pg_get_expr(p.polqual, p.polrelid) || ')',
  'with check (' || pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) || ')')
from pg_catalog.pg_policy p where p.polrelid = $1 order by p.polname`

/** The row security policies of a table. */
export async function policiesOf(catalog: Catalog, oid: string, table: string): Promise<readonly Part[]> {
  const rows = await catalog.rows(POLICIES.replaceAll('$2', literalOf(table)), [oid])
  return rows.map(([id, name, sql]) => ({ oid: id ?? '', name: name ?? '', sql: [sql ?? ''], isForeignKey: false }))
}

const RULES = `
select oid, rulename, pg_catalog.pg_get_ruledef(oid) from pg_catalog.pg_rewrite
where ev_class = $1 and rulename <> '_RETURN' order by rulename`

/** The rules of a relation, a view's own query left out. */
export async function rulesOf(catalog: Catalog, oid: string): Promise<readonly Part[]> {
  const rows = await catalog.rows(RULES, [oid])
  return rows.map(([id, name, sql]) => ({
    oid: id ?? '',
    name: name ?? '',
    sql: [(sql ?? '').replace(/;\s*$/, '')],
    isForeignKey: false,
  }))
}

/** A name within a query's text, as a string constant. */
function literalOf(name: string): string {
  return `'${name.replaceAll("'", "''")}'`
}

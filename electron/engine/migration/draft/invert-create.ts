import type { Node, RangeVar } from 'libpg-query'
import { dottedName, lastName, quoted, relationName, strings } from '../../parse/names'
import type { Catalog } from './catalog'
import { policiesOf, rulesOf, triggersOf } from './definitions/parts'
import { routinesNamed } from './definitions/routine'
import { createView, viewDefinition } from './definitions/view'
import { exact, type Finish, type Inverse, known, lossy, none, notNeeded, together } from './inverse'

const EXISTED = 'It existed already, so IF NOT EXISTS changed nothing.'

/** The inverse of a CREATE, asked for before it runs; null when the statement is none of these. */
export async function invertCreate(tree: Node, catalog: Catalog): Promise<Finish | null> {
  if ('CreateStmt' in tree) return table(catalog, tree.CreateStmt.relation, tree.CreateStmt.if_not_exists)
  if ('CreateForeignTableStmt' in tree) {
    const base = tree.CreateForeignTableStmt.base
    return known(exact(`drop foreign table ${relationName(base?.relation)}`))
  }
  if ('CreateTableAsStmt' in tree) {
    const { into, objtype, if_not_exists: isQuiet } = tree.CreateTableAsStmt
    return table(catalog, into?.rel, isQuiet, objtype === 'OBJECT_MATVIEW' ? 'materialized view' : 'table')
  }
  if ('SelectStmt' in tree && tree.SelectStmt.intoClause !== undefined) {
    return table(catalog, tree.SelectStmt.intoClause.rel, false)
  }
  if ('CreateSeqStmt' in tree)
    return table(catalog, tree.CreateSeqStmt.sequence, tree.CreateSeqStmt.if_not_exists, 'sequence')
  if ('ViewStmt' in tree) return view(catalog, relationName(tree.ViewStmt.view))
  if ('IndexStmt' in tree) return index(catalog, tree.IndexStmt.relation, tree.IndexStmt.concurrent === true)
  if ('CreateFunctionStmt' in tree) return routine(catalog, lastName(tree.CreateFunctionStmt.funcname))
  if ('CreateTrigStmt' in tree)
    return trigger(catalog, tree.CreateTrigStmt.relation, tree.CreateTrigStmt.trigname ?? '')
  if ('RuleStmt' in tree) return rule(catalog, tree.RuleStmt.relation, tree.RuleStmt.rulename ?? '')
  if ('CreatePolicyStmt' in tree) {
    const { policy_name: name, table: on } = tree.CreatePolicyStmt
    return known(exact(`drop policy ${quoted(name ?? '')} on ${relationName(on)}`))
  }
  return createWithoutTable(tree, catalog)
}

async function createWithoutTable(tree: Node, catalog: Catalog): Promise<Finish | null> {
  if ('CreateSchemaStmt' in tree) return schema(tree.CreateSchemaStmt, catalog)
  if ('CreateExtensionStmt' in tree) {
    const name = tree.CreateExtensionStmt.extname ?? ''
    const existed = await catalog.value('select 1 from pg_catalog.pg_extension where extname = $1', [name])
    return known(existed === null ? exact(`drop extension ${quoted(name)}`) : notNeeded(EXISTED))
  }
  if ('CreateEnumStmt' in tree) return known(exact(`drop type ${dottedName(tree.CreateEnumStmt.typeName)}`))
  if ('CreateRangeStmt' in tree) return known(exact(`drop type ${dottedName(tree.CreateRangeStmt.typeName)}`))
  if ('CompositeTypeStmt' in tree) return known(exact(`drop type ${relationName(tree.CompositeTypeStmt.typevar)}`))
  if ('CreateDomainStmt' in tree) return known(exact(`drop domain ${dottedName(tree.CreateDomainStmt.domainname)}`))
  if ('CreateStatsStmt' in tree) {
    const name = dottedName(tree.CreateStatsStmt.defnames)
    return name === '' ? known(none('The server chose its name.')) : known(exact(`drop statistics ${name}`))
  }
  if ('CreatePublicationStmt' in tree)
    return known(exact(`drop publication ${quoted(tree.CreatePublicationStmt.pubname ?? '')}`))
  if ('CreateRoleStmt' in tree) return known(exact(`drop role ${quoted(tree.CreateRoleStmt.role ?? '')}`))
  if ('DefineStmt' in tree && tree.DefineStmt.kind === 'OBJECT_AGGREGATE')
    return routine(catalog, lastName(tree.DefineStmt.defnames))
  if ('DefineStmt' in tree && /^OBJECT_(TYPE|COLLATION)$/.test(tree.DefineStmt.kind ?? '')) {
    const word = tree.DefineStmt.kind === 'OBJECT_TYPE' ? 'type' : 'collation'
    return known(exact(`drop ${word} ${dottedName(tree.DefineStmt.defnames)}`))
  }
  return null
}

async function table(
  catalog: Catalog,
  relation: RangeVar | undefined,
  isQuiet: boolean | undefined,
  word = 'table',
): Promise<Finish> {
  const name = relationName(relation)
  const existed = isQuiet === true && (await catalog.relation(name)) !== null
  return known(existed ? notNeeded(EXISTED) : exact(`drop ${word} ${name}`))
}

async function schema(
  statement: Extract<Node, { CreateSchemaStmt: unknown }>['CreateSchemaStmt'],
  catalog: Catalog,
): Promise<Finish> {
  const name = statement.schemaname ?? statement.authrole?.rolename ?? ''
  const existed = await catalog.value('select 1 from pg_catalog.pg_namespace where nspname = $1', [name])
  if (existed !== null) return known(notNeeded(EXISTED))
  const drop = `drop schema ${quoted(name)}`
  if ((statement.schemaElts ?? []).length === 0) return known(exact(drop))
  return known(lossy([`${drop} cascade`], 'CASCADE: whatever is made in the schema later is dropped with it.'))
}

async function view(catalog: Catalog, name: string): Promise<Finish> {
  const oid = await catalog.relation(name)
  const before = oid === null ? null : await viewDefinition(catalog, oid)
  if (oid === null || before === null) return known(exact(`drop view ${name}`))
  return async () => {
    const after = await viewDefinition(catalog, oid)
    // A view can be replaced by one with more columns, never by one with fewer.
    if (after !== null && after.columns.length === before.columns.length) {
      return exact(`create or replace view ${before.name}${before.body}`)
    }
    const dependents = await catalog.list(
      `select distinct pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid) from pg_catalog.pg_depend d
       left join pg_catalog.pg_rewrite r on d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass and r.oid = d.objid
       where d.refobjid = $1 and d.deptype = 'n' and r.ev_class is distinct from $1`,
      [oid],
    )
    if (dependents.length > 0) {
      return none(
        `CREATE OR REPLACE VIEW cannot take columns away again, and ${dependents.slice(0, 3).join(', ')} needs the view: it cannot be dropped.`,
      )
    }
    return exact(`drop view ${before.name}`, ...createView(before))
  }
}

async function index(catalog: Catalog, relation: RangeVar | undefined, isConcurrent: boolean): Promise<Finish> {
  const oid = await catalog.relation(relationName(relation))
  const sql = 'select indexrelid::pg_catalog.regclass from pg_catalog.pg_index where indrelid = $1'
  const before = new Set(oid === null ? [] : await catalog.list(sql, [oid]))
  return async () => {
    // A table made by the same script may have been unknown before.
    const now = oid ?? (await catalog.relation(relationName(relation)))
    const made = now === null ? [] : (await catalog.list(sql, [now])).filter((name) => !before.has(name))
    if (made.length === 0) return notNeeded(EXISTED)
    return exact(...made.map((name) => `drop index ${isConcurrent ? 'concurrently ' : ''}${name}`))
  }
}

async function routine(catalog: Catalog, name: string): Promise<Finish> {
  const before = await routinesNamed(catalog, name)
  return async () => {
    const inverses: Inverse[] = []
    for (const [oid, { word, signature, definition }] of await routinesNamed(catalog, name)) {
      const old = before.get(oid)
      if (old === undefined) inverses.push(exact(`drop ${word} ${signature}`))
      else if (old.definition !== null && old.definition !== definition) inverses.push(exact(old.definition))
    }
    return inverses.length === 0 ? notNeeded('It is the same as it was.') : together(inverses)
  }
}

async function trigger(catalog: Catalog, relation: RangeVar | undefined, name: string): Promise<Finish> {
  const table = relationName(relation)
  const oid = await catalog.relation(table)
  const old = oid === null ? undefined : (await triggersOf(catalog, oid, table)).find((one) => one.name === name)
  const drop = `drop trigger ${quoted(name)} on ${table}`
  return known(exact(drop, ...(old?.sql ?? [])))
}

async function rule(catalog: Catalog, relation: RangeVar | undefined, name: string): Promise<Finish> {
  const table = relationName(relation)
  const oid = await catalog.relation(table)
  const old = oid === null ? undefined : (await rulesOf(catalog, oid)).find((one) => one.name === name)
  return known(exact(`drop rule ${quoted(name)} on ${table}`, ...(old?.sql ?? [])))
}

/** The inverse of ALTER POLICY: the policy is made again, because its expressions cannot be taken away. */
export async function invertAlterPolicy(
  catalog: Catalog,
  relation: RangeVar | undefined,
  name: string,
): Promise<Finish> {
  const table = relationName(relation)
  const oid = await catalog.relation(table)
  const old = oid === null ? undefined : (await policiesOf(catalog, oid, table)).find((one) => one.name === name)
  const drop = `drop policy ${quoted(name)} on ${table}`
  return known(old === undefined ? none('The policy is not there.') : exact(drop, ...old.sql))
}

/** Names of the objects of a DROP or a COMMENT as they are written. */
export function writtenNames(objects: readonly Node[] | undefined): readonly string[] {
  return (objects ?? []).flatMap((one) => {
    if ('List' in one) return [dottedName(one.List.items)]
    if ('TypeName' in one) return [dottedName(one.TypeName.names)]
    return 'String' in one ? strings([one]).map(quoted) : []
  })
}

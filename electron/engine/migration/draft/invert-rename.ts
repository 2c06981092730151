import type { AlterObjectSchemaStmt, AlterOwnerStmt, Node, RangeVar, RenameStmt } from 'libpg-query'
import { dottedName, quoted, relationName, strings } from '../../parse/names'
import { typeText } from '../lint/rules/types'
import type { Catalog } from './catalog'
import { exact, type Finish, known, none } from './inverse'

const RELATIONS: Readonly<Record<string, string>> = {
  OBJECT_TABLE: 'table',
  OBJECT_VIEW: 'view',
  OBJECT_MATVIEW: 'materialized view',
  OBJECT_INDEX: 'index',
  OBJECT_SEQUENCE: 'sequence',
  OBJECT_FOREIGN_TABLE: 'foreign table',
}
const NAMED: Readonly<Record<string, string>> = {
  OBJECT_TYPE: 'type',
  OBJECT_DOMAIN: 'domain',
  OBJECT_FUNCTION: 'function',
  OBJECT_PROCEDURE: 'procedure',
  OBJECT_ROUTINE: 'routine',
  OBJECT_AGGREGATE: 'aggregate',
  OBJECT_SCHEMA: 'schema',
  OBJECT_ROLE: 'role',
  OBJECT_STATISTIC_EXT: 'statistics',
  OBJECT_COLLATION: 'collation',
}

/** The inverse of a renaming: the same the other way round. */
export function invertRename(statement: RenameStmt): Finish {
  const { renameType = 'OBJECT_TABLE', relation, subname = '', newname = '', object } = statement
  const kind = RELATIONS[renameType]
  if (kind !== undefined) {
    return known(
      exact(`alter ${kind} ${relationName(renamed(relation, newname))} rename to ${quoted(relation?.relname ?? '')}`),
    )
  }
  const table = `alter ${RELATIONS[statement.relationType ?? ''] ?? 'table'} ${relationName(relation)}`
  const back = `${quoted(newname)} to ${quoted(subname)}`
  switch (renameType) {
    case 'OBJECT_COLUMN':
      return known(exact(`${table} rename column ${back}`))
    case 'OBJECT_TABCONSTRAINT':
      return known(exact(`alter table ${relationName(relation)} rename constraint ${back}`))
    case 'OBJECT_DOMCONSTRAINT':
      return known(exact(`alter domain ${nameOf(object)} rename constraint ${back}`))
    case 'OBJECT_ATTRIBUTE':
      return known(exact(`alter type ${relationName(relation)} rename attribute ${back}`))
    case 'OBJECT_TRIGGER':
    case 'OBJECT_POLICY':
    case 'OBJECT_RULE': {
      const word = renameType.slice('OBJECT_'.length).toLowerCase()
      return known(exact(`alter ${word} ${quoted(newname)} on ${relationName(relation)} rename to ${quoted(subname)}`))
    }
    case 'OBJECT_SCHEMA':
    case 'OBJECT_ROLE':
      return known(exact(`alter ${NAMED[renameType]} ${quoted(newname)} rename to ${quoted(subname)}`))
    default:
      break
  }
  const word = NAMED[renameType]
  if (word === undefined) return known(none('Strata does not know how to take this renaming back.'))
  const parts = partsOf(object)
  const name = [...parts.slice(0, -1), newname].map(quoted).join('.')
  return known(exact(`alter ${word} ${name}${argumentsOf(object)} rename to ${quoted(parts.at(-1) ?? '')}`))
}

const SCHEMA_OF: Readonly<Record<string, string>> = {
  relation:
    'select n.nspname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.oid = pg_catalog.to_regclass($1)',
  type: 'select n.nspname from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace where t.oid = pg_catalog.to_regtype($1)',
  routine:
    'select n.nspname from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace where p.oid = pg_catalog.to_regprocedure($1)',
  extension:
    'select n.nspname from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace where pg_catalog.quote_ident(e.extname) = $1',
}

/** The inverse of ALTER … SET SCHEMA: back to the schema in which the catalog has it. */
export async function invertSetSchema(statement: AlterObjectSchemaStmt, catalog: Catalog): Promise<Finish> {
  const { objectType = 'OBJECT_TABLE', relation, object, newschema = '' } = statement
  const kind = RELATIONS[objectType]
  const word = kind ?? (objectType === 'OBJECT_EXTENSION' ? 'extension' : NAMED[objectType])
  const name = kind === undefined ? nameOf(object) : relationName(relation)
  const from =
    kind !== undefined
      ? 'relation'
      : /TYPE|DOMAIN/.test(objectType)
        ? 'type'
        : word === 'extension'
          ? 'extension'
          : 'routine'
  const old = await catalog.value(SCHEMA_OF[from] ?? '', [`${name}${argumentsOf(object)}`])
  if (word === undefined || old === null)
    return known(none('The schema in which it was cannot be read from the catalog.'))
  const last = kind === undefined ? (partsOf(object).at(-1) ?? '') : (relation?.relname ?? '')
  const moved = word === 'extension' ? quoted(last) : `${quoted(newschema)}.${quoted(last)}${argumentsOf(object)}`
  return known(exact(`alter ${word} ${moved} set schema ${quoted(old)}`))
}

const OWNER_OF: Readonly<Record<string, string>> = {
  OBJECT_SCHEMA:
    'select nspowner::pg_catalog.regrole from pg_catalog.pg_namespace where pg_catalog.quote_ident(nspname) = $1',
  OBJECT_TYPE: 'select typowner::pg_catalog.regrole from pg_catalog.pg_type where oid = pg_catalog.to_regtype($1)',
  OBJECT_DOMAIN: 'select typowner::pg_catalog.regrole from pg_catalog.pg_type where oid = pg_catalog.to_regtype($1)',
  OBJECT_FUNCTION:
    'select proowner::pg_catalog.regrole from pg_catalog.pg_proc where oid = pg_catalog.to_regprocedure($1)',
  OBJECT_PROCEDURE:
    'select proowner::pg_catalog.regrole from pg_catalog.pg_proc where oid = pg_catalog.to_regprocedure($1)',
}

/** The inverse of ALTER … OWNER TO for what is no relation. */
export async function invertOwner(
  { objectType = 'OBJECT_TABLE', object }: AlterOwnerStmt,
  catalog: Catalog,
): Promise<Finish> {
  const sql = OWNER_OF[objectType]
  const name = `${nameOf(object)}${argumentsOf(object)}`
  const old = sql === undefined ? null : await catalog.value(sql, [name])
  if (old === null) return known(none('Its owner cannot be read from the catalog.'))
  return known(exact(`alter ${NAMED[objectType] ?? 'type'} ${name} owner to ${old}`))
}

function renamed(relation: RangeVar | undefined, newname: string): RangeVar {
  return { ...relation, relname: newname }
}

function partsOf(object: Node | undefined): readonly string[] {
  if (object === undefined) return []
  if ('List' in object) return strings(object.List.items)
  if ('TypeName' in object) return strings(object.TypeName.names)
  if ('ObjectWithArgs' in object) return strings(object.ObjectWithArgs.objname)
  return strings([object])
}

function nameOf(object: Node | undefined): string {
  return partsOf(object).map(quoted).join('.')
}

/** `(integer, text)` of a routine; empty for everything else. */
function argumentsOf(object: Node | undefined): string {
  if (object === undefined || !('ObjectWithArgs' in object) || object.ObjectWithArgs.args_unspecified === true)
    return ''
  const types = (object.ObjectWithArgs.objargs ?? []).map((one) =>
    'TypeName' in one ? typeText(one.TypeName) : dottedName([one]),
  )
  return `(${types.join(', ')})`
}

import type { AlterTableStmt, Node } from 'libpg-query'
import { dottedName, literal, quoted, relationName } from '../../parse/names'
import { columnOf, commands, constraintOf } from '../lint/locks'
import { exact, type Inverse, none, together } from './inverse'
import { invertRename } from './invert-rename'

const UNKNOWN = 'It was run already, so what was there before cannot be read from the catalog.'

/** What takes a statement back that was run by hand before: from its text alone, and only where that says all. */
export async function invertDone(tree: Node): Promise<Inverse> {
  if ('RenameStmt' in tree) return invertRename(tree.RenameStmt)()
  return made(tree) ?? none(UNKNOWN)
}

function made(tree: Node): Inverse | null {
  if ('CreateStmt' in tree)
    return plain(tree.CreateStmt.if_not_exists, `drop table ${relationName(tree.CreateStmt.relation)}`)
  if ('CreateTableAsStmt' in tree) {
    const { into, objtype, if_not_exists: isQuiet } = tree.CreateTableAsStmt
    return plain(
      isQuiet,
      `drop ${objtype === 'OBJECT_MATVIEW' ? 'materialized view' : 'table'} ${relationName(into?.rel)}`,
    )
  }
  if ('CreateSeqStmt' in tree) {
    return plain(tree.CreateSeqStmt.if_not_exists, `drop sequence ${relationName(tree.CreateSeqStmt.sequence)}`)
  }
  if ('CreateSchemaStmt' in tree) {
    return plain(tree.CreateSchemaStmt.if_not_exists, `drop schema ${quoted(tree.CreateSchemaStmt.schemaname ?? '')}`)
  }
  if ('CreateExtensionStmt' in tree) {
    return plain(
      tree.CreateExtensionStmt.if_not_exists,
      `drop extension ${quoted(tree.CreateExtensionStmt.extname ?? '')}`,
    )
  }
  if ('CreateEnumStmt' in tree) return exact(`drop type ${dottedName(tree.CreateEnumStmt.typeName)}`)
  if ('CompositeTypeStmt' in tree) return exact(`drop type ${relationName(tree.CompositeTypeStmt.typevar)}`)
  if ('CreateDomainStmt' in tree) return exact(`drop domain ${dottedName(tree.CreateDomainStmt.domainname)}`)
  if ('ViewStmt' in tree) return plain(tree.ViewStmt.replace, `drop view ${relationName(tree.ViewStmt.view)}`)
  if ('CreateTrigStmt' in tree) {
    const { trigname, relation, replace } = tree.CreateTrigStmt
    return plain(replace, `drop trigger ${quoted(trigname ?? '')} on ${relationName(relation)}`)
  }
  if ('CreatePolicyStmt' in tree) {
    const { policy_name: name, table } = tree.CreatePolicyStmt
    return exact(`drop policy ${quoted(name ?? '')} on ${relationName(table)}`)
  }
  if ('IndexStmt' in tree) {
    const { idxname, relation, if_not_exists: isQuiet } = tree.IndexStmt
    if (idxname === undefined) return null
    const schema = relation?.schemaname === undefined ? '' : `${quoted(relation.schemaname)}.`
    return plain(isQuiet, `drop index ${schema}${quoted(idxname)}`)
  }
  if ('AlterEnumStmt' in tree && tree.AlterEnumStmt.oldVal !== undefined) {
    const { typeName, oldVal, newVal = '' } = tree.AlterEnumStmt
    return exact(`alter type ${dottedName(typeName)} rename value ${literal(newVal)} to ${literal(oldVal)}`)
  }
  return 'AlterTableStmt' in tree ? altered(tree.AlterTableStmt) : null
}

/** IF NOT EXISTS and OR REPLACE do not say whether it was there before. */
function plain(isQuiet: boolean | undefined, sql: string): Inverse | null {
  return isQuiet === true ? null : exact(sql)
}

function altered({ relation, cmds }: AlterTableStmt): Inverse | null {
  const table = `alter table ${relationName(relation)}`
  const inverses = commands(cmds).map((one) => {
    const column = columnOf(one)?.colname
    if (one.subtype === 'AT_AddColumn' && column !== undefined && one.missing_ok !== true) {
      return exact(`${table} drop column ${quoted(column)}`)
    }
    const constraint = constraintOf(one)?.conname
    if (one.subtype === 'AT_AddConstraint' && constraint !== undefined) {
      return exact(`${table} drop constraint ${quoted(constraint)}`)
    }
    return none(UNKNOWN)
  })
  return together(inverses.reverse())
}

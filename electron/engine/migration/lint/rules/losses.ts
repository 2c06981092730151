import type { Node } from 'libpg-query'
import { dottedName, quoted, relationName, strings } from '../../../parse/names'
import { commands, ranges } from '../locks'
import type { Advice, LintContext, Rule } from '../rule'
import { sizeOf } from './sizes'

const HOLDING: Readonly<Record<string, string>> = {
  OBJECT_TABLE: 'TABLE',
  OBJECT_SCHEMA: 'SCHEMA',
  OBJECT_MATVIEW: 'MATERIALIZED VIEW',
  OBJECT_SEQUENCE: 'SEQUENCE',
  OBJECT_FOREIGN_TABLE: 'FOREIGN TABLE',
}

/** What takes rows away, or names that others use. */
export const LOSS_RULES: readonly Rule[] = [
  {
    id: 'drop-loses-data',
    isForDown: false,
    check: ({ tree }, context) => [...droppedObjects(tree, context), ...droppedColumns(tree, context)],
  },
  {
    id: 'drop-cascade',
    isForDown: true,
    check: ({ tree }) => {
      const isCascade =
        ('DropStmt' in tree && tree.DropStmt.behavior === 'DROP_CASCADE') ||
        ('AlterTableStmt' in tree &&
          commands(tree.AlterTableStmt.cmds).some(
            ({ subtype, behavior }) =>
              behavior === 'DROP_CASCADE' && /^AT_Drop(Column|Constraint)$/.test(subtype ?? ''),
          ))
      if (!isCascade) return []
      return [
        {
          title: 'CASCADE drops whatever depends on it, without naming it',
          reason: 'On another database that may be more than here: views, foreign keys, columns of other tables.',
          safer: 'Name what is to be dropped, one statement each, and leave CASCADE out.',
        },
      ]
    },
  },
  {
    id: 'truncate-loses-data',
    isForDown: true,
    check: ({ tree }, context) => {
      if (!('TruncateStmt' in tree)) return []
      const tables = ranges(tree.TruncateStmt.relations).filter((one) => !context.made.has(one))
      if (tables.length === 0) return []
      const names = tables.map(relationName)
      return [
        {
          title: `TRUNCATE deletes every row of ${names.join(', ')}`,
          reason: `It takes ACCESS EXCLUSIVE, and no rollback brings the rows back${names.length === 1 ? sizeOf(context.facts, names[0] ?? '') : ''}.`,
          safer: 'DELETE with a WHERE that says which rows, in batches.',
        },
      ]
    },
  },
  {
    id: 'rename-breaks-clients',
    isForDown: false,
    check: ({ tree }, context) => {
      if (!('RenameStmt' in tree)) return []
      const { renameType, relation, subname, newname } = tree.RenameStmt
      if (relation === undefined || context.made.has(relation)) return []
      const isColumn = renameType === 'OBJECT_COLUMN'
      if (!isColumn && !/^OBJECT_(TABLE|VIEW|MATVIEW)$/.test(renameType ?? '')) return []
      const table = relationName(relation)
      const what = isColumn ? `${table}.${quoted(subname ?? '')}` : table
      return [
        {
          title: `Whoever still uses ${what} fails from the moment it is called ${quoted(newname ?? '')}`,
          reason: 'Programs of the old version run until all are replaced.',
          safer: isColumn
            ? 'Add a column of the new name, keep both the same by a trigger, and drop the old one in a later release.'
            : `Create a view ${table} over the renamed table in the same migration, and drop it in a later release.`,
        },
      ]
    },
  },
  {
    id: 'write-without-where',
    isForDown: true,
    check: ({ tree }, context) => {
      const found = 'UpdateStmt' in tree ? tree.UpdateStmt : 'DeleteStmt' in tree ? tree.DeleteStmt : null
      if (found === null || found.whereClause !== undefined || context.made.has(found.relation)) return []
      const table = relationName(found.relation)
      const isUpdate = 'UpdateStmt' in tree
      return [
        {
          title: `${isUpdate ? 'UPDATE' : 'DELETE'} without WHERE ${isUpdate ? 'changes' : 'deletes'} every row of ${table}`,
          reason: `${isUpdate ? 'Every row is written anew and stays locked' : 'Every row stays locked, and none comes back'} until the migration ends${sizeOf(context.facts, table)}.`,
          safer: isUpdate
            ? 'Update in batches by key, in a migration with "-- transaction: off", and say with WHERE which rows still need it.'
            : 'Say with WHERE which rows, and delete in batches.',
        },
      ]
    },
  },
]

function droppedObjects(tree: Node, context: LintContext): readonly Advice[] {
  if (!('DropStmt' in tree)) return []
  const { removeType, objects } = tree.DropStmt
  const what = HOLDING[removeType ?? '']
  if (what === undefined) return []
  const names = (objects ?? []).flatMap((one) => {
    if ('List' in one) return [dottedName(one.List.items)]
    return 'String' in one ? strings([one]).map(quoted) : []
  })
  const old = names.filter((name) => !context.made.hasName(name))
  if (old.length === 0) return []
  return [
    {
      title: `DROP ${what} loses ${old.join(', ')} and all it holds`,
      reason: `No rollback brings the rows back${old.length === 1 ? sizeOf(context.facts, old[0] ?? '') : ''}; the definition alone can be made again.`,
      safer: 'Stop using it in one release, rename it out of the way, and drop it in a later one.',
    },
  ]
}

function droppedColumns(tree: Node, context: LintContext): readonly Advice[] {
  if (!('AlterTableStmt' in tree) || context.made.has(tree.AlterTableStmt.relation)) return []
  const table = relationName(tree.AlterTableStmt.relation)
  return commands(tree.AlterTableStmt.cmds).flatMap((one): Advice[] =>
    one.subtype !== 'AT_DropColumn'
      ? []
      : [
          {
            title: `DROP COLUMN loses the values of ${table}.${quoted(one.name ?? '')}`,
            reason: `No rollback brings them back${sizeOf(context.facts, table)}, and programs of the old version still ask for it.`,
            safer:
              'Stop using it in one release, drop it in a later one; drop a NOT NULL first so that inserts without it work.',
          },
        ],
  )
}

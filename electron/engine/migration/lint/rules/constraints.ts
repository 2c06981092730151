import type { Constraint } from 'libpg-query'
import { quoted, relationName, strings } from '../../../parse/names'
import { notValid } from '../fixes'
import { columnConstraints, columnOf, commands, constraintOf, referencedBy } from '../locks'
import type { Advice, LintContext, LintStatement, Rule } from '../rule'
import { sizeOf } from './sizes'

/** Constraints that are checked against rows which are there already. */
export const CONSTRAINT_RULES: readonly Rule[] = [
  {
    id: 'check-without-not-valid',
    isForDown: true,
    check: (statement, context) =>
      added(
        statement,
        context,
        ({ contype }) => contype === 'CONSTR_CHECK',
        (table, constraint) => ({
          title: `ADD CHECK reads all of ${table} while nobody reads or writes it`,
          reason: `Every row${sizeOf(context.facts, table)} is checked under ACCESS EXCLUSIVE.`,
          safer:
            'Add it NOT VALID (new rows are checked at once), then VALIDATE CONSTRAINT by itself: that lets others read and write.',
          fix: fixFor(statement, context, table, constraint, 'check'),
        }),
      ),
  },
  {
    id: 'foreign-key-without-not-valid',
    isForDown: true,
    check: (statement, context) =>
      added(
        statement,
        context,
        ({ contype }) => contype === 'CONSTR_FOREIGN',
        (table, constraint) => {
          const other = relationName(constraint.pktable)
          return {
            title: `ADD FOREIGN KEY blocks writes to ${table} and ${other} while all rows are checked`,
            reason: `Both tables are locked until every row of ${table}${sizeOf(context.facts, table)} was looked up in ${other}.`,
            safer:
              'Add it NOT VALID (new rows are checked at once), then VALIDATE CONSTRAINT by itself: that lets others read and write.',
            fix: fixFor(statement, context, table, constraint, 'fkey'),
          }
        },
      ),
  },
  {
    id: 'unique-without-index',
    isForDown: true,
    check: (statement, context) => {
      const isIndexed = ({ contype, indexname }: Constraint) =>
        /^CONSTR_(UNIQUE|PRIMARY|EXCLUSION)$/.test(contype ?? '') && indexname === undefined
      return added(statement, context, isIndexed, (table, { contype }) => {
        const kind = contype === 'CONSTR_UNIQUE' ? 'UNIQUE' : contype === 'CONSTR_PRIMARY' ? 'PRIMARY KEY' : 'EXCLUDE'
        return {
          title: `ADD ${kind} blocks reads and writes of ${table} while its index is built`,
          reason: `The index is built over all rows${sizeOf(context.facts, table)} under ACCESS EXCLUSIVE.`,
          safer:
            kind === 'EXCLUDE'
              ? ''
              : `CREATE UNIQUE INDEX CONCURRENTLY in a migration of its own, then ADD CONSTRAINT … ${kind} USING INDEX, which is quick.`,
        }
      })
    },
  },
  {
    id: 'validate-in-same-transaction',
    isForDown: true,
    check: ({ tree }, context) => {
      if (!('AlterTableStmt' in tree) || !context.isTransactional) return []
      const table = relationName(tree.AlterTableStmt.relation)
      return commands(tree.AlterTableStmt.cmds).flatMap((one): Advice[] => {
        if (one.subtype !== 'AT_ValidateConstraint' || !isAddedAbove(context, table, one.name ?? '')) return []
        return [
          {
            title: `VALIDATE CONSTRAINT reads ${table} under the lock that adding the constraint took`,
            reason: 'Both are in one transaction, and a lock is held until its end: NOT VALID gains nothing here.',
            safer: 'Validate it in a migration of its own.',
          },
        ]
      })
    },
  },
  {
    id: 'create-table-references',
    isForDown: true,
    check: ({ tree }, context) => {
      if (!('CreateStmt' in tree)) return []
      const others = referencedBy(tree.CreateStmt.tableElts).filter(
        (other) => !context.made.has(other) && relationName(other) !== relationName(tree.CreateStmt.relation),
      )
      const names = [...new Set(others.map(relationName))]
      if (names.length === 0) return []
      return [
        {
          severity: 'note',
          title: `REFERENCES blocks writes to ${names.join(' and ')} until the migration ends`,
          reason: 'Its triggers are made there. The new table is empty, so this is quick by itself.',
          safer:
            'Keep what takes long, above all UPDATE and INSERT … SELECT, out of this migration, and set "-- lock-timeout:".',
        },
      ]
    },
  },
]

function added(
  { tree }: LintStatement,
  context: LintContext,
  isMeant: (constraint: Constraint) => boolean,
  advise: (table: string, constraint: Constraint) => Advice,
): readonly Advice[] {
  if (!('AlterTableStmt' in tree) || context.made.has(tree.AlterTableStmt.relation)) return []
  const table = relationName(tree.AlterTableStmt.relation)
  return commands(tree.AlterTableStmt.cmds).flatMap((one) => {
    const own = constraintOf(one)
    // A key of a new column has no old values to look up, unless the column has a default.
    const isFilled = columnConstraints(columnOf(one)).some(({ contype }) => contype === 'CONSTR_DEFAULT')
    const all = own !== null ? [own] : isFilled || isKeyOnly(one) ? columnConstraints(columnOf(one)) : []
    const found = all.find((constraint) => constraint.skip_validation !== true && isMeant(constraint))
    return found === undefined ? [] : [advise(table, found)]
  })
}

function isKeyOnly(command: Parameters<typeof columnOf>[0]): boolean {
  return columnConstraints(columnOf(command)).some(({ contype }) => /^CONSTR_(UNIQUE|PRIMARY)$/.test(contype ?? ''))
}

function fixFor(
  statement: LintStatement,
  context: LintContext,
  table: string,
  constraint: Constraint,
  suffix: 'check' | 'fkey',
) {
  const { tree } = statement
  if (!('AlterTableStmt' in tree) || commands(tree.AlterTableStmt.cmds).length !== 1) return null
  if (constraintOf(commands(tree.AlterTableStmt.cmds)[0] ?? {}) !== constraint) return null
  const isNamed = constraint.conname !== undefined
  const own = tree.AlterTableStmt.relation?.relname ?? ''
  const columns = strings(constraint.fk_attrs)
  if (!isNamed && suffix === 'check') return null // its name depends on what it reads
  const name = constraint.conname ?? [own, ...columns, suffix].join('_')
  if (Buffer.byteLength(name) > 63) return null
  return notValid(statement, context, { table, name: quoted(name), isNamed })
}

function isAddedAbove(context: LintContext, table: string, name: string): boolean {
  return context.statements
    .slice(0, context.index)
    .some(
      ({ tree }) =>
        'AlterTableStmt' in tree &&
        relationName(tree.AlterTableStmt.relation) === table &&
        commands(tree.AlterTableStmt.cmds).some((one) => constraintOf(one)?.conname === name),
    )
}

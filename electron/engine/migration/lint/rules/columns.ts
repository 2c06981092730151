import type { ColumnDef, Node } from 'libpg-query'
import { lastName, quoted, relationName, strings } from '../../../parse/names'
import { columnConstraints, columnOf, commands } from '../locks'
import type { Advice, LintContext, Rule } from '../rule'
import { sizeOf } from './sizes'
import { isKeptAsItIs, typeText } from './types'

const VOLATILE = new Set(['clock_timestamp', 'gen_random_uuid', 'nextval', 'random', 'timeofday', 'uuidv4', 'uuidv7'])
const SERIAL = new Set(['serial', 'serial2', 'serial4', 'serial8', 'bigserial', 'smallserial'])
const REWRITE = 'The whole table and its indexes are written anew, and nobody reads or writes meanwhile.'

/** ALTER TABLE … COLUMN: what rewrites the table, or reads all of it under the strongest lock. */
export const COLUMN_RULES: readonly Rule[] = [
  {
    id: 'add-column-rewrites-table',
    isForDown: true,
    check: (statement, context) =>
      alterations(statement.tree, context, 'AT_AddColumn', (table, column) => {
        const why = whyRewritten(column, context)
        if (why === null) return null
        const name = quoted(column.colname ?? '')
        return {
          title: `ADD COLUMN ${name} rewrites ${table}: ${why}`,
          reason: `${REWRITE}${sizeOf(context.facts, table)}`,
          safer:
            why === 'its default is volatile'
              ? 'Add the column without the default, set the default afterwards (it then holds for new rows), and fill the old rows in batches.'
              : 'Add a plain column, fill it in batches, and let a trigger keep it meanwhile. Worth it for large tables only.',
        }
      }),
  },
  {
    id: 'add-required-column',
    isForDown: true,
    check: (statement, context) =>
      alterations(statement.tree, context, 'AT_AddColumn', (table, column) => {
        const kinds = columnConstraints(column).map(({ contype }) => contype)
        const isRequired = kinds.includes('CONSTR_NOTNULL') || kinds.includes('CONSTR_PRIMARY')
        const isFilled = kinds.some(
          (kind) => kind === 'CONSTR_DEFAULT' || kind === 'CONSTR_IDENTITY' || kind === 'CONSTR_GENERATED',
        )
        if (!isRequired || isFilled || SERIAL.has(lastName(column.typeName?.names))) return null
        return {
          title: `ADD COLUMN ${quoted(column.colname ?? '')} NOT NULL without a default fails when ${table} has rows`,
          reason: 'The old rows would hold NULL in it.',
          safer:
            'Give it a default that does not change from row to row (that needs no rewrite), or add it without NOT NULL, fill it, then SET NOT NULL.',
        }
      }),
  },
  {
    id: 'set-not-null-scans-table',
    isForDown: true,
    check: ({ tree }, context) => {
      if (!('AlterTableStmt' in tree) || context.made.has(tree.AlterTableStmt.relation)) return []
      const table = relationName(tree.AlterTableStmt.relation)
      return commands(tree.AlterTableStmt.cmds).flatMap((one): Advice[] => {
        const column = context.facts.relations.get(table)?.columns.get(one.name ?? '')
        if (one.subtype !== 'AT_SetNotNull' || column?.isNotNull === true || column?.isProvenNotNull === true) return []
        const name = quoted(one.name ?? '')
        return [
          {
            title: `SET NOT NULL reads all of ${table} while nobody reads or writes it`,
            reason: `The server looks for NULLs in ${name}${sizeOf(context.facts, table)} under ACCESS EXCLUSIVE, unless a CHECK proves that there are none.`,
            safer: `ADD CONSTRAINT … CHECK (${name} IS NOT NULL) NOT VALID, VALIDATE CONSTRAINT in a later migration, then SET NOT NULL and drop the CHECK: none of them holds a strong lock for long.`,
          },
        ]
      })
    },
  },
  {
    id: 'change-type-rewrites-table',
    isForDown: true,
    check: ({ tree }, context) => {
      if (!('AlterTableStmt' in tree) || tree.AlterTableStmt.objtype !== 'OBJECT_TABLE') return []
      if (context.made.has(tree.AlterTableStmt.relation)) return []
      const table = relationName(tree.AlterTableStmt.relation)
      return commands(tree.AlterTableStmt.cmds).flatMap((one): Advice[] => {
        const to = columnOf(one)
        if (one.subtype !== 'AT_AlterColumnType' || to === null) return []
        const known = context.facts.relations.get(table)?.columns.get(one.name ?? '')
        const wanted = typeText(to.typeName)
        if (known !== undefined && isKeptAsItIs(known.type, wanted, isOwnValue(to.raw_default, one.name ?? '')))
          return []
        const unless =
          known === undefined ? ' That is so unless the old type holds the same bytes.' : ` It is ${known.type} now.`
        return [
          {
            title: `ALTER COLUMN ${quoted(one.name ?? '')} TYPE ${wanted} rewrites ${table}`,
            reason: `${REWRITE}${sizeOf(context.facts, table)}${unless}`,
            safer:
              'Add a column of the new type, keep both the same by a trigger, fill it in batches, then swap their names. On a small table the rewrite is fine.',
          },
        ]
      })
    },
  },
]

function alterations(
  tree: Node,
  context: LintContext,
  subtype: string,
  advise: (table: string, column: ColumnDef) => Advice | null,
): readonly Advice[] {
  if (!('AlterTableStmt' in tree) || context.made.has(tree.AlterTableStmt.relation)) return []
  if (tree.AlterTableStmt.objtype !== 'OBJECT_TABLE') return []
  const table = relationName(tree.AlterTableStmt.relation)
  return commands(tree.AlterTableStmt.cmds).flatMap((one) => {
    const column = columnOf(one)
    const advice = one.subtype === subtype && column !== null ? advise(table, column) : null
    return advice === null ? [] : [advice]
  })
}

function whyRewritten(column: ColumnDef, context: LintContext): string | null {
  if (SERIAL.has(lastName(column.typeName?.names))) return 'every row gets its own number'
  for (const { contype, generated_kind: kind, raw_expr: value } of columnConstraints(column)) {
    if (contype === 'CONSTR_IDENTITY') return 'every row gets its own number'
    if (contype === 'CONSTR_GENERATED' && kind !== 'v') return 'its value is computed for every row'
    if (contype === 'CONSTR_DEFAULT' && calledFunctions(value).some((name) => isVolatile(name, context))) {
      return 'its default is volatile'
    }
  }
  return null
}

function isVolatile(name: string, { facts }: LintContext): boolean {
  return VOLATILE.has(name) || /^uuid_generate_/.test(name) || facts.volatileFunctions.has(name)
}

/** Names, without schema, of the functions that an expression calls. */
export function calledFunctions(expression: unknown): readonly string[] {
  if (Array.isArray(expression)) return expression.flatMap(calledFunctions)
  if (typeof expression !== 'object' || expression === null) return []
  return Object.entries(expression).flatMap(([key, value]) =>
    key === 'FuncCall' ? [lastName(value.funcname), ...calledFunctions(value.args)] : calledFunctions(value),
  )
}

/** True where USING is absent, or only casts the column itself. */
function isOwnValue(using: Node | undefined, column: string): boolean {
  if (using === undefined) return true
  if ('TypeCast' in using) return isOwnValue(using.TypeCast.arg ?? using, column) && using.TypeCast.arg !== undefined
  return 'ColumnRef' in using && strings(using.ColumnRef.fields).join('.') === column
}

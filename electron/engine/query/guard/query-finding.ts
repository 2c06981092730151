import type { Node, RangeVar } from 'libpg-query'
import { lastName, relationName } from '../../parse/names'
import { ACTING_FUNCTIONS } from './acting-functions'
import { choosesRows } from './condition'
import { acting, type Finding, isTemporary } from './finding'
import { walkTree } from './tree'

/** Statements that change or remove rows that are there, by the name of their node. */
export const WRITES: Readonly<Record<string, string>> = {
  UpdateStmt: 'UPDATE',
  DeleteStmt: 'DELETE',
  MergeStmt: 'MERGE',
}

/** What of a query asks: writes and acting functions anywhere in it, at the top, in a CTE, in a subquery. */
export function ofQuery(tree: Node): Finding | null {
  const top = Object.values(tree)[0] as unknown
  let found: Finding | null = null
  const note = (finding: Finding | null) => {
    found ??= finding
  }
  walkTree(tree, (name, body) => {
    const verb = WRITES[name]
    if (verb !== undefined) {
      const relation = body.relation as RangeVar | undefined
      if (isTemporary(relation)) return
      if (body !== top) note(inside(verb, relation))
      else
        note(name === 'MergeStmt' ? ofMerge(tree) : withoutWhere(verb, relation, body.whereClause as Node | undefined))
    } else if (name === 'intoClause') {
      const { rel } = body as { readonly rel?: RangeVar }
      if (!isTemporary(rel)) note(acting('SELECT INTO', 'It creates a table.', true))
    } else if (name === 'FuncCall') {
      const called = lastName(body.funcname as Node[])
      if (ACTING_FUNCTIONS.has(called)) {
        note(acting(called, 'This function does more than read, and a rollback may not undo it.', false))
      }
    }
  })
  return found
}

function withoutWhere(verb: string, relation: RangeVar | undefined, where: Node | undefined): Finding | null {
  if (choosesRows(where)) return null
  const deed = verb === 'UPDATE' ? 'changes' : 'removes'
  return {
    title: where === undefined ? `${verb} without WHERE` : `${verb} whose WHERE chooses no rows`,
    reason: `It ${deed} ${where === undefined ? 'every row' : 'every row, or none,'} of ${relationName(relation)}.`,
    rows: { by: 'plan' },
    isWrite: true,
  }
}

function inside(verb: string, relation: RangeVar | undefined): Finding {
  return {
    title: `${verb} inside a statement`,
    reason: `A part of it, WITH … AS (${verb} …), changes rows of ${relationName(relation)}.`,
    rows: { by: 'plan' },
    isWrite: true,
  }
}

/** MERGE chooses by its join condition; rows that match nothing of the source are all the others. */
function ofMerge(tree: Node): Finding | null {
  if (!('MergeStmt' in tree)) return null
  const { relation, joinCondition, mergeWhenClauses = [] } = tree.MergeStmt
  const clauses = mergeWhenClauses.flatMap((one) => ('MergeWhenClause' in one ? [one.MergeWhenClause] : []))
  const changing = clauses.filter(({ commandType }) => commandType === 'CMD_UPDATE' || commandType === 'CMD_DELETE')
  const isUnchecked = changing.some(
    ({ matchKind, condition }) =>
      !choosesRows(condition) && (matchKind === 'MERGE_WHEN_NOT_MATCHED_BY_SOURCE' || !choosesRows(joinCondition)),
  )
  if (!isUnchecked) return null
  return {
    title: 'MERGE without a condition',
    reason: `It changes or removes rows of ${relationName(relation)} that no condition chooses.`,
    rows: { by: 'plan' },
    isWrite: true,
  }
}

import type { Node } from 'libpg-query'
import { sameText, walkTree } from './tree'

/**
 * True for a condition that chooses rows by what is in them. `true`, `1 = 1`, `id = id` and `now() > '2000-01-01'` do not, nor does an OR
 * with one of them.
 */
export function choosesRows(condition: Node | undefined): boolean {
  if (condition === undefined) return false
  if ('CurrentOfExpr' in condition) return true
  if ('BoolExpr' in condition) {
    const { boolop, args = [] } = condition.BoolExpr
    return boolop === 'OR_EXPR' ? args.every(choosesRows) : args.some(choosesRows)
  }
  if ('A_Expr' in condition) {
    const { lexpr, rexpr } = condition.A_Expr
    if (lexpr !== undefined && sameText(lexpr) === sameText(rexpr)) return false
  }
  return namesColumn(condition)
}

function namesColumn(node: Node): boolean {
  let isNamed = false
  walkTree(node, (name) => {
    if (name === 'ColumnRef') isNamed = true
  })
  return isNamed
}

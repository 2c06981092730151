import type { Node } from 'libpg-query'
import { refusal } from '../failure-error'
import type { Parser } from '../parse/parser'

const ISOLATION: ReadonlySet<string> = new Set([
  'read uncommitted',
  'read committed',
  'repeatable read',
  'serializable',
])

/**
 * The BEGIN to send on a read-only connection in place of the user's own: the same, but READ ONLY. Null for every other statement. It is
 * written anew, so that nothing of the user's text is sent outside the transaction. Refuses one that asks for READ WRITE.
 */
export function readOnlyBegin(parser: Parser, text: string): string | null {
  const parsed = parser.parse(text)
  if (parsed.kind !== 'tree' || !('TransactionStmt' in parsed.tree)) return null
  const { kind, options = [] } = parsed.tree.TransactionStmt
  if (kind !== 'TRANS_STMT_BEGIN' && kind !== 'TRANS_STMT_START') return null
  const modes = options.map(modeOf).filter((mode) => mode !== null)
  return [
    kind === 'TRANS_STMT_BEGIN' ? 'begin transaction' : 'start transaction',
    [...modes, 'read only'].join(', '),
  ].join(' ')
}

/** A transaction mode in SQL; null for READ ONLY, which is said anyway. */
function modeOf(option: Node): string | null {
  if (!('DefElem' in option)) return null
  const { defname, arg } = option.DefElem
  if (arg === undefined || !('A_Const' in arg)) return null
  const { sval, ival } = arg.A_Const
  const isOn = (ival?.ival ?? 0) !== 0
  switch (defname) {
    case 'transaction_isolation': {
      const level = (sval?.sval ?? '').toLowerCase()
      return ISOLATION.has(level) ? `isolation level ${level}` : null
    }
    case 'transaction_deferrable':
      return isOn ? 'deferrable' : 'not deferrable'
    case 'transaction_read_only':
      if (!isOn) throw refusal('transaction', 'This connection is read-only: it begins no READ WRITE transaction.')
      return null
    default:
      return null
  }
}

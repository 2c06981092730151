import type { Statement } from '../../../contract/script-scanner'
import type { Session } from '../session/session'

const COMMITS = new Set(['commit', 'end'])

/**
 * Notes the id of the open transaction before a statement that commits it is sent: should the answer get lost, the server can be asked
 * how it ended. Costs one round trip; a server that cannot say it loses nothing else.
 */
export async function noteBeforeCommit(session: Session, statement: Statement): Promise<void> {
  const [first = '', second = ''] = statement.words
  const isCommit = COMMITS.has(first) || (first === 'prepare' && second === 'transaction')
  if (!isCommit || session.transactionStatus !== 'open') return
  await session.noteTransactionId()
}

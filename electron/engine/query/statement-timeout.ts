import type { Statement } from '../../../contract/script-scanner'
import type { Session } from '../session/session'

/** Sessions whose `statement_timeout` an earlier run has set. */
const limited = new WeakSet<Session>()

const TAKES_BACK = new Set(['rollback', 'abort', 'discard'])

/** True for a statement behind which a timeout may be gone that was set before it. */
export function takesSettingsBack(statement: Statement): boolean {
  return TAKES_BACK.has(statement.words[0] ?? '')
}

/**
 * Has the server stop statements of the session after so many milliseconds; null takes back what an earlier run has set, to the
 * profile's own timeout where it has one; undefined changes nothing. Said anew for each run, and within it: a rollback or DISCARD ALL
 * takes the setting back without a word. Behind a pooler, where it would be set for others, it holds for an open transaction alone.
 */
export async function applyStatementTimeout(session: Session, timeoutMs: number | null | undefined): Promise<void> {
  const status = session.transactionStatus
  if (timeoutMs === undefined || status === 'aborted') return
  if (session.server.facts.isPooled) {
    if (status === 'open') await session.query(`set local statement_timeout = ${timeoutMs ?? 'default'}`)
    return
  }
  if (timeoutMs !== null) {
    limited.add(session)
    // Not set_config(): a query would take the snapshot that SET TRANSACTION wants to come before.
    await session.query(`set statement_timeout = ${timeoutMs}`)
    return
  }
  if (!limited.has(session)) return
  const own = session.settings.statementTimeoutMs
  await session.query(own === null ? 'reset statement_timeout' : `set statement_timeout = ${own}`)
  if (status === 'none') limited.delete(session)
}

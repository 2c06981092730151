import type { SessionFacts } from '../../contract/session'
import type { TabQuery } from './tab-query'

/**
 * Which settings a tab's statements run without: what a pooler kept from its session, and the tab's own statement timeout where there is no
 * transaction that it could be set for.
 */
export function unsentOf(
  { unsentSettings, server }: Pick<SessionFacts, 'unsentSettings' | 'server'>,
  query: Pick<TabQuery, 'timeoutMs' | 'commitMode' | 'transaction'> | null,
): readonly string[] {
  if (!server.isPooled || query === null || query.timeoutMs === null) return unsentSettings
  const isInTransaction = query.commitMode === 'manual' || query.transaction.status !== 'none'
  const others = unsentSettings.filter((name) => name !== 'statement_timeout') // the tab's own is meant from now on
  return isInTransaction ? others : [...others, 'statement_timeout']
}

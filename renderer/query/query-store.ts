import { createStore } from 'zustand/vanilla'
import type { SessionId } from '../../contract/session'
import type { TabId } from '../../contract/workspace'
import { type ProfileRules, usualCommitMode } from './guard/profile-rules'
import { reduceQueries } from './reduce-query'
import { NEW_QUERY, type QueryEvent, type TabQuery } from './tab-query'

/** The queries of all tabs. */
export const queryStore = createStore<{
  /** What of the open profile decides how its tabs run; null while none is open. */
  readonly rules: ProfileRules | null
  /** A tab of the open profile in which nothing has been run. */
  readonly fresh: TabQuery
  readonly queries: ReadonlyMap<TabId, TabQuery>
  readonly happen: (tabId: TabId, event: QueryEvent) => void
  /** The same for many events at once. */
  readonly happenAll: (tabId: TabId, events: readonly QueryEvent[]) => void
  readonly forget: (tabId: TabId) => void
  readonly clear: () => void
  /** Notes the open profile, or that it has changed: tabs in which something was run or chosen stay as they are. */
  readonly noteRules: (rules: ProfileRules) => void
}>((set, get) => ({
  rules: null,
  fresh: NEW_QUERY,
  queries: new Map(),
  happen: (tabId, event) => get().happenAll(tabId, [event]),
  happenAll: (tabId, events) =>
    set(({ queries, fresh }) => ({
      queries: new Map(queries).set(tabId, reduceQueries(queries.get(tabId) ?? fresh, events)),
    })),
  forget: (tabId) =>
    set(({ queries }) => {
      const rest = new Map(queries)
      rest.delete(tabId)
      return { queries: rest }
    }),
  clear: () => set({ queries: new Map(), rules: null, fresh: NEW_QUERY }),
  noteRules: (rules) => {
    const commitMode = usualCommitMode(rules)
    const { fresh } = get()
    set({ rules, fresh: fresh.commitMode === commitMode ? fresh : { ...NEW_QUERY, commitMode } })
  },
}))

/** The query of a tab. */
export function queryOf(tabId: TabId): TabQuery {
  const { queries, fresh } = queryStore.getState()
  return queries.get(tabId) ?? fresh
}

/** The tab that a session belongs to. */
export function tabOfSession(sessionId: SessionId): TabId | null {
  for (const [tabId, { session }] of queryStore.getState().queries) {
    if (session.kind === 'open' && session.facts.sessionId === sessionId) return tabId
  }
  return null
}

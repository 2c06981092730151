import { createStore } from 'zustand/vanilla'
import type { SessionId } from '../../contract/session'
import type { TabId } from '../../contract/workspace'
import { reduceQueries } from './reduce-query'
import { NEW_QUERY, type QueryEvent, type TabQuery } from './tab-query'

/** The queries of all tabs. */
export const queryStore = createStore<{
  readonly queries: ReadonlyMap<TabId, TabQuery>
  readonly happen: (tabId: TabId, event: QueryEvent) => void
  /** The same for many events at once. */
  readonly happenAll: (tabId: TabId, events: readonly QueryEvent[]) => void
  readonly forget: (tabId: TabId) => void
  readonly clear: () => void
}>((set, get) => ({
  queries: new Map(),
  happen: (tabId, event) => get().happenAll(tabId, [event]),
  happenAll: (tabId, events) =>
    set(({ queries }) => ({
      queries: new Map(queries).set(tabId, reduceQueries(queries.get(tabId) ?? NEW_QUERY, events)),
    })),
  forget: (tabId) =>
    set(({ queries }) => {
      const rest = new Map(queries)
      rest.delete(tabId)
      return { queries: rest }
    }),
  clear: () => set({ queries: new Map() }),
}))

/** The query of a tab. */
export function queryOf(tabId: TabId): TabQuery {
  return queryStore.getState().queries.get(tabId) ?? NEW_QUERY
}

/** The tab that a session belongs to. */
export function tabOfSession(sessionId: SessionId): TabId | null {
  for (const [tabId, { session }] of queryStore.getState().queries) {
    if (session.kind === 'open' && session.facts.sessionId === sessionId) return tabId
  }
  return null
}

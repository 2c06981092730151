import { createStore } from 'zustand/vanilla'
import type { ProfileId } from '../../contract/profile'
import type { RunOptions } from '../../contract/run-options'
import type { Layout, TabHead, TabId, TabKind } from '../../contract/workspace'

/** A file tab whose text differs from the file; its text at opening is what a save expects to find. */
export interface FileState {
  /** The file's text as last read or written; null when the file did not exist. */
  readonly saved: string | null
  readonly isDirty: boolean
}

/** What is on the desk. */
export type WorkspaceSituation =
  | { readonly kind: 'closed' }
  | {
      readonly kind: 'open'
      readonly profileId: ProfileId
      readonly tabs: readonly TabHead[]
      readonly activeTabId: TabId | null
      readonly layout: Layout
      readonly files: ReadonlyMap<TabId, FileState>
    }

/** What happened to the desk. */
export type WorkspaceEvent =
  | {
      readonly type: 'opened'
      readonly profileId: ProfileId
      readonly tabs: readonly TabHead[]
      readonly activeTabId: TabId | null
      readonly layout: Layout | null
    }
  | { readonly type: 'closed' }
  | { readonly type: 'tabOpened'; readonly tab: TabHead; readonly file: FileState | null }
  | { readonly type: 'tabClosed'; readonly tabId: TabId }
  | { readonly type: 'tabChosen'; readonly tabId: TabId }
  | { readonly type: 'tabMoved'; readonly tabId: TabId; readonly to: number }
  | { readonly type: 'tabRenamed'; readonly tabId: TabId; readonly title: string }
  | { readonly type: 'runOptionsChosen'; readonly tabId: TabId; readonly runOptions: RunOptions }
  /** The tab edits something else from now on: it was saved under a name, or its file was renamed or removed. */
  | { readonly type: 'tabBound'; readonly tabId: TabId; readonly kind: TabKind; readonly title: string }
  | { readonly type: 'caretMoved'; readonly tabId: TabId; readonly caret: number }
  | { readonly type: 'fileRead'; readonly tabId: TabId; readonly file: FileState }
  | { readonly type: 'layoutChanged'; readonly change: Partial<Layout> }

/** Sizes of the mock: what a desk begins with. */
export const FIRST_LAYOUT: Layout = {
  explorerWidth: 240,
  isExplorerFolded: false,
  migrationsWidth: 332,
  isMigrationsFolded: false,
  editorShare: 0.45,
  isResultsFolded: false,
}

/** The next situation of the desk; events that do not fit it change nothing. */
export function reduceWorkspace(state: WorkspaceSituation, event: WorkspaceEvent): WorkspaceSituation {
  if (event.type === 'opened') {
    const { profileId, tabs, activeTabId, layout } = event
    return { kind: 'open', profileId, tabs, activeTabId, layout: layout ?? FIRST_LAYOUT, files: new Map() }
  }
  if (event.type === 'closed') return { kind: 'closed' }
  if (state.kind === 'closed') return state
  switch (event.type) {
    case 'tabOpened': {
      const files = new Map(state.files)
      if (event.file !== null) files.set(event.tab.tabId, event.file)
      const at = state.tabs.findIndex((tab) => tab.tabId === state.activeTabId) + 1
      const tabs = state.tabs.toSpliced(at === 0 ? state.tabs.length : at, 0, event.tab)
      return { ...state, tabs, files, activeTabId: event.tab.tabId }
    }
    case 'tabClosed': {
      const at = state.tabs.findIndex((tab) => tab.tabId === event.tabId)
      if (at < 0) return state
      const tabs = state.tabs.toSpliced(at, 1)
      const files = new Map(state.files)
      files.delete(event.tabId)
      const neighbour = tabs[Math.min(at, tabs.length - 1)]?.tabId ?? null
      return { ...state, tabs, files, activeTabId: state.activeTabId === event.tabId ? neighbour : state.activeTabId }
    }
    case 'tabChosen':
      return state.tabs.some((tab) => tab.tabId === event.tabId) ? { ...state, activeTabId: event.tabId } : state
    case 'tabMoved': {
      const from = state.tabs.findIndex((tab) => tab.tabId === event.tabId)
      const tab = state.tabs[from]
      const to = Math.max(0, Math.min(state.tabs.length - 1, event.to))
      if (tab === undefined || from === to) return state
      return { ...state, tabs: state.tabs.toSpliced(from, 1).toSpliced(to, 0, tab) }
    }
    case 'runOptionsChosen': {
      const { tabId, runOptions } = event
      return { ...state, tabs: withTab(state.tabs, tabId, (tab) => ({ ...tab, runOptions })) }
    }
    case 'tabRenamed':
      return { ...state, tabs: withTab(state.tabs, event.tabId, (tab) => ({ ...tab, title: event.title })) }
    case 'tabBound': {
      const { tabId, kind, title } = event
      const files = new Map(state.files)
      files.delete(tabId)
      return { ...state, files, tabs: withTab(state.tabs, tabId, (tab) => ({ ...tab, kind, title })) }
    }
    case 'caretMoved':
      return { ...state, tabs: withTab(state.tabs, event.tabId, (tab) => ({ ...tab, caret: event.caret })) }
    case 'fileRead':
      return { ...state, files: new Map(state.files).set(event.tabId, event.file) }
    case 'layoutChanged':
      return { ...state, layout: { ...state.layout, ...event.change } }
  }
}

function withTab(tabs: readonly TabHead[], id: TabId, change: (tab: TabHead) => TabHead): readonly TabHead[] {
  return tabs.map((tab) => (tab.tabId === id ? change(tab) : tab))
}

/** Title for the next query tab: the smallest number that no tab has. */
export function nextTitle(tabs: readonly TabHead[]): string {
  const taken = new Set(tabs.map((tab) => tab.title))
  for (let number = 1; ; number += 1) {
    const title = `Query ${number}`
    if (!taken.has(title)) return title
  }
}

/** The tab that edits the same file; undefined for free SQL and when none does. */
export function tabOfKind(tabs: readonly TabHead[], kind: TabKind): TabHead | undefined {
  switch (kind.type) {
    case 'query':
      return undefined
    case 'saved query':
      return tabs.find((tab) => tab.kind.type === 'saved query' && tab.kind.name === kind.name)
    case 'migration file':
      return tabs.find(
        (tab) =>
          tab.kind.type === 'migration file' && tab.kind.migration === kind.migration && tab.kind.file === kind.file,
      )
  }
}

/** The desk of the open profile. */
export const workspaceStore = createStore<{
  readonly situation: WorkspaceSituation
  readonly happen: (event: WorkspaceEvent) => void
}>((set) => ({
  situation: { kind: 'closed' },
  happen: (event) => set((state) => ({ situation: reduceWorkspace(state.situation, event) })),
}))

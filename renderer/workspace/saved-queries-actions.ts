import { createStore } from 'zustand/vanilla'
import type { Failure } from '../../contract/failure'
import type { ProfileId } from '../../contract/profile'
import type { SavedQueryExpected, SavedQueryListing, SavedQueryWritten } from '../../contract/saved-query'
import type { TabHead } from '../../contract/workspace'
import { askShell, request } from '../bridge'
import { draftText } from './drafts'
import { bindTab, noteFile, openTab } from './workspace-actions'
import { workspaceStore } from './workspace-store'

/** The saved queries of the open profile; null until they were read. */
export const savedQueriesStore = createStore<{
  readonly listing: SavedQueryListing | null
  readonly failure: Failure | null
}>(() => ({ listing: null, failure: null }))

let lastAsked = 0

/** Reads the folder; what is shown stays until the answer is there. */
export async function loadSavedQueries(profileId: ProfileId): Promise<void> {
  lastAsked += 1
  const asked = lastAsked
  const reply = await request('savedQuery.list', { profileId })
  if (asked !== lastAsked) return
  savedQueriesStore.setState(reply.ok ? { listing: reply.value, failure: null } : { failure: reply.failure })
}

/** Forgets what was shown: the profile was closed. */
export function forgetSavedQueries(): void {
  lastAsked += 1
  savedQueriesStore.setState({ listing: null, failure: null })
}

/** Opens a saved query in its tab; a failure when it cannot be read. */
export async function openSavedQuery(profileId: ProfileId, name: string): Promise<Failure | null> {
  const reply = await request('savedQuery.read', { profileId, name })
  if (!reply.ok) return reply.failure
  const text = reply.value
  openTab({ kind: { type: 'saved query', name }, text, title: name, file: { saved: text, isDirty: false } })
  return null
}

/** Writes a tab's text under a name and binds the tab to that file; otherwise tells why not, or what is there instead. */
export async function saveQuery(
  tab: TabHead,
  name: string,
  expected: SavedQueryExpected,
): Promise<SavedQueryWritten | Failure> {
  const { situation } = workspaceStore.getState()
  if (situation.kind === 'closed') return { outcome: 'written' }
  const text = draftText(tab.tabId)
  const reply = await request('savedQuery.write', { profileId: situation.profileId, name, text, expected })
  if (!reply.ok) return reply.failure
  if (reply.value.outcome === 'written') {
    for (const other of situation.tabs) {
      // What another tab has of the replaced file is free SQL from now on.
      if (other.tabId !== tab.tabId && isBound(other, name)) bindTab(other.tabId, { type: 'query' }, other.title)
    }
    if (!isBound(tab, name)) bindTab(tab.tabId, { type: 'saved query', name }, name)
    noteFile(tab.tabId, { saved: text, isDirty: draftText(tab.tabId) !== text })
  }
  return reply.value
}

/** What a tab of a saved query believes is on the disk. */
export function expectedOf(tab: TabHead): SavedQueryExpected {
  const { situation } = workspaceStore.getState()
  const saved = situation.kind === 'open' ? (situation.files.get(tab.tabId)?.saved ?? null) : null
  return saved === null ? { kind: 'nothing' } : { kind: 'text', text: saved }
}

/** Gives a saved query another name, and its tab with it; null when it worked. */
export async function renameSavedQuery(name: string, to: string): Promise<Failure | null> {
  const { situation } = workspaceStore.getState()
  if (situation.kind === 'closed') return null
  const reply = await request('savedQuery.rename', { profileId: situation.profileId, name, to })
  if (!reply.ok) return reply.failure
  for (const tab of situation.tabs) {
    if (!isBound(tab, name)) continue
    const file = situation.files.get(tab.tabId)
    bindTab(tab.tabId, { type: 'saved query', name: to }, to)
    if (file !== undefined) noteFile(tab.tabId, file)
  }
  return null
}

/** Deletes the file of a saved query; its open tab keeps the text. Null when it worked. */
export async function removeSavedQuery(name: string): Promise<Failure | null> {
  const { situation } = workspaceStore.getState()
  if (situation.kind === 'closed') return null
  const reply = await request('savedQuery.remove', { profileId: situation.profileId, name })
  if (!reply.ok) return reply.failure
  for (const tab of situation.tabs) if (isBound(tab, name)) bindTab(tab.tabId, { type: 'query' }, tab.title)
  return null
}

/** Lets the user choose the project's folder with migrations, beside which queries are saved. */
export async function chooseProjectFolder(profileId: ProfileId): Promise<void> {
  await askShell('dialog.chooseMigrationFolder', { profileId })
}

function isBound(tab: TabHead, name: string): boolean {
  return tab.kind.type === 'saved query' && tab.kind.name === name
}

import type { Failure } from '../../contract/failure'
import type { ProfileId } from '../../contract/profile'
import type { RunOptions } from '../../contract/run-options'
import { type Layout, type TabHead, type TabId, type TabKind, tabId as tabIdSchema } from '../../contract/workspace'
import { request } from '../bridge'
import { draftText, flushDrafts, forgetDraft, openDrafts, resendDrafts, writeDraft } from './drafts'
import { type FileState, nextTitle, tabOfKind, workspaceStore } from './workspace-store'

const { getState } = workspaceStore

let layoutTimer = 0
let headsTimer = 0

/** Brings back tabs, texts and layout of a profile; null when it worked. */
export async function openWorkspace(profileId: ProfileId): Promise<Failure | null> {
  const reply = await request('workspace.read', { profileId })
  if (!reply.ok) return reply.failure
  const { tabs, activeTabId, layout } = reply.value
  openDrafts(profileId, tabs)
  const heads = tabs.map(({ text: _text, ...head }) => head)
  getState().happen({ type: 'opened', profileId, tabs: heads, activeTabId, layout })
  if (heads.length === 0) openTab({ kind: { type: 'query' }, text: '' })
  return null
}

/** Puts the desk away; everything has been written. */
export function closeWorkspace(): void {
  flushDrafts()
  getState().happen({ type: 'closed' })
}

/** What a new tab begins with. */
export interface NewTab {
  readonly kind: TabKind
  readonly text: string
  readonly title?: string
  readonly file?: FileState
}

/** Opens a tab behind the active one and makes it active; a file that is open already is only chosen. */
export function openTab(wanted: NewTab): TabId | null {
  const { situation, happen } = getState()
  if (situation.kind === 'closed') return null
  const there = tabOfKind(situation.tabs, wanted.kind)
  if (there !== undefined) {
    happen({ type: 'tabChosen', tabId: there.tabId })
    writeHeads()
    return there.tabId
  }
  const tabId = tabIdSchema.parse(crypto.randomUUID())
  const title = wanted.title ?? nextTitle(situation.tabs)
  const tab: TabHead = { tabId, title, kind: wanted.kind, caret: 0 }
  happen({ type: 'tabOpened', tab, file: wanted.file ?? null })
  writeHeads()
  writeDraft(tabId, wanted.text)
  return tabId
}

/** Closes a tab and forgets its text; the last one leaves an empty tab behind. */
export function closeTab(tabId: TabId): void {
  getState().happen({ type: 'tabClosed', tabId })
  forgetDraft(tabId)
  const { situation } = getState()
  if (situation.kind === 'open' && situation.tabs.length === 0) openTab({ kind: { type: 'query' }, text: '' })
  else writeHeads()
}

/** Makes a tab the active one. */
export function chooseTab(tabId: TabId): void {
  getState().happen({ type: 'tabChosen', tabId })
  writeHeads()
}

/** Makes the n-th tab active, from 1; 9 means the last. */
export function chooseTabNumber(number: number): void {
  const { situation } = getState()
  if (situation.kind === 'closed') return
  const tab = number === 9 ? situation.tabs.at(-1) : situation.tabs[number - 1]
  if (tab !== undefined) chooseTab(tab.tabId)
}

/** Makes the next tab active, or the one before with -1. */
export function chooseNextTab(step: 1 | -1): void {
  const { situation } = getState()
  if (situation.kind === 'closed') return
  const at = situation.tabs.findIndex((tab) => tab.tabId === situation.activeTabId)
  const tab = situation.tabs.at((at + step) % situation.tabs.length)
  if (tab !== undefined) chooseTab(tab.tabId)
}

/** Moves a tab to a place, from 0. */
export function moveTab(tabId: TabId, to: number): void {
  getState().happen({ type: 'tabMoved', tabId, to })
  writeHeads()
}

/** Gives a tab another title; an empty one changes nothing. */
export function renameTab(tabId: TabId, title: string): void {
  const trimmed = title.trim().slice(0, 200)
  if (trimmed === '') return
  getState().happen({ type: 'tabRenamed', tabId, title: trimmed })
  writeHeads()
}

/** Binds a tab to another file, or to none. */
export function bindTab(tabId: TabId, kind: TabKind, title: string): void {
  getState().happen({ type: 'tabBound', tabId, kind, title })
  writeHeads()
}

/** Notes how a tab's runs behave from now on. */
export function noteRunOptions(tabId: TabId, runOptions: RunOptions): void {
  getState().happen({ type: 'runOptionsChosen', tabId, runOptions })
  writeHeads()
}

/** Notes where the caret stands; written with the next heads. */
export function noteCaret(tabId: TabId, caret: number): void {
  getState().happen({ type: 'caretMoved', tabId, caret })
  window.clearTimeout(headsTimer)
  headsTimer = window.setTimeout(writeHeads, 700)
}

/** Notes what a file held when it was read or written, and whether the tab differs from it. */
export function noteFile(tabId: TabId, file: FileState): void {
  getState().happen({ type: 'fileRead', tabId, file })
}

/** Changes sizes or folds; written when they rest. */
export function changeLayout(change: Partial<Layout>): void {
  getState().happen({ type: 'layoutChanged', change })
  window.clearTimeout(layoutTimer)
  layoutTimer = window.setTimeout(() => {
    const { situation } = getState()
    if (situation.kind === 'closed') return
    const { profileId, layout } = situation
    void request('workspace.writeLayout', { profileId, layout })
  }, 300)
}

/** Writes everything again: the engine was restarted and may have missed the last second. */
export function rewriteWorkspace(): void {
  writeHeads()
  resendDrafts()
}

/** Reads the file of a tab and notes whether the tab's text differs. */
export async function compareWithFile(tab: TabHead): Promise<void> {
  const { situation } = getState()
  if (situation.kind === 'closed') return
  const { profileId } = situation
  if (tab.kind.type === 'saved query') {
    const read = await request('savedQuery.read', { profileId, name: tab.kind.name })
    // A file that has gone is written anew by the next save.
    const text = read.ok ? read.value : null
    noteFile(tab.tabId, { saved: text, isDirty: text !== draftText(tab.tabId) })
    return
  }
  if (tab.kind.type !== 'migration file') return
  const reply = await request('migration.read', { profileId, name: tab.kind.migration })
  if (!reply.ok) return
  const saved = tab.kind.file === 'up' ? reply.value.up : reply.value.down
  noteFile(tab.tabId, { saved, isDirty: saved !== draftText(tab.tabId) })
}

/** Writes a tab's text to its migration file; null when it worked. */
export async function saveFile(tab: TabHead): Promise<Failure | null> {
  const { situation } = getState()
  if (situation.kind === 'closed' || tab.kind.type !== 'migration file') return null
  const { profileId, files } = situation
  const text = draftText(tab.tabId)
  const reply = await request('migration.write', {
    profileId,
    name: tab.kind.migration,
    file: tab.kind.file,
    text,
    expected: files.get(tab.tabId)?.saved ?? null,
  })
  if (!reply.ok) return reply.failure
  noteFile(tab.tabId, { saved: text, isDirty: draftText(tab.tabId) !== text })
  return null
}

function writeHeads(): void {
  window.clearTimeout(headsTimer)
  const { situation } = getState()
  if (situation.kind === 'closed') return
  const { profileId, tabs, activeTabId } = situation
  void request('workspace.writeTabs', { profileId, tabs: [...tabs], activeTabId })
}

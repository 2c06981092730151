import { failureMessage } from '../contract/failure'
import type { MigrationTexts } from '../contract/migration'
import type { Profile, ProfileId } from '../contract/profile'
import type { SessionFacts } from '../contract/session'
import type { TabHead, TabId } from '../contract/workspace'
import { appStore, showOverlay } from './app-store'
import { onEngineEvent, onShellEvent, request } from './bridge'
import { refreshCatalog } from './catalog/explore'
import type { OpenedRelation } from './catalog/explorer'
import { forgetExplorer } from './catalog/explorer-store'
import { quoteName } from './catalog/quote-name'
import { checkDrift, forgetDrift } from './migration/drift-store'
import { refreshMigrations } from './migration/load-migrations'
import { refreshLog } from './migration/log-actions'
import type { OpenPlace } from './migration/migration-panel'
import { forgetMigrations } from './migration/migration-store'
import { openMigrations } from './migration/run-migrations'
import { forgetRehearsals } from './migration/run-rehearsal'
import { endLossWatch } from './migration/watch-losses'
import { openProfile } from './profile/profile-actions'
import type { QueryControls } from './query/query-pane'
import { queryOf, queryStore } from './query/query-store'
import { restoreQueries } from './query/restore-queries'
import {
  endQuery,
  endTransaction,
  forgetQueries,
  onRunOptions,
  restoreRunOptions,
  runQuery,
  watchSessions,
} from './query/run-query'
import { draftText, flushDrafts } from './workspace/drafts'
import { refreshHistory } from './workspace/history-actions'
import { tellHistory } from './workspace/history-store'
import {
  expectedOf,
  forgetSavedQueries,
  loadSavedQueries,
  openSavedQuery,
  saveQuery,
} from './workspace/saved-queries-actions'
import {
  changeLayout,
  chooseTab,
  closeTab,
  closeWorkspace,
  compareWithFile,
  noteRunOptions,
  openTab,
  openWorkspace,
  rewriteWorkspace,
  saveFile,
} from './workspace/workspace-actions'
import { askInDialog } from './workspace/workspace-dialog-store'
import { workspaceStore } from './workspace/workspace-store'

const { noteRules } = queryStore.getState()

/** The query pane's controls, while it is there. */
let controls: QueryControls | null = null
/** Where to put the caret once a tab is shown. */
let pendingPlace: { readonly tabId: TabId; readonly place: OpenPlace } | null = null

/** Rows of a relation that opening it shows. */
const FIRST_ROWS = 500

/** Titles and texts of tabs that were closed, the last one at the end. */
const closedTabs: { readonly head: TabHead; readonly text: string }[] = []
const CLOSED_KEPT = 50

/** Notes the controls of the query pane. */
export function noteControls(value: QueryControls | null): void {
  controls = value
  showPendingPlace()
}

/** The query pane's controls; null while no tab is shown. */
export function queryControls(): QueryControls | null {
  return controls
}

/** Follows what the engine and the shell announce, for as long as the window lives. */
export function followEngine(): void {
  watchSessions()
  onRunOptions(noteRunOptions)
  onEngineEvent('catalog.changed', ({ profileId }) => {
    void refreshCatalog(profileId)
    void checkDrift(profileId)
  })
  onEngineEvent('migration.changed', ({ profileId }) => {
    void refreshMigrations(profileId)
    refreshLog(profileId)
    if (isOpen(profileId)) void loadSavedQueries(profileId) // they are beside the migrations, wherever those are now
  })
  onEngineEvent('server.changed', ({ profileId, server }) => {
    const { opened } = appStore.getState()
    if (opened?.profile.id !== profileId) return
    appStore.setState({ opened: { ...opened, facts: { ...opened.facts, server } } })
    void refreshMigrations(profileId)
  })
  onEngineEvent('savedQuery.changed', ({ profileId }) => {
    if (isOpen(profileId)) void loadSavedQueries(profileId)
  })
  onEngineEvent('history.changed', refreshShownHistory)
  onEngineEvent('profile.changed', () => void rereadProfile())
  onShellEvent('engine.restarted', () => void reopenAfterRestart())
  // What another program changed shows when the window is looked at again.
  window.addEventListener('focus', () => {
    const { opened } = appStore.getState()
    if (opened === null) return
    void request('catalog.check', { profileId: opened.profile.id })
    void refreshMigrations(opened.profile.id)
    void loadSavedQueries(opened.profile.id)
  })
  window.addEventListener('pagehide', flushDrafts)
  window.addEventListener('beforeunload', flushDrafts)
}

/** Puts a profile's desk into the window. */
export async function enterProfile(profile: Profile, facts: SessionFacts): Promise<void> {
  await leaveProfile()
  const failure = await openWorkspace(profile.id)
  if (failure !== null) showOverlay({ kind: 'failure', title: 'The tabs could not be read', failure })
  appStore.setState({ opened: { profile, facts } })
  noteRules(profile)
  void openMigrations(profile.id)
  void loadSavedQueries(profile.id)
  const { situation } = workspaceStore.getState()
  if (situation.kind === 'closed') return
  for (const tab of situation.tabs) {
    void compareWithFile(tab)
    if (tab.runOptions !== undefined) restoreRunOptions(tab.tabId, tab.runOptions)
  }
}

/** Takes up the profile that was open when the window was reloaded, with its tabs, sessions and runs; nothing when none was. */
export async function restoreProfile(): Promise<void> {
  const found = await request('profile.opened', {})
  if (!found.ok || found.value === null) return
  const opened = await openProfile(found.value)
  if (!opened.ok) return
  await enterProfile(opened.profile, opened.facts)
  const { situation } = workspaceStore.getState()
  if (situation.kind === 'closed') return
  await restoreQueries(
    opened.profile.id,
    situation.tabs.map((tab) => tab.tabId),
  )
}

/** Ends the sessions of the open profile and goes back to the welcome screen. */
export async function leaveProfile(): Promise<void> {
  const { opened } = appStore.getState()
  if (opened === null) return
  closeWorkspace()
  forgetQueries()
  endLossWatch(opened.profile.id)
  appStore.setState({ opened: null })
  forgetExplorer(opened.profile.id)
  forgetMigrations(opened.profile.id)
  forgetRehearsals(opened.profile.id)
  forgetDrift(opened.profile.id)
  forgetSavedQueries()
  tellHistory({ type: 'closed' })
  await request('profile.close', { profileId: opened.profile.id })
}

/** Opens a new tab. */
export function newTab(): void {
  openTab({ kind: { type: 'query' }, text: '' })
  controls?.editor?.focus()
}

/** Opens a text in a new tab, to be read before it is run. */
export function openText(text: string): void {
  openTab({ kind: { type: 'query' }, text })
  controls?.editor?.focus()
}

/** Puts a text at the caret of the shown tab. */
export function insertIntoEditor(text: string): void {
  controls?.editor?.insert(text)
  controls?.editor?.focus()
}

/** Opens a saved query in its tab; shows why when it cannot be read. */
export async function openQueryFile(name: string): Promise<void> {
  const { opened } = appStore.getState()
  if (opened === null) return
  const failure = await openSavedQuery(opened.profile.id, name)
  if (failure !== null) showOverlay({ kind: 'failure', title: `${name}.sql could not be opened`, failure })
  else controls?.editor?.focus()
}

/** Asks for a name for the shown tab's text, and saves it. */
export function saveShownQuery(): void {
  const { situation } = workspaceStore.getState()
  if (situation.kind === 'closed') return
  const tab = situation.tabs.find((one) => one.tabId === situation.activeTabId)
  if (tab !== undefined) askInDialog({ kind: 'save query', tab })
}

/** Shows one of the left side's panels. */
export function showLeftPanel(leftPanel: 'explorer' | 'queries' | 'history'): void {
  changeLayout({ isExplorerFolded: false, leftPanel })
  if (leftPanel === 'history') tellHistory({ type: 'focusAsked' })
}

/** Asks for another title of a tab; a saved query's is the name of its file. */
export function askToRename(tab: TabHead): void {
  if (tab.kind.type === 'saved query') askInDialog({ kind: 'rename query', name: tab.kind.name })
  else showOverlay({ kind: 'rename', tab })
}

/** Opens the first rows of a relation in a new tab and runs it. */
export function openRelation(relation: OpenedRelation): void {
  const { opened } = appStore.getState()
  if (opened === null) return
  const name = `${quoteName(relation.schema)}.${quoteName(relation.name)}`
  const text =
    relation.kind === 'sequence' ? `select * from ${name};\n` : `select * from ${name} limit ${FIRST_ROWS};\n`
  const title = `${relation.schema}.${relation.name}`.slice(0, 200)
  const tabId = openTab({ kind: { type: 'query' }, text, title })
  if (tabId !== null) void runQuery({ tabId, profileId: opened.profile.id, script: text, range: null })
}

/** Opens one of a migration's files in a tab, at a place when one is given. */
export function openMigrationFile(texts: MigrationTexts, asked: 'up' | 'down', place?: OpenPlace): void {
  // Where one file holds both directions, two tabs of it would overwrite each other.
  const file = texts.upFile === texts.downFile ? 'up' : asked
  const saved = file === 'up' ? texts.up : texts.down
  const tabId = openTab({
    kind: { type: 'migration file', migration: texts.name, file },
    text: saved ?? '',
    title: file === 'up' ? texts.upFile : texts.downFile,
    file: { saved, isDirty: false },
  })
  if (tabId === null || place === undefined) return
  pendingPlace = { tabId, place }
  showPendingPlace()
}

/** Puts the caret where a failed migration points, once its tab is the shown one. */
export function showPendingPlace(): void {
  const { situation } = workspaceStore.getState()
  const editor = controls?.editor
  if (pendingPlace === null || editor === null || editor === undefined || situation.kind === 'closed') return
  if (situation.activeTabId !== pendingPlace.tabId) return
  const { place } = pendingPlace
  pendingPlace = null
  // The editor shows the tab in this frame's layout effects.
  requestAnimationFrame(() => {
    const offset = editor.offsetAt(place.line, place.column)
    editor.reveal(offset)
    if (place.failure !== null) editor.markPlace(offset, failureMessage(place.failure))
    editor.focus()
  })
}

/** Closes a tab; asks first when that would lose an open transaction or unsaved text of a file. */
export function askToCloseTab(tabId: TabId): void {
  const { situation } = workspaceStore.getState()
  if (situation.kind === 'closed') return
  const tab = situation.tabs.find((one) => one.tabId === tabId)
  if (tab === undefined) return
  if (queryOf(tabId).transaction.status !== 'none') showOverlay({ kind: 'closing', tab, loses: 'transaction' })
  else if (situation.files.get(tabId)?.isDirty === true) showOverlay({ kind: 'closing', tab, loses: 'text' })
  else closeForGood(tab)
}

/** Closes a tab whatever it holds; its text can be brought back while the window lives. */
export function closeForGood(tab: TabHead): void {
  closedTabs.push({ head: tab, text: draftText(tab.tabId) })
  if (closedTabs.length > CLOSED_KEPT) closedTabs.shift()
  controls?.editor?.forget(tab.tabId)
  closeTab(tab.tabId)
  void endQuery(tab.tabId)
}

/** Brings back the tab that was closed last. */
export function reopenTab(): void {
  const last = closedTabs.pop()
  if (last === undefined) return
  const { head, text } = last
  const tabId = openTab({ kind: head.kind, text, title: head.title })
  if (tabId !== null) void compareWithFile({ ...head, tabId })
}

/** True when a closed tab can be brought back. */
export function canReopenTab(): boolean {
  return closedTabs.length > 0
}

/** Ends the transaction of a tab, then closes it; a COMMIT that failed, or that the server answered with ROLLBACK, keeps the tab. */
export async function endAndClose(tab: TabHead, command: 'commit' | 'rollback'): Promise<void> {
  const { opened } = appStore.getState()
  showOverlay({ kind: 'none' })
  if (opened === null) return
  await endTransaction(tab.tabId, opened.profile.id, command)
  const { run, statements } = queryOf(tab.tabId)
  const isDone = run.kind === 'complete' && statements.at(-1)?.commandTag === command.toUpperCase()
  if (isDone) askToCloseTab(tab.tabId)
}

/** Ends the transaction of a tab that blocks a migration; shows the tab when the server did not do as asked. */
export async function endBlockingTab(tabId: TabId, command: 'commit' | 'rollback'): Promise<void> {
  const { opened } = appStore.getState()
  if (opened === null) return
  await endTransaction(tabId, opened.profile.id, command)
  const { run, statements } = queryOf(tabId)
  if (run.kind !== 'complete' || statements.at(-1)?.commandTag !== command.toUpperCase()) chooseTab(tabId)
}

/** Saves the file of a tab; shows why when it could not be written. Free SQL is asked for a name. True when it was written. */
export async function saveTab(tab: TabHead): Promise<boolean> {
  if (tab.kind.type === 'saved query') return saveBoundQuery(tab, tab.kind.name)
  if (tab.kind.type === 'query') {
    askInDialog({ kind: 'save query', tab })
    return false
  }
  const failure = await saveFile(tab)
  if (failure !== null) showOverlay({ kind: 'failure', title: `${tab.title} was not saved`, failure })
  const { opened } = appStore.getState()
  if (opened !== null) void refreshMigrations(opened.profile.id)
  return failure === null
}

async function saveBoundQuery(tab: TabHead, name: string): Promise<boolean> {
  const answer = await saveQuery(tab, name, expectedOf(tab))
  if ('kind' in answer) showOverlay({ kind: 'failure', title: `${name}.sql was not saved`, failure: answer })
  else if (answer.outcome === 'different') askInDialog({ kind: 'query changed', tab, name, there: answer.there })
  return !('kind' in answer) && answer.outcome === 'written'
}

/** A panel out of sight asks when it comes into sight. */
function refreshShownHistory(): void {
  const { opened } = appStore.getState()
  const { situation } = workspaceStore.getState()
  if (opened === null || situation.kind === 'closed') return
  const { leftPanel, isExplorerFolded } = situation.layout
  if (leftPanel === 'history' && !isExplorerFolded) void refreshHistory(opened.profile.id)
}

function isOpen(profileId: ProfileId): boolean {
  return appStore.getState().opened?.profile.id === profileId
}

async function rereadProfile(): Promise<void> {
  const { opened } = appStore.getState()
  if (opened === null) return
  const reply = await request('profile.list', {})
  const profile = reply.ok ? reply.value.find((one) => one.id === opened.profile.id) : undefined
  if (profile === undefined) return
  appStore.setState({ opened: { ...opened, profile } })
  noteRules(profile)
  // What can be applied depends on it.
  if (profile.settings.isReadOnly !== opened.profile.settings.isReadOnly) void refreshMigrations(profile.id)
}

async function reopenAfterRestart(): Promise<void> {
  const { opened } = appStore.getState()
  if (opened === null) return
  rewriteWorkspace()
  const reply = await request('profile.open', { profileId: opened.profile.id })
  if (reply.ok) appStore.setState({ opened: { ...opened, facts: reply.value } })
  void refreshCatalog(opened.profile.id)
  void openMigrations(opened.profile.id)
  void loadSavedQueries(opened.profile.id)
  refreshShownHistory()
}

import { type ReactNode, useEffect } from 'react'
import { useStore } from 'zustand'
import type { LintFinding } from '../contract/lint'
import type { ProfileId } from '../contract/profile'
import type { TabHead, TabId } from '../contract/workspace'
import { queryControls } from './app-actions'
import { forgetTabFindings, lintStore, lintTab } from './migration/lint-store'
import { LintStrip } from './migration/lint-strip'
import { draftText } from './workspace/drafts'
import { workspaceStore } from './workspace/workspace-store'

/** Checks a tab's text again after an edit, if it holds a migration file. */
export function lintAgain(profileId: ProfileId, tab: TabHead | undefined, read: () => string): void {
  if (tab?.kind.type === 'migration file') lintTab(profileId, tab.tabId, { part: tab.kind.file, name: tab.title }, read)
}

/** Marks in the editor what was found in the shown tab's text. */
export function showShownFindings(): void {
  const editor = queryControls()?.editor
  const { situation } = workspaceStore.getState()
  if (editor == null || situation.kind === 'closed') return
  const found = situation.activeTabId === null ? undefined : lintStore.getState().tabs.get(situation.activeTabId)
  editor.showFindings(found?.text ?? null, found?.report.findings ?? [])
}

/** What was found in the shown migration file, below it; nothing below other tabs. */
export function ShownFindings(props: { readonly profileId: ProfileId; readonly tab: TabHead | undefined }): ReactNode {
  const { profileId, tab } = props
  const found = useStore(lintStore, ({ tabs }) => (tab === undefined ? undefined : tabs.get(tab.tabId)))
  const tabId = tab?.tabId
  const file = tab?.kind.type === 'migration file' ? tab.kind.file : null
  const title = tab?.title ?? ''
  useEffect(() => {
    if (tabId === undefined || file === null) return
    lintTab(profileId, tabId, { part: file, name: title }, () => draftText(tabId), 0)
  }, [profileId, tabId, file, title])
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tab, or another report, is to be shown
  useEffect(() => {
    // The editor shows the tab in this frame's layout effects.
    const frame = requestAnimationFrame(showShownFindings)
    return () => cancelAnimationFrame(frame)
  }, [tabId, found])
  if (file === null) return null
  const editor = () => queryControls()?.editor
  const show = (finding: LintFinding) => {
    editor()?.reveal(finding.from)
  }
  return (
    <LintStrip
      key={tabId}
      report={found?.report ?? null}
      onShow={show}
      onFix={(finding) => editor()?.applyFix(finding)}
      onSwitchOff={(finding) => editor()?.switchOff(finding)}
    />
  )
}

/** Forgets the findings of tabs that were closed, for as long as the window lives. */
export function forgetClosedFindings(): () => void {
  return workspaceStore.subscribe(({ situation }) => {
    const open = new Set<TabId>(situation.kind === 'closed' ? [] : situation.tabs.map(({ tabId }) => tabId))
    for (const tabId of lintStore.getState().tabs.keys()) if (!open.has(tabId)) forgetTabFindings(tabId)
  })
}

import type { TabHead } from '../contract/workspace'
import { appStore, showOverlay } from './app-store'
import { askShell, onShellEvent } from './bridge'
import { queryOf, queryStore } from './query/query-store'
import { endTransaction } from './query/run-query'
import { chooseTab } from './workspace/workspace-actions'
import { workspaceStore } from './workspace/workspace-store'

/** A tab whose transaction would be lost with its session. */
export interface OpenTransaction {
  readonly tab: TabHead
  readonly status: 'open' | 'aborted'
  /** A statement still runs in it: it cannot be committed now. */
  readonly isRunning: boolean
}

/** The tabs with an open or aborted transaction, in their order. */
export function openTransactions(): readonly OpenTransaction[] {
  const { situation } = workspaceStore.getState()
  if (situation.kind === 'closed') return []
  return situation.tabs.flatMap((tab) => {
    const { transaction, run } = queryOf(tab.tabId)
    const { status } = transaction
    return status === 'none' ? [] : [{ tab, status, isRunning: run.kind === 'running' }]
  })
}

/** Does something that ends every session; asks first when that would lose open transactions. */
export function askToLeave(what: 'window' | 'connection', proceed: () => void): void {
  if (openTransactions().length === 0) proceed()
  else showOverlay({ kind: 'leaving', what, proceed })
}

/** Commits every open transaction, then proceeds; stays in the first tab whose transaction the server did not commit. */
export async function commitAndLeave(proceed: () => void): Promise<void> {
  const { opened } = appStore.getState()
  showOverlay({ kind: 'none' })
  if (opened === null) return
  for (const { tab, status } of openTransactions()) {
    if (status === 'aborted') continue // the server rolls it back with its session
    await endTransaction(tab.tabId, opened.profile.id, 'commit')
    if (queryOf(tab.tabId).transaction.status !== 'none' || queryOf(tab.tabId).run.kind !== 'complete') {
      chooseTab(tab.tabId)
      return
    }
  }
  proceed()
}

/** Lets the shell ask before the window is closed, for as long as there is a transaction to lose. Answers with how to stop. */
export function guardWindow(): () => void {
  let isGuarded = false
  const tell = () => {
    const now = openTransactions().length > 0
    if (now === isGuarded) return
    isGuarded = now
    void askShell('window.guard', { isGuarded })
  }
  const closeForGood = () => void askShell('window.closeForGood', {})
  const stops = [
    queryStore.subscribe(tell),
    workspaceStore.subscribe(tell),
    onShellEvent('window.closing', () => {
      void askShell('window.hold', {})
      askToLeave('window', closeForGood)
    }),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import type { LintReport } from '../../contract/lint'
import type { MigrationTexts } from '../../contract/migration'
import type { ProfileId } from '../../contract/profile'
import type { TabId } from '../../contract/workspace'
import { request } from '../bridge'

/** What was found in a text that a tab had. */
export interface TabFindings {
  readonly text: string
  readonly report: LintReport
}

interface LintState {
  /** By tab: what was found last. */
  readonly tabs: ReadonlyMap<TabId, TabFindings>
  /** What was found in the files of the selected migration. */
  readonly selected: {
    readonly texts: MigrationTexts
    readonly up: LintReport | null
    readonly down: LintReport | null
  } | null
}

const REST_MS = 250

/** What the check of migration files found. */
export const lintStore = createStore<LintState>(() => ({ tabs: new Map(), selected: null }))

let lastTexts = 0
const waiting = new Map<TabId, { readonly timer: number }>()

/** Checks the text of a tab with a migration file, once it rests; the answer is dropped when it was edited meanwhile. */
export function lintTab(
  profileId: ProfileId,
  tabId: TabId,
  file: 'up' | 'down',
  read: () => string,
  restMs: number = REST_MS,
): void {
  window.clearTimeout(waiting.get(tabId)?.timer)
  const mine = { timer: window.setTimeout(() => void check(), restMs) }
  waiting.set(tabId, mine)
  const check = async () => {
    const text = read()
    const reply = await request('migration.lint', { profileId, file, text })
    // Edited meanwhile: the next check is on its way.
    if (waiting.get(tabId) !== mine) return
    waiting.delete(tabId)
    if (!reply.ok) return
    const tabs = new Map(lintStore.getState().tabs).set(tabId, { text, report: reply.value })
    lintStore.setState({ tabs })
  }
}

/** Forgets what was found in a tab: it was closed, or holds no migration any more. */
export function forgetTabFindings(tabId: TabId): void {
  window.clearTimeout(waiting.get(tabId)?.timer)
  waiting.delete(tabId)
  const tabs = new Map(lintStore.getState().tabs)
  if (tabs.delete(tabId)) lintStore.setState({ tabs })
}

/** Checks the files of the selected migration. */
export async function lintTexts(profileId: ProfileId, texts: MigrationTexts): Promise<void> {
  const { upFile, downFile } = texts
  // Where one file holds both directions, or is no SQL, its text is no script.
  const isScript = upFile !== downFile && upFile.endsWith('.sql')
  const check = async (file: 'up' | 'down', text: string | null) => {
    const reply = text === null || !isScript ? null : await request('migration.lint', { profileId, file, text })
    return reply?.ok === true ? reply.value : null
  }
  lastTexts += 1
  const mine = lastTexts
  const [up, down] = await Promise.all([check('up', texts.up), check('down', texts.down)])
  if (mine !== lastTexts) return
  lintStore.setState({ selected: { texts, up, down } })
}

/** What was found in the files of the selected migration; null while another one was checked last. */
export function useSelectedFindings(name: string): LintState['selected'] {
  return useStore(lintStore, ({ selected }) => (selected?.texts.name === name ? selected : null))
}

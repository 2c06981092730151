import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import type { LintReport } from '../../contract/lint'
import type { MigrationPlan, MigrationStep, MigrationTexts } from '../../contract/migration'
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
  /** By step of the plan that is shown. */
  readonly plan: PlanFindings | null
}

/** Findings by direction and name. */
interface PlanFindings {
  readonly digest: string
  readonly counts: ReadonlyMap<string, number>
}

/** The files of a longer plan are not all read for their counts. */
const MOST_STEPS = 30
/** Of a longer text the engine checks the beginning, and says so: a little more than that is sent. */
const MOST_UNITS = 4 * 1024 * 1024 + 1
const REST_MS = 250

/** What the check of migration files found. */
export const lintStore = createStore<LintState>(() => ({ tabs: new Map(), selected: null, plan: null }))

let lastTexts = 0
const waiting = new Map<TabId, { readonly timer: number }>()

/** Checks the text of a tab with a migration file, once it rests; the answer is dropped when it was edited meanwhile. */
export function lintTab(
  profileId: ProfileId,
  tabId: TabId,
  file: { readonly part: 'up' | 'down'; readonly name: string },
  read: () => string,
  restMs: number = REST_MS,
): void {
  window.clearTimeout(waiting.get(tabId)?.timer)
  const mine = { timer: window.setTimeout(() => void check(), restMs) }
  waiting.set(tabId, mine)
  const check = async () => {
    const text = read()
    const begin = text.slice(0, MOST_UNITS)
    const reply = await request('migration.lint', { profileId, file: file.part, fileName: file.name, text: begin })
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
  lastTexts += 1
  const mine = lastTexts
  const [up, down] = await Promise.all([lintPart(profileId, texts, 'up'), lintPart(profileId, texts, 'down')])
  if (mine !== lastTexts) return
  lintStore.setState({ selected: { texts, up, down } })
}

async function lintPart(profileId: ProfileId, texts: MigrationTexts, part: 'up' | 'down'): Promise<LintReport | null> {
  const text = texts[part]
  if (text === null) return null
  const fileName = part === 'up' ? texts.upFile : texts.downFile
  const reply = await request('migration.lint', { profileId, file: part, fileName, text: text.slice(0, MOST_UNITS) })
  return reply.ok ? reply.value : null
}

/** Checks the files of the migrations of a plan that is shown. */
export async function lintPlan(profileId: ProfileId, plan: MigrationPlan): Promise<void> {
  const { digest } = plan
  lintStore.setState({ plan: { digest, counts: new Map() } })
  for (const { name, direction, isMark } of plan.steps.slice(0, MOST_STEPS)) {
    if (isMark) continue
    const texts = await request('migration.read', { profileId, name })
    const report = texts.ok ? await lintPart(profileId, texts.value, direction === 'apply' ? 'up' : 'down') : null
    const { plan: shown } = lintStore.getState()
    if (shown?.digest !== digest) return
    const counts = new Map(shown.counts).set(`${direction} ${name}`, report?.findings.length ?? 0)
    lintStore.setState({ plan: { digest, counts } })
  }
}

/** How many findings the file of a plan's step has; 0 while it is being checked. */
export function useStepFindings(step: Pick<MigrationStep, 'direction' | 'name'>): number {
  return useStore(lintStore, ({ plan }) => plan?.counts.get(`${step.direction} ${step.name}`) ?? 0)
}

/** What was found in the files of the selected migration; null while another one was checked last. */
export function useSelectedFindings(name: string): LintState['selected'] {
  return useStore(lintStore, ({ selected }) => (selected?.texts.name === name ? selected : null))
}

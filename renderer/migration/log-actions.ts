import type { LogPage } from '../../contract/migration-log'
import type { ProfileId } from '../../contract/profile'
import { askShell, openStream, request } from '../bridge'
import { LOG_PAGE, logStore, type ShownLog, tellLog } from './log-store'

/** Of two questions under way only the later one counts. */
let lastAsked = 0
let span: readonly [from: number, to: number] = [0, 1]
const underWay = new Set<number>()

/** Shows the log of one migration, or of all. */
export function openLog(profileId: ProfileId, name: string | null): void {
  span = [0, 1]
  tellLog({ type: 'opened', profileId, name })
  void askAfresh()
}

/** Shows the log no more; a file that is being written is written on. */
export function closeLog(): void {
  lastAsked += 1
  tellLog({ type: 'closed' })
}

/** Looks for other words. */
export function typeLogWords(words: string): void {
  span = [0, 1]
  tellLog({ type: 'wordsTyped', words })
  void askAfresh()
}

/** Asks again if the log of that profile is shown: something was applied, rolled back or marked. */
export function refreshLog(profileId: ProfileId): void {
  if (logStore.getState().log?.profileId === profileId) void askAfresh()
}

/** Fetches what is missing of the entries that came into sight. */
export async function showLogSpan(from: number, to: number): Promise<void> {
  span = [from, to]
  const { log } = logStore.getState()
  if (log?.answer.kind !== 'found') return
  const asked = lastAsked
  for (const number of pagesOf(from, to)) {
    if (log.answer.pages.has(number) || underWay.has(number)) continue
    underWay.add(number)
    const reply = await askPage(log, number)
    if (asked !== lastAsked) return
    underWay.delete(number)
    if (reply.ok) tellLog({ type: 'pagesArrived', pages: new Map([[number, reply.value]]), isFresh: false })
  }
}

/** Writes the entries that are found to a file that the user chooses. */
export async function exportLog(format: 'csv' | 'json'): Promise<void> {
  const { log } = logStore.getState()
  if (log === null || log.export.kind === 'writing') return
  const { profileId, name, words } = log
  const suggested = `migration-log${name === null ? '' : `-${name.slice(0, 80)}`}.${format}`
  const chosen = await askShell('dialog.chooseSaveFile', { name: suggested, kind: format })
  if (!chosen.ok)
    return tellLog({ type: 'exportWent', to: { kind: 'failed', file: suggested, failure: chosen.failure } })
  if (chosen.value.chosen === null) return
  const { token, name: file } = chosen.value.chosen
  tellLog({ type: 'exportWent', to: { kind: 'writing', file } })
  let entries = 0
  const stream = openStream('migration.exportLog', { profileId, name, words, token, format }, (event) => {
    entries = event.rows
  })
  const failure = await stream.ended
  tellLog({
    type: 'exportWent',
    to: failure === null ? { kind: 'written', file, entries } : { kind: 'failed', file, failure },
  })
}

/** What is shown stays until the answer is there. */
async function askAfresh(): Promise<void> {
  const { log } = logStore.getState()
  if (log === null) return
  lastAsked += 1
  const asked = lastAsked
  underWay.clear()
  const numbers = [...new Set([0, ...pagesOf(...span)])]
  const replies = await Promise.all(numbers.map((number) => askPage(log, number)))
  if (asked !== lastAsked) return
  const pages = new Map<number, LogPage>()
  for (const [index, reply] of replies.entries()) {
    if (!reply.ok) return tellLog({ type: 'askFailed', failure: reply.failure })
    pages.set(numbers[index] ?? 0, reply.value)
  }
  tellLog({ type: 'pagesArrived', pages, isFresh: true })
}

function askPage({ profileId, name, words }: ShownLog, number: number) {
  return request('migration.log', { profileId, name, words, from: number * LOG_PAGE, count: LOG_PAGE })
}

function pagesOf(from: number, to: number): readonly number[] {
  const first = Math.floor(from / LOG_PAGE)
  const last = Math.floor(Math.max(from, to - 1) / LOG_PAGE)
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}

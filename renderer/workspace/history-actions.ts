import { HISTORY_PAGE, type HistoryPage } from '../../contract/history'
import type { ProfileId } from '../../contract/profile'
import { askShell, request } from '../bridge'
import { entryAt, historyStore, tellHistory } from './history-store'

const { getState } = historyStore
/** Of two searches under way only the later one counts. */
let lastAsked = 0
let span: readonly [from: number, to: number] = [0, 1]
const underWay = new Set<number>()

/** Searches for what is typed, afresh; what is shown stays until the answer is there. */
export async function searchHistory(profileId: ProfileId): Promise<void> {
  lastAsked += 1
  const asked = lastAsked
  underWay.clear()
  const [from, to] = span
  const numbers = pagesOf(from, to)
  const replies = await Promise.all([...new Set([0, ...numbers])].map((number) => askPage(profileId, number)))
  if (asked !== lastAsked) return
  const pages = new Map<number, HistoryPage>()
  for (const [number, reply] of replies) {
    if (!reply.ok) return tellHistory({ type: 'searchFailed', failure: reply.failure })
    pages.set(number, reply.value)
  }
  tellHistory({ type: 'pagesArrived', pages, isFresh: true })
  void readChosen()
}

/** Searches again if somebody has looked: runs began, ended or went. */
export async function refreshHistory(profileId: ProfileId): Promise<void> {
  if (getState().answer.kind !== 'unknown') await searchHistory(profileId)
}

/** Searches for other words. */
export function typeWords(profileId: ProfileId, words: string): void {
  span = [0, 1]
  tellHistory({ type: 'wordsTyped', words })
  void searchHistory(profileId)
}

/** Searches the runs of the open connection, or of all. */
export function chooseScope(profileId: ProfileId, isEverywhere: boolean): void {
  span = [0, 1]
  tellHistory({ type: 'scopeChosen', isEverywhere })
  void searchHistory(profileId)
}

/** Fetches what is missing of the rows that came into sight. */
export async function showSpan(profileId: ProfileId, from: number, to: number): Promise<void> {
  span = [from, to]
  const { answer } = getState()
  if (answer.kind !== 'found') return
  const asked = lastAsked
  for (const number of pagesOf(from, to)) {
    if (answer.pages.has(number) || underWay.has(number)) continue
    underWay.add(number)
    const [, reply] = await askPage(profileId, number)
    if (asked !== lastAsked) return
    underWay.delete(number)
    if (reply.ok) tellHistory({ type: 'pagesArrived', pages: new Map([[number, reply.value]]), isFresh: false })
  }
}

/** Chooses a run and reads its text. */
export function chooseRun(at: number): void {
  tellHistory({ type: 'runChosen', at })
  void readChosen()
}

/** The whole text of the run at a place; null when it cannot be read, which the panel then says. */
export async function textAt(at: number): Promise<string | null> {
  const entry = entryAt(getState(), at)
  if (entry === undefined) return null
  const reply = await request('history.read', { id: entry.id })
  tellHistory({ type: 'deedFailed', failure: reply.ok ? null : reply.failure })
  return reply.ok ? reply.value.text : null
}

/** Puts the text of the run at a place on the clipboard. */
export async function copyRun(at: number): Promise<void> {
  const text = await textAt(at)
  if (text !== null) await askShell('clipboard.write', { text })
}

/** Takes the run at a place out of the history. */
export async function removeRun(at: number): Promise<void> {
  const entry = entryAt(getState(), at)
  if (entry === undefined) return
  const reply = await request('history.remove', { id: entry.id })
  tellHistory({ type: 'deedFailed', failure: reply.ok ? null : reply.failure })
}

/** Takes all runs out of the history: of the connection, or of all connections when null. */
export async function clearHistory(profileId: ProfileId | null): Promise<void> {
  const reply = await request('history.clear', { profileId })
  tellHistory({ type: 'deedFailed', failure: reply.ok ? null : reply.failure })
}

async function readChosen(): Promise<void> {
  const { activeAt, text } = getState()
  const entry = entryAt(getState(), activeAt)
  if (entry === undefined || text?.id === entry.id) return
  const reply = await request('history.read', { id: entry.id })
  if (reply.ok) tellHistory({ type: 'textArrived', text: reply.value })
}

async function askPage(profileId: ProfileId, number: number) {
  const { words, isEverywhere } = getState()
  const reply = await request('history.search', {
    words,
    profileId: isEverywhere ? null : profileId,
    from: number * HISTORY_PAGE,
  })
  return [number, reply] as const
}

function pagesOf(from: number, to: number): readonly number[] {
  const first = Math.floor(from / HISTORY_PAGE)
  const last = Math.floor(Math.max(from, to - 1) / HISTORY_PAGE)
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}

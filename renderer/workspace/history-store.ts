import { createStore } from 'zustand/vanilla'
import type { Failure } from '../../contract/failure'
import { HISTORY_PAGE, type HistoryEntry, type HistoryPage, type HistoryText } from '../../contract/history'

/** What is known of the runs that were searched for. */
export type HistoryAnswer =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | {
      readonly kind: 'found'
      readonly total: number
      /** Pages that have been fetched, by number. */
      readonly pages: ReadonlyMap<number, readonly HistoryEntry[]>
    }

/** The history panel. */
export interface HistoryState {
  readonly words: string
  /** Runs of all connections, not of the open one alone. */
  readonly isEverywhere: boolean
  readonly answer: HistoryAnswer
  /** Number of the chosen run among those found; -1 for none. */
  readonly activeAt: number
  /** The whole text of the chosen run, once it is there. */
  readonly text: HistoryText | null
  /** Something that was asked for did not work. */
  readonly problem: Failure | null
  /** The filter takes the focus as soon as it is there. */
  readonly isFocusWanted: boolean
}

/** What happened in the history panel. */
export type HistoryEvent =
  | { readonly type: 'wordsTyped'; readonly words: string }
  | { readonly type: 'scopeChosen'; readonly isEverywhere: boolean }
  | { readonly type: 'pagesArrived'; readonly pages: ReadonlyMap<number, HistoryPage>; readonly isFresh: boolean }
  | { readonly type: 'searchFailed'; readonly failure: Failure }
  | { readonly type: 'runChosen'; readonly at: number }
  | { readonly type: 'textArrived'; readonly text: HistoryText }
  | { readonly type: 'deedFailed'; readonly failure: Failure | null }
  | { readonly type: 'focusAsked' }
  | { readonly type: 'focusTaken' }
  | { readonly type: 'closed' }

/** A panel that nobody has looked at. */
export const UNSEEN: HistoryState = {
  words: '',
  isEverywhere: false,
  answer: { kind: 'unknown' },
  activeAt: -1,
  text: null,
  problem: null,
  isFocusWanted: false,
}

/** The next state of the panel. */
export function reduceHistory(state: HistoryState, event: HistoryEvent): HistoryState {
  switch (event.type) {
    case 'wordsTyped':
      return { ...state, words: event.words, activeAt: -1, text: null }
    case 'scopeChosen':
      return { ...state, isEverywhere: event.isEverywhere, activeAt: -1, text: null }
    case 'pagesArrived':
      return takePages(state, event)
    case 'searchFailed':
      return { ...state, answer: { kind: 'failed', failure: event.failure } }
    case 'runChosen':
      return { ...state, activeAt: event.at, text: entryAt(state, event.at)?.id === state.text?.id ? state.text : null }
    case 'textArrived':
      return entryAt(state, state.activeAt)?.id === event.text.id ? { ...state, text: event.text } : state
    case 'deedFailed':
      return { ...state, problem: event.failure }
    case 'focusAsked':
      return { ...state, isFocusWanted: true }
    case 'focusTaken':
      return { ...state, isFocusWanted: false }
    case 'closed':
      return UNSEEN
  }
}

/** Fresh pages take the place of all; the chosen run stays chosen when it is among them. */
function takePages(state: HistoryState, event: Extract<HistoryEvent, { type: 'pagesArrived' }>): HistoryState {
  const kept = !event.isFresh && state.answer.kind === 'found' ? state.answer.pages : []
  const pages = new Map(kept)
  let total = 0
  for (const [number, page] of event.pages) {
    pages.set(number, page.entries)
    total = page.total
  }
  const next: HistoryState = { ...state, answer: { kind: 'found', total, pages } }
  if (!event.isFresh || state.activeAt < 0) return next
  const chosen = entryAt(state, state.activeAt)
  const at = chosen === undefined ? -1 : placeOf(pages, chosen)
  const activeAt = at >= 0 ? at : Math.min(state.activeAt, total - 1)
  return { ...next, activeAt, text: at >= 0 ? state.text : null }
}

function placeOf(pages: ReadonlyMap<number, readonly HistoryEntry[]>, wanted: HistoryEntry): number {
  for (const [number, entries] of pages) {
    const at = entries.findIndex((entry) => entry.id === wanted.id)
    if (at >= 0) return number * HISTORY_PAGE + at
  }
  return -1
}

/** The run at a place among those found; undefined while its page is on its way. */
export function entryAt({ answer }: HistoryState, at: number): HistoryEntry | undefined {
  if (answer.kind !== 'found' || at < 0) return undefined
  return answer.pages.get(Math.floor(at / HISTORY_PAGE))?.[at % HISTORY_PAGE]
}

/** The history panel of the window. */
export const historyStore = createStore<HistoryState>(() => UNSEEN)

/** Notes what happened. */
export function tellHistory(event: HistoryEvent): void {
  historyStore.setState((state) => reduceHistory(state, event), true)
}

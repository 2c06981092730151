import { createStore } from 'zustand/vanilla'
import type { Failure } from '../../contract/failure'
import type { LogEntry, LogPage } from '../../contract/migration-log'
import type { ProfileId } from '../../contract/profile'

/** Entries that are asked for at once. */
export const LOG_PAGE = 100

/** What is known of the log that was asked for. */
export type LogAnswer =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | {
      readonly kind: 'found'
      readonly total: number
      /** Pages that have been fetched, by number. */
      readonly pages: ReadonlyMap<number, readonly LogEntry[]>
    }

/** Where the writing of the log to a file stands. */
export type LogExport =
  | { readonly kind: 'none' }
  | { readonly kind: 'writing'; readonly file: string }
  | { readonly kind: 'written'; readonly file: string; readonly entries: number }
  | { readonly kind: 'failed'; readonly file: string; readonly failure: Failure }

/** The log while it is shown; null while it is not. */
export interface ShownLog {
  readonly profileId: ProfileId
  /** The migration whose log it is; null for the log of all. */
  readonly name: string | null
  readonly words: string
  readonly answer: LogAnswer
  /** Number of the chosen entry; -1 for none. */
  readonly activeAt: number
  readonly export: LogExport
}

/** What happened to the shown log. */
export type LogEvent =
  | { readonly type: 'opened'; readonly profileId: ProfileId; readonly name: string | null }
  | { readonly type: 'closed' }
  | { readonly type: 'wordsTyped'; readonly words: string }
  | { readonly type: 'pagesArrived'; readonly pages: ReadonlyMap<number, LogPage>; readonly isFresh: boolean }
  | { readonly type: 'askFailed'; readonly failure: Failure }
  | { readonly type: 'entryChosen'; readonly at: number }
  | { readonly type: 'exportWent'; readonly to: LogExport }

/** The shown log after something happened. */
export function reduceLog(log: ShownLog | null, event: LogEvent): ShownLog | null {
  if (event.type === 'opened') {
    const { profileId, name } = event
    return { profileId, name, words: '', answer: { kind: 'unknown' }, activeAt: -1, export: { kind: 'none' } }
  }
  if (log === null || event.type === 'closed') return null
  switch (event.type) {
    case 'wordsTyped':
      return { ...log, words: event.words, activeAt: -1 }
    case 'pagesArrived':
      return withPages(log, event.pages, event.isFresh)
    case 'askFailed':
      return { ...log, answer: { kind: 'failed', failure: event.failure }, activeAt: -1 }
    case 'entryChosen':
      return { ...log, activeAt: event.at }
    case 'exportWent':
      return { ...log, export: event.to }
  }
}

function withPages(log: ShownLog, fetched: ReadonlyMap<number, LogPage>, isFresh: boolean): ShownLog {
  const pages = new Map(isFresh || log.answer.kind !== 'found' ? [] : log.answer.pages)
  let total = log.answer.kind === 'found' ? log.answer.total : 0
  for (const [number, page] of fetched) {
    pages.set(number, page.entries)
    total = page.total
  }
  return { ...log, answer: { kind: 'found', total, pages }, activeAt: Math.min(log.activeAt, total - 1) }
}

/** The entry at a place of the log; undefined when it has not been fetched. */
export function logEntryAt({ answer }: ShownLog, at: number): LogEntry | undefined {
  if (answer.kind !== 'found' || at < 0) return undefined
  return answer.pages.get(Math.floor(at / LOG_PAGE))?.[at % LOG_PAGE]
}

/** The log that is shown. */
export const logStore = createStore<{ readonly log: ShownLog | null }>(() => ({ log: null }))

/** Notes what happened to the shown log. */
export function tellLog(event: LogEvent): void {
  logStore.setState({ log: reduceLog(logStore.getState().log, event) })
}

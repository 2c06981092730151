import { failureMessage } from '../../contract/failure'
import { countOf, formatCount, formatElapsed } from '../ui/format'
import type { TabQuery } from './tab-query'

/** What the status beside Run says. */
export interface RunStatus {
  /** One of the words that tests and screen readers rely on. */
  readonly word: 'Ready' | 'Running' | 'Complete' | 'Failed' | 'Cancelled' | 'Lost'
  readonly detail: string
  /** State colour. */
  readonly tone: 'quiet' | 'running' | 'applied' | 'failed' | 'changed'
}

/** The status of a tab's query in words; `now` is the present in `performance.now()` milliseconds. */
export function runStatus(query: TabQuery, now: number): RunStatus {
  const { run } = query
  switch (run.kind) {
    case 'ready':
      return { word: 'Ready', detail: readyDetail(query), tone: 'quiet' }
    case 'running':
      if (query.guard?.question != null) return { word: 'Ready', detail: 'waits for your answer', tone: 'changed' }
      return {
        word: 'Running',
        detail: runningDetail(query, run.startedAt, run.cancelAskedAt !== null, now),
        tone: 'running',
      }
    case 'complete':
      return { word: 'Complete', detail: completeDetail(query, run.elapsedMs), tone: 'applied' }
    case 'failed': {
      return { word: 'Failed', detail: `${failedDetail(query, run)}${formatElapsed(run.elapsedMs)}`, tone: 'failed' }
    }
    case 'cancelled': {
      const rows = keptRows(query)
      const kept = rows === null ? '' : `${countOf(rows, 'row')} kept · `
      return { word: 'Cancelled', detail: `${kept}${formatElapsed(run.elapsedMs)}`, tone: 'quiet' }
    }
    case 'lost':
      return { word: 'Lost', detail: failureMessage(run.failure), tone: 'changed' }
  }
}

/** Rows of the shown result, or of the last one; null when there is none. */
export function keptRows(query: TabQuery): number | null {
  const shown = query.results.find((result) => result.resultId === query.chosen) ?? query.results.at(-1)
  return shown?.rowCount ?? null
}

function failedDetail(query: TabQuery, run: Extract<TabQuery['run'], { kind: 'failed' }>): string {
  const { statements } = query
  const failed = statements.filter((one) => one.failure !== null).length
  const isRolledBack = run.failure.kind === 'refused' && run.failure.issues[0]?.path === 'transaction'
  if (isRolledBack) return 'rolled back, not committed · '
  if (failed > 1) return `${failed} of ${statements.length} statements · `
  return statements.length > 1
    ? `statement ${formatCount(run.statement + 1)} of ${formatCount(statements.length)} · `
    : ''
}

function readyDetail(query: TabQuery): string {
  return query.session.kind === 'open' ? `pid ${query.session.facts.backendPid}` : ''
}

function runningDetail(query: TabQuery, startedAt: number, isCancelling: boolean, now: number): string {
  const parts: string[] = []
  if (query.session.kind === 'opening') parts.push('connecting')
  const { statements } = query
  const at = query.run.kind === 'running' ? query.run.statement : 0
  if (statements.length > 1) parts.push(`statement ${formatCount(at + 1)} of ${formatCount(statements.length)}`)
  const growing = query.results.find((result) => result.isGrowing)
  if (growing !== undefined && growing.rowCount > 0) parts.push(countOf(growing.rowCount, 'row'))
  if (growing?.paused != null && !isCancelling) {
    // The strip below its grid says more, where that is in sight.
    const where = growing.resultId === query.chosen ? '' : `, see Result ${query.results.indexOf(growing) + 1}`
    parts.unshift(`paused${where}`)
  }
  parts.push(`${(Math.max(0, now - startedAt) / 1000).toFixed(1)} s`)
  return isCancelling ? `cancelling… ${parts.join(' · ')}` : parts.join(' · ')
}

function completeDetail(query: TabQuery, elapsedMs: number): string {
  const { statements, results } = query
  const only = statements.length === 1 ? statements[0] : undefined
  const what =
    only === undefined
      ? countOf(statements.length, 'statement')
      : results.length > 0
        ? countOf(results[0]?.rowCount ?? 0, 'row')
        : only.commandTag
  return [what, formatElapsed(elapsedMs)].filter((part) => part !== '').join(' · ')
}

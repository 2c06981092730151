import { Ban, Check, Circle, CircleHelp, Loader, type LucideIcon, Undo2, X } from 'lucide-react'
import { memo, type ReactNode } from 'react'
import { Button } from '../ui/button'
import { FailureView } from '../ui/failure-view'
import { countOf, formatElapsed } from '../ui/format'
import { useTicking } from '../ui/use-ticking'
import { clockAt } from './clock'
import type { StatementLog, StepLog } from './migrations'
import { SqlPieces } from './sql-text'

/** The statements of a migration's last run with their times and rows, live; under them why it failed and what is left. */
export function StepLogView(props: {
  readonly log: StepLog
  /** Opens the file at the failure's line and column. */
  readonly onOpenFailure: () => void
}): ReactNode {
  const { log, onOpenFailure } = props
  const isRunning = log.state === 'running'
  const now = clockAt(useTicking(isRunning, 100))
  return (
    <>
      <ol className="statements" aria-label="Statements">
        {log.statements.map((statement, index) => (
          <StatementRow key={index} statement={statement} now={statement.state === 'running' ? now : 0} />
        ))}
      </ol>
      {log.failure === null || isCancelled(log) ? null : (
        <FailureView
          failure={log.failure}
          className="in-panel"
          actions={
            <Button size="small" onPress={onOpenFailure}>
              Open file
            </Button>
          }
        />
      )}
      {isRunning ? null : <p className="outcome small dim">{outcomeOf(log)}</p>}
    </>
  )
}

const ICON: Readonly<Record<StatementLog['state'], LucideIcon>> = {
  waiting: Circle,
  earlier: Check,
  running: Loader,
  complete: Check,
  failed: X,
  cancelled: Ban,
  undone: Undo2,
  'not run': Circle,
  unknown: CircleHelp,
}
const LOOK: Readonly<Record<StatementLog['state'], string>> = {
  waiting: 'missing',
  earlier: 'missing',
  running: 'running',
  complete: 'applied',
  failed: 'failed',
  cancelled: 'changed',
  undone: 'missing',
  'not run': 'missing',
  unknown: 'changed',
}

const StatementRow = memo(function StatementRow(props: {
  readonly statement: StatementLog
  /** The clock, for the one that runs; else 0. */
  readonly now: number
}): ReactNode {
  const { statement, now } = props
  const { state, text, line } = statement
  const Icon = ICON[state]
  const short = oneLine(text)
  const words = wordsOf(statement, now)
  return (
    <li
      className={`stmt is-${LOOK[state]}`}
      title={`Line ${line}\n${text.slice(0, 2000)}`}
      aria-label={`${short}, ${words}`}
    >
      <Icon className="i" size={14} strokeWidth={1.75} aria-hidden />
      <code className="cut">
        <SqlPieces text={short} />
      </code>
      <span>{words}</span>
    </li>
  )
})

/** A statement on one line, as far as a line can show. */
export function oneLine(text: string): string {
  return text.slice(0, 400).replace(/\s+/g, ' ')
}

function wordsOf({ state, startedAt, elapsedMs, rows }: StatementLog, now: number): string {
  const time = elapsedMs === null ? '' : formatElapsed(elapsedMs)
  switch (state) {
    case 'waiting':
      return ''
    case 'earlier':
      return 'in before'
    case 'running':
      return startedAt === null ? 'running' : formatElapsed(Math.max(0, now - startedAt))
    case 'complete':
      return rows === null ? time : `${countOf(rows, 'row')} · ${time}`
    case 'failed':
      return time === '' ? 'failed' : time
    case 'cancelled':
      return 'cancelled'
    case 'undone':
      return 'undone'
    case 'not run':
      return 'not run'
    case 'unknown':
      return 'unknown'
  }
}

function outcomeOf(log: StepLog): string {
  const verb = log.isMark
    ? `Marked as ${log.direction === 'apply' ? 'applied' : 'not applied'}: nothing of it was run`
    : log.direction === 'apply'
      ? 'Applied'
      : 'Rolled back'
  switch (log.state) {
    case 'committed':
      return log.elapsedMs === null || log.isMark ? `${verb}.` : `${verb} in ${formatElapsed(log.elapsedMs)}.`
    case 'completed':
      return 'Done. It takes effect when the whole run is committed.'
    case 'undone':
      return 'Undone: the run was all or nothing, and did not come to its end.'
    case 'lost':
      return 'The run went out of sight here. The list says what the history holds now.'
    case 'failed':
      return log.failure !== null && isCancelled(log) ? `Cancelled. ${log.failure.left}` : ''
    case 'running':
      return ''
  }
}

/** True when the step ended because it was asked to: no failure to be looked into. */
export function isCancelled(log: StepLog): boolean {
  return log.failure?.cause.kind === 'cancelled'
}

import { Ban, Check, CircleDashed, CircleX, Info, LoaderCircle, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { failureMessage } from '../../contract/failure'
import type { Notice } from '../../contract/query'
import { FailureFacts } from '../ui/failure-view'
import { formatElapsed } from '../ui/format'
import type { StatementView } from './query-store'
import './messages.css'

/** Props of `Messages`. */
export interface MessagesProps {
  readonly statements: readonly StatementView[]
  /** Line and column of a failed statement's error, in words. */
  readonly placeOf: (statement: StatementView) => string | undefined
  /** Said below the list: what follows from how it ended; null when nothing does. */
  readonly consequence: string | null
  readonly onReveal: (statement: StatementView) => void
}

/** Every statement of the run in order, with its tag or its error, and the notices that came with it. */
export function Messages(props: MessagesProps): ReactNode {
  const { statements, placeOf, consequence, onReveal } = props
  if (statements.length === 0) {
    return (
      <div className="empty">
        <p>Statements, notices and errors of a run appear here.</p>
      </div>
    )
  }
  return (
    <div className="msgs" role="log" aria-label="Messages">
      {statements.map((statement, index) => (
        // The range is the statement's identity within its run.
        <div key={`${statement.range.from}-${statement.range.to}`}>
          <MessageRow statement={statement} number={index + 1} place={placeOf(statement)} onReveal={onReveal} />
          {statement.notices.map((notice, at) => (
            <NoticeRow key={at} notice={notice} />
          ))}
        </div>
      ))}
      {consequence === null ? null : <p className="msg-end">{consequence}</p>}
    </div>
  )
}

function MessageRow(props: {
  readonly statement: StatementView
  readonly number: number
  readonly place: string | undefined
  readonly onReveal: (statement: StatementView) => void
}): ReactNode {
  const { statement, number, place, onReveal } = props
  const { failure } = statement
  if (failure !== null && failure.kind !== 'cancelled') {
    return (
      <div className="msg bad is-failed" role="alert">
        <CircleX className="i" aria-hidden />
        <span className="no">{number}</span>
        <b className="st selectable">{failureMessage(failure)}</b>
        <span className="msg-time">{formatElapsed(statement.elapsedMs)}</span>
        <FailureFacts failure={failure} {...(place === undefined ? {} : { place })} />
      </div>
    )
  }
  return (
    <div className={`msg ${statement.state === 'not run' ? 'off' : ''}`} onDoubleClick={() => onReveal(statement)}>
      <StateIcon statement={statement} />
      <span className="no">{number}</span>
      <code className="cut selectable">{statement.text}</code>
      <span>{wordsOf(statement)}</span>
      {statement.remark === null ? null : <p className="remark">{statement.remark}</p>}
    </div>
  )
}

function wordsOf(statement: StatementView): string {
  switch (statement.state) {
    case 'not run':
      return 'not run'
    case 'running':
      return 'running'
    case 'failed':
      return `cancelled · ${formatElapsed(statement.elapsedMs)}`
    case 'complete':
      return [statement.commandTag, formatElapsed(statement.elapsedMs)].filter((part) => part !== '').join(' · ')
  }
}

function StateIcon({ statement }: { readonly statement: StatementView }): ReactNode {
  switch (statement.state) {
    case 'not run':
      return <CircleDashed className="i" aria-label="not run" />
    case 'running':
      return <LoaderCircle className="i spin" aria-label="running" />
    case 'failed':
      return <Ban className="i" aria-label="cancelled" />
    case 'complete':
      return <Check className="i ok" aria-label="complete" />
  }
}

function NoticeRow({ notice }: { readonly notice: Notice }): ReactNode {
  const isWarning = notice.severity === 'WARNING'
  const more = [notice.detail, notice.hint].filter((part) => part !== undefined)
  return (
    <div className={`msg msg-notice ${isWarning ? 'is-changed' : ''}`}>
      {isWarning ? <TriangleAlert className="i" aria-hidden /> : <Info className="i" aria-hidden />}
      <span />
      <span className="selectable notice-text">
        <b>{notice.severity}:</b> {notice.message}
        {more.map((part) => (
          <span key={part} className="t2">
            {' '}
            {part}
          </span>
        ))}
      </span>
      <span />
    </div>
  )
}

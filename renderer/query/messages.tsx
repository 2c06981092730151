import { Ban, Bug, Check, CircleDashed, CircleX, Copy, Info, LoaderCircle, TriangleAlert } from 'lucide-react'
import { memo, type ReactNode, useEffect, useRef } from 'react'
import { failureMessage } from '../../contract/failure'
import type { HeardNotice } from '../../contract/query'
import { Button } from '../ui/button'
import { FailureFacts } from '../ui/failure-view'
import { countOf, formatCount, formatElapsed } from '../ui/format'
import { LongList } from '../ui/long-list'
import {
  clockTime,
  droppedInWords,
  type MessageLine,
  messageLines,
  messagesText,
  outcomeInWords,
} from './message-lines'
import type { StatementView } from './tab-query'
import './messages.css'

/** Props of `Messages`. */
export interface MessagesProps {
  readonly statements: readonly StatementView[]
  /** Line and column of a failed statement's error, in words. */
  readonly placeOf: (statement: StatementView) => string | undefined
  /** Said below the list: what follows from how it ended; null when nothing does. */
  readonly consequence: string | null
  readonly onReveal: (statement: StatementView) => void
  readonly onCopy: (text: string) => void
}

const LONGEST_TIP = 2_000

/** Every statement of the run in order, with its tag or its error, and the notices that came with it. */
export function Messages(props: MessagesProps): ReactNode {
  const { statements, placeOf, consequence, onReveal, onCopy } = props
  const list = useRef<HTMLDivElement>(null)
  const lines = messageLines(statements)
  const failedAt = lines.findIndex((line) => line.kind === 'statement' && isFailed(line.statement))
  useEffect(() => {
    if (failedAt > 0) list.current?.querySelector('.msg.bad')?.scrollIntoView({ block: 'nearest' })
  }, [failedAt])
  if (statements.length === 0) {
    return (
      <div className="empty">
        <p>Statements, notices and errors of a run appear here.</p>
      </div>
    )
  }
  return (
    <div className="msgs-pane">
      <div className="msgs-head">
        <span>{summaryOf(statements)}</span>
        <span className="grow" />
        <Button variant="bare" size="small" onPress={() => onCopy(messagesText(statements, placeOf))}>
          <Copy className="i" />
          Copy all
        </Button>
      </div>
      <div className="msgs" role="log" aria-label="Messages" ref={list}>
        <LongList
          items={lines}
          rowHeight={26}
          keep={failedAt}
          render={(line, index) => <Line key={index} line={line} placeOf={placeOf} onReveal={onReveal} />}
        />
        {consequence === null ? null : <p className="msg-end">{consequence}</p>}
      </div>
    </div>
  )
}

function isFailed(statement: StatementView): boolean {
  return statement.failure !== null && statement.failure.kind !== 'cancelled'
}

function summaryOf(statements: readonly StatementView[]): string {
  const failed = statements.filter(isFailed).length
  const notRun = statements.filter((one) => one.state === 'not run').length
  const notices = statements.reduce((sum, one) => sum + one.notices.length + one.droppedNotices, 0)
  return [
    countOf(statements.length, 'statement'),
    ...(failed === 0 ? [] : [`${formatCount(failed)} failed`]),
    ...(notRun === 0 ? [] : [`${formatCount(notRun)} not run`]),
    ...(notices === 0 ? [] : [countOf(notices, 'notice')]),
  ].join(' · ')
}

function Line(props: {
  readonly line: MessageLine
  readonly placeOf: MessagesProps['placeOf']
  readonly onReveal: MessagesProps['onReveal']
}): ReactNode {
  const { line, placeOf, onReveal } = props
  switch (line.kind) {
    case 'notice':
      return <NoticeRow notice={line.notice} />
    case 'dropped':
      return <p className="msg-dropped">{droppedInWords(line.count)}</p>
    case 'statement':
      return (
        <StatementRow
          statement={line.statement}
          number={line.number}
          place={placeOf(line.statement)}
          onReveal={onReveal}
        />
      )
  }
}

function StatementRow(props: {
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
      <code className="cut selectable" title={statement.text.slice(0, LONGEST_TIP)}>
        {statement.text}
      </code>
      <span>{outcomeInWords(statement)}</span>
      {statement.remark === null ? null : <p className="remark">{statement.remark}</p>}
    </div>
  )
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

/** Notices never change once they have come: a flood is drawn once. */
const NoticeRow = memo(function NoticeRow({ notice }: { readonly notice: HeardNotice }): ReactNode {
  const more = [
    ['Detail', notice.detail],
    ['Hint', notice.hint],
  ].filter(([, text]) => text !== undefined)
  return (
    <div className={`msg msg-notice ${lookOf(notice.severity)}`}>
      <SeverityIcon severity={notice.severity} />
      <span />
      <span className="selectable notice-text">
        <b>{notice.severity}:</b> {notice.message}
        {more.map(([name, text]) => (
          <span key={name} className="notice-more">
            <span className="t2">{name}</span> {text}
          </span>
        ))}
      </span>
      <span>{clockTime(notice.at)}</span>
    </div>
  )
})

function lookOf(severity: string): string {
  if (severity === 'WARNING') return 'is-changed'
  return severity.startsWith('DEBUG') || severity === 'LOG' ? 'msg-debug' : ''
}

function SeverityIcon({ severity }: { readonly severity: string }): ReactNode {
  if (severity === 'WARNING') return <TriangleAlert className="i" aria-hidden />
  return severity.startsWith('DEBUG') || severity === 'LOG' ? (
    <Bug className="i" aria-hidden />
  ) : (
    <Info className="i" aria-hidden />
  )
}

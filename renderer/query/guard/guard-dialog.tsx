import type { ReactNode } from 'react'
import type { Danger } from '../../../contract/guard'
import type { Profile } from '../../../contract/profile'
import type { CommitMode } from '../../../contract/query'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { countOf, formatCount } from '../../ui/format'
import './guard.css'
import type { GuardQuestion } from '../tab-query'
import { cutWords, guardTitle, rowWords } from './guard-words'

/** Asks before a run on production: what would run, where, why it asks, and how many rows the server expects. Enter runs nothing by itself. */
export function GuardDialog(props: {
  readonly question: GuardQuestion
  readonly profile: Profile
  readonly commitMode: CommitMode
  readonly onAnswer: (isYes: boolean) => void
}): ReactNode {
  const { question, profile, commitMode, onAnswer } = props
  const { database, dangers, dangerCount, rows, statements } = question
  const host = profile.kind === 'local' || profile.target.host.startsWith('/') ? 'localhost' : profile.target.host
  const title = guardTitle(question)
  const isAuto = commitMode === 'auto'
  return (
    <Dialog
      role="alertdialog"
      environment={profile.environment}
      label={title}
      title={title}
      width={720}
      onClose={() => onAnswer(false)}
      footer={
        <>
          <span className={`grow small ${isAuto ? 'guard-final' : 'dim'}`}>
            {isAuto
              ? 'Auto-commit: what has run is final.'
              : 'Manual commit: Roll back undoes what a transaction can undo.'}
          </span>
          <Button autoFocus onPress={() => onAnswer(false)}>
            Cancel
          </Button>
          <Button variant="danger" aria-label={`Run on ${database}`} onPress={() => onAnswer(true)}>
            <span className="cut guard-deed">Run on {database}</span>
          </Button>
        </>
      }
    >
      <p className="guard-where">
        <span className="chip" data-env={profile.environment}>
          {profile.environment}
        </span>
        <span className="cut" title={`${database} on ${host}`}>
          <b>{database}</b> on {host}
        </span>
        {profile.name === `${database} on ${host}` ? null : (
          <span className="cut dim" title={profile.name}>
            {profile.name}
          </span>
        )}
      </p>
      <ol className="guard-list" aria-label="Statements that ask">
        {dangers.map((danger) => (
          <DangerItem key={danger.statement} danger={danger} estimated={rows.get(danger.statement)} of={statements} />
        ))}
      </ol>
      {dangerCount > dangers.length ? (
        <p className="guard-rest dim">And {countOf(dangerCount - dangers.length, 'more statement')}.</p>
      ) : null}
    </Dialog>
  )
}

function DangerItem(props: {
  readonly danger: Danger
  readonly estimated: number | null | undefined
  readonly of: number
}): ReactNode {
  const { danger, estimated, of } = props
  const { title, reason, text, statement } = danger
  const rows = rowWords(danger, estimated)
  const cut = cutWords(danger)
  return (
    <li>
      <div className="guard-head">
        <b>{title}</b>
        {of === 1 ? null : <span className="dim small">statement {formatCount(statement + 1)}</span>}
        <span className="grow" />
        {rows === null ? null : (
          <span className="small guard-rows" role="status">
            {rows}
          </span>
        )}
      </div>
      <p className="guard-reason">{reason}</p>
      <pre className="guard-text selectable">{text}</pre>
      {cut === null ? null : <p className="small dim">{cut}</p>}
    </li>
  )
}

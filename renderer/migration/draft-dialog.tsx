import { type ReactNode, useId, useState } from 'react'
import { Checkbox } from 'react-aria-components'
import { useStore } from 'zustand'
import type { DraftedStatement } from '../../contract/draft'
import { failureMessage } from '../../contract/failure'
import type { ProfileId } from '../../contract/profile'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { FailureView } from '../ui/failure-view'
import { TextField } from '../ui/field'
import './draft.css'
import { closeDraft, draftStore, editDraft, type OpenDraft, proposeDraft, rehearse } from './draft-store'
import { type Verdict, verdictOf } from './draft-words'
import { LintIcon } from './lint-icon'

/** Makes a migration from SQL: both texts to edit, what has no inverse and why, and the verdict of a rehearsal. Nothing while none is made. */
export function DraftDialog(props: {
  readonly profileId: ProfileId
  readonly database: string
  readonly onSave: (marksAsApplied: boolean) => void
}): ReactNode {
  const { situation } = useStore(draftStore)
  switch (situation.kind) {
    case 'closed':
      return null
    case 'asking': {
      const { text } = situation
      return (
        <Dialog
          role="alertdialog"
          title="Try the statements out on production"
          label="Try the statements out"
          width={520}
          onClose={closeDraft}
          footer={
            <>
              <span className="grow" />
              <Button autoFocus onPress={closeDraft}>
                Cancel
              </Button>
              <Button variant="danger" onPress={() => void proposeDraft(props.profileId, text)}>
                Try them out
              </Button>
            </>
          }
        >
          <p className="dialog-text">
            {`To propose a rollback and to prove it, the statements run on ${props.database} in a transaction that is rolled back. They take real locks while they run, and a rewrite of a table takes its time. Each waits at most 3 s for a lock.`}
          </p>
        </Dialog>
      )
    }
    case 'proposing':
      return (
        <Dialog title="New migration from SQL" label="New migration from SQL" width={1040} onClose={closeDraft}>
          <p className="draft-waiting small dim slowly">Trying the statements out; everything is rolled back.</p>
        </Dialog>
      )
    case 'not proposed':
      return (
        <Dialog title="New migration from SQL" label="New migration from SQL" width={520} onClose={closeDraft}>
          <FailureView failure={situation.failure} className="in-dialog" />
        </Dialog>
      )
    case 'open':
      return <Draft {...props} open={situation} />
  }
}

function Draft(props: {
  readonly profileId: ProfileId
  readonly open: OpenDraft
  readonly onSave: (marksAsApplied: boolean) => void
}): ReactNode {
  const { profileId, open, onSave } = props
  const { draft, title, up, down, isOneWay, reason, proof, isSaving, problem } = open
  const [isAccepted, setAccepted] = useState(false)
  const verdict = verdictOf(proof, isOneWay, draft.isDone)
  const isReady = title.trim() !== '' && up.trim() !== '' && !isSaving && (verdict.isProven || isAccepted)
  const remarks = draft.statements.filter(({ remark, inverse }) => remark !== null && inverse !== 'not needed')
  return (
    <Dialog
      title="New migration from SQL"
      label="New migration from SQL"
      width={1040}
      onClose={closeDraft}
      // What was written is given up by Cancel, not by a slip of the Escape key.
      isDismissable={!open.isEdited}
      footer={
        <>
          {verdict.isProven ? null : (
            <Checkbox className="check" isSelected={isAccepted} onChange={setAccepted}>
              <span className="check-box" aria-hidden />
              Save although its rollback is not proven
            </Checkbox>
          )}
          <span className="grow" />
          <Button onPress={closeDraft}>Cancel</Button>
          <Button variant={draft.isDone ? 'normal' : 'primary'} isDisabled={!isReady} onPress={() => onSave(false)}>
            Save
          </Button>
          {draft.isDone ? (
            <Button variant="primary" isDisabled={!isReady} onPress={() => onSave(true)}>
              Save and mark as applied
            </Button>
          ) : null}
        </>
      }
    >
      <div className="draft">
        <div className="draft-title">
          <TextField label="Title" value={title} onChange={(value) => editDraft({ title: value })} autoFocus />
        </div>
        <div className="draft-texts">
          <SqlField label="Up" note="applies it" value={up} onChange={(value) => editDraft({ up: value })} />
          {isOneWay ? (
            <OneWay reason={reason} />
          ) : (
            <SqlField label="Down" note="rolls it back" value={down} onChange={(value) => editDraft({ down: value })}>
              <Button size="small" variant="bare" onPress={() => editDraft({ isOneWay: true })}>
                Without a rollback
              </Button>
            </SqlField>
          )}
        </div>
        <Remarks remarks={remarks} stopped={stoppedWords(open)} isDone={draft.isDone} />
        <VerdictBand
          verdict={verdict}
          isRunning={proof.kind === 'running'}
          onRehearse={() => {
            setAccepted(false)
            void rehearse(profileId)
          }}
        />
        {problem === null ? null : <FailureView failure={problem} className="in-dialog" />}
      </div>
    </Dialog>
  )
}

function SqlField(props: {
  readonly label: string
  readonly note: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly children?: ReactNode
}): ReactNode {
  const { label, note, value, onChange, children } = props
  const id = useId()
  return (
    <div className="draft-text">
      <div className="draft-text-head">
        <label htmlFor={id}>{label}</label>
        <span className="small dim">{note}</span>
        <span className="grow" />
        {children}
      </div>
      <textarea
        id={id}
        className="mono keeps-escape"
        spellCheck={false}
        wrap="off"
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  )
}

function OneWay({ reason }: { readonly reason: string }): ReactNode {
  return (
    <div className="draft-text">
      <div className="draft-text-head">
        <span>Down</span>
        <span className="small dim">none</span>
        <span className="grow" />
        <Button size="small" variant="bare" onPress={() => editDraft({ isOneWay: false })}>
          Write a rollback
        </Button>
      </div>
      <div className="draft-one-way">
        <p className="small dim">
          No down file is written, and the migration cannot be rolled back. The up file says why:
        </p>
        <TextField label="Reason" value={reason} onChange={(value) => editDraft({ reason: value })} />
      </div>
    </div>
  )
}

function Remarks(props: {
  readonly remarks: readonly DraftedStatement[]
  readonly stopped: string | null
  readonly isDone: boolean
}): ReactNode {
  const { remarks, stopped, isDone } = props
  if (remarks.length === 0 && stopped === null) return null
  return (
    <ul className="draft-remarks selectable" aria-label="Remarks">
      {stopped === null ? null : (
        <li>
          <LintIcon severity={isDone ? 'note' : 'error'} />
          <span>{stopped}</span>
        </li>
      )}
      {remarks.map(({ line, text, remark, inverse }) => (
        <li key={`${line} ${text}`}>
          <LintIcon severity={inverse === 'none' ? 'warning' : 'note'} />
          <span>
            <span className="dim">Line {line} </span>
            {remark}
          </span>
        </li>
      ))}
    </ul>
  )
}

function VerdictBand(props: {
  readonly verdict: Verdict
  readonly isRunning: boolean
  readonly onRehearse: () => void
}): ReactNode {
  const { verdict, isRunning, onRehearse } = props
  return (
    <div className={`draft-verdict ${verdict.state}`}>
      <div className="grow" role="status" aria-label="Verdict">
        <p className="st">{verdict.sentence}</p>
        {verdict.lines.length === 0 ? null : (
          <pre className="small selectable">{verdict.lines.slice(0, 50).join('\n')}</pre>
        )}
      </div>
      <Button size="small" isDisabled={isRunning} onPress={onRehearse}>
        Rehearse
      </Button>
    </div>
  )
}

function stoppedWords({ draft, source }: OpenDraft): string | null {
  if (source === 'drift')
    return 'This is on this database already. Mark it as applied here, so that it runs elsewhere only.'
  if (draft.stopped === null) return null
  if (draft.isDone) {
    return `This was run on this database already (${failureMessage(draft.stopped.failure)}). The rollback is read from the text alone. Mark it as applied here, so that it runs elsewhere only.`
  }
  const line = draft.statements[draft.stopped.statement - 1]?.line ?? 1
  return `Line ${line} failed when it was tried out, so what takes it and the rest back is not known. ${failureMessage(draft.stopped.failure)}`
}

import { type ReactNode, useState } from 'react'
import type { Failure } from '../../contract/failure'
import type { Blocker, SignalOutcome } from '../../contract/migration'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { FailureView } from '../ui/failure-view'
import { blockerState } from './words'

const DEEDS = {
  cancel: {
    title: 'Cancel statement',
    text: 'The server stops this statement. Its session stays open; a transaction that it is in is aborted.',
  },
  terminate: {
    title: 'Terminate session',
    text: 'The server ends this session. What its transaction changed is rolled back.',
  },
} as const

const OUTCOMES: Readonly<Record<Exclude<SignalOutcome, 'sent'>, string>> = {
  ended: 'This session has ended already. Nothing was sent.',
  'moved on': 'It does not run that statement any more. Nothing was cancelled.',
}

/** Names whose statement is to be cancelled, or whose session is to be terminated, and asks; says why when the server refused. */
export function SignalDialog(props: {
  readonly blocker: Blocker
  readonly signal: 'cancel' | 'terminate'
  readonly onSignal: () => Promise<SignalOutcome | Failure>
  readonly onClose: () => void
}): ReactNode {
  const { blocker, signal, onSignal, onClose } = props
  const [answer, setAnswer] = useState<'asked' | Exclude<SignalOutcome, 'sent'> | Failure | null>(null)
  const { title, text } = DEEDS[signal]
  const isOver = answer === 'ended' || answer === 'moved on'
  const send = async () => {
    setAnswer('asked')
    const outcome = await onSignal()
    if (outcome === 'sent') onClose()
    else setAnswer(outcome)
  }
  return (
    <Dialog
      role="alertdialog"
      label={title}
      title={`${title} of pid ${blocker.backendPid}`}
      width={520}
      onClose={onClose}
      footer={
        <>
          <span className="grow" />
          <Button autoFocus onPress={onClose}>
            {isOver ? 'Close' : 'Cancel'}
          </Button>
          {isOver ? null : (
            <Button variant="danger" isDisabled={answer === 'asked'} onPress={() => void send()}>
              {title}
            </Button>
          )}
        </>
      }
    >
      <p className="dialog-text">{isOver ? OUTCOMES[answer] : text}</p>
      <dl className="signal-facts selectable">
        <dt>Process</dt>
        <dd>{blocker.backendPid}</dd>
        <dt>Application</dt>
        <dd>{blocker.applicationName === '' ? 'none given' : blocker.applicationName}</dd>
        <dt>Role</dt>
        <dd>{blocker.role === '' ? 'unknown' : blocker.role}</dd>
        {blocker.clientAddress === '' ? null : (
          <>
            <dt>Host</dt>
            <dd>{blocker.clientAddress}</dd>
          </>
        )}
        <dt>State</dt>
        <dd>{blockerState(blocker)}</dd>
        <dt>Statement</dt>
        <dd>
          <pre className="mono">{blocker.query === '' ? 'not known' : blocker.query}</pre>
        </dd>
      </dl>
      {answer !== null && typeof answer === 'object' ? <FailureView failure={answer} className="in-dialog" /> : null}
    </Dialog>
  )
}

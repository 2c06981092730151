import { type ReactNode, useState } from 'react'
import type { Backend, SignalOutcome } from '../../contract/backend'
import type { Failure } from '../../contract/failure'
import { backendState } from './backend-state'
import { Button } from './button'
import { Dialog } from './dialog'
import { FailureView } from './failure-view'
import './signal-dialog.css'

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
  readonly backend: Backend
  /** The tab of this window whose session it is; left out for anybody else's. */
  readonly tabTitle?: string | undefined
  readonly signal: 'cancel' | 'terminate'
  readonly onSignal: () => Promise<SignalOutcome | Failure>
  readonly onClose: () => void
}): ReactNode {
  const { backend, tabTitle, signal, onSignal, onClose } = props
  const [answer, setAnswer] = useState<'asked' | Exclude<SignalOutcome, 'sent'> | Failure | null>(null)
  const { title, text } = DEEDS[signal]
  const isOver = answer === 'ended' || answer === 'moved on'
  const send = async () => {
    // Not disabled meanwhile: a disabled button loses the focus, which then would not return to where the question was asked.
    if (answer === 'asked') return
    setAnswer('asked')
    const outcome = await onSignal()
    if (outcome === 'sent') onClose()
    else setAnswer(outcome)
  }
  return (
    <Dialog
      role="alertdialog"
      label={title}
      title={`${title} of pid ${backend.backendPid}`}
      width={520}
      onClose={onClose}
      footer={
        <>
          <span className="grow" />
          <Button autoFocus onPress={onClose}>
            {isOver ? 'Close' : 'Leave it'}
          </Button>
          {isOver ? null : (
            <Button variant="danger" onPress={() => void send()}>
              {title}
            </Button>
          )}
        </>
      }
    >
      <p className="dialog-text">{isOver ? OUTCOMES[answer] : text}</p>
      <dl className="signal-facts selectable">
        <dt>Process</dt>
        <dd>{backend.backendPid}</dd>
        <dt>Application</dt>
        <dd>
          {tabTitle === undefined ? null : <b>Your tab “{tabTitle}” </b>}
          {backend.applicationName === '' ? 'none given' : backend.applicationName}
        </dd>
        <dt>Role</dt>
        <dd>{backend.role === '' ? 'unknown' : backend.role}</dd>
        {backend.clientAddress === '' ? null : (
          <>
            <dt>Host</dt>
            <dd>{backend.clientAddress}</dd>
          </>
        )}
        <dt>State</dt>
        <dd>{backendState(backend)}</dd>
        <dt>Statement</dt>
        <dd>
          <pre className="mono">{backend.query === '' ? 'not known' : backend.query}</pre>
        </dd>
      </dl>
      {answer !== null && typeof answer === 'object' ? <FailureView failure={answer} className="in-dialog" /> : null}
    </Dialog>
  )
}

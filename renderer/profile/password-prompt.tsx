import { type ReactNode, useState } from 'react'
import { useStore } from 'zustand'
import { failureMessage } from '../../contract/failure'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { FailureView } from '../ui/failure-view'
import { TextField } from '../ui/field'
import './connection.css'
import { givePassword, type OnOpen } from './profile-actions'
import { type PasswordPrompt as Prompt, profileStore, tellProfiles } from './profile-store'
import { promptWords, whereKept } from './profile-words'
import { tunnelStore } from './tunnel-store'

/** The question for a password, while a server wants one that is not known; `onOpen` is told when it was accepted. */
export function PasswordPrompt(props: { readonly onOpen: OnOpen }): ReactNode {
  const prompt = useStore(profileStore, (state) => state.prompt)
  if (prompt.type === 'closed') return null
  return <Question key={prompt.profile.id} prompt={prompt} onOpen={props.onOpen} />
}

function Question(props: { readonly prompt: Exclude<Prompt, { type: 'closed' }>; readonly onOpen: OnOpen }): ReactNode {
  const { profile, failure, type } = props.prompt
  const { target } = profile
  const [password, setPassword] = useState('')
  const keeper = useStore(profileStore, (state) => state.keeper)
  const waitingFor = useStore(tunnelStore, (state) => state.waitingFor)
  const kind = failure.kind === 'connection' ? (failure.secret?.kind ?? 'password') : 'password'
  const { label, title } = promptWords(profile, kind)
  const isFirst = failure.kind === 'connection' && failure.secret?.state === 'missing'
  const answer = async () => {
    if (password === '' || type === 'connecting') return
    const opened = await givePassword(password)
    if (opened.ok) props.onOpen(opened.profile, opened.facts)
  }
  return (
    <Dialog
      title={title}
      label={label}
      width={480}
      onClose={() => tellProfiles({ type: 'promptClosed' })}
      footer={
        <>
          <span className="small dim" role="status">
            {type === 'connecting' ? (
              <span className="late-word">{waitingFor === null ? 'Connecting…' : 'Waiting for your answer'}</span>
            ) : null}
          </span>
          <span className="grow" />
          <Button onPress={() => tellProfiles({ type: 'promptClosed' })}>Cancel</Button>
          <Button variant="primary" isDisabled={password === ''} onPress={() => void answer()}>
            Connect
          </Button>
        </>
      }
    >
      <div
        role="none"
        className="prompt-form"
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement)) return
          event.preventDefault()
          void answer()
        }}
      >
        {isFirst ? (
          <p className="t2">
            {kind === 'password' ? `The server asks role "${target.role}" for a password.` : failureMessage(failure)}
          </p>
        ) : (
          <FailureView failure={failure} />
        )}
        <dl className="facts">
          <dt>Role</dt>
          <dd className="mono cut">{target.role}</dd>
          <dt>Host</dt>
          <dd className="mono cut">{target.host.startsWith('/') ? target.host : `${target.host}:${target.port}`}</dd>
          <dt>Database</dt>
          <dd className="mono cut">{target.database}</dd>
        </dl>
        <div className="form">
          <TextField
            label={label}
            type="password"
            isMono
            className="w"
            autoFocus
            value={password}
            onChange={setPassword}
          />
          <p className="note">{whereKept(keeper)}</p>
        </div>
      </div>
    </Dialog>
  )
}

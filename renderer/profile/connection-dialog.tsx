import { Plug } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { ProfileId } from '../../contract/profile'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import './connection.css'
import { changesSessions, isDirty } from './connection-form'
import { ConnectionOutcome } from './connection-outcome'
import { problemsOf, type Section, sectionOf } from './connection-problems'
import { ConnectionSections } from './connection-sections'
import { ConnectionUrlField } from './connection-url-field'
import type { OnOpen } from './opened'
import { connect, saveConnection, testConnection } from './profile-actions'
import { type ConnectionForm, profileStore, tellProfiles } from './profile-store'

/** Props of `ConnectionDialog`. */
export interface ConnectionDialogProps {
  /** Told when Connect reached a session. */
  readonly onOpen: OnOpen
  /** The profile whose sessions are open; null when none is. */
  readonly openId: ProfileId | null
  /** Calls back once nothing is open any more that connecting would end; never when the person stays. */
  readonly beforeConnect: (profileId: ProfileId | null, connect: () => void) => void
}

/** The dialog "Connection" while one is being edited. */
export function ConnectionDialog(props: ConnectionDialogProps): ReactNode {
  const form = useStore(profileStore, (state) => state.form)
  if (form.type === 'closed') return null
  return <OpenDialog {...props} form={form} />
}

function OpenDialog(
  props: ConnectionDialogProps & { readonly form: Exclude<ConnectionForm, { type: 'closed' }> },
): ReactNode {
  const { form } = props
  const { draft } = form
  const body = useRef<HTMLDivElement>(null)
  const [section, setSection] = useState<Section>('general')
  const { showsProblems } = draft
  const isRemote = draft.kind === 'remote'

  // What is missing is shown in its section; the first of it gets the focus.
  const focusFirstProblem = () => {
    const [first] = Object.keys(problemsOf(draft))
    if (first === undefined) return
    setSection(sectionOf(first))
    requestAnimationFrame(() =>
      body.current?.querySelector<HTMLElement>('[role="tabpanel"] [aria-invalid="true"]')?.focus(),
    )
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the press that found problems moves the focus, not the edits after it
  useEffect(() => {
    if (showsProblems) focusFirstProblem()
  }, [showsProblems])

  const press = async (action: () => Promise<void>) => {
    focusFirstProblem()
    await action()
  }
  const connectNow = () =>
    press(async () => {
      const opened = await connect()
      if (opened.ok) props.onOpen(opened.profile, opened.facts)
    })
  const pressConnect = async () => {
    if (Object.keys(problemsOf(draft)).length > 0) await connectNow()
    else props.beforeConnect(draft.profileId, () => void connectNow())
  }
  const endsSessions = draft.profileId !== null && draft.profileId === props.openId && changesSessions(draft)
  const pressSave = async () => {
    if (endsSessions && Object.keys(problemsOf(draft)).length === 0)
      props.beforeConnect(draft.profileId, () => void saveConnection())
    else await press(saveConnection)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.defaultPrevented) return
    if (!(event.target instanceof HTMLInputElement) || !['text', 'password'].includes(event.target.type)) return
    event.preventDefault()
    void pressConnect()
  }

  return (
    <Dialog
      title="Connection"
      label="Connection"
      width={880}
      onClose={() => tellProfiles({ type: 'formClosed' })}
      footer={
        <>
          {isRemote ? (
            <Button onPress={() => void press(testConnection)}>
              <Plug className="i" aria-hidden />
              Test connection
            </Button>
          ) : null}
          {isDirty(draft) ? (
            <Button variant="bare" onPress={() => tellProfiles({ type: 'draftDiscarded' })}>
              Discard edits
            </Button>
          ) : null}
          <span className="grow" />
          {endsSessions ? <span className="small dim cut">Saving ends the sessions that are open.</span> : null}
          <Button onPress={() => void pressSave()}>Save</Button>
          <Button variant="primary" onPress={() => void pressConnect()}>
            Connect
          </Button>
        </>
      }
    >
      <div ref={body} role="none" className="connection-body" onKeyDown={onKeyDown}>
        {isRemote ? (
          <div className="form connection-url">
            <ConnectionUrlField
              draft={draft}
              onEdit={(text) => tellProfiles({ type: 'urlEdited', text })}
              onLeave={() => tellProfiles({ type: 'urlLeft' })}
            />
          </div>
        ) : null}
        <ConnectionSections
          draft={draft}
          section={section}
          onSection={setSection}
          isFocused={form.type === 'editing'}
        />
        {isRemote || form.type === 'failed' ? <ConnectionOutcome form={form} /> : null}
      </div>
    </Dialog>
  )
}

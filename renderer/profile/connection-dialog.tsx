import { Plug } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react'
import { FieldError, Label, Radio, RadioGroup } from 'react-aria-components'
import { useStore } from 'zustand'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Select, TextField } from '../ui/field'
import './connection.css'
import {
  type ConnectionDraft,
  type ConnectionFields,
  defaultName,
  isDirty,
  problemsOf,
  usesRootCertificate,
} from './connection-form'
import { ConnectionOutcome } from './connection-outcome'
import { ConnectionUrlField } from './connection-url-field'
import { chooseRootCertificate, connect, type OnOpen, saveConnection, testConnection } from './profile-actions'
import { type ConnectionForm, type FieldEdit, profileStore, tellProfiles } from './profile-store'
import { ENVIRONMENTS, TLS_MODES, whereKept } from './profile-words'

/** The dialog "Connection" while one is being edited; `onOpen` is told when Connect reached a session. */
export function ConnectionDialog(props: { readonly onOpen: OnOpen }): ReactNode {
  const form = useStore(profileStore, (state) => state.form)
  if (form.type === 'closed') return null
  return <OpenDialog form={form} onOpen={props.onOpen} />
}

function OpenDialog(props: {
  readonly form: Exclude<ConnectionForm, { type: 'closed' }>
  readonly onOpen: OnOpen
}): ReactNode {
  const { form } = props
  const { draft } = form
  const fields = useRef<HTMLDivElement>(null)
  const { showsProblems } = draft

  // What is missing is shown in the same frame; the first of it gets the focus.
  const focusFirstProblem = () => {
    requestAnimationFrame(() => fields.current?.querySelector<HTMLInputElement>('input[aria-invalid="true"]')?.focus())
  }
  useEffect(() => {
    if (showsProblems) fields.current?.querySelector<HTMLInputElement>('input[aria-invalid="true"]')?.focus()
  }, [showsProblems])

  const press = async (action: () => Promise<void>) => {
    if (Object.keys(problemsOf(draft.fields)).length > 0) focusFirstProblem()
    await action()
  }
  const pressConnect = () =>
    press(async () => {
      const opened = await connect()
      if (opened.ok) props.onOpen(opened.profile, opened.facts)
    })
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement) || event.target.type === 'radio') return
    event.preventDefault()
    void pressConnect()
  }

  return (
    <Dialog
      title="Connection"
      label="Connection"
      onClose={() => tellProfiles({ type: 'formClosed' })}
      footer={
        <>
          <Button onPress={() => void press(testConnection)}>
            <Plug className="i" aria-hidden />
            Test connection
          </Button>
          {isDirty(draft) ? (
            <Button variant="bare" onPress={() => tellProfiles({ type: 'draftDiscarded' })}>
              Discard edits
            </Button>
          ) : null}
          <span className="grow" />
          <Button onPress={() => void press(saveConnection)}>Save</Button>
          <Button variant="primary" onPress={() => void pressConnect()}>
            Connect
          </Button>
        </>
      }
    >
      <div ref={fields} role="none" className="form connection-form" onKeyDown={onKeyDown}>
        <ConnectionUrlField
          draft={draft}
          autoFocus={form.type === 'editing' && form.focus === 'url'}
          onEdit={(text) => tellProfiles({ type: 'urlEdited', text })}
          onLeave={() => tellProfiles({ type: 'urlLeft' })}
        />
        <hr />
        <Fields draft={draft} isFocused={form.type === 'editing' && form.focus === 'fields'} />
      </div>
      <ConnectionOutcome form={form} />
    </Dialog>
  )
}

function Fields(props: { readonly draft: ConnectionDraft; readonly isFocused: boolean }): ReactNode {
  const { draft, isFocused } = props
  const { fields } = draft
  const keeper = useStore(profileStore, (state) => state.keeper)
  const problems = draft.showsProblems ? problemsOf(fields) : {}
  const edit = (edit: FieldEdit) => tellProfiles({ type: 'fieldEdited', edit })
  const problemOf = (field: keyof ConnectionFields) =>
    problems[field] === undefined
      ? {}
      : { isInvalid: true, after: <FieldError className="problem">{problems[field]}</FieldError> }
  const hasCertificate = usesRootCertificate(fields.tlsMode)
  return (
    <>
      <TextField
        label="Name"
        className="w"
        value={fields.name}
        placeholder={defaultName(fields)}
        onChange={(value) => edit({ field: 'name', value })}
        {...problemOf('name')}
      />
      <RadioGroup
        className="field-pair"
        orientation="horizontal"
        value={fields.environment}
        onChange={(value) => {
          const chosen = ENVIRONMENTS.find((each) => each === value)
          if (chosen !== undefined) edit({ field: 'environment', value: chosen })
        }}
      >
        <Label>Environment</Label>
        <div className="seg w">
          {ENVIRONMENTS.map((environment) => (
            <Radio key={environment} value={environment} data-env={environment}>
              <i className="dot" />
              {environment}
            </Radio>
          ))}
        </div>
      </RadioGroup>
      <p className="note">The title bar takes this colour, so that you always see where you are.</p>
      <TextField
        label="Host"
        isMono
        className="host"
        autoFocus={isFocused}
        value={fields.host}
        onChange={(value) => edit({ field: 'host', value })}
        {...problemOf('host')}
      />
      <TextField
        label="Port"
        isMono
        labelClassName="end"
        value={fields.port}
        onChange={(value) => edit({ field: 'port', value })}
        {...problemOf('port')}
      />
      <TextField
        label="Database"
        isMono
        className="database"
        value={fields.database}
        onChange={(value) => edit({ field: 'database', value })}
        {...problemOf('database')}
      />
      <TextField
        label="Role"
        isMono
        labelClassName="end"
        value={fields.role}
        onChange={(value) => edit({ field: 'role', value })}
        {...problemOf('role')}
      />
      <TextField
        label="Password"
        type="password"
        isMono
        className="w"
        value={fields.password}
        placeholder={draft.profileId === null ? '' : 'unchanged unless typed'}
        onChange={(value) => edit({ field: 'password', value })}
      />
      <p className="note">{whereKept(keeper)}</p>
      <Select
        label="TLS mode"
        className="w"
        value={fields.tlsMode}
        choices={TLS_MODES}
        onChange={(value) => edit({ field: 'tlsMode', value })}
      />
      <TextField
        label="CA file"
        isMono
        className={hasCertificate ? 'w' : 'w off'}
        isDisabled={!hasCertificate}
        value={hasCertificate ? fields.rootCertificate : ''}
        placeholder={
          hasCertificate
            ? "~/.postgresql/root.crt, else the system's roots"
            : `not used with TLS mode ${fields.tlsMode}`
        }
        onChange={(value) => edit({ field: 'rootCertificate', value })}
        after={
          <>
            <FieldError className="problem">{problems.rootCertificate}</FieldError>
            <Button
              variant="bare"
              size="small"
              className="inside"
              isDisabled={!hasCertificate}
              onPress={() => void chooseRootCertificate()}
            >
              Choose…
            </Button>
          </>
        }
        isInvalid={problems.rootCertificate !== undefined}
      />
    </>
  )
}

import { Check, CircleDashed, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import { type AuthenticationMethod, authenticationMethod } from '../../contract/authentication'
import { type Failure, failureMessage } from '../../contract/failure'
import type { ConnectionStep } from '../../contract/profile'
import { Button } from '../ui/button'
import type { ConnectionForm } from './profile-store'
import { impliedSteps, type StepWords, stepWords } from './profile-words'
import { editField } from './sections/section-props'
import { tunnelStore } from './tunnel-store'

type OpenForm = Exclude<ConnectionForm, { type: 'closed' }>

const DIRECT = ['resolve', 'reach', 'tls', 'login'] as const

function untried(hasTunnel: boolean): ConnectionStep[] {
  const names = hasTunnel ? (['tunnel', ...DIRECT] as const) : DIRECT
  return names.map((name) => ({ name, state: 'not tried', detail: '', elapsedMs: 0 }))
}

/** What the last test or attempt to connect found: its verdict, then the steps; their place is there before anything was tried. */
export function ConnectionOutcome({ form }: { readonly form: OpenForm }): ReactNode {
  const { fields } = form.draft
  const steps =
    form.type === 'failed'
      ? impliedSteps(form.failure, fields)
      : (form.type === 'tested' ? form.report.steps : untried(fields.usesTunnel)).map((step) =>
          stepWords(step, fields.port),
        )
  return (
    <div className="test">
      <Verdict form={form} />
      <ol aria-label="Steps">
        {steps.map(({ name, state, what, outcome }) => (
          <li key={name} className={STATES[state].className}>
            {STATES[state].icon}
            <span className={state === 'failed' ? 'strong' : state === 'done' ? '' : 'dim'}>{what}</span>
            <span className="cut" title={outcome}>
              {outcome}
            </span>
          </li>
        ))}
      </ol>
    </div>
  )
}

const STATES: Readonly<Record<StepWords['state'], { readonly className: string; readonly icon: ReactNode }>> = {
  done: { className: 'is-applied', icon: <Check className="i" aria-label="done" /> },
  failed: { className: 'is-failed', icon: <X className="i" aria-label="failed" /> },
  'not tried': { className: '', icon: <CircleDashed className="i" aria-hidden /> },
  unknown: { className: '', icon: <CircleDashed className="i" aria-hidden /> },
  'not used': { className: '', icon: <CircleDashed className="i" aria-hidden /> },
}

function Verdict({ form }: { readonly form: OpenForm }): ReactNode {
  const waitingFor = useStore(tunnelStore, (state) => state.waitingFor)
  if (waitingFor !== null && 'attempt' in form) {
    return <Idle title="Waiting for your answer" text={`A dialog asks whether you trust the key of ${waitingFor}.`} />
  }
  switch (form.type) {
    case 'editing':
      return (
        <Idle title="Not tried yet" text="Test connection goes through these steps and closes the session again." />
      )
    case 'testing':
      return <Idle title="Testing…" text="Editing a field or closing the dialog leaves the test." isLate />
    case 'connecting':
      return <Idle title="Connecting…" text="Editing a field or closing the dialog leaves the attempt." isLate />
    case 'saving':
      return <Idle title="Saving…" text="" isLate />
    case 'failed':
      return <Failed failure={form.failure} form={form} />
    case 'tested':
      if (form.report.failure !== null) return <Failed failure={form.report.failure} form={form} />
      return (
        <div className="what good" role="status">
          <b>Connected to PostgreSQL {form.report.serverVersion}</b>
          <p className="small t2">The session was closed again. Nothing was saved.</p>
        </div>
      )
  }
}

function Idle(props: { readonly title: string; readonly text: string; readonly isLate?: boolean }): ReactNode {
  return (
    <div className="what idle" role="status">
      <div className={props.isLate === true ? 'late-word' : ''}>
        <b>{props.title}</b>
        <p className="small dim">{props.text}</p>
      </div>
    </div>
  )
}

function Failed({ failure, form }: { readonly failure: Failure; readonly form: OpenForm }): ReactNode {
  const { authenticationMethods } = form.draft.fields
  const allow = (method: AuthenticationMethod) => {
    const isAllowed = (each: AuthenticationMethod) => each === method || authenticationMethods.includes(each)
    editField({ field: 'authenticationMethods', value: authenticationMethod.options.filter(isAllowed) })
  }
  const advice = failure.kind === 'connection' ? failure.advice : failure.kind === 'defect' ? DEFECT : undefined
  const code = failure.kind === 'connection' ? failure.code : undefined
  const refused = failure.kind === 'connection' ? failure.refusedMethod : undefined
  return (
    <div className="what selectable" role="alert">
      <b>{failureMessage(failure)}</b>
      <p className="small t2">
        {advice}
        {code === undefined ? null : <span className="dim"> SQLSTATE {code}</span>}
      </p>
      {refused === undefined ? null : (
        <Button size="small" onPress={() => allow(refused)}>
          Allow {refused}
        </Button>
      )}
    </div>
  )
}

const DEFECT = 'This is a fault of Strata. Its log says more.'

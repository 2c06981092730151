import { Circle, Undo2 } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import type { MigrationPlan, MigrationStep } from '../../contract/migration'
import type { Environment, ProfileId } from '../../contract/profile'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { countOf } from '../ui/format'
import { isAtWork, LossSection } from './loss-section'
import { useLosses } from './loss-store'
import { planSentence, planTitle, planWarning } from './plan-words'
import { SqlPieces } from './sql-text'
import { oneLine } from './statement-log'
import { TypedName } from './typed-name'
import { saveLosses } from './watch-losses'

/** Shows exactly what will run and where, and asks; Enter confirms only what destroys nothing, away from shared databases. */
export function PlanDialog(props: {
  readonly profileId: ProfileId
  readonly plan: MigrationPlan
  readonly profileName: string
  readonly environment: Environment
  readonly onConfirm: () => void
  readonly onClose: () => void
}): ReactNode {
  const { profileId, plan, profileName, environment, onConfirm, onClose } = props
  const title = planTitle(plan)
  const isApply = plan.direction === 'apply'
  const isCareful = asksForCare(plan, environment)
  const losses = useLosses(profileId, plan.digest)
  const [typed, setTyped] = useState('')
  const isTyped = environment !== 'production' || typed === plan.database
  const deed = `${title} ${isApply ? 'to' : 'on'} ${environment}`
  return (
    <Dialog
      label={title}
      title={
        <span className="plan-title">
          {title}
          <span className="where cut t2" title={`${plan.database} on ${plan.host}`}>
            {isApply ? 'to ' : 'in '}
            <b>{plan.database}</b> on {plan.host}
          </span>
          <span className="small dim">{profileName}</span>
          <span className="chip" data-env={environment}>
            {environment}
          </span>
        </span>
      }
      width={760}
      onClose={onClose}
      footer={
        <>
          <span className="grow small dim cut">{planWarning(plan)}</span>
          <Button autoFocus={isCareful} onPress={onClose}>
            Cancel
          </Button>
          <Button
            autoFocus={!isCareful}
            variant={isCareful ? 'danger' : 'primary'}
            isDisabled={!isTyped || (isCareful && losses?.report.kind === 'looking')}
            onPress={onConfirm}
          >
            {isCareful && isAtWork(losses) ? `${deed}, not counted yet` : deed}
          </Button>
        </>
      }
    >
      <p className="plan-sentence selectable">{planSentence(plan)}</p>
      <LossSection plan={plan} losses={losses} onSave={(lost) => void saveLosses(profileId, plan.digest, lost)} />
      <ol className="plan-steps" aria-label="Steps">
        {plan.steps.map((step) => (
          <Step key={step.name} step={step} />
        ))}
      </ol>
      {environment === 'production' ? <TypedName database={plan.database} value={typed} onChange={setTyped} /> : null}
    </Dialog>
  )
}

/** True where a slip of the Enter key must not confirm: rollbacks, shared databases, and what may take rows away. */
function asksForCare(plan: MigrationPlan, environment: Environment): boolean {
  if (plan.direction === 'roll back' || environment === 'staging' || environment === 'production') return true
  return plan.steps.some((step) => step.statements.some((statement) => statement.destroys))
}

function Step({ step }: { readonly step: MigrationStep }): ReactNode {
  const isApply = step.direction === 'apply'
  const Icon = isApply ? Circle : Undo2
  return (
    <li aria-label={`${step.title}, ${isApply ? 'apply' : 'roll back'}`}>
      <div className="ph is-pending">
        <Icon className="i" size={14} strokeWidth={1.75} aria-hidden />
        <b className="cut">{step.title}</b>
        <span className="right">
          {countOf(step.statements.length, 'statement')}
          {step.isTransactional ? '' : ', no transaction'}
        </span>
      </div>
      <div className="plan-why small">
        <p className="t2">{step.reason}</p>
        <p className="mono fn dim cut" title={step.file}>
          {step.file}
        </p>
      </div>
      <ol className="plan-statements" aria-label="Statements">
        {step.statements.map(({ line, text, destroys }, index) => (
          <li key={index} className="ps" title={text.slice(0, 2000)}>
            <span className="no">{line}</span>
            <code className="cut">
              <SqlPieces text={oneLine(text)} />
            </code>
            {destroys ? <span className="small st is-failed">destroys</span> : null}
          </li>
        ))}
      </ol>
    </li>
  )
}

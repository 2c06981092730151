import { TriangleAlert } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { Checkbox } from 'react-aria-components'
import type { MigrationPlan } from '../../contract/migration'
import type { Environment, ProfileId } from '../../contract/profile'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { isAtWork, LossSection } from './loss-section'
import { useLosses } from './loss-store'
import { PlanStep } from './plan-step'
import { planSentence, planTitle, planWarning, shownAtFirst } from './plan-words'
import { TypedName } from './typed-name'
import { saveLosses, watchLosses } from './watch-losses'

/** Shows exactly what will run and where, and asks; Enter confirms only what destroys nothing, away from shared databases. */
export function PlanDialog(props: {
  readonly profileId: ProfileId
  readonly plan: MigrationPlan
  readonly profileName: string
  readonly environment: Environment
  /** The plan that was confirmed could not be run any more; this is the new one. */
  readonly isAnew: boolean
  readonly onAllOrNothing: (isOn: boolean) => void
  readonly onConfirm: () => void
  readonly onClose: () => void
}): ReactNode {
  const { profileId, plan, profileName, environment, isAnew, onAllOrNothing, onConfirm, onClose } = props
  const title = planTitle(plan)
  const isPlainApply = plan.action.kind.startsWith('apply')
  const isCareful = asksForCare(plan, environment)
  const losses = useLosses(profileId, plan.digest)
  const [typed, setTyped] = useState('')
  const isTyped = environment !== 'production' || typed === plan.database
  const shown = shownAtFirst(plan)
  const deed = `${title} ${isPlainApply ? 'to' : 'on'} ${environment}`
  // Not on the button: Cancel would move under the pointer when it is counted.
  const isUncounted = isCareful && isAtWork(losses)
  const footWords = !isTyped
    ? 'Type the name of the database first.'
    : isUncounted
      ? 'What will be lost is not counted yet.'
      : planWarning(plan)
  return (
    <Dialog
      label={title}
      environment={environment}
      title={
        <span className="plan-title">
          {title}
          <span className="where cut t2" title={`${plan.database} on ${plan.host}`}>
            {isPlainApply ? 'to ' : 'in '}
            <b>{plan.database}</b> on {plan.host}
          </span>
          <span className="whose cut dim" title={profileName}>
            {profileName}
          </span>
          <span className="chip" data-env={environment}>
            {environment}
          </span>
        </span>
      }
      width={760}
      onClose={onClose}
      footer={
        <>
          <span className="grow small dim cut" title={footWords}>
            {footWords}
          </span>
          <Button autoFocus={isCareful} onPress={onClose}>
            Cancel
          </Button>
          <Button
            autoFocus={!isCareful}
            variant={isCareful ? 'danger' : 'primary'}
            isDisabled={!isTyped || (isCareful && losses?.report.kind === 'looking')}
            onPress={onConfirm}
          >
            {deed}
          </Button>
        </>
      }
    >
      <p className="plan-sentence selectable">{planSentence(plan)}</p>
      {isAnew ? (
        <p className="plan-anew is-changed" role="status">
          <TriangleAlert className="i" size={14} strokeWidth={1.75} aria-hidden />
          The files or the history changed after the plan was shown. Nothing was run. This is the new plan.
        </p>
      ) : null}
      {canBeWhole(plan) ? <AllOrNothing plan={plan} onChange={onAllOrNothing} /> : null}
      <LossSection
        plan={plan}
        losses={losses}
        onSave={(lost) => void saveLosses(profileId, plan.digest, lost)}
        onTry={() => void watchLosses(profileId, plan, true)}
      />
      {environment === 'production' ? <TypedName database={plan.database} value={typed} onChange={setTyped} /> : null}
      <ol className="plan-steps" aria-label="Steps">
        {plan.steps.map((step, index) => (
          <PlanStep key={`${step.direction} ${step.name}`} step={step} most={shown[index] ?? 0} />
        ))}
      </ol>
    </Dialog>
  )
}

/** True where a slip of the Enter key must not confirm: rollbacks, shared databases, and what may take rows away. */
function asksForCare(plan: MigrationPlan, environment: Environment): boolean {
  if (environment === 'staging' || environment === 'production') return true
  return plan.steps.some(
    (step) =>
      step.direction === 'roll back' || step.statements.some((each, index) => each.destroys && index >= step.skips),
  )
}

/** True where it makes a difference: for two migrations and more that run. */
function canBeWhole({ steps }: MigrationPlan): boolean {
  return steps.length > 1 && steps.every((step) => !step.isMark)
}

function AllOrNothing(props: { readonly plan: MigrationPlan; readonly onChange: (isOn: boolean) => void }): ReactNode {
  const { plan, onChange } = props
  const outside = plan.steps.find((step) => !step.isTransactional)
  const why =
    outside === undefined
      ? plan.isAllOrNothing
        ? 'One transaction for the whole run: a failure leaves nothing of it.'
        : 'One transaction for each migration: those before a failure stay.'
      : `Not possible here: ${outside.title} runs without a transaction.`
  return (
    <div className="plan-whole">
      <Checkbox
        className="check"
        isSelected={plan.isAllOrNothing}
        isDisabled={outside !== undefined}
        onChange={onChange}
      >
        <span className="check-box" aria-hidden />
        All or nothing
      </Checkbox>
      <span className="small dim">{why}</span>
    </div>
  )
}

import { ArrowRight, Check, Circle } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import type { Failure } from '../../contract/failure'
import type { ConversionPlan } from '../../contract/migration-conversion'
import { FailureView } from '../ui/failure-view'
import { TextField } from '../ui/field'
import { FormDialog } from '../ui/form-dialog'
import { countOf } from '../ui/format'
import './foreign.css'

/** Shows what becomes of each file and of the history, and asks for the name of the new folder. */
export function ConversionDialog(props: {
  readonly plan: ConversionPlan
  readonly isWorking: boolean
  readonly failure: Failure | null
  readonly onConvert: (name: string) => void
  readonly onClose: () => void
}): ReactNode {
  const { plan, isWorking, failure, onConvert, onClose } = props
  const { tool, migrations, refusals } = plan
  const [name, setName] = useState(plan.name)
  const applied = migrations.filter((each) => each.isApplied).length
  const isName = name.trim() === name && name !== '' && name !== '.' && name !== '..' && !/[/\\]/.test(name)
  return (
    <FormDialog
      namesPlace
      title="Convert to native"
      deed={isWorking ? 'Converting' : 'Convert'}
      isReady={isName && !isWorking && refusals.length === 0}
      onSubmit={() => onConvert(name)}
      onClose={onClose}
      width={680}
      className="conversion"
      note={`The files and the table of ${tool} stay as they are.`}
      below={failure === null ? null : <FailureView failure={failure} className="in-panel" />}
    >
      <p className="about">
        {countOf(migrations.length, 'migration')} of {tool} become pairs of .up.sql and .down.sql files in a new folder,
        which this connection then uses. {takenOver(applied, tool, plan.database)}
      </p>
      <TextField label="New folder" value={name} onChange={setName} isInvalid={!isName} isMono autoFocus />
      <p className="note small dim cut" title={plan.parent}>
        in {plan.parent}
      </p>
      {refusals.length === 0 ? null : (
        <ul className="small st is-failed why selectable" role="alert" aria-label="Why it cannot be converted">
          {refusals.map((refusal) => (
            <li key={refusal}>{refusal}</li>
          ))}
        </ul>
      )}
      <ul className="pairs" aria-label="What becomes of each file">
        {migrations.map((each) => (
          <li key={each.name} className={each.isApplied ? 'is-applied' : 'is-pending'}>
            {each.isApplied ? (
              <Check className="i" size={14} strokeWidth={2} aria-hidden />
            ) : (
              <Circle className="i" size={14} strokeWidth={1.75} aria-hidden />
            )}
            <span className="mono cut" title={each.file}>
              {each.file}
            </span>
            <ArrowRight className="i dim" size={12} strokeWidth={1.75} aria-hidden />
            <span className="mono cut" title={each.name}>
              {each.name}
            </span>
            <em className="small dim" title={each.irreversible ?? undefined}>
              {each.irreversible === null ? (each.isApplied ? 'applied' : 'pending') : 'no rollback'}
            </em>
          </li>
        ))}
      </ul>
    </FormDialog>
  )
}

function takenOver(applied: number, tool: string, database: string): string {
  if (applied === 0) return `None of them is applied in ${database}.`
  const what = applied === 1 ? 'The one that is' : `The ${applied} that are`
  return `${what} applied in ${database} count as applied from then on, in the order ${tool} has for them. Nothing is run.`
}

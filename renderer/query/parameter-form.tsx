import { Play } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { Checkbox } from 'react-aria-components'
import { TextField } from '../ui/field'
import { FormDialog } from '../ui/form-dialog'
import './parameter-form.css'
import type { ParameterEntry, ParameterQuestion } from './tab-query'

/** Asks for the values of a run's parameters, one field each, with what was typed last time; Enter runs, Escape runs nothing. */
export function ParameterForm(props: {
  readonly question: ParameterQuestion
  /** What was last typed for each parameter of the tab. */
  readonly remembered: ReadonlyMap<string, ParameterEntry>
  readonly onRun: (entries: ReadonlyMap<string, ParameterEntry>) => void
  readonly onClose: () => void
}): ReactNode {
  const { question, remembered, onRun, onClose } = props
  const [entries, setEntries] = useState<ReadonlyMap<string, ParameterEntry>>(
    () => new Map(question.wanted.map(({ name }) => [name, remembered.get(name) ?? { text: '', isNull: false }])),
  )
  const change = (name: string, entry: ParameterEntry) => setEntries(new Map(entries).set(name, entry))
  return (
    <FormDialog
      title="Parameters"
      deed={
        <>
          <Play className="i" />
          Run
        </>
      }
      isReady
      onSubmit={() => onRun(entries)}
      onClose={onClose}
      width={520}
      className="parameters"
      note="Sent beside the statement, never written into it."
    >
      {question.wanted.map(({ name, typeName }, index) => {
        const { text, isNull } = entries.get(name) ?? { text: '', isNull: false }
        return (
          <div key={name} className="parameter">
            <TextField
              label={name}
              labelClassName="mono cut"
              value={isNull ? '' : text}
              // Whoever types a value means it.
              onChange={(typed) => change(name, { text: typed, isNull: false })}
              isMono
              autoFocus={index === 0}
              {...(isNull ? { placeholder: 'NULL' } : {})}
              after={typeName === null ? null : <span className="dim small parameter-type">{typeName}</span>}
            />
            <Checkbox
              className="check"
              aria-label={`${name} is NULL`}
              isSelected={isNull}
              onChange={(selected) => change(name, { text, isNull: selected })}
            >
              <span className="check-box" aria-hidden />
              NULL
            </Checkbox>
          </div>
        )
      })}
    </FormDialog>
  )
}

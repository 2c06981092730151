import { type ReactNode, useState } from 'react'
import { Radio, RadioGroup } from 'react-aria-components'
import type { Environment } from '../../contract/profile'
import { type RehearsalPlace, rehearsalPlace } from '../../contract/rehearsal'
import { FormDialog } from '../ui/form-dialog'

const PLACES: readonly { readonly place: RehearsalPlace; readonly label: string; readonly meaning: string }[] = [
  {
    place: 'database',
    label: 'This database',
    meaning:
      'In one transaction that is rolled back. Its locks are real while it runs: others wait for them, and it waits for theirs at most 3 s per lock. What rewrites or scans a table takes its real time. Sequences that move stay moved, and what reaches outside the database happens.',
  },
  {
    place: 'scratch',
    label: 'Scratch copy of the schema',
    meaning:
      'In a new database on the same server, made by running the applied migrations again and dropped afterwards. Nobody waits. It holds no rows but theirs, so times, scans and checks of existing rows say little.',
  },
]

/** Asks where to rehearse, and says before it begins what it costs there. */
export function RehearsalDialog(props: {
  /** What is rehearsed, in words. */
  readonly what: string
  readonly profileName: string
  readonly environment: Environment
  readonly place: RehearsalPlace
  readonly onStart: (place: RehearsalPlace) => void
  readonly onClose: () => void
}): ReactNode {
  const { what, profileName, environment, onStart, onClose } = props
  const [place, setPlace] = useState(props.place)
  return (
    <FormDialog
      namesPlace
      title="Rehearse"
      deed="Rehearse"
      isReady
      onSubmit={() => onStart(place)}
      onClose={onClose}
      width={520}
      className="rehearsal-form"
      note="The schema and its rows stay as they are."
    >
      <p>{what}</p>
      <RadioGroup
        className="places"
        aria-label="Where to rehearse"
        value={place}
        onChange={(value) => setPlace(rehearsalPlace.parse(value))}
      >
        {PLACES.map((each) => (
          <Radio key={each.place} value={each.place} className="place">
            <span className="place-name">
              <span className="strong">{each.place === 'database' ? `${each.label}, ${profileName}` : each.label}</span>
              {each.place === 'database' ? (
                <span className="chip" data-env={environment}>
                  {environment}
                </span>
              ) : null}
            </span>
            <span className="small t2">{each.meaning}</span>
          </Radio>
        ))}
      </RadioGroup>
    </FormDialog>
  )
}

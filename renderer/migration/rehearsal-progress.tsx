import type { ReactNode } from 'react'
import { Button } from '../ui/button'
import { formatSeconds } from '../ui/format'
import { useTicking } from '../ui/use-ticking'
import { clockAt } from './clock'
import type { RunningRehearsal } from './rehearsal-store'

/** How far a rehearsal is, and how it can be stopped. */
export function RehearsalProgress(props: {
  readonly running: RunningRehearsal
  readonly titleOf: (name: string) => string
  readonly onCancel: () => void
}): ReactNode {
  const { running, titleOf, onCancel } = props
  const { at, begun, count, startedAt, place } = running
  const now = clockAt(useTicking(true, 100))
  const text =
    at === null
      ? place === 'scratch' && count === 0
        ? 'Making a scratch copy of the schema'
        : 'Rehearsing'
      : `${at.direction === 'apply' ? 'Rehearsing' : 'Rolling back'} ${titleOf(at.name)}, statement ${at.statement}`
  return (
    <div className="rehearsing slowly">
      <div className="line">
        <output aria-label="Rehearsal status">{text}</output>
        <span className="num small t2" aria-hidden>
          {formatSeconds(Math.max(0, now - startedAt))}
        </span>
        <Button size="small" onPress={onCancel}>
          Cancel
        </Button>
      </div>
      <div className="bar">
        <i
          style={{ width: `${count === 0 ? 0 : Math.min(100, Math.round((Math.max(0, begun - 1) / count) * 100))}%` }}
        />
      </div>
      <p className="small dim">
        The schema and its rows stay as they are: it is rolled back at the end, also when you cancel.
      </p>
    </div>
  )
}

import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Failure } from '../../contract/failure'
import type { MigrationPlan } from '../../contract/migration'
import { Button } from '../ui/button'
import { FailureView } from '../ui/failure-view'
import { type FilePlace, placeInMessage } from './file-place'

/** Why a plan cannot be run: every reason with its file and line, and a button that opens it. */
export function Refusals(props: {
  readonly plan: MigrationPlan
  /** Names of migrations whose files can be opened. */
  readonly isKnown: (name: string) => boolean
  readonly onOpen: (name: string, place: FilePlace) => void
  /** Plans the same with one transaction for each migration. */
  readonly onOneEach: () => void
  readonly onDismiss: () => void
}): ReactNode {
  const { plan, isKnown, onOpen, onOneEach, onDismiss } = props
  const verb =
    plan.steps.some((step) => step.isMark) || plan.action.kind.startsWith('mark')
      ? 'marked'
      : plan.direction === 'apply'
        ? 'applied'
        : 'rolled back'
  return (
    <div className="failure refusal" role="alert">
      <div className="head">
        <p>{`Nothing was ${verb}: the plan is refused`}</p>
        <Dismiss onPress={onDismiss} />
      </div>
      <ul className="reasons selectable" aria-label="Reasons">
        {plan.refusals.map(({ path, message }, index) => {
          const place = placeInMessage(message)
          return (
            <li key={index}>
              <p>{message}</p>
              {isKnown(path) ? (
                <Button size="small" onPress={() => onOpen(path, place)}>
                  {place.line === null ? 'Open file' : `Open line ${place.line}`}
                </Button>
              ) : null}
              {path === 'all or nothing' ? (
                <Button size="small" onPress={onOneEach}>
                  One transaction for each
                </Button>
              ) : null}
            </li>
          )
        })}
      </ul>
    </div>
  )
}

/** A failure of the panel's own deeds, until it is dismissed. */
export function Problem(props: { readonly failure: Failure; readonly onDismiss: () => void }): ReactNode {
  return (
    <div className="notice-frame">
      <FailureView failure={props.failure} className="in-panel" actions={<Dismiss onPress={props.onDismiss} />} />
    </div>
  )
}

function Dismiss({ onPress }: { readonly onPress: () => void }): ReactNode {
  return (
    <Button variant="bare" size="small" isIcon aria-label="Dismiss" onPress={onPress}>
      <X className="i" size={14} strokeWidth={1.75} aria-hidden />
    </Button>
  )
}

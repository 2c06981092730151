import { type ReactNode, useEffect, useRef } from 'react'
import type { MigrationAction } from '../../contract/migration'
import { Button } from '../ui/button'
import { countOf } from '../ui/format'
import type { Migrations } from './migrations'
import { panelReasons } from './possible-actions'
import { ReasonButton } from './reason-button'
import { shownMigrations } from './shown-migrations'

/** Apply all, Apply next and Roll back last; while a run is on, how it can be stopped. */
export function RunButtons(props: {
  readonly migrations: Migrations
  readonly onAction: (action: MigrationAction) => void
  readonly onCancel: () => void
}): ReactNode {
  const { migrations, onAction, onCancel } = props
  const { run } = migrations
  const bar = useRef<HTMLDivElement>(null)
  const isRunning = run.kind === 'running'

  const wasRunning = useRef(isRunning)
  const hadFocus = useRef(false)

  // The pressed button is gone when the bar changes: the keyboard goes on with what took its place.
  useEffect(() => {
    if (wasRunning.current === isRunning) return
    wasRunning.current = isRunning
    if (!hadFocus.current || document.activeElement !== document.body) return
    bar.current?.querySelector<HTMLElement>(isRunning ? 'button' : 'button:not([aria-disabled="true"])')?.focus()
  }, [isRunning])

  const watch = {
    onFocus: () => {
      hadFocus.current = true
    },
    onBlur: () => {
      hadFocus.current = false
    },
  }

  if (isRunning) {
    const step = run.plan.steps[run.step - 1]
    const promise = step === undefined ? '' : promiseOf(step.isTransactional)
    return (
      <div className="mbtns" ref={bar} {...watch}>
        <span className="hint cut" title={promise}>
          {promise}
        </span>
        <span className="grow" />
        <Button isDisabled={run.isCancelling} onPress={onCancel}>
          Cancel
        </Button>
      </div>
    )
  }
  const { rows, appliedCount } = shownMigrations(migrations)
  const reasons = panelReasons(migrations)
  const next = rows[appliedCount]?.migration.title ?? ''
  const last = rows[appliedCount - 1]?.migration.title ?? ''
  return (
    <div className="mbtns" ref={bar} {...watch}>
      <ReasonButton
        variant={reasons.apply === null ? 'primary' : 'normal'}
        reason={reasons.apply}
        tip={`Applies ${countOf(rows.length - appliedCount, 'migration')}, in file order`}
        onPress={() => onAction({ kind: 'apply all' })}
      >
        Apply all
      </ReasonButton>
      <ReasonButton reason={reasons.apply} tip={`Applies ${next}`} onPress={() => onAction({ kind: 'apply next' })}>
        Apply next
      </ReasonButton>
      <span className="grow" />
      <ReasonButton
        reason={reasons.rollBack}
        tip={`Rolls back ${last}, which was applied last`}
        onPress={() => onAction({ kind: 'roll back last' })}
      >
        Roll back last
      </ReasonButton>
    </div>
  )
}

function promiseOf(isTransactional: boolean): string {
  return isTransactional ? 'Cancel leaves nothing of it.' : 'No transaction: what is done stays.'
}

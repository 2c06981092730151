import { Check, Circle, CircleHelp, type LucideIcon, X } from 'lucide-react'
import { type ReactNode, useEffect } from 'react'
import type { Migration, MigrationAction, StoppedMigration } from '../../contract/migration'
import { Button } from '../ui/button'
import { oneLine } from './statement-log'

/** Says of a migration that stopped half-way which statement is in, which failed and what was not run, and offers the ways out. */
export function StoppedNotice(props: {
  readonly migration: Migration
  readonly stopped: StoppedMigration
  readonly onAction: (action: MigrationAction) => void
}): ReactNode {
  const { migration, stopped, onAction } = props
  const { name } = migration
  const { direction, completed, statementCount, statement, error, invalidIndexes } = stopped
  const at = completed + 1
  const hasLeft = invalidIndexes.length > 0

  // What was pressed goes away with the notice, and the dialog gives the focus back to nothing, a frame after it closed.
  useEffect(() => () => void requestAnimationFrame(() => requestAnimationFrame(focusListWhenLost)), [])
  return (
    <section className="stopped-notice is-failed" aria-label="Stopped half-way">
      <p className="small strong">
        {error === null ? 'Interrupted' : 'Stopped'} half-way while it was{' '}
        {direction === 'apply' ? 'applied' : 'rolled back'}, without a transaction
      </p>
      <ul className="small">
        <Line icon={Check} look="applied">
          {completed === 0
            ? `None of its ${statementCount} statements is in`
            : `${range(1, completed)} of ${statementCount} ${completed === 1 ? 'is' : 'are'} in`}
        </Line>
        {at > statementCount ? null : (
          <Line icon={error === null ? CircleHelp : X} look={error === null ? 'changed' : 'failed'}>
            {error === null
              ? `Statement ${at} was interrupted: in or not is unknown`
              : `Statement ${at} failed: ${error}`}
            {statement === null ? null : (
              <code className="cut" title={statement.text}>
                {oneLine(statement.text)}
              </code>
            )}
          </Line>
        )}
        {at >= statementCount ? null : (
          <Line icon={Circle} look="missing">
            {range(at + 1, statementCount)} {at + 1 === statementCount ? 'was' : 'were'} not run
          </Line>
        )}
        {invalidIndexes.map((index) => (
          <Line key={index} icon={X} look="failed">
            INVALID index <code>{index}</code> is left
          </Line>
        ))}
      </ul>
      <div className="deeds">
        {hasLeft ? (
          <Button
            size="small"
            tip={`Drops ${invalidIndexes.join(', ')} concurrently, then runs the rest of the file`}
            onPress={() => onAction({ kind: 'drop index and retry', name })}
          >
            Drop index and retry
          </Button>
        ) : null}
        <Button
          size="small"
          aria-label={at > statementCount ? 'Finish' : `Resume at statement ${at}`}
          tip={
            at > statementCount ? 'Writes the history: all statements are in' : `Runs the file from statement ${at} on`
          }
          onPress={() => onAction({ kind: 'resume', name })}
        >
          {at > statementCount ? 'Finish' : 'Resume'}
        </Button>
        <Button
          size="small"
          tip="Runs the whole file again, also what is in already"
          onPress={() => onAction({ kind: 'retry', name })}
        >
          Retry from the start
        </Button>
        <Button
          size="small"
          tip="Only the history is written: nothing is run"
          onPress={() => onAction({ kind: 'mark as applied', name })}
        >
          Mark as applied
        </Button>
        <Button
          size="small"
          tip="Only the history is written: nothing is run, and what is in stays"
          onPress={() => onAction({ kind: 'mark as not applied', name })}
        >
          Mark as not applied
        </Button>
      </div>
    </section>
  )
}

function focusListWhenLost(): void {
  if (document.activeElement !== document.body) return
  document.querySelector<HTMLElement>('.mlist [aria-current="true"]')?.focus({ preventScroll: true })
}

function Line(props: { readonly icon: LucideIcon; readonly look: string; readonly children: ReactNode }): ReactNode {
  const Icon = props.icon
  return (
    <li className={`is-${props.look}`}>
      <Icon className="i" size={14} strokeWidth={1.75} aria-hidden />
      <div>{props.children}</div>
    </li>
  )
}

function range(from: number, to: number): string {
  return from === to ? `Statement ${from}` : `Statements ${from} to ${to}`
}

import { memo, type ReactNode } from 'react'
import { itemName, oneWayReason, type ShownMigration } from './shown-migrations'
import { OneWayMark, StateIcon } from './state-icon'

interface RowProps {
  readonly shown: ShownMigration
  readonly isSelected: boolean
  readonly isTabStop: boolean
}

/** One migration of the list: state, date, title, a mark when it cannot be rolled back, and the state's word. */
export const MigrationRow = memo(function MigrationRow({ shown, isSelected, isTabStop }: RowProps): ReactNode {
  const { migration, state, word, meaning } = shown
  const irreversible = oneWayReason(migration)
  return (
    <li
      className={`m is-${state} ${isSelected ? 'on' : ''}`}
      aria-label={itemName(shown)}
      aria-current={isSelected}
      title={[migration.title, meaning, ...(irreversible === null ? [] : [irreversible])].join('\n')}
      data-name={migration.name}
      tabIndex={isTabStop ? 0 : -1}
    >
      <StateIcon state={state} />
      <ShortDate date={migration.date} />
      <span className="cut">{migration.title}</span>
      <em>
        {irreversible === null ? null : <OneWayMark />}
        {word}
      </em>
    </li>
  )
}, areSame)

function ShortDate({ date }: { readonly date: string | null }): ReactNode {
  if (date === null) return <span />
  return (
    <time dateTime={date}>
      <span>{date.slice(0, 5)}</span>
      {date.slice(5)}
    </time>
  )
}

function areSame(before: RowProps, after: RowProps): boolean {
  return (
    before.isSelected === after.isSelected &&
    before.isTabStop === after.isTabStop &&
    before.shown.migration === after.shown.migration &&
    before.shown.state === after.shown.state &&
    before.shown.word === after.shown.word
  )
}

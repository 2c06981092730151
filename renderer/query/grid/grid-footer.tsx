import { type FormEvent, type ReactNode, useState } from 'react'
import { Button } from '../../ui/button'
import { MenuButton } from '../../ui/menu'
import { readableCount } from './visible-text'

/** The line below the grid: where the focus is, what the selection adds up to, and what has to be said. */
export function GridFooter(props: {
  readonly row: number | null
  readonly rowCount: number
  readonly isGrowing: boolean
  readonly summary: string | null
  readonly note: string | null
  /** Columns that are hidden, by number and name. */
  readonly hidden: readonly { readonly number: number; readonly name: string }[]
  readonly hasUnreadable: boolean
  readonly isGoing: boolean
  readonly children: ReactNode
  readonly onGoing: () => void
  /** Goes to a row, counted from 0; null leaves the field without going anywhere. */
  readonly onGo: (row: number | null) => void
  readonly onShow: (column: number) => void
  readonly onShowAll: () => void
  readonly onExport: () => void
  readonly onFind: () => void
  readonly onRetry: () => void
}): ReactNode {
  const { row, rowCount, isGrowing, summary, note, hidden } = props
  const rows = `${readableCount(rowCount)} ${rowCount === 1 ? 'row' : 'rows'}`
  const soFar = isGrowing ? ' so far' : ''
  return (
    <div className="gfoot">
      {props.isGoing ? (
        <GoToRow rowCount={rowCount} onGo={props.onGo} />
      ) : (
        <button type="button" className="gplace" title="Go to row  Ctrl+G" onClick={props.onGoing}>
          {row === null ? `${rows}${soFar}` : `Row ${readableCount(row + 1)} of ${readableCount(rowCount)}${soFar}`}
        </button>
      )}
      {summary === null ? null : <span className="selectable">{summary}</span>}
      <span className="cut t2" aria-live="polite">
        {note}
      </span>
      <span className="grow" />
      {props.hasUnreadable ? (
        <span className="gunread">
          Some rows could not be read
          <Button variant="bare" size="small" onPress={props.onRetry}>
            Read again
          </Button>
        </span>
      ) : null}
      {hidden.length > 0 ? (
        <MenuButton
          variant="bare"
          size="small"
          menuLabel="Hidden columns"
          entries={[
            { id: 'all', label: 'Show all columns', onAction: props.onShowAll },
            { id: 'line', separator: true },
            ...hidden.map(({ number, name }) => ({
              id: `show ${number}`,
              label: name === '' ? `column ${number + 1}` : name,
              onAction: () => props.onShow(number),
            })),
          ]}
        >
          {hidden.length === 1 ? '1 hidden column' : `${readableCount(hidden.length)} hidden columns`}
        </MenuButton>
      ) : null}
      <Button variant="bare" size="small" tip="Find in loaded rows" keys="Ctrl+F" onPress={props.onFind}>
        Find
      </Button>
      <Button variant="bare" size="small" tip="Write loaded rows to a file" keys="Ctrl+E" onPress={props.onExport}>
        Export…
      </Button>
      {props.children}
    </div>
  )
}

function GoToRow(props: { readonly rowCount: number; readonly onGo: (row: number | null) => void }): ReactNode {
  const [text, setText] = useState('')
  const digits = text.replace(/[\s,._]/g, '')
  const number = /^\d+$/.test(digits) ? Number(digits) : null
  const go = (event: FormEvent) => {
    event.preventDefault()
    if (number !== null) props.onGo(Math.min(Math.max(number, 1), props.rowCount) - 1)
  }
  return (
    <form className="ggo" onSubmit={go}>
      <label>
        Go to row
        <input
          className="mono"
          inputMode="numeric"
          autoComplete="off"
          // biome-ignore lint/a11y/noAutofocus: the field appears because its key was pressed
          autoFocus
          value={text}
          placeholder={`1 to ${readableCount(props.rowCount)}`}
          aria-invalid={text !== '' && number === null}
          onChange={(event) => setText(event.target.value)}
          onBlur={() => props.onGo(null)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return
            event.stopPropagation()
            props.onGo(null)
          }}
        />
      </label>
    </form>
  )
}

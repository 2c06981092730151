import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import type { ResultColumn } from '../../../contract/query'
import { Button } from '../../ui/button'
import { type Arrangement, isServerOrder, SERVER_ORDER, wordsOfArrangement } from './arrangement'
import type { ArrangedRows } from './use-arranged-rows'
import { headOf, readableCount } from './visible-text'

/** The line that says how the loaded rows are arranged here, with each key and filter to take away; nothing in the server's order. */
export function ArrangeBar(props: {
  readonly rows: ArrangedRows
  readonly columns: readonly ResultColumn[]
  /** Rows of the result loaded by now. */
  readonly loadedRows: number
  /** The pressed button goes with what it takes away: gives the focus to the grid. */
  readonly onLeft: () => void
}): ReactNode {
  const { rows, columns, loadedRows } = props
  const { wanted, view, progress, problem } = rows
  const arrange = (next: Arrangement) => {
    rows.arrange(next)
    props.onLeft()
  }
  if (isServerOrder(wanted) && view === null && problem === null) return null
  const more = view === null ? 0 : loadedRows - view.arranged.coveredRows
  const nameOf = (column: number) => columns[column]?.name ?? ''
  return (
    <div className="gbar garrange" role="group" aria-label="Arrangement">
      {wanted.sort.map((key) => (
        <Chip
          key={`sort ${key.column}`}
          text={nameOf(key.column)}
          mark={key.direction === 'ascending' ? '↑' : '↓'}
          label={`Do not sort by ${nameOf(key.column)}`}
          onRemove={() => arrange({ ...wanted, sort: wanted.sort.filter((one) => one !== key) })}
        />
      ))}
      {wanted.filters.map((shown, index) => (
        <Chip
          key={`filter ${index}`}
          text={`${nameOf(shown.filter.column)} ${headOf(shown.words, 60)}`}
          label={`Remove the filter ${nameOf(shown.filter.column)} ${headOf(shown.words, 60)}`}
          onRemove={() => arrange({ ...wanted, filters: wanted.filters.filter((one) => one !== shown) })}
        />
      ))}
      <span className="t2 gbar-words" role="status" aria-label="Arrangement status">
        {problem ?? wordsNow(wanted, rows, columns)}
      </span>
      {progress !== null ? (
        <Button
          variant="bare"
          size="small"
          onPress={() => {
            rows.stop()
            props.onLeft()
          }}
        >
          Stop
        </Button>
      ) : null}
      {more > 0 && progress === null ? (
        <Button size="small" onPress={() => arrange(wanted)}>
          {`Apply again: ${readableCount(more)} more ${more === 1 ? 'row' : 'rows'}`}
        </Button>
      ) : null}
      <Button variant="bare" size="small" onPress={() => arrange(SERVER_ORDER)}>
        Server order, all rows
      </Button>
    </div>
  )
}

function wordsNow(wanted: Arrangement, { view, progress }: ArrangedRows, columns: readonly ResultColumn[]): string {
  if (progress !== null) {
    const share = progress.total === 0 ? '' : ` ${Math.floor((100 * progress.done) / progress.total)} %`
    return `${wanted.sort.length > 0 ? 'Sorting' : 'Filtering'} loaded rows${share}`
  }
  return view === null ? '' : wordsOfArrangement(view.arrangement, view.arranged, columns)
}

function Chip(props: {
  readonly mark?: string
  readonly text: string
  readonly label: string
  readonly onRemove: () => void
}): ReactNode {
  return (
    <span className="gchip">
      <span className="cut mono">{props.text}</span>
      {props.mark === undefined ? null : <span className="mono">&nbsp;{props.mark}</span>}
      <Button variant="bare" size="small" isIcon aria-label={props.label} tip={props.label} onPress={props.onRemove}>
        <X className="i i12" size={12} aria-hidden />
      </Button>
    </span>
  )
}

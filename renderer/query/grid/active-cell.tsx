import type { ReactNode } from 'react'
import type { ResultColumn } from '../../../contract/query'
import type { RowSource } from './row-source'
import type { CellPlace } from './selection'
import { headOf, readableCount } from './visible-text'

/** Longest part of a value that is read out. */
const MOST_SAID = 200

/** Says value, column and row of the cell with the focus to those who cannot see it. */
export function ActiveCell(props: {
  readonly place: CellPlace | null
  readonly source: RowSource
  readonly column: ResultColumn | undefined
  readonly number: number
  readonly rowCount: number
}): ReactNode {
  return (
    <span className="gsay" role="status" aria-label="Active cell">
      {wordsOf(props)}
    </span>
  )
}

function wordsOf({ place, source, column, number, rowCount }: Parameters<typeof ActiveCell>[0]): string {
  if (place === null || column === undefined) return ''
  if (place.row < 0) return `Column ${column.name}, ${column.typeName}`
  const known = source.row(place.row)
  const text =
    known === null
      ? 'reading'
      : known.window.isNull(known.index, number)
        ? 'NULL'
        : headOf(known.window.text(known.index, number), MOST_SAID) || 'empty'
  return `${text}, ${column.name}, row ${readableCount(place.row + 1)} of ${readableCount(rowCount)}`
}

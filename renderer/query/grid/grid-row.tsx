import { memo, type ReactNode } from 'react'
import type { ResultColumn } from '../../../contract/query'
import type { RowWindow } from '../../../contract/row-window'
import { renderCell } from './cell'
import type { PlacedColumn } from './column-layout'

/** Props of `GridRow`: plain values and objects that stay the same, so that a row is drawn anew only when it looks different. */
export interface GridRowProps {
  readonly row: number
  readonly top: number
  /** The window that holds the row, and its number there; null while it is on its way. */
  readonly window: RowWindow | null
  readonly index: number
  readonly isUnreadable: boolean
  readonly columns: readonly ResultColumn[]
  readonly drawn: readonly PlacedColumn[]
  readonly gutter: number
  readonly totalWidth: number
  /** Positions [selectedFrom, selectedTo) that are selected in this row. */
  readonly selectedFrom: number
  readonly selectedTo: number
  /** Positions [edgeFrom, edgeTo) along whose bottom the selection's edge runs. */
  readonly edgeFrom: number
  readonly edgeTo: number
  readonly hasSideEdges: boolean
  /** Numbers of the columns whose cells match what is searched for. */
  readonly hits: readonly number[]
  /** Position of the cell with the focus; -1 in other rows. */
  readonly activePosition: number
  readonly activeId: string
}

/** One row of the grid: its number and the cells that are drawn. */
export const GridRow: (props: GridRowProps) => ReactNode = memo(function GridRow(props: GridRowProps) {
  const { row, window, index, selectedFrom, selectedTo, edgeFrom, edgeTo, activePosition } = props
  const known = window === null ? null : { window, index }
  const isIn = selectedTo > selectedFrom || activePosition >= 0
  return (
    <div
      role="row"
      aria-rowindex={row + 2}
      className={known === null && !props.isUnreadable ? 'gr wait' : 'gr'}
      style={{ top: props.top, width: props.totalWidth }}
    >
      <div
        className={`rn${isIn ? ' in' : ''}${props.hasSideEdges && selectedFrom === 0 ? ' edge-r' : ''}`}
        style={{ width: props.gutter }}
        aria-hidden
      >
        {row + 1}
      </div>
      {props.drawn.map((placed) => {
        const { position } = placed
        const isSelected = position >= selectedFrom && position < selectedTo
        const isActive = position === activePosition
        return renderCell(
          placed,
          known,
          props.isUnreadable,
          {
            isNumeric: props.columns[placed.column]?.isNumeric ?? false,
            isSelected,
            isActive,
            isHit: props.hits.includes(placed.column),
            hasBottomEdge: position >= edgeFrom && position < edgeTo,
            hasRightEdge: props.hasSideEdges && (position === selectedFrom - 1 || position === selectedTo - 1),
          },
          isActive ? props.activeId : undefined,
        )
      })}
    </div>
  )
})

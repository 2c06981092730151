import { type ReactNode, useMemo, useSyncExternalStore } from 'react'
import type { SortKey } from '../../../contract/arrangement'
import type { ResultColumn } from '../../../contract/query'
import type { ColumnLayout } from './column-layout'
import { GridHeader } from './grid-header'
import { GridRow } from './grid-row'
import type { Matches } from './matches'
import type { RowSource } from './row-source'
import { HEADER_HEIGHT, ROW_HEIGHT, spaceOf } from './scaled-scroll'
import { type CellRange, isWide, type Selection } from './selection'
import type { HeaderDrag } from './use-grid-pointer'
import { type GridScroll, slotsFor } from './use-grid-view'
import { readableCount } from './visible-text'

const NONE = { from: 0, to: 0 }

/** Everything inside the scrolled element: the header, the rows that are seen, and words where there are none. */
export function GridBody(props: {
  readonly columns: readonly ResultColumn[]
  readonly layout: ColumnLayout
  readonly rowCount: number
  readonly isGrowing: boolean
  readonly scroll: GridScroll
  readonly source: RowSource
  readonly selection: Selection | null
  readonly range: CellRange | null
  readonly activeId: string
  readonly drag: HeaderDrag | null
  readonly sort: readonly SortKey[]
  readonly filtered: readonly number[]
  /** True when filters decide which rows there are. */
  readonly isFiltered: boolean
  readonly matches: Matches
  readonly onResize: (column: number, width: number) => void
  readonly onFit: (column: number) => void
}): ReactNode {
  const { columns, layout, rowCount, scroll, source, selection, range, activeId } = props
  const view = useSyncExternalStore(scroll.subscribe, scroll.view)
  const { elementHeight } = spaceOf(rowCount, view.height)
  const activeRow = selection?.anchor.row ?? null
  const activePosition = selection?.anchor.position ?? -1

  // The cell with the focus is always there, because the grid names it to screen readers.
  const isActiveDrawn =
    activePosition < layout.pinnedCount || (activePosition >= view.fromColumn && activePosition < view.toColumn)
  const extraPosition = isActiveDrawn ? -1 : activePosition
  const drawn = useMemo(
    () => [
      ...layout.columns.slice(0, layout.pinnedCount),
      ...layout.columns.slice(view.fromColumn, view.toColumn),
      ...layout.columns.filter(({ position }) => position === extraPosition),
    ],
    [layout, view.fromColumn, view.toColumn, extraPosition],
  )

  const count = columns.length === 0 ? 0 : Math.max(0, view.toRow - view.fromRow)
  const rows = Array.from({ length: count }, (_, index) => view.fromRow + index)
  const slots = slotsFor(view.height)
  const isActiveThere = activeRow !== null && activeRow >= 0 && activeRow < rowCount
  if (isActiveThere && (activeRow < view.fromRow || activeRow >= view.toRow)) rows.push(activeRow)

  const edges = isWide(selection) ? range : null
  const across = range === null ? NONE : { from: range.fromPosition, to: range.toPosition }
  const isWhole = selection !== null && (selection.span === 'columns' || selection.span === 'all')
  const headerSelected = isWhole ? across : NONE
  const headerEdge = edges?.fromRow === 0 ? across : NONE

  return (
    <div className="gspace" role="none" style={{ height: elementHeight, width: layout.totalWidth }}>
      {columns.length === 0 ? null : (
        <GridHeader
          columns={columns}
          drawn={drawn}
          gutter={layout.gutter}
          totalWidth={Math.max(layout.totalWidth, view.width)}
          selectedFrom={headerSelected.from}
          selectedTo={headerSelected.to}
          edgeFrom={headerEdge.from}
          edgeTo={headerEdge.to}
          activePosition={activeRow === -1 ? activePosition : -1}
          activeId={activeId}
          drag={props.drag}
          sort={props.sort}
          filtered={props.filtered}
          onResize={props.onResize}
          onFit={props.onFit}
        />
      )}
      {rows.map((row, index) => {
        const known = source.row(row)
        const isIn = range !== null && row >= range.fromRow && row < range.toRow
        const isEdge = edges !== null && (row === edges.toRow - 1 || row === edges.fromRow - 1)
        return (
          <GridRow
            // Elements are used again for the row that takes the place of one that left.
            key={index < count ? row % slots : 'active'}
            row={row}
            top={within(HEADER_HEIGHT + row * ROW_HEIGHT - view.base, elementHeight)}
            window={known?.window ?? null}
            index={known?.index ?? 0}
            isUnreadable={known === null && source.isUnreadable(row)}
            columns={columns}
            drawn={drawn}
            gutter={layout.gutter}
            totalWidth={layout.totalWidth}
            selectedFrom={isIn ? across.from : 0}
            selectedTo={isIn ? across.to : 0}
            edgeFrom={isEdge ? across.from : 0}
            edgeTo={isEdge ? across.to : 0}
            hasSideEdges={isIn && edges !== null}
            hits={props.matches.inRow(row)}
            activePosition={row === activeRow ? activePosition : -1}
            activeId={row === activeRow ? activeId : ''}
          />
        )
      })}
      <Empty
        columnCount={columns.length}
        rowCount={rowCount}
        isGrowing={props.isGrowing}
        isFiltered={props.isFiltered}
      />
    </div>
  )
}

function Empty(props: {
  readonly columnCount: number
  readonly rowCount: number
  readonly isGrowing: boolean
  readonly isFiltered: boolean
}): ReactNode {
  const { columnCount, rowCount, isGrowing, isFiltered } = props
  if (columnCount === 0)
    return (
      <p className="gempty">
        {readableCount(rowCount)} {rowCount === 1 ? 'row' : 'rows'} without columns
      </p>
    )
  if (rowCount > 0 || isGrowing) return null
  return <p className="gempty">{isFiltered ? 'No loaded row passes the filters' : 'No rows'}</p>
}

// Only the row of the focus is ever far outside; the browser cannot count that far.
function within(top: number, elementHeight: number): number {
  return Math.min(Math.max(top, -2 * ROW_HEIGHT), elementHeight + ROW_HEIGHT)
}

import { ArrowDown, ArrowUp, Filter } from 'lucide-react'
import { type PointerEvent, type ReactNode, useRef } from 'react'
import type { SortKey } from '../../../contract/arrangement'
import type { ResultColumn } from '../../../contract/query'
import { placeStyle } from './cell'
import type { PlacedColumn } from './column-layout'

/** The header: a name and a type per column, with an edge to drag. */
export function GridHeader(props: {
  readonly columns: readonly ResultColumn[]
  readonly drawn: readonly PlacedColumn[]
  readonly gutter: number
  readonly totalWidth: number
  /** Positions [selectedFrom, selectedTo) of columns that are selected from top to bottom. */
  readonly selectedFrom: number
  readonly selectedTo: number
  /** Positions [edgeFrom, edgeTo) below which the selection begins. */
  readonly edgeFrom: number
  readonly edgeTo: number
  readonly activePosition: number
  readonly activeId: string
  /** The keys that the rows are sorted by here, and the columns they are filtered by. */
  readonly sort: readonly SortKey[]
  readonly filtered: readonly number[]
  /** The column that is being dragged, and the position at which it would land. */
  readonly drag: { readonly position: number; readonly to: number } | null
  readonly onResize: (column: number, width: number) => void
  readonly onFit: (column: number) => void
}): ReactNode {
  const { columns, drawn, drag, selectedFrom, selectedTo, edgeFrom, edgeTo, activePosition } = props
  return (
    <div role="row" aria-rowindex={1} className="gr gh" style={{ width: props.totalWidth }}>
      <div className="rn" style={{ width: props.gutter }} aria-hidden />
      {drawn.map((placed) => {
        const { position } = placed
        const column = columns[placed.column]
        const isActive = position === activePosition
        const keyNumber = props.sort.findIndex((key) => key.column === placed.column)
        const direction = props.sort[keyNumber]?.direction
        const isFiltered = props.filtered.includes(placed.column)
        const classes = [
          'gc',
          column?.isNumeric === true ? 'r' : '',
          placed.isPinned ? 'pin' : '',
          position >= selectedFrom && position < selectedTo ? 'sel' : '',
          isActive ? 'cellfocus' : '',
          position >= edgeFrom && position < edgeTo ? 'edge-b' : '',
          drag?.position === position ? 'dragged' : '',
          drag !== null && drag.to === position && drag.to !== drag.position
            ? drag.to < drag.position
              ? 'drop-before'
              : 'drop-behind'
            : '',
        ]
        return (
          <div
            key={placed.column}
            role="columnheader"
            aria-colindex={position + 1}
            aria-sort={direction ?? 'none'}
            className={classes.filter(Boolean).join(' ')}
            style={placeStyle(placed)}
            id={isActive ? props.activeId : undefined}
          >
            <span className="cut">{column?.name}</span>
            <small>{column?.typeName}</small>
            {direction === undefined && !isFiltered ? null : (
              <span className="gmarks" aria-hidden>
                {isFiltered ? <Filter size={12} /> : null}
                {direction === 'ascending' ? <ArrowUp size={12} /> : null}
                {direction === 'descending' ? <ArrowDown size={12} /> : null}
                {direction !== undefined && props.sort.length > 1 ? keyNumber + 1 : null}
              </span>
            )}
            <Edge
              width={placed.width}
              onResize={(width) => props.onResize(placed.column, width)}
              onFit={() => props.onFit(placed.column)}
            />
          </div>
        )
      })}
    </div>
  )
}

/** The right edge of a column: dragged to size it, pressed twice to fit its data. */
function Edge(props: {
  readonly width: number
  readonly onResize: (width: number) => void
  readonly onFit: () => void
}): ReactNode {
  const start = useRef<{ readonly x: number; readonly width: number } | null>(null)
  return (
    <span
      className="grip"
      aria-hidden
      onPointerDown={(event: PointerEvent<HTMLSpanElement>) => {
        if (event.button !== 0) return
        event.stopPropagation()
        event.currentTarget.setPointerCapture(event.pointerId)
        start.current = { x: event.clientX, width: props.width }
      }}
      onPointerMove={(event) => {
        const { current } = start
        if (current !== null && event.clientX !== current.x) props.onResize(current.width + event.clientX - current.x)
      }}
      onPointerUp={() => {
        start.current = null
      }}
      onLostPointerCapture={() => {
        start.current = null
      }}
      onDoubleClick={(event) => {
        event.stopPropagation()
        props.onFit()
      }}
    />
  )
}

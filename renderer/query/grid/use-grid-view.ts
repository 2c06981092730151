import { type RefObject, useCallback, useLayoutEffect, useRef } from 'react'
import { flushSync } from 'react-dom'
import { type ColumnLayout, columnsInView, scrollLeftShowing } from './column-layout'
import type { RowSource } from './row-source'
import {
  followScroll,
  HEADER_HEIGHT,
  offsetOf,
  offsetShowing,
  placeAt,
  ROW_HEIGHT,
  rowsInView,
  type ScrollPlace,
  type ScrollSpace,
  settle,
  spaceOf,
  TOP,
} from './scaled-scroll'

/** Rows drawn beyond each edge, so that a step shows what is already there. */
const SPARE_ROWS = 8
/** Rows by which the drawn ones move on: not every row of a slow scroll draws the grid anew. */
const STEP_ROWS = 4
const SPARE_COLUMNS = 2

/** What is drawn: rows [fromRow, toRow) and positions [fromColumn, toColumn) of the columns that are not pinned. */
export interface GridView {
  readonly fromRow: number
  readonly toRow: number
  readonly fromColumn: number
  readonly toColumn: number
  /** Virtual pixels between a row's place in the contents and in the element. */
  readonly base: number
  readonly width: number
  readonly height: number
}

/** The scrolled element and what is drawn of it. */
export interface GridScroll {
  readonly element: RefObject<HTMLDivElement | null>
  /** What is to be drawn now. Only who subscribes is drawn anew with it: a scroll concerns the rows and nothing around them. */
  readonly view: () => GridView
  /** Calls the listener whenever `view` answers something else, until the answer is called. */
  readonly subscribe: (listener: () => void) => () => void
  readonly onScroll: () => void
  /** Scrolls no further than needed until the row is seen whole; -1 is the header, which always is. */
  readonly showRow: (row: number) => void
  readonly showColumn: (position: number) => void
  readonly scrollBy: (x: number, y: number) => void
  /** The virtual pixel at the top of the view. */
  readonly offset: () => number
  /** Rows that fit into the view, for Page Up and Page Down. */
  readonly pageRows: () => number
}

/** The scrolled element as it was when it was last looked at. */
interface Look {
  readonly width: number
  readonly height: number
  readonly scrollLeft: number
  readonly scrollTop: number
}

const NOTHING: GridView = { fromRow: 0, toRow: 0, fromColumn: 0, toColumn: 0, base: 0, width: 0, height: 0 }

/** Follows the scrolling of the grid, draws what is seen and wishes for its rows. */
export function useGridView(
  element: RefObject<HTMLDivElement | null>,
  rowCount: number,
  layout: ColumnLayout,
  /** False while the columns are about to get other widths: nothing is drawn that would be drawn anew at once. */
  isMeasured: boolean,
  source: RowSource,
): GridScroll {
  const place = useRef<ScrollPlace>(TOP)
  const now = useRef({ rowCount, layout })
  const drawn = useRef<GridView>(NOTHING)
  const looked = useRef<Look | null>(null)
  const listeners = useRef(new Set<() => void>())

  const go = useCallback(
    (step: (place: ScrollPlace, space: ScrollSpace) => ScrollPlace, isInEffect = false) => {
      const scrolled = element.current
      if (scrolled === null) return
      // After a commit the browser would lay everything out to answer; what changes the size or the place comes as an event.
      const look = isInEffect && looked.current !== null ? looked.current : lookAt(scrolled)
      looked.current = look
      // A grid in a hidden tab has no height: it keeps its place until it is seen again.
      if (look.height === 0) return
      const { rowCount: rows, layout: columns } = now.current
      const space = spaceOf(rows, look.height)
      const before = offsetOf(place.current)
      place.current = step(place.current, space)
      if (Math.abs(look.scrollTop - place.current.scrollTop) >= 0.5) {
        scrolled.scrollTop = place.current.scrollTop
        looked.current = { ...look, scrollTop: place.current.scrollTop }
      }

      const seen = rowsInView(place.current, space, rows, 0)
      source.wish(seen.from, seen.to, offsetOf(place.current) < before ? -1 : 1)
      const next = viewOf(look, place.current, space, rows, columns)
      if (isSameView(drawn.current, next)) return
      drawn.current = next
      // In the frame of the scroll itself: later, an empty stretch would be painted first.
      const tell = () => {
        for (const listener of listeners.current) listener()
      }
      if (isInEffect) tell()
      else flushSync(tell)
    },
    [element, source],
  )

  const onScroll = useCallback(() => {
    go((at, space) => followScroll(at, element.current?.scrollTop ?? 0, space))
  }, [element, go])

  useLayoutEffect(() => {
    now.current = { rowCount, layout }
    if (isMeasured) go(settle, true)
  }, [rowCount, layout, isMeasured, go])

  useLayoutEffect(() => {
    const scrolled = element.current
    if (scrolled === null) return
    const observer = new ResizeObserver(() => go(settle))
    observer.observe(scrolled)
    return () => observer.disconnect()
  }, [element, go])

  const showRow = useCallback(
    (row: number) => {
      if (row >= 0) go((at, space) => placeAt(at, offsetShowing(row, at, space), space))
    },
    [go],
  )
  const showColumn = useCallback(
    (position: number) => {
      const scrolled = element.current
      if (scrolled === null) return
      scrolled.scrollLeft = scrollLeftShowing(now.current.layout, position, scrolled.scrollLeft, scrolled.clientWidth)
    },
    [element],
  )
  const scrollBy = useCallback(
    (x: number, y: number) => {
      if (element.current !== null) element.current.scrollLeft += x
      go((at, space) => placeAt(at, offsetOf(at) + y, space))
    },
    [element, go],
  )

  const view = useCallback(() => drawn.current, [])
  const subscribe = useCallback((listener: () => void) => {
    listeners.current.add(listener)
    return () => listeners.current.delete(listener)
  }, [])

  return {
    element,
    view,
    subscribe,
    onScroll,
    showRow,
    showColumn,
    scrollBy,
    offset: () => offsetOf(place.current),
    pageRows: () => Math.max(1, Math.floor(((element.current?.clientHeight ?? 0) - HEADER_HEIGHT) / ROW_HEIGHT) - 1),
  }
}

/** How many rows are drawn in a view of that height: always as many, so that every element is used again for the row that comes. */
export function slotsFor(viewHeight: number): number {
  const seen = Math.ceil(Math.max(0, viewHeight - HEADER_HEIGHT) / ROW_HEIGHT) + 1
  return STEP_ROWS * Math.ceil((seen + 2 * SPARE_ROWS + STEP_ROWS - 1) / STEP_ROWS)
}

function lookAt({ clientWidth, clientHeight, scrollLeft, scrollTop }: HTMLDivElement): Look {
  return { width: clientWidth, height: clientHeight, scrollLeft, scrollTop }
}

function viewOf(look: Look, place: ScrollPlace, space: ScrollSpace, rowCount: number, layout: ColumnLayout): GridView {
  const rows = rowsInView(place, space, rowCount, SPARE_ROWS)
  const slots = slotsFor(look.height)
  const fromRow = Math.max(0, Math.min(rows.from - (rows.from % STEP_ROWS), rowCount - slots))
  const columns = columnsInView(layout, look.scrollLeft, look.width, SPARE_COLUMNS)
  return {
    fromRow,
    toRow: Math.min(rowCount, fromRow + slots),
    fromColumn: columns.from,
    toColumn: columns.to,
    base: place.base,
    width: look.width,
    height: look.height,
  }
}

function isSameView(a: GridView, b: GridView): boolean {
  return (
    a.fromRow === b.fromRow &&
    a.toRow === b.toRow &&
    a.fromColumn === b.fromColumn &&
    a.toColumn === b.toColumn &&
    a.base === b.base &&
    a.width === b.width &&
    a.height === b.height
  )
}

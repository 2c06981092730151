import { type MouseEvent, type PointerEvent, useCallback, useEffect, useRef, useState } from 'react'
import { type ColumnLayout, positionInView } from './column-layout'
import { HEADER_HEIGHT, ROW_HEIGHT } from './scaled-scroll'
import type { CellPlace, SelectionEvent } from './selection'
import type { GridScroll } from './use-grid-view'

// A press that moves less than this is a click.
const DRAG_THRESHOLD = 5

/** A header that is being dragged: the position it has and the one at which it would land. */
export interface HeaderDrag {
  readonly position: number
  readonly to: number
}

interface Press {
  readonly kind: 'cells' | 'rows' | 'header'
  readonly position: number
  readonly x: number
  readonly isExtending: boolean
  /** Control or Command was held. */
  readonly isSelecting: boolean
}

/** Turns presses and drags of the mouse into selection events and moves of columns. */
export function useGridPointer(
  scroll: GridScroll,
  layout: ColumnLayout,
  rowCount: number,
  act: (event: SelectionEvent) => void,
  moveColumn: (position: number, to: number) => void,
  /** A header was pressed and not dragged. */
  pressHeader: (position: number, isAdded: boolean) => void,
): {
  readonly drag: HeaderDrag | null
  readonly onPointerDown: (event: PointerEvent<HTMLDivElement>) => void
  readonly onPointerMove: (event: PointerEvent<HTMLDivElement>) => void
  readonly onPointerUp: () => void
  readonly onLostPointerCapture: () => void
  /** The cell below the pointer; position -1 over the row numbers, null beside the contents. */
  readonly placeAtPointer: (event: MouseEvent) => CellPlace | null
} {
  const press = useRef<Press | null>(null)
  const pointer = useRef({ x: 0, y: 0 })
  const frame = useRef(0)
  const [drag, setDrag] = useState<HeaderDrag | null>(null)
  const stop = useCallback(() => cancelAnimationFrame(frame.current), [])
  useEffect(() => stop, [stop])

  const placeOf = (clientX: number, clientY: number): CellPlace | null => {
    const element = scroll.element.current
    if (element === null) return null
    const box = element.getBoundingClientRect()
    const [x, y] = [clientX - box.left, clientY - box.top]
    const row = y < HEADER_HEIGHT ? -1 : Math.floor((y - HEADER_HEIGHT + scroll.offset()) / ROW_HEIGHT)
    return { row, position: positionInView(layout, x, element.scrollLeft) }
  }

  // While a drag is held outside, the grid scrolls towards the pointer, faster the farther it is.
  const follow = () => {
    const element = scroll.element.current
    const current = press.current
    if (element === null || current === null || current.kind === 'header') return
    const box = element.getBoundingClientRect()
    const { x, y } = pointer.current
    // Pinned columns cover the others, so a drag that came from those stops there until nothing is covered any more.
    const isCovering = element.scrollLeft > 0 && current.position >= layout.pinnedCount
    const left = box.left + (isCovering ? layout.pinnedEnd : layout.gutter)
    const byX = current.kind === 'rows' ? 0 : beyond(x, left, box.left + element.clientWidth)
    const byY = beyond(y, box.top + HEADER_HEIGHT, box.top + element.clientHeight)
    if (byX !== 0 || byY !== 0) scroll.scrollBy(byX, byY)
    const inside = {
      x: Math.min(Math.max(x, left + 1), box.left + element.clientWidth - 1),
      y: Math.min(Math.max(y, box.top + HEADER_HEIGHT + 1), box.top + element.clientHeight - 1),
    }
    const at = placeOf(inside.x, inside.y)
    if (at !== null) act({ type: 'draggedTo', at: { row: Math.max(0, at.row), position: Math.max(0, at.position) } })
    cancelAnimationFrame(frame.current)
    if (byX !== 0 || byY !== 0) frame.current = requestAnimationFrame(follow)
  }

  const end = (isDone: boolean) => {
    const current = press.current
    press.current = null
    stop()
    if (current?.kind !== 'header') return
    setDrag(null)
    if (!isDone) return
    if (drag === null) {
      if (current.isSelecting)
        act({ type: 'columnPressed', position: current.position, isExtending: current.isExtending })
      else pressHeader(current.position, current.isExtending)
    } else if (drag.to !== drag.position) moveColumn(drag.position, drag.to)
  }

  return {
    drag,
    onPointerDown: (event) => {
      const element = scroll.element.current
      if (element === null || event.button !== 0) return
      const box = element.getBoundingClientRect()
      // The scrollbars are the browser's.
      if (event.clientX - box.left >= element.clientWidth || event.clientY - box.top >= element.clientHeight) return
      const at = placeOf(event.clientX, event.clientY)
      if (at === null || at.row >= rowCount || at.position >= layout.columns.length) return
      const { position } = at
      const isExtending = event.shiftKey
      const isSelecting = event.ctrlKey || event.metaKey
      if (at.row < 0) {
        if (position < 0) return act({ type: 'everythingChosen' })
        press.current = { kind: 'header', position, x: event.clientX, isExtending, isSelecting }
      } else {
        press.current = {
          kind: position < 0 ? 'rows' : 'cells',
          position,
          x: event.clientX,
          isExtending,
          isSelecting,
        }
        if (position < 0) act({ type: 'rowPressed', row: at.row, isExtending })
        else act({ type: 'cellPressed', at, isExtending })
      }
      element.setPointerCapture(event.pointerId)
    },
    onPointerMove: (event) => {
      const current = press.current
      if (current === null) return
      pointer.current = { x: event.clientX, y: event.clientY }
      if (current.kind !== 'header') return follow()
      if (drag === null && Math.abs(event.clientX - current.x) < DRAG_THRESHOLD) return
      const over = placeOf(event.clientX, event.clientY)?.position ?? current.position
      const [least, most] =
        current.position < layout.pinnedCount
          ? [0, layout.pinnedCount - 1]
          : [layout.pinnedCount, layout.columns.length - 1]
      const to = Math.min(Math.max(over, least), most)
      if (drag?.to !== to) setDrag({ position: current.position, to })
    },
    onPointerUp: () => end(true),
    onLostPointerCapture: () => end(false),
    placeAtPointer: (event) => {
      const at = placeOf(event.clientX, event.clientY)
      return at === null || at.row >= rowCount || at.position >= layout.columns.length ? null : at
    },
  }
}

function beyond(value: number, least: number, most: number): number {
  if (value < least) return Math.max(-200, Math.floor((value - least) / 2))
  return value > most ? Math.min(200, Math.ceil((value - most) / 2)) : 0
}

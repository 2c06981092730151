import { useCallback, useLayoutEffect, useRef, useState } from 'react'
import type { ColumnLayout } from './column-layout'
import { type GridSize, type Selection, type SelectionEvent, selectionAfter } from './selection'
import type { GridScroll } from './use-grid-view'

/** What is selected, and how to tell it what happened; a moved selection is scrolled into view. */
export function useGridSelection(
  size: GridSize,
  layout: ColumnLayout,
  scroll: GridScroll,
  onChange: () => void,
): { readonly selection: Selection | null; readonly act: (event: SelectionEvent) => void } {
  const [selection, setSelection] = useState<Selection | null>(null)
  // Several events may happen before the next drawing; each builds on the one before.
  const latest = useRef<Selection | null>(null)
  const now = useRef({ size, layout })
  const { showRow, showColumn } = scroll

  const act = useCallback(
    (event: SelectionEvent) => {
      const next = selectionAfter(latest.current, event, now.current.size)
      if (isSame(next, latest.current)) return
      latest.current = next
      setSelection(next)
      onChange()
      if (next === null) return
      const isPressed = event.type === 'cellPressed' || event.type === 'moved'
      if (isPressed && (next.span === 'cells' || next.span === 'rows')) showRow(next.head.row)
      if (isPressed && (next.span === 'cells' || next.span === 'columns')) showColumn(next.head.position)
    },
    [onChange, showRow, showColumn],
  )

  useLayoutEffect(() => {
    const before = now.current.layout.columns
    now.current = { size, layout }
    const isSameOrder =
      before.length === layout.columns.length &&
      before.every((placed, position) => placed.column === layout.columns[position]?.column)
    if (isSameOrder) return
    const positions = new Map(layout.columns.map(({ column, position }) => [column, position]))
    act({ type: 'columnsArranged', newPosition: (position) => positions.get(before[position]?.column ?? -1) ?? null })
  }, [size, layout, act])

  return { selection, act }
}

function isSame(a: Selection | null, b: Selection | null): boolean {
  if (a === null || b === null) return a === b
  return (
    a.span === b.span &&
    a.anchor.row === b.anchor.row &&
    a.anchor.position === b.anchor.position &&
    a.head.row === b.head.row &&
    a.head.position === b.head.position
  )
}

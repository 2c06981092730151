/** A cell by its row and its position on screen; row -1 is the header. */
export interface CellPlace {
  readonly row: number
  readonly position: number
}

/** What is selected: from `anchor`, the cell with the focus, to `head`; whole rows, whole columns or everything when `span` says so. */
export interface Selection {
  readonly anchor: CellPlace
  readonly head: CellPlace
  readonly span: 'cells' | 'rows' | 'columns' | 'all'
}

/** Rows [fromRow, toRow) and positions [fromPosition, toPosition). */
export interface CellRange {
  readonly fromRow: number
  readonly toRow: number
  readonly fromPosition: number
  readonly toPosition: number
}

/** How many rows and shown columns there are now. */
export interface GridSize {
  readonly rows: number
  readonly positions: number
}

/** What happened to a selection. */
export type SelectionEvent =
  | { readonly type: 'cellPressed'; readonly at: CellPlace; readonly isExtending: boolean }
  | { readonly type: 'rowPressed'; readonly row: number; readonly isExtending: boolean }
  | { readonly type: 'columnPressed'; readonly position: number; readonly isExtending: boolean }
  | { readonly type: 'draggedTo'; readonly at: CellPlace }
  /** The arrows, Home, End and the like: by so many rows and positions; infinities mean the ends. */
  | { readonly type: 'moved'; readonly rows: number; readonly positions: number; readonly isExtending: boolean }
  | { readonly type: 'rowsChosen' }
  | { readonly type: 'columnsChosen' }
  | { readonly type: 'everythingChosen' }
  | { readonly type: 'collapsed' }
  /** Columns were moved, hidden, shown or pinned; `newPosition` is null for one that is gone. */
  | { readonly type: 'columnsArranged'; readonly newPosition: (position: number) => number | null }

/** The selection after the event; null while nothing was ever selected. */
export function selectionAfter(selection: Selection | null, event: SelectionEvent, size: GridSize): Selection | null {
  if (size.positions === 0) return null
  switch (event.type) {
    case 'cellPressed':
      if (event.isExtending && selection !== null) return spanTo({ ...selection, span: 'cells' }, event.at, size)
      return only(event.at, size)
    case 'rowPressed': {
      const at = { row: event.row, position: 0 }
      if (event.isExtending && selection !== null && selection.anchor.row >= 0)
        return spanTo({ ...selection, span: 'rows' }, at, size)
      return { ...only(at, size), span: 'rows' }
    }
    case 'columnPressed': {
      const at = { row: -1, position: event.position }
      if (event.isExtending && selection !== null) return spanTo({ ...selection, span: 'columns' }, at, size)
      return { ...only(at, size), span: 'columns' }
    }
    case 'draggedTo':
      return selection === null ? only(event.at, size) : spanTo(selection, event.at, size)
    case 'moved':
      return afterMove(selection, event, size)
    case 'rowsChosen':
      return selection === null || selection.anchor.row < 0 ? selection : { ...selection, span: 'rows' }
    case 'columnsChosen':
      return selection === null ? null : { ...selection, span: 'columns' }
    case 'everythingChosen':
      return { ...(selection ?? only({ row: 0, position: 0 }, size)), span: 'all' }
    case 'collapsed':
      return selection === null ? null : only(selection.anchor, size)
    case 'columnsArranged': {
      if (selection === null) return null
      const { row, position } = selection.anchor
      return only({ row, position: event.newPosition(position) ?? position }, size)
    }
  }
}

/** The cells that are selected; null when there are none, as on the header. */
export function rangeOf(selection: Selection | null, size: GridSize): CellRange | null {
  if (selection === null || size.rows === 0 || size.positions === 0) return null
  const { anchor, head, span } = selection
  const isEveryRow = span === 'columns' || span === 'all'
  const isEveryColumn = span === 'rows' || span === 'all'
  if (!isEveryRow && (anchor.row < 0 || head.row < 0)) return null
  return {
    fromRow: isEveryRow ? 0 : Math.min(anchor.row, head.row),
    toRow: isEveryRow ? size.rows : Math.max(anchor.row, head.row) + 1,
    fromPosition: isEveryColumn ? 0 : Math.min(anchor.position, head.position),
    toPosition: isEveryColumn ? size.positions : Math.max(anchor.position, head.position) + 1,
  }
}

/** How many cells a range has. */
export function cellCount(range: CellRange): number {
  return (range.toRow - range.fromRow) * (range.toPosition - range.fromPosition)
}

/** Whether the cell is in the range. */
export function isInRange(range: CellRange | null, at: CellPlace): boolean {
  if (range === null) return false
  const isRow = at.row >= range.fromRow && at.row < range.toRow
  return isRow && at.position >= range.fromPosition && at.position < range.toPosition
}

/** Whether more is selected than the cell with the focus. */
export function isWide(selection: Selection | null): boolean {
  if (selection === null) return false
  const { anchor, head, span } = selection
  return span !== 'cells' || anchor.row !== head.row || anchor.position !== head.position
}

function afterMove(
  selection: Selection | null,
  event: Extract<SelectionEvent, { type: 'moved' }>,
  size: GridSize,
): Selection {
  if (selection === null) return only({ row: 0, position: 0 }, size)
  if (!event.isExtending) {
    const { anchor } = selection
    // Only a single step up leads into the header: Page Up and Ctrl+Home end in the first row.
    const row = event.rows < -1 ? Math.max(0, anchor.row + event.rows) : anchor.row + event.rows
    return only({ row, position: anchor.position + event.positions }, size)
  }
  const { head, anchor } = selection
  const at = { row: head.row + event.rows, position: head.position + event.positions }
  if (anchor.row >= 0) return spanTo(selection, at, size)
  // From the header sidewards whole columns are meant, downwards the cells below it.
  if (event.rows === 0) return spanTo({ ...selection, span: 'columns' }, at, size)
  if (selection.span === 'columns' || size.rows === 0) return selection
  return spanTo({ ...selection, anchor: { ...anchor, row: 0 } }, at, size)
}

function only(at: CellPlace, size: GridSize): Selection {
  const place = { row: within(at.row, -1, size.rows - 1), position: within(at.position, 0, size.positions - 1) }
  return { anchor: place, head: place, span: 'cells' }
}

function spanTo(selection: Selection, at: CellPlace, size: GridSize): Selection {
  const least = selection.anchor.row < 0 ? -1 : 0
  // Cells are spanned between cells: from the header the span begins in the first row.
  const anchor =
    selection.span === 'cells' && selection.anchor.row < 0 && at.row >= 0
      ? { ...selection.anchor, row: 0 }
      : selection.anchor
  const row = within(at.row, Math.min(least, size.rows - 1), size.rows - 1)
  return { ...selection, anchor, head: { row, position: within(at.position, 0, size.positions - 1) } }
}

function within(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), Math.max(least, most))
}

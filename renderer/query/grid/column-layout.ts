/** Least width of a column in CSS pixels. */
export const LEAST_WIDTH = 56
/** Greatest width that is given to a column without being asked. */
export const GREATEST_WIDTH = 420

// Long values can still be told apart at this width.
const READABLE_WIDTH = 240

/** A column as it stands in the grid. */
export interface PlacedColumn {
  /** Number of the column in the result. */
  readonly column: number
  /** Number of the column on screen, from 0. */
  readonly position: number
  /** Distance from the left edge of the contents, in CSS pixels. */
  readonly left: number
  readonly width: number
  readonly isPinned: boolean
}

/** Where every shown column stands: pinned ones first, then the others. */
export interface ColumnLayout {
  readonly columns: readonly PlacedColumn[]
  readonly pinnedCount: number
  /** Right edge of the last pinned column, or of the row numbers. */
  readonly pinnedEnd: number
  /** Width of the contents, row numbers included. */
  readonly totalWidth: number
  /** Width of the row numbers. */
  readonly gutter: number
}

/** Lays columns side by side, right of row numbers that take `gutter` pixels. */
export function layOutColumns(
  shown: readonly { readonly column: number; readonly width: number }[],
  pinnedCount: number,
  gutter: number,
): ColumnLayout {
  let left = gutter
  let pinnedEnd = gutter
  const columns = shown.map(({ column, width }, position) => {
    const placed = { column, position, left, width, isPinned: position < pinnedCount }
    left += width
    if (placed.isPinned) pinnedEnd = left
    return placed
  })
  return { columns, pinnedCount, pinnedEnd, totalWidth: left, gutter }
}

/** Positions [from, to) of the columns that are not pinned and seen at that horizontal place, with `spare` more on both sides. */
export function columnsInView(
  layout: ColumnLayout,
  scrollLeft: number,
  viewWidth: number,
  spare: number,
): { readonly from: number; readonly to: number } {
  const { columns, pinnedCount, pinnedEnd } = layout
  const count = columns.length
  const first = positionAt(layout, scrollLeft + pinnedEnd)
  const last = positionAt(layout, scrollLeft + viewWidth)
  return {
    from: Math.max(pinnedCount, Math.min(first, count) - spare),
    to: Math.min(count, Math.max(last, pinnedCount - 1) + 1 + spare),
  }
}

/** Position of the column at `x` of the contents: -1 over the row numbers, the number of columns when right of all. */
export function positionAt(layout: ColumnLayout, x: number): number {
  if (x < layout.gutter) return -1
  let low = 0
  let high = layout.columns.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const column = layout.columns[middle]
    if (column !== undefined && column.left + column.width <= x) low = middle + 1
    else high = middle
  }
  return low
}

/** Position of the column at `x` of the view, where pinned columns cover the others. */
export function positionInView(layout: ColumnLayout, x: number, scrollLeft: number): number {
  return positionAt(layout, x < layout.pinnedEnd ? x : x + scrollLeft)
}

/** The horizontal place nearest to the present one at which the column is seen whole, or from its left edge on. */
export function scrollLeftShowing(
  layout: ColumnLayout,
  position: number,
  scrollLeft: number,
  viewWidth: number,
): number {
  const column = layout.columns[position]
  if (column === undefined || column.isPinned) return scrollLeft
  const greatest = column.left - layout.pinnedEnd
  const least = column.left + column.width - viewWidth
  if (scrollLeft > greatest) return greatest
  return scrollLeft < least ? Math.min(least, greatest) : scrollLeft
}

/** Width of the row numbers of so many rows: it changes at 1,000 and from ten million on only, so that columns rest while rows arrive. */
export function gutterWidth(rowCount: number): number {
  const digits = rowCount < 1000 ? 3 : Math.max(7, String(rowCount).length)
  return 17 + digits * 7
}

/**
 * The widths that are given, each within what the house allows. Long ones give way so that all columns fit into `room`, as
 * far as that leaves them readable; what is left of the room goes to those that want more.
 */
export function fitWidths(natural: readonly number[], room: number): number[] {
  const within = (most: number) => natural.map((width) => Math.min(most, Math.max(LEAST_WIDTH, Math.ceil(width))))
  const total = (widths: readonly number[]) => widths.reduce((sum, width) => sum + width, 0)
  const readable = within(READABLE_WIDTH)
  const widths = total(readable) <= room ? readable : within(GREATEST_WIDTH)
  let spare = room - total(widths)
  const wanting = natural
    .map((width, index) => ({ index, missing: Math.ceil(width) - (widths[index] ?? 0) }))
    .filter(({ missing }) => missing > 0)
    .sort((a, b) => a.missing - b.missing)
  wanting.forEach(({ index, missing }, place) => {
    const given = Math.max(0, Math.min(missing, Math.floor(spare / (wanting.length - place))))
    widths[index] = (widths[index] ?? 0) + given
    spare -= given
  })
  return widths
}

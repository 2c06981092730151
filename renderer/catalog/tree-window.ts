import type { TreeRow } from './flatten-tree'

/** Height of every row in CSS pixels: `--h-row`. */
export const ROW_HEIGHT = 26

/** Rows kept ready beyond each edge. */
const OVERSCAN = 8

/** The row at the upper edge and how far it is scrolled over it. */
interface ScrollAnchor {
  readonly key: string
  readonly offset: number
}

/** The rows [from, to) to have in the document for a scroll position. */
export function rowSpan(top: number, height: number, count: number): readonly [from: number, to: number] {
  const from = Math.max(0, Math.floor(top / ROW_HEIGHT) - OVERSCAN)
  return [from, Math.min(count, Math.ceil((top + height) / ROW_HEIGHT) + OVERSCAN)]
}

/** The scroll position that brings a row into sight with as little movement as possible. */
export function topFor(at: number, top: number, height: number): number {
  const upper = at * ROW_HEIGHT
  if (upper < top) return upper
  return Math.max(top, upper + ROW_HEIGHT - height)
}

/** The lowest scroll position that there is. */
export function lastTop(count: number, height: number): number {
  return Math.max(0, count * ROW_HEIGHT - height)
}

/** What to hold on to when the rows change; null at the very top, where new rows may push the others down. */
export function anchorAt(rows: readonly TreeRow[], top: number): ScrollAnchor | null {
  const at = Math.floor(top / ROW_HEIGHT)
  const row = rows[at]
  return top <= 0 || row === undefined ? null : { key: row.key, offset: top - at * ROW_HEIGHT }
}

/** The scroll position that leaves the anchor where it was; null when it is gone. */
export function topForAnchor(rows: readonly TreeRow[], anchor: ScrollAnchor | null): number | null {
  if (anchor === null) return null
  const at = rows.findIndex((row) => row.key === anchor.key)
  return at < 0 ? null : at * ROW_HEIGHT + anchor.offset
}

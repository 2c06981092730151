/** Height of a row and of the header in CSS pixels; `tokens.css` has the same numbers. */
export const ROW_HEIGHT = 26
/** Height of the header in CSS pixels. */
export const HEADER_HEIGHT = 40

// Chromium clamps an element at 33,554,428 px; rows past that could never be reached.
const MAX_ELEMENT_HEIGHT = 15_000_000

/** What the scrolled area measures: how tall its contents would be, how tall the element is, and how much of it is seen. */
export interface ScrollSpace {
  /** Height of header and rows, in virtual pixels. */
  readonly contentHeight: number
  /** Height of the element, in CSS pixels: the same, or the most that is allowed. */
  readonly elementHeight: number
  readonly viewHeight: number
}

/** Where the view stands: at `scrollTop + base` virtual pixels. Rows are drawn at their virtual place minus `base`. */
export interface ScrollPlace {
  readonly scrollTop: number
  readonly base: number
}

/** The top of everything. */
export const TOP: ScrollPlace = { scrollTop: 0, base: 0 }

/** The space of so many rows in a view of that height. */
export function spaceOf(rowCount: number, viewHeight: number): ScrollSpace {
  const contentHeight = HEADER_HEIGHT + rowCount * ROW_HEIGHT
  return { contentHeight, elementHeight: Math.min(contentHeight, MAX_ELEMENT_HEIGHT), viewHeight }
}

/** The virtual pixel at the top of the view. */
export function offsetOf(place: ScrollPlace): number {
  return place.scrollTop + place.base
}

/** The place after the element was scrolled to `scrollTop`: small steps are literal pixels, far jumps are proportional. */
export function followScroll(place: ScrollPlace, scrollTop: number, space: ScrollSpace): ScrollPlace {
  // A pixel of the scrollbar's thumb is some 25,000 px of a full-size element; no wheel or fling goes that far in a frame.
  const farthestStep = Math.max(4 * space.viewHeight, 10_000)
  if (Math.abs(scrollTop - place.scrollTop) > farthestStep && isScaled(space))
    return { scrollTop, base: Math.round(offsetAt(scrollTop, space)) - scrollTop }
  return settle({ scrollTop, base: place.base }, space)
}

/** The place that shows the virtual pixel `offset` at the top of the view, or as near as the contents allow. */
export function placeAt(place: ScrollPlace, offset: number, space: ScrollSpace): ScrollPlace {
  const wanted = clamp(offset, 0, lastOffset(space))
  const scrollTop = wanted - place.base
  const isNear = Math.abs(wanted - offsetOf(place)) <= 4 * space.viewHeight
  if (isNear && scrollTop >= 0 && scrollTop <= lastScrollTop(space))
    return settle({ scrollTop, base: place.base }, space)
  return anchored(wanted, space)
}

/** The same virtual place, moved within the element where literal steps would run into its end before the contents end. */
export function settle(place: ScrollPlace, space: ScrollSpace): ScrollPlace {
  const last = lastOffset(space)
  const offset = clamp(offsetOf(place), 0, last)
  const margin = 8 * space.viewHeight
  const isNearAnEnd =
    offset < margin ||
    offset > last - margin ||
    place.scrollTop < margin ||
    place.scrollTop > lastScrollTop(space) - margin
  if (!isNearAnEnd) return place
  const settled = anchored(offset, space)
  return Math.abs(settled.scrollTop - place.scrollTop) < 1 && settled.base === place.base ? place : settled
}

/** The rows [from, to) that are seen, with `spare` more on both sides. */
export function rowsInView(
  place: ScrollPlace,
  space: ScrollSpace,
  rowCount: number,
  spare: number,
): { readonly from: number; readonly to: number } {
  // The header covers the first pixels of the view, so the row below it is the first seen.
  const first = Math.floor(offsetOf(place) / ROW_HEIGHT)
  const seen = Math.ceil(Math.max(0, space.viewHeight - HEADER_HEIGHT) / ROW_HEIGHT) + 1
  return {
    from: clamp(first - spare, 0, rowCount),
    to: clamp(first + seen + spare, 0, rowCount),
  }
}

/** The virtual offset nearest to the present one at which the row is seen whole. */
export function offsetShowing(row: number, place: ScrollPlace, space: ScrollSpace): number {
  const offset = offsetOf(place)
  // Offset 0 shows row 0 right below the header, so a row's own offset is row * ROW_HEIGHT.
  const highest = row * ROW_HEIGHT
  const lowest = highest + ROW_HEIGHT + HEADER_HEIGHT - space.viewHeight
  if (offset > highest) return highest
  return offset < lowest ? Math.min(lowest, highest) : offset
}

function anchored(offset: number, space: ScrollSpace): ScrollPlace {
  const scrollTop = scrollTopAt(offset, space)
  // A whole base keeps rows on whole pixels.
  const base = Math.round(offset - scrollTop)
  return { scrollTop: clamp(offset - base, 0, lastScrollTop(space)), base }
}

// Both ways between element and contents: literal near both ends, so that the ends meet exactly; proportional between.

function scrollTopAt(offset: number, space: ScrollSpace): number {
  const [last, lastTop] = [lastOffset(space), lastScrollTop(space)]
  const literal = literalPart(space)
  if (offset <= literal) return Math.min(offset, lastTop)
  if (offset >= last - literal) return Math.max(0, lastTop - (last - offset))
  return literal + ((offset - literal) / (last - 2 * literal)) * (lastTop - 2 * literal)
}

function offsetAt(scrollTop: number, space: ScrollSpace): number {
  const [last, lastTop] = [lastOffset(space), lastScrollTop(space)]
  const literal = literalPart(space)
  if (scrollTop <= literal) return scrollTop
  if (scrollTop >= lastTop - literal) return last - (lastTop - scrollTop)
  return literal + ((scrollTop - literal) / (lastTop - 2 * literal)) * (last - 2 * literal)
}

function literalPart(space: ScrollSpace): number {
  // Half of what is not scaled at all, else enough that `settle` always lands well inside.
  return isScaled(space) ? Math.min(64 * space.viewHeight, lastScrollTop(space) / 4) : lastScrollTop(space) / 2
}

function isScaled(space: ScrollSpace): boolean {
  return space.contentHeight > space.elementHeight
}

function lastOffset(space: ScrollSpace): number {
  return Math.max(0, space.contentHeight - space.viewHeight)
}

function lastScrollTop(space: ScrollSpace): number {
  return Math.max(0, space.elementHeight - space.viewHeight)
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most)
}

import { describe, expect, it } from 'vitest'
import {
  followScroll,
  HEADER_HEIGHT,
  offsetOf,
  offsetShowing,
  placeAt,
  ROW_HEIGHT,
  rowsInView,
  type ScrollPlace,
  settle,
  spaceOf,
  TOP,
} from '../../../../renderer/query/grid/scaled-scroll'

const VIEW = 580
const TEN_MILLION = 10_000_000

const sizes = [0, 1, 22, 500, 100_000, 576_921, 577_000, 600_000, TEN_MILLION]

/** Where the row's top edge stands in the view, 0 being right below the header. */
const rowInView = (row: number, place: ScrollPlace) => row * ROW_HEIGHT - offsetOf(place)
/** Where the element is drawn must be where the row is: what the browser shows is scrollTop. */
const rowInElement = (row: number, place: ScrollPlace) =>
  HEADER_HEIGHT + row * ROW_HEIGHT - place.base - place.scrollTop

describe('scaled scroll', () => {
  it.each(sizes)('keeps the element of %i rows below the limit', (rows) => {
    const space = spaceOf(rows, VIEW)

    expect(space.elementHeight).toBeLessThanOrEqual(15_000_000)
    expect(space.contentHeight).toBe(HEADER_HEIGHT + rows * ROW_HEIGHT)
  })

  it.each(sizes)('reaches the very top and the very end of %i rows', (rows) => {
    const space = spaceOf(rows, VIEW)
    const last = Math.max(0, space.elementHeight - VIEW)

    const end = followScroll(TOP, last, space)
    const top = followScroll(end, 0, space)

    expect(offsetOf(end)).toBe(Math.max(0, space.contentHeight - VIEW))
    expect(offsetOf(top)).toBe(0)
  })

  it('shows every row of ten million whole, wherever the view was', () => {
    const space = spaceOf(TEN_MILLION, VIEW)
    const wrong: number[] = []

    let place = TOP
    for (let step = 0; step < 200_000; step += 1) {
      const row = step < 1000 ? step : step < 2000 ? TEN_MILLION - 1 - (step - 1000) : (step * 7_368_787) % TEN_MILLION
      place = placeAt(place, offsetShowing(row, place, space), space)
      const at = rowInView(row, place)
      const isWhole = at >= 0 && at + ROW_HEIGHT + HEADER_HEIGHT <= VIEW
      const isInElement = place.scrollTop >= 0 && place.scrollTop <= space.elementHeight - VIEW
      if (!isWhole || !isInElement || rowInElement(row, place) !== at + HEADER_HEIGHT) wrong.push(row)
    }

    expect(wrong).toEqual([])
  })

  it('moves exactly one row per row, all the way through both ends', () => {
    const rows = 1_000_000
    const space = spaceOf(rows, VIEW)
    const wrong: number[] = []

    let place = TOP
    for (let row = 1; row <= 5000; row += 1) {
      place = placeAt(place, row * ROW_HEIGHT, space)
      if (rowInView(row, place) !== 0) wrong.push(row)
    }
    place = placeAt(place, space.contentHeight, space)
    const lastTop = offsetOf(place)
    for (let step = 1; step <= 5000; step += 1) {
      place = placeAt(place, lastTop - step * ROW_HEIGHT, space)
      if (offsetOf(place) !== lastTop - step * ROW_HEIGHT) wrong.push(-step)
    }

    expect(wrong).toEqual([])
  })

  it('follows the wheel pixel by pixel in the middle of ten million rows', () => {
    const space = spaceOf(TEN_MILLION, VIEW)
    let place = placeAt(TOP, 5_000_000 * ROW_HEIGHT, space)
    const start = offsetOf(place)

    for (let step = 0; step < 1000; step += 1) place = followScroll(place, place.scrollTop + 100, space)

    expect(offsetOf(place)).toBe(start + 100_000)
  })

  it('never stops short of the top or the end when wheeled there', () => {
    const space = spaceOf(TEN_MILLION, VIEW)
    let up = placeAt(TOP, 3000 * ROW_HEIGHT, space)
    let down = placeAt(TOP, (TEN_MILLION - 3000) * ROW_HEIGHT, space)

    // The browser itself stops at the ends of the element.
    for (let step = 0; step < 2000; step += 1) {
      up = followScroll(up, Math.max(0, up.scrollTop - 120), space)
      down = followScroll(down, Math.min(space.elementHeight - VIEW, down.scrollTop + 120), space)
    }

    expect([up, offsetOf(down)]).toEqual([TOP, space.contentHeight - VIEW])
  })

  it('jumps proportionally when the scrollbar is dragged', () => {
    const space = spaceOf(TEN_MILLION, VIEW)

    const half = followScroll(TOP, (space.elementHeight - VIEW) / 2, space)

    expect(offsetOf(half) / (space.contentHeight - VIEW)).toBeCloseTo(0.5, 4)
  })

  it('keeps what is seen in its place while rows arrive, also past the limit and at the end', () => {
    const offsets: number[] = []

    let place = placeAt(TOP, 600_000 * ROW_HEIGHT, spaceOf(600_000, VIEW))
    for (const rows of [600_000, 600_500, 700_000, 3_000_000, TEN_MILLION]) {
      place = settle(place, spaceOf(rows, VIEW))
      offsets.push(offsetOf(place))
    }

    expect(new Set(offsets).size).toBe(1)
  })

  it('leaves room to go on when rows arrive below the end', () => {
    const before = placeAt(TOP, 600_000 * ROW_HEIGHT, spaceOf(600_000, VIEW))
    const space = spaceOf(TEN_MILLION, VIEW)

    const after = settle(before, space)

    expect(space.elementHeight - VIEW - after.scrollTop).toBeGreaterThan(10 * VIEW)
  })

  it('moves no further than needed to show a row', () => {
    const space = spaceOf(500, VIEW)
    const place = placeAt(TOP, 100 * ROW_HEIGHT, space)

    expect(offsetShowing(110, place, space)).toBe(100 * ROW_HEIGHT)
    expect(offsetShowing(50, place, space)).toBe(50 * ROW_HEIGHT)
    expect(offsetShowing(200, place, space)).toBe(201 * ROW_HEIGHT + HEADER_HEIGHT - VIEW)
  })

  it('draws the rows that are seen and the spare ones around them, none that do not exist', () => {
    const space = spaceOf(500, VIEW)

    expect(rowsInView(TOP, space, 500, 8)).toEqual({ from: 0, to: 30 })
    expect(rowsInView(placeAt(TOP, 1e9, space), space, 500, 8)).toEqual({ from: 471, to: 500 })
    expect(rowsInView(TOP, spaceOf(0, VIEW), 0, 8)).toEqual({ from: 0, to: 0 })
  })
})

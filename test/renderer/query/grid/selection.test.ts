import { describe, expect, it } from 'vitest'
import {
  cellCount,
  isInRange,
  isWide,
  rangeOf,
  type Selection,
  type SelectionEvent,
  selectionAfter,
} from '../../../../renderer/query/grid/selection'

const size = { rows: 500, positions: 8 }
const press = (row: number, position: number, isExtending = false): SelectionEvent => ({
  type: 'cellPressed',
  at: { row, position },
  isExtending,
})
const move = (rows: number, positions: number, isExtending = false): SelectionEvent => ({
  type: 'moved',
  rows,
  positions,
  isExtending,
})
const selected = (...events: readonly SelectionEvent[]): Selection | null =>
  events.reduce<Selection | null>((selection, event) => selectionAfter(selection, event, size), null)
const rangeAfter = (...events: readonly SelectionEvent[]) => {
  const range = rangeOf(selected(...events), size)
  return range === null ? null : [range.fromRow, range.toRow, range.fromPosition, range.toPosition]
}

describe('selection', () => {
  it('is nothing until something happens', () => {
    expect(rangeOf(null, size)).toBeNull()
    expect(selected(move(1, 0))?.anchor).toEqual({ row: 0, position: 0 })
  })

  it('is the cell that was pressed', () => {
    expect(rangeAfter(press(3, 4))).toEqual([3, 4, 4, 5])
    expect(isWide(selected(press(3, 4)))).toBe(false)
  })

  it.each([
    ['a drag', { type: 'draggedTo', at: { row: 6, position: 1 } } as SelectionEvent],
    ['Shift and a click', press(6, 1, true)],
    ['Shift and arrows', move(3, -3, true)],
  ])('grows from where it began with %s', (_, event) => {
    expect(rangeAfter(press(3, 4), event)).toEqual([3, 7, 1, 5])
    expect(selected(press(3, 4), event)?.anchor).toEqual({ row: 3, position: 4 })
  })

  it.each([
    ['Home', move(0, -Infinity), { row: 3, position: 0 }],
    ['End', move(0, Infinity), { row: 3, position: 7 }],
    ['Ctrl+Home', move(-Infinity, -Infinity), { row: 0, position: 0 }],
    ['Ctrl+End', move(Infinity, Infinity), { row: 499, position: 7 }],
    ['Page Up near the top', move(-20, 0), { row: 0, position: 4 }],
  ])('goes to the end with %s', (_, event, expected) => {
    expect(selected(press(3, 4), event)?.anchor).toEqual(expected)
  })

  it('leaves the last row only upwards, and enters the header with a single step', () => {
    expect(selected(press(499, 0), move(1, 0))?.anchor.row).toBe(499)
    expect(selected(press(0, 2), move(-1, 0))?.anchor).toEqual({ row: -1, position: 2 })
    expect(rangeAfter(press(0, 2), move(-1, 0))).toBeNull()
    expect(selected(press(0, 2), move(-1, 0), move(1, 0))?.anchor.row).toBe(0)
  })

  it('never extends into the header', () => {
    expect(rangeAfter(press(2, 2), move(-Infinity, 0, true))).toEqual([0, 3, 2, 3])
  })

  it('selects columns from the header sidewards, and cells downwards', () => {
    const header = [press(0, 2), move(-1, 0)]

    expect(rangeAfter(...header, move(0, 1, true))).toEqual([0, 500, 2, 4])
    expect(rangeAfter(...header, move(2, 0, true))).toEqual([0, 2, 2, 3])
  })

  it('holds whole rows, whole columns and everything, also those that arrive later', () => {
    const columns = selected({ type: 'columnPressed', position: 2, isExtending: false })
    const rows = selected(
      { type: 'rowPressed', row: 3, isExtending: false },
      { type: 'rowPressed', row: 5, isExtending: true },
    )
    const all = selected(press(3, 3), { type: 'everythingChosen' })

    const later = { rows: 9000, positions: 8 }
    expect([columns, rows, all].map((selection) => rangeOf(selection, later))).toEqual([
      { fromRow: 0, toRow: 9000, fromPosition: 2, toPosition: 3 },
      { fromRow: 3, toRow: 6, fromPosition: 0, toPosition: 8 },
      { fromRow: 0, toRow: 9000, fromPosition: 0, toPosition: 8 },
    ])
  })

  it('widens a range to its rows or columns', () => {
    const range = [press(3, 2), press(5, 4, true)]

    expect(rangeAfter(...range, { type: 'rowsChosen' })).toEqual([3, 6, 0, 8])
    expect(rangeAfter(...range, { type: 'columnsChosen' })).toEqual([0, 500, 2, 5])
  })

  it('collapses to the cell where it began', () => {
    expect(rangeAfter(press(3, 2), press(5, 4, true), { type: 'collapsed' })).toEqual([3, 4, 2, 3])
  })

  it('stays on its column when columns are moved', () => {
    const selection = selected(press(3, 2), { type: 'columnsArranged', newPosition: (position) => position + 3 })

    expect(selection?.anchor).toEqual({ row: 3, position: 5 })
  })

  it('stands on the header when there are no rows, and nowhere when there are no columns', () => {
    const noRows = { rows: 0, positions: 3 }

    expect(selectionAfter(null, press(0, 0), noRows)?.anchor).toEqual({ row: -1, position: 0 })
    expect(rangeOf(selectionAfter(null, { type: 'everythingChosen' }, noRows), noRows)).toBeNull()
    expect(selectionAfter(null, press(0, 0), { rows: 5, positions: 0 })).toBeNull()
  })

  it('counts its cells and knows which they are', () => {
    const range = rangeOf(selected(press(3, 2), press(6, 4, true)), size)

    expect(range === null ? 0 : cellCount(range)).toBe(12)
    expect([isInRange(range, { row: 6, position: 4 }), isInRange(range, { row: 7, position: 4 })]).toEqual([
      true,
      false,
    ])
  })
})

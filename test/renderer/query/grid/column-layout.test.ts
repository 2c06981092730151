import { describe, expect, it } from 'vitest'
import {
  columnsInView,
  fitWidths,
  gutterWidth,
  layOutColumns,
  positionAt,
  positionInView,
  scrollLeftShowing,
} from '../../../../renderer/query/grid/column-layout'

const columns = (count: number, width = 100) => Array.from({ length: count }, (_, column) => ({ column, width }))

describe('column layout', () => {
  it('stands columns side by side, pinned ones first', () => {
    const layout = layOutColumns(
      [
        { column: 2, width: 50 },
        { column: 0, width: 100 },
        { column: 1, width: 80 },
      ],
      1,
      40,
    )

    expect(layout.columns.map(({ column, left, isPinned }) => [column, left, isPinned])).toEqual([
      [2, 40, true],
      [0, 90, false],
      [1, 190, false],
    ])
    expect([layout.pinnedEnd, layout.totalWidth]).toEqual([90, 270])
  })

  it('finds the column at every pixel of 1,600', () => {
    const layout = layOutColumns(
      Array.from({ length: 1600 }, (_, column) => ({ column, width: 56 + (column % 7) * 20 })),
      0,
      38,
    )
    const wrong: number[] = []

    for (const { position, left, width } of layout.columns)
      for (const x of [left, left + width - 1]) if (positionAt(layout, x) !== position) wrong.push(x)

    expect(wrong).toEqual([])
    expect([positionAt(layout, 37), positionAt(layout, layout.totalWidth)]).toEqual([-1, 1600])
  })

  it('draws the columns in view and the spare ones around them', () => {
    const layout = layOutColumns(columns(1600), 0, 40)

    expect(columnsInView(layout, 0, 1000, 2)).toEqual({ from: 0, to: 12 })
    expect(columnsInView(layout, 80_000, 1000, 2)).toEqual({ from: 798, to: 812 })
    expect(columnsInView(layout, 160_040 - 1000, 1000, 2)).toEqual({ from: 1588, to: 1600 })
  })

  it('does not draw columns that the pinned ones cover', () => {
    const layout = layOutColumns(columns(100), 3, 40)

    expect(columnsInView(layout, 1000, 1000, 0)).toEqual({ from: 13, to: 20 })
  })

  it('draws nothing of no columns', () => {
    const layout = layOutColumns([], 0, 40)

    expect(columnsInView(layout, 0, 1000, 2)).toEqual({ from: 0, to: 0 })
  })

  it('finds the pinned column where it covers another', () => {
    const layout = layOutColumns(columns(100), 1, 40)

    expect([positionInView(layout, 60, 5000), positionInView(layout, 141, 5000)]).toEqual([0, 51])
  })

  it('moves no further than needed to show a column, and never hides its left edge', () => {
    const layout = layOutColumns(columns(100), 1, 40)

    expect(scrollLeftShowing(layout, 0, 700, 1000)).toBe(700)
    expect(scrollLeftShowing(layout, 2, 700, 1000)).toBe(100)
    expect(scrollLeftShowing(layout, 50, 0, 1000)).toBe(40 + 51 * 100 - 1000)
    expect(scrollLeftShowing(layout, 50, 0, 150)).toBe(50 * 100 - 100)
  })

  it('changes the width of the row numbers at 1,000 rows and from ten million on only', () => {
    const widths = [0, 500, 999, 1000, 9_999_999, 10_000_000].map(gutterWidth)

    expect(widths).toEqual([38, 38, 38, 66, 66, 73])
  })

  it('gives each column what it wants, within limits', () => {
    expect(fitWidths([10, 100, 900], 300)).toEqual([56, 100, 420])
  })

  it('lets long columns give way so that all fit, and gives them what is left', () => {
    expect(fitWidths([100, 400], 400)).toEqual([100, 300])
    expect(fitWidths([100, 400, 900], 1000)).toEqual([100, 400, 500])
    expect(fitWidths([100, 400], 2000)).toEqual([100, 400])
  })
})

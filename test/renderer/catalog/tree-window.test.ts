import { describe, expect, it } from 'vitest'
import type { TreeRow } from '../../../renderer/catalog/flatten-tree'
import { anchorAt, ROW_HEIGHT, rowSpan, topFor, topForAnchor } from '../../../renderer/catalog/tree-window'

const rows = (...keys: string[]): TreeRow[] =>
  keys.map((key) => ({
    key,
    parentKey: null,
    level: 1,
    depth: 0,
    setSize: 1,
    position: 1,
    isExpanded: null,
    name: key,
    content: { type: 'schema', name: key },
  }))

describe('the window of the tree', () => {
  it('holds the rows in sight and a few more, never more than there are', () => {
    expect([rowSpan(0, 260, 10_000), rowSpan(100 * ROW_HEIGHT + 5, 260, 10_000), rowSpan(0, 260, 4)]).toEqual([
      [0, 18],
      [92, 119],
      [0, 4],
    ])
  })

  it('moves no further than a row needs', () => {
    expect([topFor(5, 0, 260), topFor(12, 0, 260), topFor(2, 130, 260)]).toEqual([0, 78, 52])
  })

  it('stays where it was when rows come and go above', () => {
    const before = rows('a', 'b', 'c', 'd')
    const anchor = anchorAt(before, ROW_HEIGHT + 10)

    const tops = [rows('a', 'x', 'y', 'b', 'c'), rows('b', 'c'), rows('c')].map((now) => topForAnchor(now, anchor))

    expect(tops).toEqual([3 * ROW_HEIGHT + 10, 10, null])
  })

  it('holds on to nothing at the very top', () => {
    expect(anchorAt(rows('a'), 0)).toBeNull()
  })
})

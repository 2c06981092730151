import { describe, expect, it } from 'vitest'
import { Matches } from '../../../../renderer/query/grid/matches'

const matches = new Matches([]).with(Uint32Array.of(2, 1, 2, 0)).with(Uint32Array.of(5, 3))

describe('matches of a search', () => {
  it('are counted and found by their number', () => {
    expect([matches.count, matches.at(0), matches.at(2), matches.at(3)]).toEqual([
      3,
      { row: 2, column: 1 },
      { row: 5, column: 3 },
      null,
    ])
  })

  it('are known by row', () => {
    expect([matches.inRow(2), matches.inRow(3), matches.inRow(5)]).toEqual([[1, 0], [], [3]])
    expect(matches.inRow(3)).toBe(matches.inRow(4))
  })

  it('are known by cell', () => {
    expect([matches.indexOf({ row: 2, column: 0 }), matches.indexOf({ row: 2, column: 3 })]).toEqual([1, -1])
  })

  it.each([
    [null, 0],
    [{ row: 2, column: 0 }, 1],
    [{ row: 3, column: 0 }, 2],
    [{ row: 6, column: 0 }, null],
  ])('begin at or behind %j with number %j', (place, index) => {
    expect(matches.from(place)).toBe(index)
  })

  it.each([
    [{ row: 2, column: 0 }, 1, 2],
    [{ row: 2, column: 0 }, -1, 0],
    [{ row: 5, column: 3 }, 1, 0],
    [{ row: 2, column: 1 }, -1, 2],
    [{ row: 4, column: 0 }, 1, 2],
    [{ row: 4, column: 0 }, -1, 1],
    [{ row: 9, column: 0 }, 1, 0],
  ] as const)('beside %j by %i stands number %i', (place, step, index) => {
    expect(matches.beside(place, step)).toBe(index)
  })
})

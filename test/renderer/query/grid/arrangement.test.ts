import { describe, expect, it } from 'vitest'
import type { ViewId } from '../../../../contract/query'
import { type Arranged, sortAfterPress, sortBy, wordsOfArrangement } from '../../../../renderer/query/grid/arrangement'
import { aColumn } from '../query-builders'

const up = (column: number) => ({ column, direction: 'ascending' as const })
const down = (column: number) => ({ column, direction: 'descending' as const })

describe('a press on a header', () => {
  it.each([
    [[], false, [up(1)]],
    [[up(1)], false, [down(1)]],
    [[down(1)], false, []],
    [[up(0)], false, [up(1)]],
    [[up(0), up(1)], false, [down(1)]],
    [[up(0)], true, [up(0), up(1)]],
    [[up(1), up(0)], true, [down(1), up(0)]],
    [[down(1), up(0)], true, [up(0)]],
  ])('turns %j (added: %s) into %j', (before, isAdded, after) => {
    expect(sortAfterPress(before, 1, isAdded)).toEqual(after)
  })

  it('in the menu sets a direction, and keeps the others when it adds', () => {
    expect([sortBy([up(0)], 1, 'descending', false), sortBy([up(0), up(1)], 1, 'descending', true)]).toEqual([
      [down(1)],
      [up(0), down(1)],
    ])
  })
})

describe('what was done to the rows', () => {
  const arranged = (change: Partial<Arranged>): Arranged => ({
    type: 'arranged',
    viewId: 'view' as ViewId, // branded here: the engine mints them
    rows: 3,
    coveredRows: 10_000,
    orders: [],
    ...change,
  })
  const columns = [aColumn, { ...aColumn, name: 'name' }]

  it('names the columns, how they sort, and that nothing was run again', () => {
    const words = wordsOfArrangement(
      { sort: [down(1), up(0)], filters: [] },
      arranged({ orders: ['by code point', 'by value'] }),
      columns,
    )

    expect(words).toBe(
      'Sorted here by name descending (by code point, not by collation), id: 10,000 loaded rows, the statement was not run again',
    )
  })

  it('says how many rows pass the filters', () => {
    const filter = { filter: { kind: 'null', column: 0, isNull: true }, words: 'is NULL' } as const

    expect(wordsOfArrangement({ sort: [], filters: [filter] }, arranged({}), columns)).toBe(
      'Filtered here: 3 of 10,000 loaded rows, the statement was not run again',
    )
  })
})

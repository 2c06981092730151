import { describe, expect, it } from 'vitest'
import { pageOfResults } from '../../../renderer/query/shown-results'
import { aRun, columnsArrived, queryAfter, resultId } from './query-builders'

const many = (count: number) =>
  queryAfter(...aRun('a', ...Array.from({ length: count }, (_, at) => columnsArrived(0, `r${at}`)))).results

describe('the tabs of results', () => {
  it.each<[string, number, string, [number, number]]>([
    ['are all of a few', 3, 'r1', [0, 3]],
    ['are the first hundred of many', 250, 'r99', [0, 100]],
    ['are the hundred with the chosen one', 250, 'r100', [100, 200]],
    ['end with the last result', 250, 'r249', [200, 250]],
  ])('%s', (_name, count, chosen, page) => {
    const { from, to } = pageOfResults(many(count), resultId(chosen))

    expect([from, to]).toEqual(page)
  })

  it('are the first ones while Messages is shown', () => {
    expect(pageOfResults(many(250), 'messages')).toEqual({ from: 0, to: 100 })
  })
})

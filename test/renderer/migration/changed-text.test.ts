import { describe, expect, it } from 'vitest'
import type { ComparedLine } from '../../../contract/migration-change'
import { foldedLines } from '../../../renderer/migration/changed-text'

const same = (from: number, count: number): ComparedLine[] =>
  Array.from({ length: count }, (_, at) => ({ kind: 'same', before: from + at, now: from + at, text: `${from + at}` }))
const added = (now: number): ComparedLine => ({ kind: 'added', now, text: `+${now}` })
const shown = (lines: readonly ComparedLine[], opened: readonly number[] = []) =>
  foldedLines(lines, new Set(opened)).map((row) =>
    row.kind === 'line' ? row.line.text : `${row.canOpen ? 'show' : 'left out'} ${row.count}`,
  )

describe('the lines of a changed file', () => {
  it('are all shown when few are equal', () => {
    expect(shown([...same(1, 8), added(9)])).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '+9'])
  })

  it('are folded far from a difference, before, between and behind', () => {
    const lines = [...same(1, 10), added(11), ...same(12, 12), added(24), ...same(25, 9)]

    expect(shown(lines)).toEqual([
      'show 7',
      ...['8', '9', '10', '+11', '12', '13', '14'],
      'show 6',
      ...['21', '22', '23', '+24', '25', '26', '27'],
      'show 6',
    ])
  })

  it('are unfolded where it was asked for, and there alone', () => {
    const lines = [...same(1, 10), added(11), ...same(12, 12)]

    expect(shown(lines, [0])).toEqual([
      ...Array.from({ length: 10 }, (_, at) => `${at + 1}`),
      '+11',
      '12',
      '13',
      '14',
      'show 9',
    ])
  })

  it('that the engine left out cannot be unfolded', () => {
    expect(shown([{ kind: 'left out', count: 9000 }, ...same(9001, 3), added(9004)])).toEqual([
      'left out 9000',
      '9001',
      '9002',
      '9003',
      '+9004',
    ])
  })
})

import { describe, expect, it } from 'vitest'
import { type DiffRun, diffLines } from '../../../electron/engine/migration/line-diff'

/** The runs as a unified diff shows them. */
function unified(before: readonly string[], now: readonly string[]): string[] {
  return diffLines(before, now).flatMap(({ kind, before: from, now: to, count }) =>
    Array.from({ length: count }, (_, at) =>
      kind === 'removed' ? `-${before[from + at]}` : `${kind === 'added' ? '+' : ' '}${now[to + at]}`,
    ),
  )
}

/** Both texts, put together from the runs alone. */
function rebuilt(before: readonly string[], now: readonly string[], runs: readonly DiffRun[]) {
  const part = (lines: readonly string[], from: number, count: number) => lines.slice(from, from + count)
  return {
    before: runs.flatMap((run) => (run.kind === 'added' ? [] : part(before, run.before, run.count))),
    now: runs.flatMap((run) =>
      run.kind === 'removed'
        ? []
        : part(run.kind === 'same' ? before : now, run[run.kind === 'same' ? 'before' : 'now'], run.count),
    ),
  }
}

/** Numbers that look random and are the same in every run. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

describe('the line diff', () => {
  it.each([
    ['nothing of equal texts', ['a', 'b'], ['a', 'b'], [' a', ' b']],
    ['nothing of empty texts', [], [], []],
    ['a text that was empty', [], ['a'], ['+a']],
    ['a text that is empty now', ['a'], [], ['-a']],
    ['a changed line', ['a', 'b', 'c'], ['a', 'x', 'c'], [' a', '-b', '+x', ' c']],
    ['a line put in', ['a', 'c'], ['a', 'b', 'c'], [' a', '+b', ' c']],
    ['a line taken out', ['a', 'b', 'c'], ['a', 'c'], [' a', '-b', ' c']],
    ['a moved line', ['a', 'b', 'c', 'd'], ['b', 'c', 'a', 'd'], ['-a', ' b', ' c', '+a', ' d']],
    ['texts with nothing in common', ['a', 'b'], ['c', 'd'], ['-a', '-b', '+c', '+d']],
    ['the classic of the paper', [...'abcabba'], [...'cbabac'], ['-a', '-b', ' c', '+b', ' a', ' b', '-b', ' a', '+c']],
  ])('shows %s', (_, before, now, expected) => {
    expect(unified(before, now)).toEqual(expected)
  })

  it('tells both texts by its runs, and never more edits than there are lines', () => {
    for (let seed = 1; seed <= 400; seed += 1) {
      const random = randomFrom(seed)
      const some = () => Array.from({ length: random(30) }, () => 'abcdefgh'.charAt(random(1 + (seed % 8))))
      const [before, now] = [some(), some()]

      const runs = diffLines(before, now)

      expect(rebuilt(before, now, runs)).toEqual({ before, now })
    }
  })

  it('finds as few edits as there can be', () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const random = randomFrom(seed)
      const some = () => Array.from({ length: random(14) }, () => 'abc'.charAt(random(3)))
      const [before, now] = [some(), some()]

      const edits = diffLines(before, now).reduce((sum, { kind, count }) => sum + (kind === 'same' ? 0 : count), 0)

      expect(edits).toBe(before.length + now.length - 2 * longestCommon(before, now))
    }
  })

  it('goes from fixed point to fixed point where a file was changed all over', () => {
    const before = Array.from({ length: 30_000 }, (_, at) =>
      at % 10 === 0 ? `line ${at}` : 'insert into t values (1);',
    )
    const now = before.map((line, at) => (at % 10 === 3 ? 'insert into t values (2);' : line))

    const runs = diffLines(before, now)

    expect(rebuilt(before, now, runs)).toEqual({ before, now })
    expect(runs.filter(({ kind }) => kind === 'added')).toHaveLength(3000)
  })

  it('ends for huge files that have nothing in common', () => {
    const before = Array.from({ length: 200_000 }, (_, at) => `old ${at % 1000}`)
    const now = Array.from({ length: 200_000 }, (_, at) => `new ${at}`)

    expect(diffLines(before, now).map(({ kind, count }) => [kind, count])).toEqual([
      ['removed', 200_000],
      ['added', 200_000],
    ])
  })
})

/** Length of the longest common subsequence, by the table of the textbook. */
function longestCommon(one: readonly string[], other: readonly string[]): number {
  const row = new Array<number>(other.length + 1).fill(0)
  for (const a of one) {
    let diagonal = 0
    for (const [at, b] of other.entries()) {
      const above = row[at + 1] ?? 0
      row[at + 1] = a === b ? diagonal + 1 : Math.max(above, row[at] ?? 0)
      diagonal = above
    }
  }
  return row[other.length] ?? 0
}

import { describe, expect, it } from 'vitest'
import { SETTINGS_DEFAULTS } from '../../../contract/profile-defaults'
import type { TabId } from '../../../contract/workspace'
import {
  cutWords,
  guardTitle,
  READ_ONLY_GAPS,
  READ_ONLY_MEANING,
  rowWords,
} from '../../../renderer/query/guard/guard-words'
import { usualCommitMode } from '../../../renderer/query/guard/profile-rules'
import { queryOf, queryStore } from '../../../renderer/query/query-store'
import type { GuardQuestion } from '../../../renderer/query/tab-query'
import { aRun, ended, queryAfter } from './query-builders'

const question: GuardQuestion = { database: 'shop', statements: 2, dangers: [], dangerCount: 1, rows: new Map() }
const checked = [...aRun('select 1', ended('complete')), { type: 'checkStarted', at: 3000 }] as const

describe('a question before a run on production', () => {
  it('leaves the results of the run before where they are', () => {
    const before = queryAfter(...aRun('select 1', ended('complete')))

    const asked = queryAfter(...checked, { type: 'guardAsked', question })

    expect([asked.run.kind, asked.statements, asked.guard?.question]).toEqual(['running', before.statements, question])
  })

  it('answered with no leaves the tab as it was', () => {
    const before = queryAfter(...aRun('select 1', ended('complete')))

    const after = queryAfter(...checked, { type: 'guardAsked', question }, { type: 'checkEnded' })

    expect(after).toEqual(before)
  })

  it('takes the estimates as they come, and none once it is answered', () => {
    const asked = queryAfter(
      ...checked,
      { type: 'guardAsked', question },
      { type: 'rowsEstimated', statement: 1, rows: 12_400 },
    )
    const answered = queryAfter(
      ...checked,
      { type: 'checkEnded' },
      { type: 'rowsEstimated', statement: 1, rows: 12_400 },
    )

    expect([asked.guard?.question?.rows, answered.guard]).toEqual([new Map([[1, 12_400]]), null])
  })

  it('goes away with the run it was for', () => {
    const failure = { kind: 'cancelled', message: 'gone' } as const

    const after = queryAfter(...checked, { type: 'guardAsked', question }, { type: 'streamFailed', failure, at: 4000 })

    expect([after.guard, after.run.kind]).toEqual([null, 'failed'])
  })
})

describe('the words of the question', () => {
  it.each([
    [1, 1, 'This statement asks before it runs'],
    [1, 3, '1 of 3 statements asks before it runs'],
    [2, 1200, '2 of 1,200 statements ask before they run'],
  ])('for %i of %i statements', (dangerCount, statements, title) => {
    expect(guardTitle({ dangerCount, statements })).toBe(title)
  })

  it.each<['changed' | 'held' | null, number | null | undefined, string | null]>([
    ['changed', 12_400, 'about 12,400 rows (estimate)'],
    ['held', 1, 'about 1 row in it (estimate)'],
    ['changed', null, 'rows not known'],
    ['changed', undefined, 'estimating rows'],
    [null, undefined, null],
  ])('for rows %s estimated at %s', (rows, estimated, words) => {
    expect(rowWords({ rows }, estimated)).toBe(words)
  })

  it('say how much of a long statement is shown', () => {
    expect([cutWords({ text: 'abc', units: 5_000 }), cutWords({ text: 'abc', units: 3 })]).toEqual([
      'The first 3 of 5,000 characters.',
      null,
    ])
  })
})

describe('the label of a read-only connection', () => {
  it('says that it prevents slips, not attacks, and what a superuser can still do', () => {
    expect([READ_ONLY_MEANING, READ_ONLY_GAPS[0]]).toEqual([
      expect.stringContaining('prevents slips, not attacks'),
      expect.stringContaining('A superuser can still run programs'),
    ])
  })
})

describe('new tabs', () => {
  it.each([
    ['production', null, 'manual'],
    ['production', 'auto', 'auto'],
    ['staging', null, 'auto'],
    ['development', 'manual', 'manual'],
    ['local', null, 'auto'],
  ] as const)('of %s with commit mode %s commit %s', (environment, commitMode, usual) => {
    expect(usualCommitMode({ environment, settings: { ...SETTINGS_DEFAULTS, commitMode } })).toBe(usual)
  })

  it('begin with it, and those in which it was chosen keep their own', () => {
    const { noteRules, happen, clear } = queryStore.getState()
    const [chosen, untouched] = ['tab-1' as TabId, 'tab-2' as TabId] // branded here: no tab is open in this test
    happen(chosen, { type: 'commitModeChosen', commitMode: 'auto' })

    noteRules({ environment: 'production', settings: SETTINGS_DEFAULTS })

    expect([queryOf(chosen).commitMode, queryOf(untouched).commitMode]).toEqual(['auto', 'manual'])
    clear()
  })
})

import { describe, expect, it } from 'vitest'
import type { Loss } from '../../../contract/loss'
import { afterLossEvent, afterLossStream, type LossReport } from '../../../renderer/migration/loss-store'
import { isHarmless, lossSentence, methodInWords } from '../../../renderer/migration/loss-words'

const nothing = { rows: null, values: null, changed: null, isEstimate: false }

function aLoss(rest: Partial<Loss>): Loss {
  return {
    id: 0,
    kind: 'column',
    migration: '1_a',
    oid: 1,
    relation: 'acct',
    relationKind: 'table',
    column: null,
    fromType: null,
    toType: null,
    counted: null,
    ...rest,
  }
}

describe('what will be lost', () => {
  it.each<[string, Partial<Loss>]>([
    ['The values in acct.nick will be lost', { column: 'nick' }],
    [
      '4,812 non-null values in acct.nick will be lost',
      { column: 'nick', counted: { ...nothing, rows: 5000, values: 4812 } },
    ],
    [
      'About 1 non-null value in acct.nick will be lost',
      { column: 'nick', counted: { ...nothing, rows: 5000, values: 1, isEstimate: true } },
    ],
    [
      'An unknown number of values in acct.nick will be lost',
      { column: 'nick', counted: { ...nothing, isEstimate: true } },
    ],
    ['14 rows of table acct will be lost with it', { kind: 'relation', counted: { ...nothing, rows: 14 } }],
    [
      '1 row of materialized view acct will be lost with it',
      { kind: 'relation', relationKind: 'materialized view', counted: { ...nothing, rows: 1 } },
    ],
    ['14 rows of acct will be removed: all of them', { kind: 'truncated rows', counted: { ...nothing, rows: 14 } }],
    ['12 rows of acct will be deleted', { kind: 'deleted rows', counted: { ...nothing, rows: 12 } }],
    [
      '7 non-null values in acct.n become integer and 2 of them will change',
      {
        kind: 'converted column',
        column: 'n',
        toType: 'integer',
        counted: { ...nothing, rows: 9, values: 7, changed: 2 },
      },
    ],
    [
      '7 non-null values in acct.n become another type, and may change',
      { kind: 'converted column', column: 'n', counted: { ...nothing, rows: 9, values: 7 } },
    ],
  ])('reads "%s"', (expected, loss) => {
    expect(lossSentence(aLoss(loss), false)).toBe(expected)
  })

  it('is an upper bound where only the words of a DELETE are known', () => {
    const loss = aLoss({ kind: 'deleted rows', counted: { ...nothing, rows: 12 } })

    expect(lossSentence(loss, true)).toBe('Up to 12 rows of acct will be deleted')
  })

  it('is nothing where no value is there, or none changes', () => {
    const counted = [{ values: 0 }, { values: 3 }, { values: 3, changed: 0 }]

    const harmless = counted.map((count, at) =>
      isHarmless(aLoss({ kind: at === 2 ? 'converted column' : 'column', counted: { ...nothing, rows: 5, ...count } })),
    )
    expect([...harmless, isHarmless(aLoss({}))]).toEqual([true, false, true, false])
  })

  it('is counted one by one until all is known', () => {
    const events = [
      {
        type: 'lossesFound' as const,
        method: 'tried' as const,
        note: null,
        isTriable: false,
        losses: [aLoss({ id: 0 }), aLoss({ id: 1 })],
      },
      { type: 'lossCounted' as const, id: 0, counted: { ...nothing, rows: 1 } },
      { type: 'lossCounted' as const, id: 1, counted: { ...nothing, rows: 2 } },
    ]

    const words: string[] = []
    let report: LossReport = { kind: 'looking' }
    words.push(methodInWords(report))
    for (const event of events) {
      report = afterLossEvent(report, event)
      words.push(methodInWords(report))
    }

    expect(words).toEqual([
      'Trying the plan in a transaction that is rolled back',
      'Counting',
      'Counting',
      'Found by trying the plan in a transaction that was rolled back',
    ])
  })

  it('stays as far as it was found when the counting ends early, and is a failure when nothing was', () => {
    const failure = { kind: 'connection', reason: 'lost', message: 'gone' } as const
    const found = afterLossEvent(
      { kind: 'looking' },
      { type: 'lossesFound', method: 'read', note: 'too slow', isTriable: false, losses: [aLoss({})] },
    )

    expect(afterLossStream({ kind: 'looking' }, failure)).toEqual({ kind: 'failed', failure })
    expect(afterLossStream(found, failure)).toEqual({ ...found, isCounting: false })
  })
})

import { describe, expect, it } from 'vitest'
import type { MigrationAction, MigrationPlan } from '../../../contract/migration'
import { doneWords, planSentence, planTitle, planWarning, shownAtFirst } from '../../../renderer/migration/plan-words'
import { aPlan, aStep } from './builders'

const planOf = (action: MigrationAction, rest: Partial<MigrationPlan> = {}) => {
  const isMark = action.kind.startsWith('mark')
  const way = action.kind === 'mark as not applied' || action.kind.startsWith('roll back') ? 'roll back' : 'apply'
  return aPlan([aStep('a', way, { isMark })], { action, ...rest })
}

describe('the words of a plan', () => {
  it.each<[MigrationAction, string, string, string]>([
    [{ kind: 'apply all' }, 'Apply 1 migration', 'Applies 1 migration: a.', 'A failure leaves nothing of it.'],
    [
      { kind: 'roll back last' },
      'Roll back 1 migration',
      'Rolls back 1 migration: a.',
      'What a rollback drops is gone with its rows.',
    ],
    [
      { kind: 'mark as applied', name: 'a' },
      'Mark 1 migration as applied',
      'Writes into the history that a is applied. Nothing of it is run.',
      'The log keeps who marked it and when.',
    ],
    [
      { kind: 'mark as not applied', name: 'a' },
      'Mark 1 migration as not applied',
      'Takes a out of the history. Nothing of it is rolled back.',
      'The log keeps who marked it and when.',
    ],
    [
      { kind: 'resume', name: 'a' },
      'Resume 1 migration',
      'Applying a goes on at the statement where it stopped.',
      'A failure leaves nothing of it.',
    ],
    [
      { kind: 'retry', name: 'a' },
      'Retry 1 migration',
      'Applying a begins again at its first statement.',
      'A failure leaves nothing of it.',
    ],
    [
      { kind: 'drop index and retry', name: 'a' },
      'Drop index and retry 1 migration',
      'Drops what the failed build left, then applying a goes on where it stopped.',
      'A failure leaves nothing of it.',
    ],
  ])('of %j say what it does', (action, title, sentence, warning) => {
    const plan = planOf(action)

    expect([planTitle(plan), planSentence(plan), planWarning(plan)]).toEqual([title, sentence, warning])
  })

  it('of a redo name each migration once and both ways', () => {
    const steps = [aStep('b', 'roll back'), aStep('a', 'roll back'), aStep('a'), aStep('b')]
    const plan = aPlan(steps, { action: { kind: 'redo', name: 'a' }, direction: 'apply' })

    expect([planTitle(plan), planSentence(plan), planWarning(plan), doneWords(plan, '2 migrations')]).toEqual([
      'Redo 2 migrations',
      'Rolls back b and a, down to and including a, then applies the same ones again.',
      'What the rollback drops is gone with its rows.',
      'Rolled back and applied again: 2 migrations',
    ])
  })

  it('say what a failure leaves: nothing of all, or those before it', () => {
    const steps = [aStep('a'), aStep('b')]

    expect([aPlan(steps), aPlan(steps, { isAllOrNothing: true })].map(planWarning)).toEqual([
      'Stops at the first failure; what was committed before stays.',
      'One transaction: all of it takes effect, or nothing does.',
    ])
  })

  it('come with so many statements at first as can be drawn at once', () => {
    const statement = { line: 1, text: 'select 1', destroys: false }
    const steps = [2, 6000, 150, 150, 3].map((count, index) =>
      aStep(`${index}`, 'apply', { statements: Array(count).fill(statement) }),
    )

    expect(shownAtFirst(aPlan(steps))).toEqual([2, 100, 100, 98, 0])
  })
})

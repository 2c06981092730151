import { describe, expect, it } from 'vitest'
import { readScript } from '../../../electron/engine/migration/migration-script'
import { runMigrations, type UmzugRun } from '../../../electron/engine/migration/run-migrations'
import type { PlannedStep } from '../../../electron/engine/migration/run-plan'

const aStep = (name: string, direction: PlannedStep['direction'] = 'apply'): PlannedStep => ({
  name,
  title: name,
  direction,
  reason: '',
  script: readScript(`${name}.up.sql`, 'select 1', 'up', { hasStandardStrings: true }),
  down: null,
})

/** Runs steps without a database: what umzug calls, and in which order. The traps are those of umzug 3.8.3. */
async function calls(
  names: readonly string[],
  { direction = 'apply', ...changes }: Partial<UmzugRun> & { readonly direction?: PlannedStep['direction'] } = {},
): Promise<readonly string[]> {
  const heard: string[] = []
  const run: UmzugRun = {
    steps: names.map((name) => aStep(name, direction)),
    executed: () => (direction === 'apply' ? [] : names),
    enter: async () => void heard.push('enter'),
    finish: async () => void heard.push('finish'),
    leave: async () => void heard.push('leave'),
    move: async (step, number) => void heard.push(`${step.direction} ${step.name} ${number}`),
    ...changes,
  }
  try {
    await runMigrations(run)
  } catch (error) {
    heard.push(`threw ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`)
  }
  return heard
}

describe('umzug', () => {
  it('trap 3 and 4: rolls back in the planned order, not backwards by file', async () => {
    expect(await calls(['2_b', '3_c', '1_a'], { direction: 'roll back' })).toEqual([
      'enter',
      'roll back 2_b 1',
      'roll back 3_c 2',
      'roll back 1_a 3',
      'finish',
      'leave',
    ])
  })

  it('trap 5, 6 and 7: an empty plan moves nothing in either direction', async () => {
    expect([await calls([]), await calls([], { direction: 'roll back' })]).toEqual([[], []])
  })

  it('trap 8: a name that is planned twice never runs twice', async () => {
    expect(await calls(['1_a', '1_a'])).toEqual(['threw Error: a plan names a migration twice'])
  })

  it('trap 9: what is recorded is not applied again', async () => {
    expect(await calls(['1_a'], { executed: () => ['1_a'] })).toEqual([
      'enter',
      'leave',
      `threw Error: Couldn't find migration to apply with name "1_a"`,
    ])
  })

  it('trap 10: gives the lock back when taking it, or a step, fails', async () => {
    const refused = async () => {
      throw new TypeError('refused')
    }

    expect(await calls(['1_a'], { enter: refused })).toEqual(['leave', 'threw TypeError: refused'])
    expect(await calls(['1_a', '2_b'], { move: refused })).toEqual(['enter', 'leave', 'threw TypeError: refused'])
  })

  it('trap 11 and 14: rejects with the error of the step itself, which carries no context', async () => {
    const cause = new RangeError('of the step')

    const failing = runMigrations({
      steps: [aStep('1_a')],
      executed: () => [],
      enter: async () => {},
      finish: async () => {},
      leave: async () => {},
      move: async () => {
        throw cause
      },
    })

    await expect(failing).rejects.toBe(cause)
  })

  it('trap 16: runs names in the given order whatever their code units', async () => {
    expect(await calls(['2_x', '10_x', 'a_x', 'B_x'])).toEqual([
      'enter',
      'apply 2_x 1',
      'apply 10_x 2',
      'apply a_x 3',
      'apply B_x 4',
      'finish',
      'leave',
    ])
  })

  it('trap 1: a redo goes both ways, each through a deed of ours, under one lock', async () => {
    const steps = [aStep('2_b', 'roll back'), aStep('1_a', 'roll back'), aStep('1_a'), aStep('2_b')]
    const applied = new Set(['1_a', '2_b'])
    const moved: string[] = []
    const move: UmzugRun['move'] = async ({ name, direction }) => {
      moved.push(`${direction} ${name}`)
      if (direction === 'apply') applied.add(name)
      else applied.delete(name)
    }

    expect(await calls([], { steps, executed: () => [...applied], move })).toEqual(['enter', 'finish', 'leave'])
    expect(moved).toEqual(['roll back 2_b', 'roll back 1_a', 'apply 1_a', 'apply 2_b'])
  })

  it('has nothing to do with a mark, whatever is recorded', async () => {
    const steps = [{ ...aStep('1_a'), isMark: true }]

    expect(await calls([], { steps, executed: () => ['1_a'] })).toEqual(['enter', 'apply 1_a 1', 'finish', 'leave'])
  })
})

import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Failure, Reply } from '../../../contract/failure'
import type { MigrationAction, MigrationEvent, MigrationPlan } from '../../../contract/migration'
import { type ProfileId, profileId } from '../../../contract/profile'
import { migrationsOf } from '../../../renderer/migration/migration-store'
import { cancelRun, dismissPlan, followRun, planAction, runPlan } from '../../../renderer/migration/run-migrations'
import { anOverview, aPlan, aStep, runId } from './builders'

const bridge = vi.hoisted(() => ({ request: vi.fn(), openStream: vi.fn(), askShell: vi.fn() }))
vi.mock('../../../renderer/bridge', () => bridge)

/** What the engine would say of a stream; `end` ends it. */
interface Stream {
  readonly name: string
  readonly say: (event: MigrationEvent) => void
  readonly end: (failure: Failure | null) => void
}

const noFile: Failure = { kind: 'refused', issues: [{ path: 'name', message: 'There is no such migration.' }] }
let streams: Stream[] = []
let countings: ('counting' | 'stopped')[] = []
let asked: unknown[][] = []
let plan: MigrationPlan
let count = 0

beforeEach(() => {
  streams = []
  countings = []
  asked = []
  bridge.request.mockImplementation((name: string, input: unknown): Promise<Reply<unknown>> => {
    asked.push([name, input])
    if (name === 'migration.read') return Promise.resolve({ ok: false, failure: noFile }) // nothing is checked in it
    return Promise.resolve({ ok: true, value: name === 'migration.plan' ? plan : null })
  })
  bridge.openStream.mockImplementation((name: string, _: unknown, say: (event: MigrationEvent) => void) => {
    let end: Stream['end'] = () => {}
    const ended = new Promise<Failure | null>((resolve) => {
      end = resolve
    })
    // Only runs: what a shown plan destroys is counted on the side.
    if (name === 'migration.losses') countings.push('counting')
    else streams.push({ name, say, end: (failure) => end(failure) })
    const at = countings.length - 1
    return {
      ended,
      close: () => {
        if (name === 'migration.losses') countings[at] = 'stopped'
      },
    }
  })
})

const runs = () => streams.filter(({ name }) => name === 'migration.run').length

function aProfile() {
  count += 1
  return profileId.parse(`profile-${count}`)
}

const up = aPlan([aStep('a')])
const down = aPlan([aStep('a', 'roll back')])
const cases: readonly (readonly [string, MigrationPlan, MigrationAction, string])[] = [
  ['shows its plan before it applies', up, { kind: 'apply all' }, 'confirming'],
  ['shows its plan before it rolls back', down, { kind: 'roll back last' }, 'confirming'],
  ['has nothing to do', aPlan([]), { kind: 'apply all' }, 'ended'],
  ['refuses', aPlan([aStep('a')], { refusals: [{ path: 'a', message: 'no' }] }), { kind: 'apply all' }, 'refused'],
]

describe('an action', () => {
  it.each(cases)('%s: %#', async (_, answer, action, expected) => {
    const profile = aProfile()
    plan = answer

    void planAction(profile, action)

    await vi.waitFor(() => expect(migrationsOf(profile).run.kind).toBe(expected))
    expect(runs()).toBe(0)
  })

  it('that is not confirmed runs nothing', async () => {
    const profile = aProfile()
    plan = down
    await planAction(profile, { kind: 'roll back last' })

    dismissPlan(profile)

    expect([migrationsOf(profile).run.kind, runs()]).toEqual(['idle', 0])
  })

  it.each([
    ['dismissed', (profile: ProfileId) => dismissPlan(profile)],
    ['confirmed', (profile: ProfileId) => void runPlan(profile, down, { kind: 'roll back last' })],
  ])('has what it destroys counted until its plan is %s', async (_, answer) => {
    const profile = aProfile()
    plan = down
    await planAction(profile, { kind: 'roll back last' })
    const before = [...countings]

    answer(profile)

    expect([before, countings]).toEqual([['counting'], ['stopped']])
  })

  it('does nothing while a run is on', async () => {
    const profile = aProfile()
    void runPlan(profile, up, { kind: 'apply all' })

    await planAction(profile, { kind: 'apply all' })

    expect([asked, streams.length]).toEqual([[], 1])
  })
})

describe('a run', () => {
  it('is cancelled as soon as its id is known', () => {
    const profile = aProfile()
    void runPlan(profile, up, { kind: 'apply all' })
    void cancelRun(profile)
    const before = [...asked]

    streams[0]?.say({ type: 'runStarted', runId, plan: up })

    expect([before, asked]).toEqual([[], [['migration.cancel', { runId }]]])
  })

  it('whose files changed meanwhile shows the new plan, and says that it is new', async () => {
    const profile = aProfile()
    const action = { kind: 'apply all' } as const
    plan = aPlan([aStep('a'), aStep('b')], { digest: 'new' })
    const run = runPlan(profile, up, action)

    streams[0]?.end({ kind: 'refused', issues: [{ path: 'digest', message: 'The files changed.' }] })
    await run

    expect(migrationsOf(profile).run).toEqual({ kind: 'confirming', action, plan, isAnew: true })
    expect(runs()).toBe(1)
  })

  it('that was refused says so', async () => {
    const profile = aProfile()
    const failure: Failure = { kind: 'refused', issues: [{ path: 'folder', message: 'The folder is gone.' }] }
    const run = runPlan(profile, up, { kind: 'apply all' })

    streams[0]?.end(failure)
    await run

    expect(migrationsOf(profile).run).toEqual({ kind: 'not started', failure })
  })

  it('that goes on is joined, with all that happened', async () => {
    const profile = aProfile()
    const joined = followRun(profile)

    streams[0]?.say({ type: 'runStarted', runId, plan: up })
    streams[0]?.say({ type: 'stepStarted', name: 'a', step: 1 })
    const seen = migrationsOf(profile).run
    streams[0]?.say({ type: 'runEnded', outcome: 'complete', elapsedMs: 1, overview: anOverview([]) })
    streams[0]?.end(null)
    await joined

    expect([streams[0]?.name, seen, migrationsOf(profile).run]).toMatchObject([
      'migration.follow',
      { kind: 'running', step: 1 },
      { kind: 'ended', outcome: 'complete' },
    ])
  })

  it('that is not on is not joined', async () => {
    const profile = aProfile()
    const joined = followRun(profile)

    streams[0]?.end({ kind: 'refused', issues: [{ path: 'profileId', message: 'No migration run is in progress.' }] })
    await joined

    expect(migrationsOf(profile).run).toEqual({ kind: 'idle' })
  })
})

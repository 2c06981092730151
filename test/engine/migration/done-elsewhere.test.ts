import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { createProject, HeardChannel, type Project } from '../../support/migration-project'

const ALL = { kind: 'apply all' } as const

describe('two that migrate one database at once', () => {
  let database: TestDatabase
  let here: Project
  let elsewhere: Project
  beforeEach(async () => {
    database = await createDatabase('app')
    here = await createProject(database)
    elsewhere = await createProject(database)
  })
  afterEach(async () => {
    await here.remove()
    await elsewhere.remove()
    await database.drop()
  })

  const slow = 'select pg_sleep(1.2)'
  const add = async (name: string, up: string) => {
    await here.add(name, up, 'select 1')
    await elsewhere.add(name, up, 'select 1')
  }

  it('take turns: the second is told who holds the lock, then goes on with what the first has left', async () => {
    await add('1_a', slow)
    await here.add('2_b', 'create table b ()')
    const first = await elsewhere.start(ALL)
    await first.channel.heard('statementStarted')
    const second = await here.start(ALL)

    const { holder } = await second.channel.heard('lockAwaited')
    const { events, outcome, committed } = await second.ended

    const [runner] = elsewhere.sessions
    expect(holder).toMatchObject({
      backendPid: runner?.facts.backendPid,
      applicationName: 'Strata migrations',
      role: 'app',
      clientAddress: '127.0.0.1',
    })
    expect([(await first.ended).outcome, outcome, committed]).toEqual(['complete', 'complete', ['2_b']])
    expect(events.filter((event) => event.type === 'doneElsewhere')).toEqual([
      { type: 'doneElsewhere', steps: [{ name: '1_a', title: 'a', by: 'app' }] },
    ])
  })

  it('are told as well whom the holder of the lock waits for', async () => {
    await database.query('create table gate (); alter table gate owner to app')
    await add('1_a', '-- lock-timeout: 60s\nalter table gate add column x int')
    const { host, port, role, database: name } = database.target
    const keeper = new pg.Client({ host, port, user: role, password: database.password, database: name })
    keeper.on('error', () => {})
    await keeper.connect()
    await keeper.query("set application_name = 'keeper'; begin; lock table gate")
    const first = await elsewhere.start(ALL)
    await first.channel.heard('statementBlocked')
    const second = await here.start(ALL)

    const { behind } = await second.channel.heard('lockAwaited')

    await keeper.end()
    await Promise.all([first.ended, second.ended])
    expect(behind).toMatchObject([{ applicationName: 'keeper', state: 'idle in transaction', waitsFor: [] }])
  })

  it('leave nothing to do to the second when the first did it all, and say who did', async () => {
    await add('1_a', slow)
    const first = await elsewhere.start(ALL)
    await first.channel.heard('statementStarted')

    const { events, outcome } = await here.act(ALL)

    expect(outcome).toBe('nothing to do')
    expect(events.find((event) => event.type === 'doneElsewhere')).toEqual({
      type: 'doneElsewhere',
      steps: [{ name: '1_a', title: 'a', by: 'app' }],
    })
  })

  it('let the second run nothing when what is left is not what was agreed to', async () => {
    await add('1_a', 'create table a ()')
    await add('2_b', 'create table b ()')
    await elsewhere.act(ALL)
    const action = { kind: 'roll back last' } as const
    const { profileId, migrations } = here
    const { digest } = await migrations.plan({ profileId, action })
    await elsewhere.act(action)

    const run = migrations.run({ profileId, action, digest }, new HeardChannel())

    await expect(run).rejects.toMatchObject({ failure: { kind: 'refused', issues: [{ path: 'digest' }] } })
    expect(await here.states()).toEqual({ '1_a': 'applied', '2_b': 'pending' })
  })
})

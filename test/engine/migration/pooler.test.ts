import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { openSession } from '../../../electron/engine/session/connect'
import { bundleChild, type Child, startChild } from '../../support/child-program'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { createProject, type Project } from '../../support/migration-project'
import { POOL_SIZE, type Pooler, poolerMissing, startPooler } from '../../support/pgbouncer'

const ALL = { kind: 'apply all' } as const

type Line = { readonly type: string; readonly outcome?: string; readonly message?: string }

describe.skipIf(poolerMissing !== null)('migrations behind PgBouncer in transaction mode', () => {
  let pooler: Pooler
  let program: string
  let bundle: string
  let database: TestDatabase
  let project: Project
  beforeAll(async () => {
    pooler = await startPooler(inject('cluster'))
    bundle = await mkdtemp(join(tmpdir(), 'strata-runner-'))
    program = await bundleChild(resolve(import.meta.dirname, '../../support/migration-runner.ts'), bundle)
  })
  afterAll(async () => {
    await pooler.stop()
    await rm(bundle, { recursive: true, force: true })
  })
  beforeEach(async () => {
    database = await createDatabase('app')
    project = await createProject(database, { target: { ...database.target, port: pooler.port } })
  })
  afterEach(async () => {
    await project.remove()
    await database.drop()
  })

  const startRunner = (): Child => {
    const { target, password } = database
    return startChild(program, [
      JSON.stringify({
        folder: project.folder,
        target: { ...target, port: pooler.port },
        password,
        action: ALL,
      }),
    ])
  }

  const settingsOfOne = async () => {
    const { target, password } = database
    const { profileId } = project
    const session = await openSession({
      profileId,
      target: { ...target, port: pooler.port },
      password,
      applicationName: 'other',
    })
    await session.query('begin')
    const { rows } = await session.query(
      "select current_setting('search_path'), current_setting('lock_timeout'), current_setting('idle_session_timeout'), pg_sleep(0.2)",
    )
    await session.end()
    return rows[0]?.slice(0, 3)
  }

  it('are applied once each by six runners, and leave no advisory lock', async () => {
    await database.query('create table effects (name text); grant all on effects to app')
    const names = ['1_a', '2_b', '3_c', '4_d', '5_e']
    for (const name of names) await project.add(name, `select pg_sleep(0.05); insert into effects values ('${name}')`)

    const runners = Array.from({ length: 6 }, startRunner)
    await Promise.all(runners.map((runner) => runner.ended))

    const { rows } = await database.query('select name, count(*)::int from effects group by name order by name')
    expect(rows).toEqual(names.map((name) => ({ name, count: 1 })))
    const ends = runners.map((runner) => runner.lines.at(-1) as Line)
    expect(ends.map(({ type, outcome, message }) => message ?? outcome ?? type).sort()).toEqual(
      ends.map(({ outcome }) => (outcome === 'complete' ? 'complete' : 'nothing to do')).sort(),
    )
    const locks = await database.query("select count(*)::int from pg_locks where locktype = 'advisory'")
    expect(locks.rows).toEqual([{ count: 0 }])
  })

  it('are listed as behind a pooler, and leave no setting of theirs to others', async () => {
    await project.add('1_a', `set search_path = pg_catalog; set lock_timeout = '7s'; select 1`)

    const { isPooled } = await project.migrations.list(project.profileId)
    const { outcome } = await project.act(ALL)

    expect([isPooled, outcome]).toEqual([true, 'complete'])
    // All server connections at once: one of them ran the migration.
    const settings = await Promise.all(Array.from({ length: POOL_SIZE }, () => settingsOfOne()))
    expect(new Set(settings.map(String))).toEqual(new Set(['"$user", public,0,0']))
  })

  it('are refused where they cannot be kept exclusive', async () => {
    await project.add('1_a', '-- transaction: off\nvacuum')

    const { outcome, failure } = await project.act(ALL)

    expect([outcome, failure?.cause.kind, failure?.left]).toEqual([
      'failed',
      'refused',
      'Nothing of this migration was run.',
    ])
  })
})

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSession } from '../../../../electron/engine/session/connect'
import { createDatabase } from '../../../support/database'
import type { TestDatabase } from '../../../support/database-on'
import { createProject, type Project } from '../../../support/migration-project'

const ALL = { kind: 'apply all' } as const

describe('schema drift', () => {
  let database: TestDatabase
  let project: Project
  beforeEach(async () => {
    database = await createDatabase()
    project = await createProject(database)
    await project.add('1_a', 'create table a (x integer)', 'drop table a')
  })
  afterEach(async () => {
    await project.remove()
    await database.drop()
  })

  const drift = async () => {
    const found = await project.migrations.drift(project.profileId)
    return found === null ? null : found.lines.map(({ sign, text }) => `${sign} ${text}`)
  }

  it('is not known before anything was applied', async () => {
    await database.query('create table byhand ()')

    expect(await drift()).toBeNull()
  })

  it('is nothing right after a run, nor after rows, statistics and sequences moved', async () => {
    await project.act(ALL)
    await database.query('insert into a values (1); analyze; create temporary table t ()')

    expect(await drift()).toBeNull()
  })

  it('names what somebody changed by hand', async () => {
    await project.act(ALL)
    await database.query('alter table a add column byhand integer; create index on a (x)')

    expect(await drift()).toEqual([
      '+ column a.byhand: integer',
      '+ index a_x_idx: CREATE INDEX a_x_idx ON a USING btree (x)',
    ])
  })

  it('stays said after a run that did not touch what was changed by hand', async () => {
    await project.act(ALL)
    await database.query('alter table a add column byhand integer; create table other (x integer)')
    await project.add('2_b', 'create table b (); alter table other add column y integer', 'drop table b')
    await project.act(ALL)

    expect(await drift()).toEqual(['+ column a.byhand: integer', '+ table other', '+ column other.x: integer'])
  })

  it('is gone when what was changed by hand is undone by hand', async () => {
    await project.act(ALL)
    await database.query('alter table a add column byhand integer')
    await database.query('alter table a drop column byhand')

    expect(await drift()).toBeNull()
  })

  it('is gone once the schema was taken as it is, which the log keeps', async () => {
    await project.act(ALL)
    await database.query('alter table a add column byhand integer')
    const found = await project.migrations.drift(project.profileId)

    await project.migrations.acceptDrift(project.profileId, found?.checksum ?? '')

    const { rows } = await database.query(
      "select action, detail -> 'schema' as schema from strata.log order by id desc limit 1",
    )
    expect([await drift(), rows]).toEqual([null, [{ action: 'accept-drift', schema: ['+ column a.byhand: integer'] }]])
  })

  it('cannot be taken as it is when it has changed since it was shown', async () => {
    await project.act(ALL)
    await database.query('alter table a add column byhand integer')
    const found = await project.migrations.drift(project.profileId)
    await database.query('alter table a add column another integer')

    const accepting = project.migrations.acceptDrift(project.profileId, found?.checksum ?? '')

    await expect(accepting).rejects.toMatchObject({ failure: { kind: 'refused' } })
    expect(await drift()).toEqual(['+ column a.byhand: integer', '+ column a.another: integer'].sort())
  })

  it('is not known after a server upgrade', async () => {
    await project.act(ALL)
    await database.query('alter table a add column byhand integer')
    await database.query(
      `update strata.meta set v = jsonb_set(v::jsonb, '{server}', '"13.1"') where k = 'schema facts'`,
    )

    expect(await drift()).toBeNull()
  })

  it('is not known after a run of which no schema was kept', async () => {
    await project.act(ALL)
    await database.query("insert into strata.log (name, action) values ('2_b', 'up')")
    await database.query('create table b ()')

    expect(await drift()).toBeNull()
  })

  it('is nothing after a migration failed or was rolled back', async () => {
    await project.add('2_b', 'create table b (); select 1 / 0', null)
    await project.act(ALL)
    const afterFailure = await drift()
    await project.act({ kind: 'roll back last' })

    expect([afterFailure, await drift()]).toEqual([null, null])
  })

  it('waits for nobody who alters a table meanwhile, and the run goes through', async () => {
    await project.act(ALL)
    await database.query('create table held (x integer default 1); create view v as select x from held')
    const holder = await openSession({
      profileId: project.profileId,
      target: database.target,
      password: database.password,
      applicationName: 'holder',
    })
    await holder.query('begin')
    await holder.query('lock table held')
    await project.add('2_b', 'create table b ()', 'drop table b')

    const { outcome } = await project.act(ALL)

    await holder.end()
    expect(outcome).toBe('complete')
  })

  it('is kept as a checksum with the migration that was applied last', async () => {
    await project.act(ALL)

    const { rows } = await database.query('select schema_after from strata.migration')
    expect(rows).toEqual([{ schema_after: expect.stringMatching(/^[0-9a-f]{64}$/) }])
  })
})

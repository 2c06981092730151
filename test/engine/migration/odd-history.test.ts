import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { migrationOverview } from '../../../contract/migration'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { createProject, type Project } from '../../support/migration-project'

const ALL = { kind: 'apply all' } as const

describe('a history', () => {
  let database: TestDatabase
  let project: Project
  const others: Project[] = []
  beforeEach(async () => {
    database = await createDatabase('app')
    project = await createProject(database)
    await project.add('1_a', 'create table a (x int)', 'drop table a')
  })
  afterEach(async () => {
    for (const other of others.splice(0)) await other.remove()
    await project.remove()
    await database.drop()
  })

  const projectAs = async (role: string) => {
    const other = await createProject(database, {
      folder: project.folder,
      target: { ...database.target, role, authenticationMethods: ['scram-sha-256', 'none'] },
    })
    others.push(other)
    return other
  }

  it.each([
    [`error = '{"indexes": "x", "direction": 5}'`, 'applied'],
    [`error = '[1]', status = 'failed'`, 'failed'],
    [`error = '{"indexes": [1, null]}', status = 'failed', statement_no = -3, statement_count = -1`, 'failed'],
    [`duration_ms = -5, started_at = '-infinity', finished_at = 'infinity'`, 'applied'],
    [`statement_no = 99, checksum = ''`, 'changed'],
  ])('whose row was edited by hand to %s is listed as %s', async (edit, state) => {
    await project.act(ALL)
    await database.query(`update strata.migration set ${edit}`)

    const overview = migrationOverview.parse(await project.migrations.list(project.profileId))

    expect(overview.migrations.map((each) => each.state)).toEqual([state])
  })

  it.each([['../x'], ['']])('with a row that no migration can be called is refused by that name: %j', async (name) => {
    await project.act(ALL)
    await database.query('update strata.migration set name = $1', [name])

    await expect(project.migrations.list(project.profileId)).rejects.toThrow(
      `The history holds a row named ${JSON.stringify(name)}, which no migration can be called.`,
    )
  })

  it('that a role may not read names the rights to ask for, the schema being there', async () => {
    await project.act(ALL)

    const listing = (await projectAs('trusted')).states()

    await expect(listing).rejects.toThrow(
      /^ERROR: permission denied for schema strata\. .+ GRANT ALL ON SCHEMA strata TO "trusted"; GRANT ALL ON ALL TABLES IN SCHEMA strata TO "trusted";$/,
    )
  })

  it('can be kept with just these rights', async () => {
    await project.act(ALL)
    await database.query(
      'grant all on schema strata to trusted; grant all on all tables in schema strata to trusted; grant all on schema public to trusted',
    )
    await project.add('2_b', 'create table b ()', 'drop table b')
    const other = await projectAs('trusted')

    const outcomes = [(await other.act(ALL)).outcome, (await other.act({ kind: 'roll back last' })).outcome]

    expect(outcomes).toEqual(['complete', 'complete'])
  })

  it('cannot begin where nothing may be written, and says what to connect to', async () => {
    await database.query(`alter database ${database.name} set default_transaction_read_only = on`)

    const run = project.act(ALL)

    await expect(run).rejects.toThrow(
      /^ERROR: cannot execute CREATE SCHEMA in a read-only transaction\. .+ Connect to the primary server .+ default_transaction_read_only is off\.$/,
    )
    expect(await project.states()).toEqual({ '1_a': 'pending' })
  })
})

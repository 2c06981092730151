import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { createProject, type Project } from '../../support/migration-project'
import { nodePgMigrate } from '../../support/peer-tools'

const ALL = { kind: 'apply all' } as const
const LAST = { kind: 'roll back last' } as const
const NONE = 'No migrations to run!'

describe('a folder of node-pg-migrate', () => {
  let database: TestDatabase
  let project: Project
  beforeEach(async () => {
    database = await createDatabase('app')
    project = await createProject(database)
  })
  afterEach(async () => {
    await project.remove()
    await database.drop()
  })

  const write = (file: string, text: string) => writeFile(join(project.folder, file), text)
  const writeTwo = async () => {
    await write(
      '1700000000000_users.sql',
      '-- Up Migration\ncreate table users (id int);\n\n-- Down Migration\ndrop table users;\n',
    )
    await write(
      '1700000000001_mails.sql',
      '-- Down Migration\ndrop table mails;\n-- Up Migration\ncreate table mails (id int);\n',
    )
  }
  const states = async () => Object.values(await project.states()).join(' ')

  it('is applied by us and node-pg-migrate has nothing to run, and node-pg-migrate rolls it back', async () => {
    await writeTwo()

    const { outcome } = await project.act(ALL)
    const up = await nodePgMigrate(database, project.folder, 'up')
    await nodePgMigrate(database, project.folder, 'down', '2')

    expect([outcome, up]).toEqual(['complete', expect.stringContaining(NONE)])
    expect(await states()).toBe('pending pending')
    expect(
      (await database.query("select to_regclass('users') as users, count(*)::int as rows from pgmigrations")).rows,
    ).toEqual([{ users: null, rows: 0 }])
  })

  it('is applied by node-pg-migrate, and we list the same and roll it back', async () => {
    await writeTwo()
    await nodePgMigrate(database, project.folder, 'up')

    const { migrations } = await project.migrations.list(project.profileId)
    const { committed } = await project.act({ kind: 'roll back all' })
    const down = await nodePgMigrate(database, project.folder, 'down')

    expect(migrations.map(({ state, appliedAt }) => [state, appliedAt !== null])).toEqual([
      ['applied', true],
      ['applied', true],
    ])
    expect(committed).toEqual(['1700000000001_mails', '1700000000000_users'])
    expect(down).toContain(NONE)
  })

  it('waits while another node-pg-migrate holds its advisory lock', async () => {
    await writeTwo()
    await project.act(ALL)
    const released = database.query('select pg_advisory_lock(7241865325823964), pg_sleep(1.2)')
    const holders = async () =>
      (
        await database.query(
          "select pid from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())",
        )
      ).rows
    await expect.poll(holders).toHaveLength(1)
    const [expected] = await holders()

    const { channel, ended } = await project.start(LAST)
    const waited = await channel.heard('lockAwaited', (event) => event.holder !== null)
    await released

    expect(waited.holder?.backendPid).toBe(expected?.pid)
    expect((await ended).outcome).toBe('complete')
  })

  it('lists programs with the reason and runs none', async () => {
    await writeTwo()
    await write('1700000000002_code.js', 'export const up = (pgm) => pgm.createTable("x", {})\n')

    const { migrations } = await project.migrations.list(project.profileId)
    const plan = await project.migrations.plan({ profileId: project.profileId, action: ALL })

    expect(migrations.map(({ problem }) => problem)).toEqual([
      null,
      null,
      '1700000000002_code.js: it is a program. Strata runs no JavaScript: apply this one with node-pg-migrate.',
    ])
    expect(plan.refusals.map(({ path }) => path)).toEqual(['1700000000002_code'])
  })

  it('lists a link with the reason and does not follow it', async () => {
    await writeTwo()
    await symlink('/etc/passwd', join(project.folder, '1700000000002_link.sql'))

    const { migrations } = await project.migrations.list(project.profileId)

    expect(migrations.at(-1)?.problem).toBe('1700000000002_link.sql: it is not a regular file.')
  })

  it('does not apply a late one, which would make node-pg-migrate refuse the folder', async () => {
    await writeTwo()
    await project.act(ALL)
    await write(
      '1600000000000_late.sql',
      '-- Up Migration\ncreate table late ();\n-- Down Migration\ndrop table late;\n',
    )

    const { refusals } = await project.migrations.plan({ profileId: project.profileId, action: ALL })

    expect(refusals.map(({ message }) => message)).toEqual([
      '"1600000000000_late" sorts before one that is applied. node-pg-migrate would refuse the whole folder from then on. Give it a later number.',
    ])
  })

  it('takes a missing down section for irreversible and a marker in a text for a mistake, as its tool would cut there', async () => {
    await write('1_a.sql', '-- Up Migration\ncreate table a ();\n')
    await write('2_b.sql', "-- Up Migration\nselect '\n-- Down Migration\n';\n")
    await write('3_c.sql', 'create table c ();\n-- Down Migration\ndrop table c;\n')

    const { migrations } = await project.migrations.list(project.profileId)

    expect(migrations.map(({ problem, irreversibleBecause }) => problem ?? irreversibleBecause)).toEqual([
      'Irreversible: There is no "-- Down Migration" section in 1_a.sql.',
      '2_b.sql, line 3: This marker stands inside a text or a comment, and node-pg-migrate would cut the file here. Write the text differently.',
      '3_c.sql, line 2: There is no "-- Up Migration" in it: node-pg-migrate would run the down section too.',
    ])
  })

  it('gets new migrations that node-pg-migrate runs, numbered as the folder is', async () => {
    await write('0001_a.sql', '-- Up Migration\nselect 1;\n-- Down Migration\nselect 1;\n')

    const texts = await project.migrations.create({ profileId: project.profileId, title: 'Add notes' })
    const up = await nodePgMigrate(database, project.folder, 'up')

    expect(texts.upFile).toBe('0002_add-notes.sql')
    expect(up).toContain('> - 0002_add-notes')
  })
})

import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { createProject, type Project } from '../../support/migration-project'
import { dbmate } from '../../support/peer-tools'
import { TUTORIAL, writeYoyoTutorial } from '../../support/yoyo-tutorial'

const ALL = { kind: 'apply all' } as const

describe('converting a folder to native', () => {
  let database: TestDatabase
  let project: Project
  const opened: Project[] = []
  beforeEach(async () => {
    database = await createDatabase('app')
    project = await createProject(database)
  })
  afterEach(async () => {
    for (const one of [...opened.splice(0), project]) await one.remove()
    await database.drop()
  })

  const { profileId } = { profileId: 'profile-1' as Project['profileId'] }
  const convert = async () => {
    const { name, digest } = await project.migrations.conversion(profileId)
    const folder = await project.migrations.convert({ profileId, name, digest })
    const native = await createProject(database, { folder })
    opened.push(native)
    return native
  }

  it('shows the pairs it would write, and what is applied, and writes nothing', async () => {
    await writeYoyoTutorial(project.folder)
    await project.act({ kind: 'apply next' })

    const plan = await project.migrations.conversion(profileId)

    expect(plan.migrations.map(({ name, isApplied, irreversible }) => [name, isApplied, irreversible])).toEqual([
      ['20240604000001_db_init', true, null],
      ['20240604000002_rename_employee_table', false, null],
      ['20240604000003_generate_sample_employee_data', false, null],
      ['20240604000004_change_departments_to_fk', false, null],
    ])
    expect([plan.tool, plan.name, plan.refusals]).toEqual(['yoyo', 'migrations-native', []])
    expect(await readdir(dirname(project.folder))).toEqual(['migrations'])
    expect((await database.query('select 1 from strata.migration')).rows).toEqual([])
  })

  it('adopts the history in its order, and the pairs roll back and apply what the tool applied', async () => {
    await writeYoyoTutorial(project.folder)
    await project.act(ALL)
    const before = await database.query('select * from _yoyo_migration order by 1')
    const rows = () =>
      database.query(
        'select e.first_name, e.last_name, d.name from employees e join departments d on d.id = department_id order by 1',
      )
    const employees = await rows()

    const native = await convert()
    const listed = await native.migrations.list(profileId)
    const back = await native.act({ kind: 'roll back all' })
    const again = await native.act(ALL)

    expect(listed.foreign).toBeUndefined()
    expect(listed.migrations.map(({ title, state, appliedBy }) => [title, state, appliedBy?.includes('@')])).toEqual([
      ['db init', 'applied', true],
      ['rename employee table', 'applied', true],
      ['generate sample employee data', 'applied', true],
      ['change departments to FK', 'applied', true],
    ])
    expect([back.outcome, again.outcome]).toEqual(['complete', 'complete'])
    expect((await rows()).rows).toEqual(employees.rows)
    // The tool's own table and files are left as they were.
    expect((await database.query('select * from _yoyo_migration order by 1')).rows).toEqual(before.rows)
    expect(await readdir(project.folder)).toEqual(TUTORIAL.map((name) => `${name}.py`))
    expect(
      (await database.query("select string_agg(action, ' ' order by id) as log from strata.log where id <= 9")).rows,
    ).toEqual([{ log: 'up up up up adopt adopt adopt adopt adopt' }])
  })

  it('keeps comments, marks what has no transaction and says what cannot be rolled back', async () => {
    const write = (file: string, text: string) => writeFile(join(project.folder, file), text)
    await write(
      '20240101000000_a.sql',
      "-- migrate:up\n-- who is who\ncreate table a (t text default '\n  x')\n-- migrate:down\ndrop table a;\n",
    )
    await write(
      '20240102000000_b.sql',
      '-- migrate:up transaction:false\ncreate index concurrently a_t on a (t);\n-- migrate:down\n',
    )
    await dbmate(database, project.folder, 'migrate')

    const native = await convert()
    const text = (file: string) => readFile(join(native.folder, file), 'utf8')

    expect(await readdir(native.folder)).toEqual([
      '20240101000000_a.down.sql',
      '20240101000000_a.up.sql',
      '20240102000000_b.up.sql',
    ])
    expect(await text('20240101000000_a.up.sql')).toBe(
      "-- title: a\n\n-- who is who\ncreate table a (t text default '\n  x');\n",
    )
    expect(await text('20240102000000_b.up.sql')).toBe(
      '-- title: b\n-- transaction: off\n-- irreversible: there was no rollback for it in dbmate.\n\ncreate index concurrently a_t on a (t);\n',
    )
    expect(await native.states()).toEqual({ '20240101000000_a': 'applied', '20240102000000_b': 'applied' })
    expect((await dbmate(database, project.folder, 'status')).includes('Applied: 2')).toBe(true)
  })

  it('leaves a database of golang-migrate ours from then on, also when nothing was applied', async () => {
    await database.query('create table schema_migrations (version bigint not null primary key, dirty boolean not null)')
    await database.query('alter table schema_migrations owner to app')
    await project.add('1_a', '-- a comment\ncreate table a ();', 'drop table a;')

    const native = await convert()
    const { foreign, migrations } = await native.migrations.list(profileId)

    expect([foreign, migrations.map(({ name, state }) => [name, state])]).toEqual([undefined, [['1_a', 'pending']]])
    expect(await readFile(join(native.folder, '1_a.up.sql'), 'utf8')).toBe('-- a comment\ncreate table a ();')
  })

  it('refuses what it could not carry over, and leaves nothing behind', async () => {
    const write = (file: string, text: string) => writeFile(join(project.folder, file), text)
    await write('1_a.sql', '-- Up Migration\nselect 1;\n-- Down Migration\nselect 1;\n')
    await write('2_b.js', 'export const up = (pgm) => {}\n')
    const { name, digest, refusals } = await project.migrations.conversion(profileId)

    const error = await project.migrations.convert({ profileId, name, digest }).catch((each: unknown) => each)

    expect(refusals).toEqual([
      '2_b.js: it is a program. Strata runs no JavaScript: apply this one with node-pg-migrate.',
    ])
    expect(error).toMatchObject({ failure: { kind: 'refused' } })
    expect(await readdir(dirname(project.folder))).toEqual(['migrations'])
    expect((await database.query("select to_regnamespace('strata') as log")).rows).toEqual([{ log: null }])
  })

  it('converts only what was shown, and never into a folder that exists', async () => {
    await writeYoyoTutorial(project.folder)
    const { name, digest } = await project.migrations.conversion(profileId)
    await project.act({ kind: 'apply next' })

    const changed = await project.migrations.convert({ profileId, name, digest }).catch(String)
    const taken = join(dirname(project.folder), name)
    await mkdir(taken)
    await writeFile(join(taken, 'mine.txt'), 'mine')
    const fresh = await project.migrations.conversion(profileId)
    const exists = await project.migrations.convert({ profileId, name, digest: fresh.digest }).catch(String)

    expect(changed).toContain('The files or the history changed since the plan was shown.')
    expect([fresh.name, exists.includes('exists already')]).toEqual(['migrations-native-2', true])
    expect(await readFile(join(taken, 'mine.txt'), 'utf8')).toBe('mine')
    await rm(taken, { recursive: true })
  })
})

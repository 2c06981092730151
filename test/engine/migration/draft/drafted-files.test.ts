import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDatabase } from '../../../support/database'
import type { TestDatabase } from '../../../support/database-on'
import { createProject, type Project } from '../../../support/migration-project'

const TEXTS = {
  up: "create table drafted (note text default 'a\\b');\ninsert into drafted default values;\n",
  down: 'drop table drafted;\n',
}

// A first file by which each tool's folder is known, and the end of the name of a new one.
const FOLDERS = [
  ['Strata', '20200101000000_first.up.sql', 'select 1;', /_new_one\.up\.sql$/],
  ['dbmate', '20200101000000_first.sql', '-- migrate:up\nselect 1;\n-- migrate:down\nselect 1;\n', /_new_one\.sql$/],
  [
    'node-pg-migrate',
    '1577836800000_first.sql',
    '-- Up Migration\nselect 1;\n-- Down Migration\nselect 1;\n',
    /_new-one\.sql$/,
  ],
  [
    'yoyo',
    '20200101_01_abcde-first.py',
    'from yoyo import step\n__depends__ = {}\nsteps = [step("select 1", "select 1")]\n',
    /-new-one\.py$/,
  ],
] as const

describe('drafted texts', () => {
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
  const create = (texts: { readonly up: string; readonly down: string | null }) =>
    project.migrations.create({ profileId: project.profileId, title: 'New one', texts })

  it.each(FOLDERS)('become a migration of %s, which is applied and rolled back', async (_, first, text, name) => {
    await writeFile(join(project.folder, first), text)
    await create(TEXTS)
    const files = await readdir(project.folder)

    const applied = await project.act({ kind: 'apply all' })
    const { rows } = await database.query('select note from drafted')
    const back = await project.act({ kind: 'roll back last' })

    expect(files.filter((file) => name.test(file))).toHaveLength(1)
    expect([applied.outcome, back.outcome]).toEqual(['complete', 'complete'])
    expect(rows).toEqual([{ note: 'a\\b' }])
    expect((await database.query("select to_regclass('drafted') as left")).rows).toEqual([{ left: null }])
  })

  it('without a rollback become an up file that says why, and no down file', async () => {
    const { upFile } = await create({ up: `-- irreversible: rows are gone\n${TEXTS.up}`, down: null })

    expect(await readdir(project.folder)).toEqual([upFile])
    expect(await readFile(join(project.folder, upFile), 'utf8')).toMatch(/^-- title: New one\n-- irreversible: rows/)
    const { migrations } = await project.migrations.list(project.profileId)
    expect(migrations.map(({ irreversibleBecause }) => irreversibleBecause)).toEqual(['Irreversible: rows are gone'])
  })
})

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { createProject, type Project } from '../../support/migration-project'
import { createAlembic, noAlembic } from '../../support/peer-tools'

const revision = (id: string, down: string, title: string) => `"""${title}

Revision ID: ${id}
"""
from alembic import op

revision = '${id}'
down_revision = ${down}


def upgrade() -> None:
    op.execute(f"create table {'t_${id}'} (i int)")


def downgrade() -> None:
    op.execute("drop table t_${id}")
`

describe('a folder of Alembic', () => {
  let parent: string
  let database: TestDatabase
  let project: Project | null = null
  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'strata-alembic-'))
    database = await createDatabase('app')
  })
  afterEach(async () => {
    await project?.remove()
    await rm(parent, { recursive: true, force: true })
    await database.drop()
  })
  const open = async (folder: string) => {
    project = await createProject(database, { folder })
    return project
  }
  const write = (folder: string, id: string, down: string, title: string) =>
    writeFile(join(folder, `${id}_words.py`), revision(id, down, title))

  it.skipIf(noAlembic !== null)('shows what alembic upgraded to, and the head', async () => {
    const { folder, alembic } = await createAlembic(database, parent)
    await write(join(folder, 'versions'), 'a1', 'None', 'initial migration')
    await write(join(folder, 'versions'), 'b2', "'a1'", 'add phone number')
    await alembic('upgrade', '+1')
    const own = await open(folder)

    const half = await own.migrations.list(own.profileId)
    await alembic('upgrade', 'head')
    const full = await own.migrations.list(own.profileId)

    expect(half.migrations.map(({ title, state }) => [title, state])).toEqual([
      ['initial migration', 'applied'],
      ['add phone number', 'pending'],
    ])
    expect([half.foreign?.position, full.foreign?.position]).toEqual([
      'The database is at a1. The head is b2.',
      'The database is at b2 (head).',
    ])
    expect(Object.values(await own.states())).toEqual(['applied', 'applied'])
  })

  it('names several heads and a version without a file', async () => {
    await write(parent, 'a1', 'None', 'first')
    await write(parent, 'b2', "'a1'", 'left')
    await write(parent, 'c3', "('a1',)", 'right')
    await database.query(
      "create table alembic_version (version_num varchar(32) primary key); insert into alembic_version values ('gone')",
    )
    await database.query('grant select on alembic_version to app')
    const own = await open(parent)

    const { foreign, migrations } = await own.migrations.list(own.profileId)

    expect(foreign?.position).toBe(
      'The database is at gone, which has no file here. There are 2 heads: b2, c3. "alembic merge heads" joins them.',
    )
    expect(migrations.map(({ name, state }) => [name, state])).toEqual([
      ['gone', 'missing'],
      ['a1_words', 'pending'],
      ['b2_words', 'pending'],
      ['c3_words', 'pending'],
    ])
  })

  it('is read only: nothing is applied, written or created, and the reason is said', async () => {
    await write(parent, 'a1', 'None', 'first')
    const own = await open(parent)

    const { refusals } = await own.migrations.plan({ profileId: own.profileId, action: { kind: 'apply all' } })
    const run = await own.act({ kind: 'apply all' }).catch((error: unknown) => error)
    const create = await own.migrations.create({ profileId: own.profileId, title: 'more' }).catch(String)

    expect(refusals.map(({ message }) => message)).toEqual([
      'This folder is read only: a revision of Alembic is Python code. Strata shows where it stands and runs none of it: use alembic upgrade.',
    ])
    expect(run).toMatchObject({ failure: { kind: 'refused' } })
    expect(create).toContain('Strata runs no Python: write revisions with alembic revision.')
    expect((await database.query("select to_regnamespace('strata') as log, to_regclass('t_a1') as t")).rows).toEqual([
      { log: null, t: null },
    ])
  })

  it('says of a revision that is no literal why its place is not known', async () => {
    await writeFile(join(parent, 'x.py'), 'revision = make()\ndown_revision = None\n')
    const own = await open(parent)

    const { migrations } = await own.migrations.list(own.profileId)

    expect(migrations.map(({ problem }) => problem)).toEqual([
      'x.py: its revision or down_revision is put together while it runs. Strata runs no Python, so its place in the graph is not known.',
    ])
  })
})

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { RehearsedStatement } from '../../../contract/rehearsal'
import { readScript } from '../../../electron/engine/migration/migration-script'
import { rehearseScript } from '../../../electron/engine/migration/rehearsal/rehearse-script'
import { openSession } from '../../../electron/engine/session/connect'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { createProject, type Project } from '../../support/migration-project'
import { snapshotOf } from '../../support/schema-snapshot'
import { type SystemCluster, startSystemCluster, systemPrograms } from '../../support/system-cluster'

const ALL = { kind: 'apply all' } as const
const fixture = (file: string) => readFile(join(import.meta.dirname, 'dump', file), 'utf8')

describe('a dump of pg_dump as a migration', () => {
  let original: TestDatabase
  let database: TestDatabase
  let project: Project
  beforeEach(async () => {
    original = await createDatabase('app')
    database = await createDatabase('app')
    project = await createProject(database)
  })
  afterEach(async () => {
    await project.remove()
    await database.drop()
    await original.drop()
  })

  it('gives the same schema, rows and sequences', async () => {
    await original.query(`set role app; ${await fixture('shop.sql')}`)
    await project.add('1_shop', await fixture('shop-dump.sql'))

    const { outcome } = await project.act(ALL)

    expect(outcome).toBe('complete')
    expect(await snapshotOf(database)).toEqual(await snapshotOf(original))
  })

  it('leaves no search_path behind for the next migration', async () => {
    await project.add('1_shop', await fixture('shop-dump.sql'))
    await project.add('2_x', 'create table x ()')

    await project.act(ALL)

    expect(
      (await database.query("select relnamespace::regnamespace::text as s from pg_class where relname = 'x'")).rows,
    ).toEqual([{ s: 'public' }])
  })

  it('is rolled back by its down file', async () => {
    await project.add('1_shop', await fixture('shop-dump.sql'), 'drop schema shop cascade; drop table public.orders')

    const { committed } = await project.act(ALL)
    const undone = await project.act({ kind: 'roll back all' })

    expect([committed, undone.committed, await project.states()]).toEqual([
      ['1_shop'],
      ['1_shop'],
      { '1_shop': 'pending' },
    ])
  })
})

describe('COPY … FROM STDIN in a migration', () => {
  let database: TestDatabase
  let project: Project
  beforeAll(async () => {
    database = await createDatabase('app')
  })
  beforeEach(async () => {
    project = await createProject(database)
  })
  afterEach(async () => {
    await project.remove()
    await database.query('drop schema if exists strata cascade; drop table if exists t')
  })
  afterAll(() => database.drop())

  const run = async (up: string, down?: string) => {
    await project.add('1_a', up, down)
    return project.act(ALL)
  }

  it('counts its rows', async () => {
    const { events } = await run('create table t (a int, b text);\ncopy t from stdin;\n1\tx\n2\t\\N\n\\.\nselect 1')

    const rows = events.flatMap((event) => (event.type === 'statementCompleted' ? [event.rows] : []))
    expect(rows).toEqual([null, 2, 1])
  })

  it('takes CSV with line ends of Windows', async () => {
    await run('create table t (a int, b text);\r\ncopy t from stdin (format csv);\r\n1,"x;y"\r\n2,\r\n\\.\r\n')

    expect((await database.query('select * from t order by a')).rows).toEqual([
      { a: 1, b: 'x;y' },
      { a: 2, b: null },
    ])
  })

  it('is rehearsed with its data', async () => {
    const session = await openSession({ ...database, profileId: project.profileId, applicationName: 'Strata' })
    const script = readScript('1_a.up.sql', 'create table t (a int);\ncopy t from stdin;\n1\n2\n\\.\n', 'up', {
      hasStandardStrings: true,
    })
    const report: RehearsedStatement[] = []

    await session.query('begin')
    await rehearseScript({ session, signal: new AbortController().signal, begin: () => {} }, script, report)
    await session.end()

    expect(report.map(({ rows }) => rows)).toEqual([null, 2])
  })

  it('runs outside a transaction as well', async () => {
    const { outcome } = await run('-- transaction: off\ncreate table t (a int);\ncopy t from stdin;\n1\n\\.\n')

    expect([outcome, (await database.query('select a from t')).rows]).toEqual(['complete', [{ a: 1 }]])
  })

  it('fails at the value in its line of the file, and leaves nothing', async () => {
    const { failure } = await run('create table t (a int, b int);\ncopy t from stdin;\n1\t2\n3\tfour\n\\.\n')

    expect([failure?.statement, failure?.line, failure?.column]).toEqual([2, 4, 3])
    expect(failure?.cause).toMatchObject({ message: 'invalid input syntax for type integer: "four"' })
    expect((await database.query("select to_regclass('t') as t")).rows).toEqual([{ t: null }])
  })

  it.each([
    ['copy t from stdin', '1_a.up.sql, line 2: No data stands behind this COPY … FROM STDIN.'],
    ['copy t from stdin;', '1_a.up.sql, line 2: The data of COPY … FROM STDIN is not ended by a line with \\.'],
    ['copy t from stdin;\n1\n', '1_a.up.sql, line 3: The data of COPY … FROM STDIN is not ended by a line with \\.'],
    [
      'copy t from stdin; select 1;\n1\n\\.\n',
      '1_a.up.sql, line 2: The data of COPY … FROM STDIN must begin on the line after its ;',
    ],
  ])('is refused without its data: %j', async (text, problem) => {
    await project.add('1_a', `create table t (a int);\n${text}`)

    const { refusals } = await project.migrations.plan({ profileId: project.profileId, action: ALL })

    expect(refusals).toEqual([{ path: '1_a', message: expect.stringContaining(problem) }])
  })
})

const bin = systemPrograms()

// Server and pg_dump of one version come with the system's packages; where they are absent the committed dump above stands for it.
describe.skipIf(bin === null)('a fresh dump of the installed pg_dump', () => {
  let cluster: SystemCluster
  beforeAll(async () => {
    cluster = await startSystemCluster(bin ?? '')
  })
  afterAll(() => cluster.stop())

  it('as one migration gives a database whose dump is the same', async () => {
    const original = await cluster.createDatabase('original')
    const copy = await cluster.createDatabase('copy')
    await original.query(await fixture('shop.sql'))
    await original.query(
      "insert into orders (customer_id, total, lines) select 1 + n % 4, n, jsonb_build_object('n', repeat(chr(200 + n % 50), n % 90)) from generate_series(1, 5000) n",
    )
    const dumped = await cluster.dump(original)
    const project = await createProject(copy)
    await project.add('1_all', dumped)

    const { outcome } = await project.act(ALL)

    expect(outcome).toBe('complete')
    expect(withoutGuards(await cluster.dump(copy))).toBe(withoutGuards(dumped))
    expect(await snapshotOf(copy)).toEqual(await snapshotOf(original))
    await project.remove()
  })
})

/** Every dump has other words behind \restrict. */
function withoutGuards(dump: string): string {
  return dump.replace(/^\\(un)?restrict .*$/gm, '')
}

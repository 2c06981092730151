import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { formatConnectionUrl } from '../../../contract/connection-url'
import { MIGRATION_LOCK } from '../../../electron/engine/migration/migration-lock'
import { openTestSession } from '../../support/builders'
import { buildCommandLine, leadingTo, startCommand } from '../../support/command-line'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { createProject, type Project } from '../../support/migration-project'
import { dbmate } from '../../support/peer-tools'
import { fatalError, startScriptedServer } from '../../support/scripted-server'

let bundle: string
let program: string
let database: TestDatabase
let project: Project
beforeAll(async () => {
  bundle = await mkdtemp(join(tmpdir(), 'strata-cli-'))
  program = await buildCommandLine(bundle)
})
afterAll(() => rm(bundle, { recursive: true, force: true }))
beforeEach(async () => {
  database = await createDatabase('app')
  project = await createProject(database, { folderName: 'my (proj) [v2] ü' })
})
afterEach(async () => {
  await project.remove()
  await database.drop()
})

const start = (words: readonly string[], environment: Readonly<Record<string, string>> = leadingTo(database)) =>
  startCommand(program, ['migrate', ...words, '--dir', project.folder], environment)
const migrate = (...words: readonly string[]) => start(words).ended
const json = async (...words: readonly string[]) => {
  const { code, stdout, stderr } = await migrate(...words, '--json')
  return { code, stderr, said: JSON.parse(stdout) as Record<string, unknown> }
}
const tables = async () => {
  const { rows } = await database.query("select tablename from pg_tables where schemaname = 'public' order by 1")
  return rows.map((row) => row.tablename)
}
const addThree = async () => {
  await project.add('1_a', '-- title: The first\n\ncreate table a ()', 'drop table a')
  await project.add('2_b', 'create table b ()', 'drop table b')
  await project.add('3_c', 'create table c ()', 'drop table c')
}

describe('strata migrate status', () => {
  it('lists what is applied and what is not, as the window does', async () => {
    await addThree()
    await project.act({ kind: 'apply next' })

    const { code, stdout, stderr } = await migrate('status')

    expect({ code, stderr, colour: stdout.includes('\u001b') }).toEqual({ code: 0, stderr: '', colour: false })
    expect(stdout.replace(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/, 'TIME').split('\n')).toEqual(
      [
        `${database.name} at 127.0.0.1:${database.target.port}`,
        `${project.folder}: 1 applied, 2 not applied`,
        '',
        '  applied  1_a  TIME',
        '  pending  2_b                    ',
        '  pending  3_c',
        '',
      ].map((line) => line.trimEnd()),
    )
  })

  it('says the same as JSON, in the shape of the window', async () => {
    await addThree()
    await project.act({ kind: 'apply next' })
    const overview = await project.migrations.list(project.profileId)

    const { code, said } = await json('status')

    expect({ code, said }).toEqual({
      code: 0,
      said: {
        command: 'status',
        outcome: 'complete',
        exitCode: 0,
        database: database.name,
        host: '127.0.0.1',
        folder: project.folder,
        folderProblem: null,
        tool: null,
        applied: 1,
        pending: 2,
        migrations: overview.migrations,
        failure: null,
      },
    })
  })

  it('--check ends with 3 as long as one is not applied', async () => {
    await addThree()

    const before = await json('status', '--check')
    await migrate('apply')
    const after = await json('status', '--check')

    expect([before.code, before.said.outcome, after.code, after.said.outcome]).toEqual([3, 'pending', 0, 'complete'])
  })

  it('does not let a text of the database steer the terminal', async () => {
    await project.add('1_a', "do $$ begin raise exception 'red \u001b[31m'; end $$")

    const { stderr } = await migrate('apply')

    expect(stderr).toContain('ERROR: red \ufffd[31m (P0001)')
  })
})

describe('strata migrate apply', () => {
  it('shows the plan, runs it, and leaves a history that the window reads', async () => {
    await addThree()

    const { code, stdout, stderr } = await migrate('apply')

    expect({ code, states: await project.states() }).toEqual({
      code: 0,
      states: { '1_a': 'applied', '2_b': 'applied', '3_c': 'applied' },
    })
    expect(stdout).toMatch(/^3 migrations applied in \d+ ms\.\n$/)
    expect(stderr.replace(/\d+ ms/g, 'TIME').split('\n')).toEqual([
      `Apply 3 migrations to ${database.name} at 127.0.0.1:`,
      '  1_a  Not applied yet.',
      '  2_b  Not applied yet.',
      '  3_c  Not applied yet.',
      'done  1_a  TIME',
      'done  2_b  TIME',
      'done  3_c  TIME',
      '',
    ])
  })

  it('applies the next, or up to one that is named by its file', async () => {
    await addThree()
    await project.add('4_d', 'create table d ()')

    const next = await json('apply', '--next')
    const upTo = await json('apply', '--to', '3_c.up.sql')

    expect([next.code, upTo.code, await tables()]).toEqual([0, 0, ['a', 'b', 'c']])
    expect(upTo.said).toMatchObject({
      command: 'apply',
      outcome: 'complete',
      exitCode: 0,
      direction: 'apply',
      steps: [
        { name: '2_b', title: 'b', statementCount: 1, state: 'committed', elapsedMs: expect.any(Number) },
        { name: '3_c', state: 'committed' },
      ],
      failure: null,
    })
  })

  it('--dry-run shows the plan and runs nothing', async () => {
    await addThree()

    const { code, stdout } = await migrate('apply', '--dry-run')

    expect([code, stdout.split('\n')[0], await tables()]).toEqual([
      0,
      `Apply 3 migrations to ${database.name} at 127.0.0.1:`,
      [],
    ])
  })

  it('has nothing to do a second time', async () => {
    await addThree()
    await migrate('apply')

    const again = await json('apply')

    expect([again.code, again.said.outcome, again.said.steps]).toEqual([0, 'nothing to do', []])
  })

  it('ends with 1 where a statement fails, and says where and what is left', async () => {
    await addThree()
    await project.add('2_b', "create table b ();\nselect * from nowhere; -- password 'hidden'")

    const { code, said, stderr } = await json('apply')

    expect(await tables()).toEqual(['a'])
    expect({ code, said }).toMatchObject({
      code: 1,
      said: {
        outcome: 'failed',
        steps: [
          { name: '1_a', state: 'committed' },
          { name: '2_b', state: 'failed', elapsedMs: null },
          { name: '3_c', state: 'not run' },
        ],
        failure: {
          kind: 'migration',
          migration: '2_b',
          file: '2_b.up.sql',
          statement: 2,
          line: 2,
          column: 15,
          left: 'Nothing of this migration is left: its transaction was rolled back. 1_a stays applied.',
          cause: { kind: 'postgres', code: '42P01' },
        },
      },
    })
    expect(stderr).toMatch(/^done {2}1_a {2}\d+ ms\nfailed {2}2_b\n$/)
  })

  it('quotes what failed for people', async () => {
    await project.add('1_a', "create role strata_cli_role password 'of-nobody' nonsense")

    const { code, stderr, stdout } = await migrate('apply')

    expect([code, stdout]).toEqual([1, 'Failed. Nothing applied, 1 not.\n'])
    expect(stderr).toContain('1_a failed at statement 1 of 1 (1_a.up.sql, line 1, column 50):\n  ERROR: ')
    expect(stderr).toContain("  | create role strata_cli_role password '•••' nonsense")
    expect(stderr).not.toContain('of-nobody')
  })

  it('ends with 2 where the plan refuses, and has run nothing', async () => {
    await addThree()
    await project.add('3_c', 'create table c ();\ncommit;')

    const { code, said } = await json('apply')

    expect([code, said.outcome, await tables()]).toEqual([2, 'refused', []])
    expect(JSON.stringify(said.failure)).toContain('3_c.up.sql, line 2: ')
  })

  it('--all-or-nothing keeps nothing of the run where one fails', async () => {
    await addThree()
    await project.add('3_c', 'create table c (); select 1/0')

    const { code, said } = await json('apply', '--all-or-nothing')

    const states = (said.steps as { state: string }[]).map(({ state }) => state)
    expect([code, states, await tables()]).toEqual([1, ['not run', 'not run', 'failed'], []])
  })

  it('names who holds the migration lock, and ends with 5 when it is not had in time', async () => {
    await addThree()
    const holder = await openTestSession(database, { applicationName: 'Another runner' })
    await holder.query(`select pg_advisory_lock(${MIGRATION_LOCK})`)

    const { code, said, stderr } = await json('apply', '--lock-wait', '0.2')

    await holder.end()
    expect([code, said.outcome, await tables()]).toEqual([5, 'lock not had', []])
    expect(stderr).toMatch(/Waiting for the migration lock\. It is held by Another runner \(backend \d+, role app/)
  })

  it('wants the name of the database on production', async () => {
    await addThree()

    const without = await json('apply', '--environment', 'production')
    const wrong = await json('apply', '--environment', 'production', '--database-name', 'shop')
    const rehearsed = await json('rehearse', '--environment', 'production')
    const right = await json('apply', '--environment', 'production', '--database-name', database.name)

    expect([without.code, wrong.code, rehearsed.code, right.code]).toEqual([2, 2, 2, 0])
    expect(JSON.stringify(wrong.said.failure)).toContain('The database is not \\"shop\\". Nothing was run.')
  })
})

describe('strata migrate rollback', () => {
  it('needs --yes where nobody can be asked', async () => {
    await addThree()
    await migrate('apply')

    const { code, said } = await json('rollback')

    expect([code, said.outcome, (await tables()).length]).toEqual([2, 'refused', 3])
    expect(JSON.stringify(said.failure)).toContain('This would roll back 3_c. Nothing was run: agree to it with --yes.')
  })

  it('rolls back the last, down to and with a named one, and all', async () => {
    await addThree()
    await migrate('apply')

    const last = await json('rollback', '--yes')
    const afterLast = await tables()
    await migrate('apply')
    const to = await json('rollback', '--to', '2_b', '--yes')
    const afterTo = await tables()
    await migrate('apply')
    const all = await json('rollback', '--all', '--yes')

    expect([last.code, afterLast, to.code, afterTo, all.code, await tables()]).toEqual([0, ['a', 'b'], 0, ['a'], 0, []])
    expect((to.said.steps as { name: string }[]).map(({ name }) => name)).toEqual(['3_c', '2_b'])
  })
})

describe('strata migrate repair', () => {
  const addHalfWay = async () => {
    await database.query('create table seen (n int primary key); grant all on seen to app')
    await project.add('1_a', '-- transaction: off\ninsert into seen values (1);\ninsert into seen values (2);')
    await database.query('insert into seen values (2)')
    await migrate('apply')
    await database.query('delete from seen where n = 2')
  }

  it('goes on from the statement that a migration stopped at', async () => {
    await addHalfWay()

    const before = await json('status')
    const shown = await migrate('status')
    const unasked = await json('repair', '1_a', '--resume')
    const repaired = await json('repair', '1_a', '--resume', '--yes')

    const { rows } = await database.query('select n from seen order by n')
    expect([before.said.migrations, unasked.code, repaired.code, rows, await project.states()]).toEqual([
      [expect.objectContaining({ state: 'failed' })],
      2,
      0,
      [{ n: 1 }, { n: 2 }],
      { '1_a': 'applied' },
    ])
    expect(shown.stdout).toContain('stopped while it was applied, 1 of 2 statements done; ')
  })

  it('marks it as not applied, and runs nothing', async () => {
    await addHalfWay()

    const { code, stdout } = await migrate('repair', '1_a', '--mark-not-applied', '--yes')

    const { rows } = await database.query('select n from seen order by n')
    expect([code, rows, await project.states()]).toEqual([0, [{ n: 1 }], { '1_a': 'pending' }])
    expect(stdout).toMatch(/^1 migration repaired in \d+ ms\.\n$/)
  })

  it('wants to be told one way', async () => {
    const { code, stderr } = await migrate('repair', '1_a', '--resume', '--retry')

    expect([code, stderr.split(':')[0]]).toEqual([2, 'Say which migration to repair and how'])
  })
})

describe('strata migrate rehearse', () => {
  it('says what changes, which locks are taken and what the rollback leaves behind, and keeps nothing', async () => {
    await database.query(
      'create table employees (id int); insert into employees values (1); alter table employees owner to app',
    )
    await project.add(
      '1_departments',
      "alter table employees add column department text not null default ''",
      'alter table employees alter column department drop default',
    )

    const shown = await migrate('rehearse')
    const checked = await json('rehearse', '--check')

    expect([shown.code, checked.code, checked.said.outcome, await tables()]).toEqual([0, 3, 'pending', ['employees']])
    expect(shown.stdout).toMatch(/up {4}line 1 +\d+ ms {2}alter table employees add column/)
    expect(shown.stdout).toMatch(/locks \S*employees AccessExclusive/)
    expect(shown.stdout).toContain('Rollback: leaves behind\n')
    expect(shown.stdout).toMatch(/Rehearsed in \d+ ms\. Nothing else is left of it\.\n$/)
    const rehearsal = checked.said.rehearsal as { migrations: { verdict: { kind: string } }[] }
    expect(rehearsal.migrations.map(({ verdict }) => verdict.kind)).toEqual(['leaves behind'])
    const { rows } = await database.query(
      "select count(*)::int as columns from pg_attribute where attrelid = 'employees'::regclass and attnum > 0",
    )
    expect(rows[0]?.columns).toBe(1)
  })

  it('ends well where each rollback brings back what was there, and with 1 where one fails', async () => {
    await addThree()
    const well = await json('rehearse', '--check')
    await project.add('3_c', 'create table c (); select 1/0', 'drop table c')

    const failed = await json('rehearse')

    expect([well.code, well.said.outcome, failed.code, failed.said.outcome, await tables()]).toEqual([
      0,
      'complete',
      1,
      'failed',
      [],
    ])
  })
})

describe('strata migrate new', () => {
  it('writes a pair that is never the same twice, without a database', async () => {
    const first = await start(['new', 'Füge Spalte hinzu', '--json'], {}).ended
    const second = await start(['new', '../x', '--json'], {}).ended

    const said = [first, second].map(({ stdout }) => JSON.parse(stdout) as { name: string; upFile: string })
    expect([first.code, second.code]).toEqual([0, 0])
    expect(said[0]?.name).toMatch(/^\d{14}_füge_spalte_hinzu$/)
    expect(said[1]?.name).toMatch(/^\d{14}_x$/)
    expect(await readdir(project.folder)).toHaveLength(4)
    expect(await readFile(join(project.folder, said[0]?.upFile ?? ''), 'utf8')).toBe('-- title: Füge Spalte hinzu\n\n')
  })

  it('is refused where there is no folder', async () => {
    const { code, stderr } = await startCommand(program, ['migrate', 'new', 'x', '--dir', '/no/such'], {}).ended

    expect([code, stderr]).toEqual([2, 'There is no folder /no/such. Say with --dir where the migrations are.\n'])
  })
})

describe("strata migrate in dbmate's folder", () => {
  it("keeps dbmate's own history, and writes a file as dbmate does", async () => {
    const file = '20240101000001_a.sql'
    await writeFile(join(project.folder, file), '-- migrate:up\ncreate table a ();\n\n-- migrate:down\ndrop table a;\n')

    const applied = await json('apply')
    const { said } = await json('status')
    const listed = await dbmate(database, project.folder, 'status')
    const made = await json('new', 'Next')

    const { rows } = await database.query('select version from schema_migrations')
    expect([applied.code, said.tool, rows, made.code]).toEqual([0, 'dbmate', [{ version: '20240101000001' }], 0])
    expect(listed).toContain(`[X] ${file}`)
    expect(await readdir(project.folder)).toEqual([file, made.said.upFile])
  })
})

describe('the command line', () => {
  it.each([
    [['migrate', 'status', '--colour'], "Unknown option '--colour'. See strata migrate status --help."],
    [['migrate', 'sideways'], '"strata migrate sideways" is no command. There are: '],
    [['migrate', 'apply', '--next', '--to', 'x'], '--next and --to exclude each other.'],
    [['migrate', 'apply', 'all'], '"all" means nothing to strata migrate apply.'],
    [['migrate', 'apply', '--lock-wait', 'soon'], '--lock-wait is a number of seconds, not "soon".'],
    [['migrate', 'status', '--url', 'mysql://a/b'], '--url: Not a connection: '],
    [['migrate', 'status'], 'No database is named. Give --url '],
    [['migrate', 'status', '--url', 'postgres://a/b', '--sslmode', 'always'], 'The TLS mode "always" is not known.'],
  ])('refuses %j with 2 and a reason', async (words, reason) => {
    const { code, stdout, stderr } = await startCommand(program, words).ended

    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(reason)
  })

  it('says to a server what it was given, and nothing else of the shell that libpq would read', async () => {
    const server = await startScriptedServer({ onStartup: (socket) => socket.end(fatalError('28000', 'no')) })
    const environment = {
      STRATA_DATABASE_URL: `postgres://app@127.0.0.1:${server.port}/shop?sslmode=disable`,
      PGPASSWORD: 'canary',
      PGHOST: 'evil.invalid',
      PGUSER: 'evil',
      PGOPTIONS: '-c search_path=evil',
      PGAPPNAME: 'evil',
      PGREPLICATION: 'database',
      PGSSLMODE: 'require',
      PGCLIENTENCODING: 'LATIN1',
    }

    const { code } = await start(['status'], environment).ended

    const said = server.heard().subarray(8).toString('latin1').split('\0').slice(0, -2)
    await server.close()
    expect(code).toBe(4)
    expect(said).toEqual([
      'user',
      'app',
      'database',
      'shop',
      'application_name',
      expect.stringMatching(/^Strata/),
      'client_encoding',
      'UTF8',
    ])
  })

  it('ends with 4 where there is no server, and where the password is wrong or missing', async () => {
    const none = { ...leadingTo(database), STRATA_DATABASE_URL: 'postgres://app@127.0.0.1:1/x' }
    const { STRATA_DATABASE_URL = '' } = leadingTo(database)

    const ends = await Promise.all([
      start(['status', '--json'], none).ended,
      start(['status', '--json'], { STRATA_DATABASE_URL, PGPASSWORD: 'wrong' }).ended,
      start(['status', '--json'], { STRATA_DATABASE_URL }).ended,
    ])

    const said = ends.map(({ code, stdout }) => [code, JSON.parse(stdout).failure.reason])
    expect(said).toEqual([
      [4, 'refused'],
      [4, 'authentication'],
      [4, 'authentication'],
    ])
  })

  it('warns of a password in --url, and takes one from the environment without showing it in the list of processes', async () => {
    await project.add('1_a', 'select pg_sleep(0.3)')
    const { target, password } = database
    const withPassword = formatConnectionUrl(target).replace('@', `:${encodeURIComponent(password)}@`)

    const warned = await start(['status', '--url', withPassword], {}).ended
    const quiet = start(['apply', '--next'], { DATABASE_URL: withPassword })
    await quiet.wrote(/Apply 1 migration/)
    const list = await readFile(`/proc/${quiet.process.pid}/cmdline`, 'utf8').catch(() => '')
    const end = await quiet.ended

    expect([warned.code, end.code]).toEqual([0, 0])
    expect(warned.stderr).toContain('The password in --url can be read by every user of this machine with ps')
    expect(end.stderr).not.toContain('The password')
    expect(`${list} ${end.stderr} ${end.stdout}`).not.toContain(encodeURIComponent(password))
  })

  it.runIf(process.platform === 'linux')('takes a password in --url out of the list of processes', async () => {
    await project.add('1_a', 'select pg_sleep(0.5)')
    const { target, password } = database
    const withPassword = formatConnectionUrl(target).replace('@', `:${encodeURIComponent(password)}@`)
    const running = start(['apply', '--url', withPassword], {})

    await running.wrote(/Apply 1 migration/)
    const list = await readFile(`/proc/${running.process.pid}/cmdline`, 'utf8')
    const { code } = await running.ended

    expect([code, list.replaceAll('\0', '')]).toEqual([0, 'strata migrate'])
  })
})

describe('several command lines at once', () => {
  it('apply each migration once, and all end well', async () => {
    await database.query('create table effects (name text); grant all on effects to app')
    for (const name of ['1_a', '2_b', '3_c']) {
      await project.add(name, `select pg_sleep(0.2); insert into effects values ('${name}')`)
    }

    const ends = await Promise.all([migrate('apply'), migrate('apply')])

    const { rows } = await database.query('select name, count(*)::int as times from effects group by 1 order by 1')
    const others = ends.flatMap(({ stderr }) => stderr.match(/meanwhile, by app/g) ?? [])
    expect(others).toHaveLength(3)
    expect([ends.map(({ code }) => code), rows]).toEqual([
      [0, 0],
      [
        { name: '1_a', times: 1 },
        { name: '2_b', times: 1 },
        { name: '3_c', times: 1 },
      ],
    ])
  })

  it('at Ctrl+C one cancels its statement on the server, keeps what was done, and says so', async () => {
    await project.add('1_a', 'create table a ()')
    await project.add('2_b', 'create table b (); select pg_sleep(30)')
    const running = start(['apply'])
    await running.wrote(/done {2}1_a/)
    const sleeping = () =>
      database.query(
        "select 1 from pg_stat_activity where datname = current_database() and query like '%pg_sleep(30)%' and pid <> pg_backend_pid()",
      )
    await expect.poll(async () => (await sleeping()).rowCount, { timeout: 10_000 }).toBe(1)

    const at = performance.now()
    running.process.kill('SIGINT')
    const { code, stderr, stdout } = await running.ended
    const tookMs = performance.now() - at

    expect([code, await tables(), (await sleeping()).rowCount]).toEqual([130, ['a'], 0])
    expect(tookMs).toBeLessThan(5000)
    expect(stderr).toContain('2_b was cancelled at statement 2 of 2 (2_b.up.sql, line 1, column 20):')
    expect(stderr).toContain('Nothing of this migration is left: its transaction was rolled back. 1_a stays applied.')
    expect(stdout).toBe('Cancelled. 1 migration applied, 1 not.\n')
  })

  it('ends a rehearsal with the code of its signal, and leaves no scratch copy', async () => {
    await project.add('1_a', 'create table a (); select pg_sleep(30)')
    const creator = await createDatabase()
    const rehearsing = start(['rehearse', '--scratch'], leadingTo(creator))
    const scratch = "select 1 from pg_stat_activity where datname ~ '^strata_scratch_' and query like '%pg_sleep(30)%'"
    await expect.poll(async () => (await creator.query(scratch)).rowCount, { timeout: 10_000 }).toBe(1)

    rehearsing.process.kill('SIGTERM')
    const { code } = await rehearsing.ended

    const { rowCount } = await creator.query(scratch)
    await creator.drop()
    expect([code, rowCount]).toEqual([143, 0])
  })

  it('at Ctrl+C one that still waits for a server says so as JSON', async () => {
    const silent = createServer().listen(0, '127.0.0.1')
    const reached = once(silent, 'connection')
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo

    const waiting = start(['status', '--json'], {
      STRATA_DATABASE_URL: `postgres://app@127.0.0.1:${port}/app`,
      PGPASSWORD: 'any',
    })
    const [socket] = await reached
    waiting.process.kill('SIGINT')
    const { code, stdout } = await waiting.ended
    socket.destroy()
    silent.close()

    expect([code, JSON.parse(stdout)]).toEqual([
      130,
      { command: 'status', outcome: 'cancelled', exitCode: 130, failure: null },
    ])
  })
})

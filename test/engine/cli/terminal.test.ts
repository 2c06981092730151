import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildCommandLine, leadingTo, startOnTerminal } from '../../support/command-line'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { createProject, type Project } from '../../support/migration-project'

// util-linux's, which gives a program a terminal of its own.
const hasScript = /util-linux/.test(spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '')

describe.skipIf(!hasScript)('the command line on a terminal (needs `script` of util-linux)', () => {
  let bundle: string
  let program: string
  let database: TestDatabase
  let project: Project
  beforeAll(async () => {
    bundle = await mkdtemp(join(tmpdir(), 'strata-cli-'))
    program = await buildCommandLine(bundle)
    database = await createDatabase('app')
    project = await createProject(database)
    await project.add('1_a', 'create table a ()', 'drop table a')
    await project.act({ kind: 'apply all' })
  })
  afterAll(async () => {
    await project.remove()
    await database.drop()
    await rm(bundle, { recursive: true, force: true })
  })
  const start = (words: readonly string[], environment: Readonly<Record<string, string>> = leadingTo(database)) =>
    startOnTerminal(program, ['migrate', ...words, '--dir', project.folder], environment)

  it('asks for the password without showing it', async () => {
    const { STRATA_DATABASE_URL = '' } = leadingTo(database)
    const running = start(['status'], { STRATA_DATABASE_URL })

    await running.wrote(/Password of app at 127\.0\.0\.1: /)
    running.process.stdin?.write(`${database.password}!\u007f\r`)
    const { code, stdout } = await running.ended

    expect(code).toBe(0)
    expect(stdout).toContain('1_a')
    expect(stdout).not.toContain(database.password)
  })

  it('says what data a rollback destroys before it asks', async () => {
    await project.add('2_b', 'create table b (x int); insert into b values (1), (2)', 'drop table b')
    await project.act({ kind: 'apply all' })
    const running = start(['rollback'])

    await running.wrote(/Roll back\? \[y\/N\] /)
    running.process.stdin?.write('y\r')
    const { code, stdout } = await running.ended

    expect([code, await project.states()]).toEqual([0, { '1_a': 'applied', '2_b': 'pending' }])
    expect(stdout).toContain('This destroys data:')
    expect(stdout).toContain('  table b with 2 rows (2_b)')
    for (const file of ['2_b.up.sql', '2_b.down.sql']) await rm(join(project.folder, file))
  })

  it('asks before it rolls back, and does nothing at No', async () => {
    const running = start(['rollback'])
    await running.wrote(/Roll back\? \[y\/N\] /)
    running.process.stdin?.write('n\r')
    const refused = await running.ended
    const kept = await project.states()

    const second = start(['rollback'])
    await second.wrote(/Roll back\? \[y\/N\] /)
    second.process.stdin?.write('y\r')
    const agreed = await second.ended

    expect([refused.code, kept, agreed.code, await project.states()]).toEqual([
      2,
      { '1_a': 'applied' },
      0,
      { '1_a': 'pending' },
    ])
  })

  it('has colours, and none with NO_COLOR', async () => {
    const coloured = await start(['status']).ended
    const plain = await start(['status'], { ...leadingTo(database), NO_COLOR: '1' }).ended

    expect([coloured.stdout.includes('\u001b[1m'), plain.stdout.includes('\u001b[')]).toEqual([true, false])
  })

  it('ends at Ctrl+C while it asks', async () => {
    await project.act({ kind: 'apply all' })
    const running = start(['rollback'])
    await running.wrote(/Roll back\?/)
    running.process.stdin?.write('\u0003')
    const { code, stdout } = await running.ended

    expect([code, await project.states()]).toEqual([130, { '1_a': 'applied' }])
    expect(stdout).toContain('Cancelled. Nothing was run.')
  })
})

import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestSession, runScript } from '../../support/builders'
import { bundleChild, startChild } from '../../support/child-program'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { openFilesIn } from '../../support/spilled-files'

const ROWS = `select generate_series(1, 600000), repeat('x', 100)` // 70 MB
const isLinux = process.platform === 'linux'
const canMount = isLinux && spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'none', tmpdir()]).status === 0

describe('an engine that spills', () => {
  let folder: string
  let program: string
  let database: TestDatabase
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-spill-process-'))
    program = await bundleChild(resolve(import.meta.dirname, 'spill-child.ts'), folder)
    database = await createDatabase('app')
  })
  afterAll(async () => {
    await database.drop()
    await rm(folder, { recursive: true, force: true })
  })

  const start = (spillFolder: string, isStaying: boolean, before: readonly string[] = []) => {
    const { target, password } = database
    const order = JSON.stringify({ target, password, spillFolder, script: ROWS, isStaying })
    return startChild(program, [order], before)
  }

  it.skipIf(!isLinux)('leaves no file behind when it is killed', async () => {
    const spillFolder = join(folder, 'killed')
    const child = start(spillFolder, true)
    expect(await child.next()).toMatchObject({ rows: 600_000, inOrder: true, failure: null })
    expect(openFilesIn(spillFolder, child.process.pid)).toMatchObject([{ hasName: false, mode: 0o600 }])

    child.process.kill('SIGKILL')
    await child.ended

    expect(readdirSync(spillFolder)).toEqual([])
  })

  it.skipIf(!canMount)('says that the disk is full, keeps the rows so far and runs the next statement', async () => {
    const spillFolder = join(folder, 'full')
    // A disk of 16 MB that nobody else sees.
    const script = 'mkdir -p "$0" && mount -t tmpfs -o size=16m none "$0" && exec "$@"'
    const child = start(spillFolder, false, ['unshare', '-rm', 'sh', '-c', script, spillFolder])

    const found = (await child.next()) as { readonly rows: number }
    await child.ended

    expect(found).toMatchObject({
      failure: {
        kind: 'storage',
        message: `The disk is full: the rows that do not fit into memory go to a file in the folder “results” in Strata’s own data folder. The first ${found.rows.toLocaleString('en-US')} rows are kept. The statement was stopped; the session goes on.`,
        advice: 'Free space on that disk, or close tabs with large results, and run again; or ask for fewer rows.',
      },
      outcome: { type: 'runEnded', outcome: 'failed' },
      counted: found.rows,
      inOrder: true,
      next: 'SELECT 1',
    })
    expect(found.rows).toBeGreaterThan((16 * 1024 * 1024) / 130)
    expect(found.rows).toBeLessThan(600_000)
  })

  it.skipIf(process.platform === 'win32')('says that a file may not become that large', async () => {
    // In blocks of 512 or 1,024 bytes, as the shell likes.
    const child = start(join(folder, 'limited'), false, ['sh', '-c', 'ulimit -f 16384 && exec "$@"', 'sh'])

    const found = (await child.next()) as { readonly rows: number }
    await child.ended

    expect(found).toMatchObject({
      failure: {
        kind: 'storage',
        message: expect.stringContaining('A file may not become as large as this result'),
        advice: expect.stringContaining('Raise the limit'),
      },
      counted: found.rows,
      inOrder: true,
      next: 'SELECT 1',
    })
    expect(found.rows).toBeLessThan(600_000)
  })

  it('says why there can be no file at all', async () => {
    const session = await openTestSession(database)
    const kept = { spillFolder: join(program, 'results'), memoryBytes: 1024 * 1024 } // below a file

    const { channel } = await runScript(session, ROWS, { kept })

    expect(channel.all('statementFailed')).toMatchObject([
      {
        failure: {
          kind: 'storage',
          message: expect.stringMatching(/could not be written .* \(ENOTDIR\)\. The first [\d,]+ rows are kept\./),
          advice: expect.stringContaining('See that Strata may write to that folder'),
        },
      },
    ])
    expect((await session.query('select 1')).rows).toEqual([['1']])
    await session.end()
  })
})

import { chmod, chown, cp, mkdir, readdir, readFile, readlink, rm } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bundleChild, type Child, startChild } from '../../support/child-program'
import { serverBinaries } from '../../support/cluster'
import { LocalServerFixture, processEnd, query, removeFilledFolder } from './local-server-fixture'

let programFolder: LocalServerFixture
let program: string
let fixture: LocalServerFixture
let children: Child[]

beforeAll(async () => {
  programFolder = await LocalServerFixture.create()
  program = await bundleChild(join(import.meta.dirname, 'server-keeper.ts'), programFolder.root)
  await chmod(programFolder.root, 0o755)
})
afterAll(async () => {
  await removeFilledFolder()
  await programFolder.remove()
})

beforeEach(async () => {
  fixture = await LocalServerFixture.create()
  children = []
})
afterEach(async () => {
  for (const child of children) child.process.kill('SIGKILL')
  await Promise.all(children.map((child) => child.ended))
  await fixture.remove()
})

function startKeeper(binaries = serverBinaries(), before: readonly string[] = []): Child {
  const child = startChild(program, [binaries, fixture.folder], before)
  children.push(child)
  return child
}

type Report = {
  how: string
  target: { host: string; port: number; database: string }
  password: string
  error?: string
}

/** Processes whose working folder is the data folder: the server and its own. */
async function serverProcesses(): Promise<string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const folders = await Promise.all(ids.map((id) => readlink(`/proc/${id}/cwd`).catch(() => '')))
  const parents = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')))
  return ids.filter((_, at) => folders[at] === join(fixture.folder, 'data') && parents[at]?.includes('\0-D\0'))
}

describe('local server and several processes', () => {
  it('runs once when four processes start it at the same time', async () => {
    const keepers = [1, 2, 3, 4].map(() => startKeeper())

    const reports = (await Promise.all(keepers.map((child) => child.next()))) as Report[]

    expect({
      hows: reports.map(({ how }) => how).sort(),
      passwords: new Set(reports.map(({ password }) => password)).size,
      servers: (await serverProcesses()).length,
    }).toEqual({ hows: ['adopted', 'adopted', 'adopted', 'initialised'], passwords: 1, servers: 1 })
  })

  it('runs once when four processes recover it at the same time', async () => {
    await fixture.fill()
    await fixture.keeper().start()
    process.kill(await fixture.pid(), 'SIGKILL')

    const keepers = [1, 2, 3, 4].map(() => startKeeper())

    const reports = (await Promise.all(keepers.map((child) => child.next()))) as Report[]
    expect([reports.map(({ how }) => how).sort(), (await serverProcesses()).length]).toEqual([
      ['adopted', 'adopted', 'adopted', 'recovered'],
      1,
    ])
  })

  it('goes on when its process is killed, and the next one adopts it', async () => {
    await fixture.fill()
    const killed = startKeeper()
    await killed.next()
    const pid = await fixture.pid()
    killed.process.kill('SIGKILL')
    await killed.ended

    const next = (await startKeeper().next()) as Report

    expect([next.how, await fixture.pid()]).toEqual(['adopted', pid])
  })

  it('ends with its process when that ends as it means to', async () => {
    await fixture.fill()
    const keeper = startKeeper()
    await keeper.next()
    const pid = await fixture.pid()

    keeper.process.kill('SIGTERM')

    expect(await keeper.next()).toBe('stopped')
    await processEnd(pid)
    expect(await serverProcesses()).toEqual([])
  })

  it('makes a whole database although first starts were killed at any moment', { timeout: 120_000 }, async () => {
    const outcomes: unknown[] = []

    for (let round = 1; round <= 8; round += 1) {
      const killed = startKeeper()
      // A different moment each round: after so many looks at the folder that something was made in.
      for (let looks = 0; looks < round * 40; ) {
        const names = await readdir(fixture.folder).catch(() => [])
        looks += names.length === 0 ? 0 : 1
        await new Promise((resolve) => setImmediate(resolve))
      }
      killed.process.kill('SIGKILL')
      await killed.ended
    }
    const keeper = fixture.keeper()
    const server = await keeper.start()
    outcomes.push(await query(server, 'SELECT current_database()'))

    expect(outcomes).toEqual([['strata']])
    expect((await readdir(fixture.folder)).filter((name) => name.startsWith('data.'))).toEqual([])
  })

  it('keeps every acknowledged commit through ten killed servers', { timeout: 120_000 }, async () => {
    await fixture.fill()
    const keeper = fixture.keeper()
    let server = await keeper.start()
    await query(server, 'CREATE TABLE kept (n int PRIMARY KEY)')
    const outcomes: unknown[] = []
    let acknowledged = 0

    for (let round = 1; round <= 10; round += 1) {
      const { target, password } = server
      const client = new pg.Client({
        host: target.host,
        port: target.port,
        user: 'postgres',
        database: 'strata',
        password,
      })
      client.on('error', () => {})
      await client.connect()
      const pid = await fixture.pid()
      const until = acknowledged + ((round * 13) % 50) + 1
      try {
        for (;;) {
          await client.query('INSERT INTO kept VALUES ($1)', [acknowledged + 1])
          acknowledged += 1
          if (acknowledged === until) process.kill(pid, 'SIGKILL')
        }
      } catch {
        await client.end().catch(() => {})
      }
      server = await keeper.start()
      const [kept] = (await query(server, 'SELECT max(n) FROM kept')) as [number]
      outcomes.push({ how: server.how, lost: Math.max(0, acknowledged - kept) })
      acknowledged = kept
    }

    expect(outcomes).toEqual(Array(10).fill({ how: 'recovered', lost: 0 }))
  })
})

const canChangeUser = process.platform === 'linux' && process.getuid?.() === 0

describe.runIf(canChangeUser)('local server of an ordinary user', () => {
  const NOBODY = 65534
  const asNobody = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--bounding-set=-all']

  // The folder with the project may be closed to other users.
  async function readablePrograms(): Promise<string> {
    const copy = join(fixture.root, 'native')
    await cp(serverBinaries(), copy, { recursive: true, verbatimSymlinks: true })
    await chmod(fixture.root, 0o755)
    await mkdir(fixture.folder, { recursive: true })
    await chown(fixture.folder, NOBODY, NOBODY)
    return copy
  }

  it('starts, recovers and stops', async () => {
    const binaries = await readablePrograms()
    const first = startKeeper(binaries, asNobody)
    const initialised = (await first.next()) as Report
    const pid = await fixture.pid()
    const owner = (await readFile(`/proc/${pid}/status`, 'utf8')).match(/^(Uid|CapEff):.*$/gm)
    process.kill(pid, 'SIGKILL')
    first.process.kill('SIGKILL')
    await first.ended

    const second = startKeeper(binaries, asNobody)
    const recovered = (await second.next()) as Report
    second.process.kill('SIGTERM')
    const last = await second.next()

    expect([initialised.how, owner, recovered.how, last, await serverProcesses()]).toEqual([
      'initialised',
      ['Uid:\t65534\t65534\t65534\t65534', 'CapEff:\t0000000000000000'],
      'recovered',
      'stopped',
      [],
    ])
  })

  it('says so when the folder belongs to somebody else', async () => {
    const binaries = await readablePrograms()
    await chown(fixture.folder, 0, 0)

    const report = (await startKeeper(binaries, asNobody).next()) as Report

    expect(report.error).toMatch(/^FailureError: The local database could not be started: E(ACCES|PERM): .*\nFolder: /)
  })

  it('says so when links between libraries are missing and cannot be made', async () => {
    const binaries = await readablePrograms()
    await rm(join(binaries, 'lib', 'libpq.so.5'))

    const report = (await startKeeper(binaries, asNobody).next()) as Report

    expect(report.error).toMatch(/lack the link .*libpq\.so\.5, and it cannot be made there: EACCES/)
  })
})

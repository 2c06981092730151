import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FailureError } from '../../../electron/engine/failure-error'
import { LocalServerFixture, logInWithDriver, processEnd, query, removeFilledFolder } from './local-server-fixture'

let fixture: LocalServerFixture

beforeEach(async () => {
  fixture = await LocalServerFixture.create()
})
afterEach(() => fixture.remove())
afterAll(removeFilledFolder)

async function mode(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8)
}

/** Message and advice of the failure a promise rejects with. */
async function failureOf(promise: Promise<unknown>): Promise<{ message: string; advice: string }> {
  const error = await promise.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  )
  if (!(error instanceof FailureError) || error.failure.kind !== 'connection') throw error
  return { message: error.failure.message, advice: error.failure.advice ?? '' }
}

describe('local server', () => {
  it('makes a UTF-8 database with checksums on its first start, on a private socket alone', async () => {
    const keeper = fixture.keeper()

    const server = await keeper.start()

    const facts = await query(
      server,
      `SELECT current_user, current_database(), pg_encoding_to_char(encoding), datlocprovider, datlocale,
        current_setting('data_checksums'), current_setting('fsync'), current_setting('listen_addresses'),
        current_setting('lc_messages') FROM pg_database WHERE datname = current_database()`,
    )
    expect({ how: server.how, version: server.version, facts, running: keeper.running() }).toEqual({
      how: 'initialised',
      version: expect.stringMatching(/^18\./),
      facts: ['postgres', 'strata', 'UTF8', 'b', 'C.UTF-8', 'on', 'on', '', 'C'],
      running: server,
    })
  })

  it('is readable by its user alone', async () => {
    const { target } = await fixture.keeper().start()

    const names = ['', 'data', 'password', 'server.log', 'socket']
    const modes = await Promise.all(names.map((name) => mode(join(fixture.folder, name))))

    expect(modes).toEqual(['700', '700', '600', '600', '700'])
    expect(target.host).toBe(join(fixture.folder, 'socket'))
  })

  it('refuses a wrong password on its socket', async () => {
    await fixture.fill()
    const server = await fixture.keeper().start()

    const login = query({ ...server, password: 'wrong' }, 'SELECT 1')

    await expect(login).rejects.toMatchObject({ code: '28P01' })
  })

  it('takes nothing of the environment', async () => {
    await fixture.fill()
    const before = { ...process.env }
    Object.assign(process.env, { PGTZ: 'Asia/Kathmandu', PGDATA: '/nowhere', LC_ALL: 'de_DE.UTF-8', HOME: '/nowhere' })

    await fixture.keeper().start()

    delete process.env.PGTZ
    delete process.env.PGDATA
    delete process.env.LC_ALL
    Object.assign(process.env, before)
    const environment = (await readFile(`/proc/${await fixture.pid()}/environ`, 'utf8')).split('\0').filter(Boolean)
    expect(environment.sort()).toEqual(['LANG=C', 'LC_ALL=C', `PATH=${process.env.PATH}`])
  })

  it('starts again with the same data and password', async () => {
    await fixture.fill()
    const keeper = fixture.keeper()
    const first = await keeper.start()
    await query(first, 'CREATE TABLE kept AS SELECT 7 AS n')
    await keeper.stop()

    const second = await keeper.start()

    const kept = await query(second, 'SELECT n FROM kept')
    expect({ how: second.how, kept, isSame: second.password === first.password }).toEqual({
      how: 'started',
      kept: [7],
      isSame: true,
    })
  })

  it('shares one start between calls at the same time and gives the running server afterwards', async () => {
    const keeper = fixture.keeper()

    const [first, second] = await Promise.all([keeper.start(), keeper.start()])
    const third = await keeper.start()

    expect([second === first, third === first]).toEqual([true, true])
  })

  it('adopts a server that runs', async () => {
    await fixture.fill()
    const first = await fixture.keeper().start()
    const pid = await fixture.pid()
    const second = fixture.keeper()

    const adopted = await second.start()

    expect({ ...adopted, pid: await fixture.pid() }).toEqual({ ...first, how: 'adopted', pid })
  })

  it('stops a server it adopted, and leaves no process', async () => {
    await fixture.fill()
    await fixture.keeper().start()
    const pid = await fixture.pid()
    const second = fixture.keeper()
    await second.start()

    await second.stop()

    await processEnd(pid)
    const left = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
    const commands = await Promise.all(left.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')))
    expect(commands.filter((command) => command.includes(fixture.folder))).toEqual([])
    expect(second.running()).toBeNull()
  })

  it('stops with open transactions', async () => {
    await fixture.fill()
    const keeper = fixture.keeper()
    const server = await keeper.start()
    const open = query(server, 'BEGIN; SELECT pg_sleep(600)').catch((error: { code: string }) => error.code)
    for (let busy: unknown[] = [0]; busy[0] !== 1; ) {
      busy = await query(
        server,
        "SELECT count(*)::int FROM pg_stat_activity WHERE query LIKE 'BEGIN%' AND state = 'active'",
      )
    }

    await keeper.stop()

    expect(await open).toBe('57P01')
  })

  it('ends a start in progress when it is stopped', async () => {
    const keeper = fixture.keeper()
    const start = keeper.start().catch((error: unknown) => error)
    await new Promise<void>((resolve) => {
      const look = async () => {
        const names = await readdir(fixture.folder).catch(() => [])
        if (names.some((name) => name.startsWith('data'))) resolve()
        else setImmediate(look)
      }
      look()
    })

    await keeper.stop()

    expect(await start).toMatchObject({ failure: { kind: 'cancelled' } })
    expect(await fixture.keeper().start()).toMatchObject({ how: 'initialised' })
  })

  it('recovers after a killed server with everything that was committed', async () => {
    await fixture.fill()
    const keeper = fixture.keeper()
    const server = await keeper.start()
    await query(server, 'CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n')
    process.kill(await fixture.pid(), 'SIGKILL')

    const recovered = await keeper.start()

    const kept = await query(recovered, 'SELECT count(*)::int, sum(n)::int FROM kept')
    expect({ how: recovered.how, kept }).toEqual({ how: 'recovered', kept: [1000, 500500] })
  })

  it('starts after a crash whose process id now belongs to another program of the same user', async () => {
    await fixture.fill()
    const keeper = fixture.keeper()
    await keeper.start()
    const killed = await fixture.pid()
    process.kill(killed, 'SIGKILL')
    await processEnd(killed)
    const { uid, gid } = await stat(join(fixture.folder, 'data'))
    const other = spawn('sleep', ['600'], { uid, gid })
    const lock = join(fixture.folder, 'data', 'postmaster.pid')
    await writeFile(lock, (await readFile(lock, 'utf8')).replace(/^\d+/, String(other.pid)))
    const socketLock = join(fixture.folder, 'socket', '.s.PGSQL.5432.lock')
    await writeFile(socketLock, (await readFile(socketLock, 'utf8')).replace(/^\d+/, String(other.pid)))

    const recovered = await keeper.start()

    expect({ how: recovered.how, isOtherAlive: other.exitCode === null && other.signalCode === null }).toEqual({
      how: 'recovered',
      isOtherAlive: true,
    })
    other.kill()
  })

  it('starts when postmaster.pid is empty', async () => {
    await fixture.fill()
    const keeper = fixture.keeper()
    await keeper.start()
    await keeper.stop()
    await writeFile(join(fixture.folder, 'data', 'postmaster.pid'), '')

    const server = await keeper.start()

    expect(server.how).toBe('recovered')
  })

  it('starts a copy of a data folder whose original still runs', async () => {
    await fixture.fill()
    const original = await fixture.keeper().start()
    const copy = join(fixture.root, 'copy')
    await query(original, 'CHECKPOINT')
    await cp(join(fixture.folder, 'data'), join(copy, 'data'), { recursive: true })
    await cp(join(fixture.folder, 'password'), join(copy, 'password'))
    const { uid, gid } = await stat(join(fixture.folder, 'data'))
    await new Promise((resolve) => spawn('chown', ['-R', `${uid}:${gid}`, join(copy, 'data')]).once('close', resolve))

    const second = await fixture.keeper({ folder: copy }).start()

    expect([second.how, second.target.host === original.target.host]).toEqual(['recovered', false])
  })

  it('makes the database anew when a first start was cut off before it was one', async () => {
    await mkdir(join(fixture.folder, 'data', 'base'), { recursive: true })
    await mkdir(join(fixture.folder, 'data.new-0123', 'global'), { recursive: true })
    await writeFile(join(fixture.folder, 'data', 'PG_VERSION'), '18\n')

    const server = await fixture.keeper().start()

    const names = (await readdir(fixture.folder)).filter((name) => name.startsWith('data')).sort()
    expect([server.how, names]).toEqual(['initialised', ['data', expect.stringMatching(/^data\.unfinished-/)]])
  })

  it('never replaces a data folder that was in use and lost a file', async () => {
    await fixture.fill()
    const keeper = fixture.keeper()
    await keeper.start()
    await keeper.stop()
    await rm(join(fixture.folder, 'data', 'PG_VERSION'))
    const before = await readdir(join(fixture.folder, 'data'))

    const failure = await failureOf(keeper.start())

    expect(failure.message).toContain(
      `is damaged: PG_VERSION or global/pg_control is missing.\nFolder: ${fixture.folder}`,
    )
    expect(await readdir(join(fixture.folder, 'data'))).toEqual(before)
  })

  it('refuses the data of another major version and leaves it untouched', async () => {
    await fixture.fill()
    const keeper = fixture.keeper()
    await keeper.start()
    await keeper.stop()
    await writeFile(join(fixture.folder, 'data', 'PG_VERSION'), '17\n')
    const before = await readdir(join(fixture.folder, 'data'))

    const failure = await failureOf(keeper.start())

    expect(failure).toEqual({
      message: expect.stringMatching(
        /made by PostgreSQL 17; this Strata comes with PostgreSQL 18\.\d+\.\nFolder: .*data$/,
      ),
      advice: expect.stringContaining('dump its databases'),
    })
    expect(await readdir(join(fixture.folder, 'data'))).toEqual(before)
  })

  it('says so when the password file is gone, and when the password no longer fits', async () => {
    await fixture.fill()
    const keeper = fixture.keeper()
    const server = await keeper.start()
    const password = join(fixture.folder, 'password')
    await query(server, "ALTER ROLE postgres PASSWORD 'changed'")
    await keeper.stop()

    const changed = await failureOf(keeper.start())
    await rm(password)
    const missing = await failureOf(fixture.keeper().start())
    await writeFile(password, 'changed\n')
    const mended = await fixture.keeper().start()

    expect([changed.message, changed.advice, missing.message, mended.how]).toEqual([
      expect.stringContaining('declined the login of its role postgres: password authentication failed'),
      expect.stringContaining(password),
      expect.stringContaining(`The password of the local database is missing: ${password}`),
      'adopted',
    ])
  })

  it('opens another database when the user dropped ours', async () => {
    await fixture.fill()
    const keeper = fixture.keeper()
    const server = await keeper.start()
    await query({ ...server, target: { ...server.target, database: 'postgres' } }, 'DROP DATABASE strata')
    await keeper.stop()

    const second = await keeper.start()

    expect(second.target.database).toBe('postgres')
  })

  it('starts a server again whose socket was removed', async () => {
    await fixture.fill()
    await fixture.keeper().start()
    await rm(join(fixture.folder, 'socket'), { recursive: true })

    const server = await fixture.keeper().start()

    expect([server.how, await query(server, 'SELECT 1')]).toEqual(['recovered', [1]])
  })

  it('shows the cause, the folder and the log when the server cannot start', async () => {
    await fixture.fill()
    const keeper = fixture.keeper()
    await keeper.start()
    await keeper.stop()
    await writeFile(join(fixture.folder, 'data', 'postgresql.conf'), 'shared_buffers = nonsense\n')

    const failure = await failureOf(keeper.start())

    expect(failure).toEqual({
      message: expect.stringMatching(
        /^The local database did not start: .*\nFolder: .*local\nThe log ends with:\n.*nonsense/s,
      ),
      advice: expect.stringContaining('server.log'),
    })
  })

  it('names a file that is in the way of its folder', async () => {
    await writeFile(join(fixture.root, 'user data'), '')

    const failure = await failureOf(fixture.keeper().start())

    expect(failure).toEqual({
      message: expect.stringContaining(`Folder: ${fixture.folder}`),
      advice: expect.stringContaining('A file is in the way'),
    })
  })

  it.each([
    ['a path longer than a socket allows', 'long-'.repeat(40)],
    ['a path with spaces, quotes and commas', `it's "mine", é 🐘`],
  ])('works below %s', async (_, name) => {
    const folder = join(fixture.root, name, 'local')

    const server = await fixture.keeper({ folder }).start()

    expect([await query(server, 'SELECT 1'), await mode(server.target.host)]).toEqual([[1], '700'])
    if (!server.target.host.startsWith(folder)) await rm(server.target.host, { recursive: true })
  })

  it('does not use a socket folder that others may enter', async () => {
    const keeper = fixture.keeper()
    await mkdir(join(fixture.folder, 'socket'), { recursive: true, mode: 0o777 })
    await new Promise((resolve) => spawn('chmod', ['777', join(fixture.folder, 'socket')]).once('close', resolve))

    const failure = await failureOf(keeper.start())

    expect(failure.message).toContain('is not private')
  })

  it('keeps statements of the user and their data out of its log', async () => {
    await fixture.fill()
    const server = await fixture.keeper().start()

    await query(server, "SELECT 'very secret'::int").catch(() => {})

    expect(await readFile(join(fixture.folder, 'server.log'), 'utf8')).not.toContain('very secret')
  })

  it('rotates a large log at a start', async () => {
    await fixture.fill()
    const keeper = fixture.keeper()
    await keeper.start()
    await keeper.stop()
    await writeFile(join(fixture.folder, 'server.log'), 'x'.repeat(1024 * 1024 + 1))

    await keeper.start()

    const sizes = await Promise.all(
      ['server.log', 'server.log.1'].map(async (name) => (await stat(join(fixture.folder, name))).size),
    )
    expect([(sizes[0] ?? 0) < 10_000, sizes[1]]).toEqual([true, 1024 * 1024 + 1])
  })
})

describe('local server on TCP', () => {
  it('listens on 127.0.0.1 alone, has no socket, and refuses a wrong password', async () => {
    const server = await fixture.keeper({ transport: 'tcp' }).start()

    const wrong = await query({ ...server, password: 'wrong' }, 'SELECT 1').catch(
      (error: { code: string }) => error.code,
    )
    const settings = await query(
      server,
      "SELECT current_setting('listen_addresses'), current_setting('unix_socket_directories')",
    )

    expect([server.target.host, wrong, settings]).toEqual(['127.0.0.1', '28P01', ['127.0.0.1', '']])
  })

  it('is adopted, recovered and stopped as with a socket', async () => {
    await fixture.fill()
    const first = await fixture.keeper({ transport: 'tcp' }).start()
    const second = fixture.keeper({ transport: 'tcp' })

    const adopted = await second.start()
    process.kill(await fixture.pid(), 'SIGKILL')
    const recovered = await second.start()
    await second.stop()

    const late = await logInWithDriver(recovered.target, recovered.password).catch(
      (error: { code: string }) => error.code,
    )
    expect([adopted.target.port, adopted.how, recovered.how, late]).toEqual([
      first.target.port,
      'adopted',
      'recovered',
      'ECONNREFUSED',
    ])
  })

  it('takes another port when one is taken', async () => {
    await fixture.fill()
    const listener = createServer()
    const taken = await new Promise<number>((resolve) => {
      listener.listen(0, '127.0.0.1', () => resolve((listener.address() as { port: number }).port))
    })
    const spare = createServer()
    const free = await new Promise<number>((resolve) => {
      spare.listen(0, '127.0.0.1', () => resolve((spare.address() as { port: number }).port))
    })
    await new Promise((resolve) => spare.close(resolve))
    const ports = [taken, free]

    const server = await fixture.keeper({ transport: 'tcp', choosePort: async () => ports.shift() ?? 0 }).start()

    expect([server.target.port, await query(server, 'SELECT 1')]).toEqual([free, [1]])
    listener.close()
  })
})

function asRoot(file: string, ...parameters: string[]): void {
  execFileSync(file, parameters, { stdio: 'ignore' })
}

/** A folder on a small disk of its own; only root can make one, and not everywhere. */
function mountSmallDisk(): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return null
  const folder = mkdtempSync(join(tmpdir(), 'strata-disk-'))
  try {
    asRoot('mount', '-t', 'tmpfs', '-o', 'size=20m,mode=0700', 'tmpfs', folder)
    return folder
  } catch {
    rmSync(folder, { recursive: true })
    return null
  }
}

const smallDisk = mountSmallDisk()

describe.runIf(smallDisk !== null)('local server on a full disk', () => {
  const disk = smallDisk ?? ''
  afterAll(() => {
    asRoot('umount', '-l', disk)
    rmSync(disk, { recursive: true })
  })

  it('says so, leaves nothing behind, and starts once there is room', async () => {
    const keeper = fixture.keeper({ folder: join(disk, 'local') })
    const failure = await failureOf(keeper.start())
    const left = (await readdir(join(disk, 'local'))).filter((name) => name.startsWith('data'))
    asRoot('mount', '-o', 'remount,size=200m', disk)

    const server = await keeper.start()

    await keeper.stop()
    expect([failure, left, server.how]).toEqual([
      {
        message: expect.stringContaining('No space left on device'),
        advice: expect.stringContaining(`Free space on the disk that holds ${join(disk, 'local')}`),
      },
      [],
      'initialised',
    ])
  })
})

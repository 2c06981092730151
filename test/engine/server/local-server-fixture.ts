import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import pg from 'pg'
import {
  createLocalServer,
  type LocalServer,
  type LocalServerKeeper,
  type LocalServerOptions,
} from '../../../electron/engine/server/local-server'
import { stateOfProcess } from '../../../electron/engine/server/server-process'
import { serverBinaries } from '../../support/cluster'

let filled: Promise<string> | undefined

/** A folder with a database, made once per test file, for tests that are not about making it. */
function filledFolder(): Promise<string> {
  filled ??= (async () => {
    const root = await mkdtemp(join(tmpdir(), 'strata-local-'))
    const folder = join(root, 'local')
    const keeper = createLocalServer({ binaries: serverBinaries(), folder, probe: logInWithDriver })
    await keeper.start()
    await keeper.stop()
    return folder
  })()
  return filled
}

/** A folder for local servers that takes them all away again. */
export class LocalServerFixture {
  readonly root: string
  readonly folder: string
  readonly #keepers: LocalServerKeeper[] = []

  private constructor(root: string) {
    this.root = root
    this.folder = join(root, 'user data', 'local')
  }

  static async create(): Promise<LocalServerFixture> {
    return new LocalServerFixture(await mkdtemp(join(tmpdir(), 'strata-local-')))
  }

  keeper(options: Partial<LocalServerOptions> = {}): LocalServerKeeper {
    const keeper = createLocalServer({
      binaries: serverBinaries(),
      folder: this.folder,
      probe: logInWithDriver,
      ...options,
    })
    this.#keepers.push(keeper)
    return keeper
  }

  /** Puts the files of a local server in place that was started before and ended as it means to. */
  async fill(): Promise<void> {
    const source = await filledFolder()
    await mkdir(this.folder, { recursive: true, mode: 0o700 })
    execFileSync('cp', ['-a', join(source, 'data'), join(source, 'password'), this.folder])
  }

  /** Id of the process that postmaster.pid names. */
  async pid(folder = this.folder): Promise<number> {
    return Number.parseInt(await readFile(join(folder, 'data', 'postmaster.pid'), 'utf8'), 10)
  }

  async remove(): Promise<void> {
    for (const keeper of this.#keepers) await keeper.stop()
    const pid = await this.pid().catch(() => 0)
    if ((await stateOfProcess(pid, join(this.folder, 'data')).catch(() => 'gone')) === 'postmaster') {
      process.kill(pid, 'SIGQUIT')
      await processEnd(pid)
    }
    await rm(this.root, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
  }
}

/** Removes what `fill` copies from; for `afterAll` of a file that fills. */
export async function removeFilledFolder(): Promise<void> {
  if (filled !== undefined) await rm(dirname(await filled), { recursive: true, force: true })
}

/** The login that tests give: the driver's own. */
export const logInWithDriver: LocalServerOptions['probe'] = async (target, password) => {
  const client = clientFor({ target, password })
  await client.connect()
  await client.end()
}

/** Runs one statement on a local server. */
export async function query(server: Pick<LocalServer, 'target' | 'password'>, text: string): Promise<unknown[]> {
  const client = clientFor(server)
  await client.connect()
  try {
    return (await client.query({ text, rowMode: 'array' })).rows.flat()
  } finally {
    await client.end()
  }
}

function clientFor({ target, password }: Pick<LocalServer, 'target' | 'password'>): pg.Client {
  const { host, port, role, database } = target
  const client = new pg.Client({ host, port, user: role, database, password })
  client.on('error', () => {})
  return client
}

/** Resolves once a process has ended; a zombie has. */
export async function processEnd(pid: number): Promise<void> {
  for (;;) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
    if (stat === null || /\) [ZX] /.test(stat)) return
    await new Promise((resolve) => setImmediate(resolve))
  }
}

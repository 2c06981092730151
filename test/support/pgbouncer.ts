import { accessSync, constants } from 'node:fs'
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { asServerUser, startProgram } from '../../electron/engine/server/run-program'
import { type ClusterFacts, freePort } from './cluster'

/** Server connections of a database: fewer than clients, so that these share them. */
export const POOL_SIZE = 3

const PROGRAM = '/usr/sbin/pgbouncer'

/** Why there is no PgBouncer to test against; null when there is one. */
export const poolerMissing: string | null = isThere(PROGRAM) ? null : `${PROGRAM} is not installed`

/** A running PgBouncer in transaction mode, before a cluster. */
export interface Pooler {
  readonly port: number
  stop(): Promise<void>
}

/** Starts a PgBouncer in transaction mode for the role `app` on a free port; few server connections, so that clients share them. */
export async function startPooler(cluster: ClusterFacts): Promise<Pooler> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-pooler-'))
  const port = await freePort()
  const { role, password } = cluster.roles.app
  const settings = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'scram-sha-256',
    auth_file: join(folder, 'users.txt'),
    pool_mode: 'transaction',
    default_pool_size: POOL_SIZE,
    max_client_conn: 100,
    logfile: '',
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`)
  await writeFile(join(folder, 'users.txt'), `"${role}" "${password}"\n`)
  await writeFile(
    join(folder, 'pgbouncer.ini'),
    ['[databases]', `* = host=${cluster.host} port=${cluster.port}`, '[pgbouncer]', ...lines, ''].join('\n'),
  )
  const log = await open(join(folder, 'log'), 'a')
  const child = await startProgram(asServerUser(PROGRAM, ['-q', join(folder, 'pgbouncer.ini')]), {
    cwd: folder,
    log: log.fd,
  })
  const gone = new Promise((resolve) => child.once('exit', resolve))
  await log.close()
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT')
    // SIGINT waits for clients to leave.
    await Promise.race([gone, pause(500)])
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    await gone
    await rm(folder, { recursive: true, force: true })
  }
  for (const deadline = Date.now() + 10_000; ; await pause(20)) {
    const client = new pg.Client({ host: '127.0.0.1', port, user: role, password, database: 'postgres' })
    client.on('error', () => {})
    try {
      await client.connect()
      await client.end()
      return { port, stop }
    } catch (error) {
      if (Date.now() < deadline && child.exitCode === null) continue
      const said = await readFile(join(folder, 'log'), 'utf8')
      await stop()
      throw new Error(`PgBouncer did not start. Its log:\n${said}`, { cause: error })
    }
  }
}

function isThere(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

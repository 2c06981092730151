import { existsSync, readdirSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { TARGET_DEFAULTS } from '../../contract/profile-defaults'
import { asServerUser, runProgram } from '../../electron/engine/server/run-program'
import type { TestDatabase } from './database-on'

/** A PostgreSQL that the system's packages installed, server and client programs of one version. */
export interface SystemCluster {
  /** Creates an empty database; it goes with the cluster. */
  createDatabase(name: string): Promise<TestDatabase>
  /** The database as pg_dump writes it: schema and data. */
  dump(database: TestDatabase): Promise<string>
  stop(): Promise<void>
}

const ROOT = '/usr/lib/postgresql'
const PROGRAMS = ['initdb', 'pg_ctl', 'postgres', 'pg_dump']

/** The folder of the newest such PostgreSQL; null where there is none. */
export function systemPrograms(): string | null {
  if (!existsSync(ROOT)) return null
  const folders = readdirSync(ROOT).sort((a, b) => Number(b) - Number(a))
  const bin = folders.map((version) => join(ROOT, version, 'bin'))
  return bin.find((folder) => PROGRAMS.every((program) => existsSync(join(folder, program)))) ?? null
}

/** Starts it on a free port of 127.0.0.1; nobody is asked for a password. */
export async function startSystemCluster(bin: string): Promise<SystemCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-system-cluster-'))
  await chmod(folder, 0o777) // the server may run as another user
  const data = join(folder, 'data')
  const run = async (program: string, ...parameters: readonly string[]) => {
    const end = await runProgram(asServerUser(join(bin, program), parameters), { cwd: folder })
    if (end.code !== 0) throw new Error(`${program} failed:\n${end.output}`)
    return end.output
  }
  const port = await freePort()
  const connection = ['-h', '127.0.0.1', '-p', String(port), '-U', 'postgres']
  await run('initdb', '-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync')
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off`
  await run('pg_ctl', '-D', data, '-o', options, '-l', join(folder, 'log'), '-w', 'start')
  const query = async (database: string, text: string, values: readonly unknown[] = []) => {
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', database })
    await client.connect()
    try {
      return await client.query(text, [...values])
    } finally {
      await client.end()
    }
  }
  return {
    createDatabase: async (name) => {
      await query('postgres', `create database ${name}`)
      const target: TestDatabase['target'] = {
        ...TARGET_DEFAULTS,
        host: '127.0.0.1',
        port,
        database: name,
        role: 'postgres',
        tlsMode: 'disable',
        authenticationMethods: ['none'],
      }
      return {
        name,
        target,
        socketTarget: target,
        password: '',
        query: (text, values) => query(name, text, values),
        drop: async () => {},
      }
    },
    dump: (database) => run('pg_dump', ...connection, '-N', 'strata', database.name),
    stop: async () => {
      await run('pg_ctl', '-D', data, '-m', 'immediate', '-w', 'stop')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

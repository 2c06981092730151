import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { TestDatabase } from './database-on'

const run = promisify(execFile)
const require = createRequire(import.meta.url)

/** yoyo as Debian installs it with its driver; tests that need it are skipped where it is absent. */
export const YOYO = '/usr/bin/yoyo'
/** Why tests with yoyo are skipped here; null where they run. */
export const noYoyo: string | null = existsSync(YOYO) ? null : 'yoyo is not installed (Debian: yoyo, python3-psycopg2)'

/** The database as a URL, with the password in it: the tools take no other. */
export function urlOf({ target, password }: TestDatabase): string {
  const { role, host, port, database } = target
  return `${encodeURIComponent(role)}:${encodeURIComponent(password)}@${host}:${port}/${database}`
}

/** Runs yoyo on a folder and answers with what it printed. */
export async function yoyo(database: TestDatabase, folder: string, ...args: readonly string[]): Promise<string> {
  const [command = 'list', ...rest] = args
  const all = [command, '--batch', '--no-config-file', '-d', `postgresql://${urlOf(database)}`, ...rest, folder]
  return (await run(YOYO, all, { env: { ...process.env, PYTHONWARNINGS: 'ignore' } })).stdout
}

/** What `yoyo list` says: `A` or `U` for each id, in its order. */
export async function yoyoList(database: TestDatabase, folder: string): Promise<Record<string, string>> {
  const lines = (await yoyo(database, folder, 'list')).split('\n')
  return Object.fromEntries(
    lines.flatMap((line) => {
      const found = /^([AU])\s+(\S+)/.exec(line)
      return found === null ? [] : [[found[2] ?? '', found[1] ?? '']]
    }),
  )
}

/** Runs dbmate on a folder and answers with what it printed. */
export async function dbmate(database: TestDatabase, folder: string, command: string): Promise<string> {
  const cli = join(dirname(require.resolve('dbmate/package.json')), 'dist/cli.js')
  const url = `postgres://${urlOf(database)}?sslmode=disable`
  const { stdout } = await run(process.execPath, [cli, '--url', url, '-d', folder, '--no-dump-schema', command])
  return stdout
}

/** Runs node-pg-migrate on a folder and answers with what it printed. */
export async function nodePgMigrate(
  database: TestDatabase,
  folder: string,
  ...args: readonly string[]
): Promise<string> {
  const cli = join(dirname(require.resolve('node-pg-migrate/package.json')), 'bin/node-pg-migrate.js')
  const env = { ...process.env, DATABASE_URL: `postgres://${urlOf(database)}` }
  return (await run(process.execPath, [cli, ...args, '-m', folder], { env })).stdout
}

/** Alembic as Debian installs it. */
const ALEMBIC = '/usr/bin/alembic'
/** Why tests with Alembic are skipped here; null where they run. */
export const noAlembic: string | null = existsSync(ALEMBIC) ? null : 'alembic is not installed (Debian: alembic)'

/** Makes an empty Alembic project for the database; answers with its folder and with how to run alembic in it. */
export async function createAlembic(
  database: TestDatabase,
  parent: string,
): Promise<{ readonly folder: string; readonly alembic: (...args: readonly string[]) => Promise<string> }> {
  const alembic = async (...args: readonly string[]) => {
    const { stdout, stderr } = await run(ALEMBIC, ['-c', join(parent, 'alembic.ini'), ...args], { cwd: parent })
    return stdout + stderr
  }
  await alembic('init', join(parent, 'alembic'))
  const ini = join(parent, 'alembic.ini')
  const text = await readFile(ini, 'utf8')
  const url = `postgresql+psycopg2://${urlOf(database)}`.replaceAll('%', '%%')
  await writeFile(ini, text.replace(/^sqlalchemy\.url = .*$/m, `sqlalchemy.url = ${url}`))
  return { folder: join(parent, 'alembic'), alembic }
}

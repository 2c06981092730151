import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestDatabase } from '../../test/support/database-on'

/** A program that is measured, on a folder of its own kind of files. */
export interface Tool {
  readonly name: string
  /** What it is like in what costs time: transactions, locks, what it records. */
  readonly about: string
  /** Writes its files from number `from` to `to`, and whatever else it wants in the folder. */
  write(place: ToolPlace, from: number, to: number): Promise<void>
  apply(place: ToolPlace): readonly string[]
  status(place: ToolPlace): readonly string[]
}

/** Where a tool works: a folder, and a database. */
export interface ToolPlace {
  readonly folder: string
  readonly url: string
  /** Variables that lead to the database. */
  readonly environment: Readonly<Record<string, string>>
}

/** A tool's place on a database. */
export function placeOn({ target, password }: TestDatabase, folder: string): ToolPlace {
  const { host, port, database, role } = target
  const url = `postgres://${role}:${encodeURIComponent(password)}@${host}:${port}/${database}?sslmode=disable`
  return { folder, url, environment: { DATABASE_URL: url } }
}

const up = (number: number) => `create table t${number} (id int primary key);`
const down = (number: number) => `drop table t${number};`
const stamp = (number: number) => `2024${String(number).padStart(10, '0')}`

async function each(from: number, to: number, write: (number: number) => Promise<void>): Promise<void> {
  for (let number = from; number <= to; number += 1) await write(number)
}

/** Ours, as it is shipped; the program is built by the caller. */
export function strata(program: string): Tool {
  return {
    name: 'Strata',
    about: 'a transaction, the lock, a row with both texts and a line of the log for each',
    write: ({ folder }, from, to) =>
      each(from, to, async (number) => {
        const name = join(folder, `${stamp(number)}_m${number}`)
        await writeFile(`${name}.up.sql`, `${up(number)}\n`)
        await writeFile(`${name}.down.sql`, `${down(number)}\n`)
      }),
    apply: ({ folder }) => [process.execPath, program, 'migrate', 'apply', '--dir', folder],
    status: ({ folder }) => [process.execPath, program, 'migrate', 'status', '--dir', folder],
  }
}

/** dbmate of npm. */
export function dbmate(root: string): Tool {
  const call = ({ folder, url }: ToolPlace, verb: string) => [
    join(root, 'node_modules/.bin/dbmate'),
    ...['--url', url, '--migrations-dir', folder, '--no-dump-schema', verb],
  ]
  return {
    name: 'dbmate',
    about: 'a native program; a transaction and a row with the version for each, no lock',
    write: ({ folder }, from, to) =>
      each(from, to, (number) =>
        writeFile(
          join(folder, `${stamp(number)}_m${number}.sql`),
          `-- migrate:up\n${up(number)}\n\n-- migrate:down\n${down(number)}\n`,
        ),
      ),
    apply: (place) => call(place, 'up'),
    status: (place) => call(place, 'status'),
  }
}

/** node-pg-migrate of npm, all in one transaction as it does by itself, or in one each. */
export function nodePgMigrate(root: string, isTogether: boolean): Tool {
  const call = ({ folder }: ToolPlace, ...words: readonly string[]) => [
    process.execPath,
    join(root, 'node_modules/node-pg-migrate/bin/node-pg-migrate.js'),
    ...['up', '-m', folder, '--single-transaction', String(isTogether), '--verbose', 'false', ...words],
  ]
  return {
    name: isTogether ? 'node-pg-migrate, one transaction' : 'node-pg-migrate',
    about: isTogether
      ? 'one transaction and one lock for all, a row with the name for each'
      : 'a transaction and a row with the name for each, one lock for all',
    write: ({ folder }, from, to) =>
      each(from, to, (number) =>
        writeFile(
          join(folder, `${1_700_000_000_000 + number}_m${number}.sql`),
          `-- Up Migration\n${up(number)}\n\n-- Down Migration\n${down(number)}\n`,
        ),
      ),
    apply: (place) => call(place),
    // It has no status: what it would do is the nearest.
    status: (place) => call(place, '--dry-run'),
  }
}

/** yoyo of the system's packages. */
export const yoyo: Tool = {
  name: 'yoyo',
  about: 'a transaction, a row and a line of its log for each, a row as lock for all',
  write: ({ folder }, from, to) =>
    each(from, to, async (number) => {
      const name = join(folder, `${stamp(number)}_m${number}`)
      await writeFile(`${name}.sql`, `${up(number)}\n`)
      await writeFile(`${name}.rollback.sql`, `${down(number)}\n`)
    }),
  apply: (place) => yoyoCall(place, 'apply'),
  status: (place) => yoyoCall(place, 'list'),
}

function yoyoCall({ folder, url }: ToolPlace, verb: string): readonly string[] {
  const database = url.replace('postgres:', 'postgresql:')
  return ['yoyo', verb, '--batch', '--no-config-file', '--database', database, folder]
}

/** Alembic of the system's packages. */
export const alembic: Tool = {
  name: 'Alembic',
  about: 'one transaction for all, one row that is changed for each, no lock',
  write: async ({ folder, url }, from, to) => {
    const versions = join(folder, 'versions')
    await mkdir(versions, { recursive: true })
    await writeFile(join(folder, 'alembic.ini'), `[alembic]\nscript_location = ${folder}\n`)
    await writeFile(join(folder, 'env.py'), alembicEnvironment(url.replace('postgres:', 'postgresql:')))
    await each(from, to, (number) => {
      const before = number === 1 ? 'None' : `'r${number - 1}'`
      return writeFile(
        join(versions, `r${number}_m${number}.py`),
        `from alembic import op\n\nrevision = 'r${number}'\ndown_revision = ${before}\n\n\ndef upgrade():\n    op.execute('${up(number)}')\n\n\ndef downgrade():\n    op.execute('${down(number)}')\n`,
      )
    })
  },
  apply: ({ folder }) => ['alembic', '-c', join(folder, 'alembic.ini'), 'upgrade', 'head'],
  status: ({ folder }) => ['alembic', '-c', join(folder, 'alembic.ini'), 'history', '--indicate-current'],
}

const alembicEnvironment = (url: string) => `from alembic import context
from sqlalchemy import create_engine

engine = create_engine(${JSON.stringify(url)})
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
`

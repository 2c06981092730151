import { refusal } from '../engine/failure-error'
import type { CommonOptions } from './command'
import type { OpenMigrations } from './open-migrations'
import { printable, type Terminal } from './terminal'

/** Refuses what would run on production unless the name of its database was given, or is typed now. */
export async function requireDatabaseName(run: {
  readonly open: OpenMigrations
  readonly common: CommonOptions
  readonly terminal: Terminal
  /** False where nobody is to be asked. */
  readonly mayAsk: boolean
}): Promise<void> {
  const { common, open, terminal, mayAsk } = run
  if (common.environment !== 'production') return
  const question = 'This is production. Type the name of the database to go on: '
  const typed = common.databaseName ?? (mayAsk ? await terminal.ask(question) : null)
  if (typed === null) {
    throw refusal('database-name', 'This is production: name its database with --database-name. Nothing was run.')
  }
  if (typed.trim() !== open.target.database) {
    throw refusal('database-name', `The database is not "${printable(typed.trim())}". Nothing was run.`)
  }
}

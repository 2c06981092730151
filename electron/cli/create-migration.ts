import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { MigrationTexts } from '../../contract/migration'
import { createPair } from '../engine/migration/migration-files'
import { partOf } from '../engine/migration/migration-name'
import { EXIT } from './exit-code'
import { folderAt, type OpenMigrations } from './open-migrations'
import type { Result } from './result'

/** Files that make it a question whose folder it is; the answer may lie in the database. */
const SCRIPT = /\.(sql|py|mako|[cm]?[jt]s)$/i

/** Writes a new pair into a folder that holds nothing but such pairs; null where it may be another tool's. */
export async function createWithoutDatabase(path: string, title: string): Promise<Result | null> {
  const folder = await folderAt(path)
  const files = await readdir(folder)
  if (files.some((file) => SCRIPT.test(file) && partOf(file) === null)) return null
  return created(folder, await createPair(folder, title, new Date()))
}

/** Writes a new migration as the tool whose folder it is writes them. */
export async function createMigration(
  { migrations, profileId, folder }: OpenMigrations,
  title: string,
): Promise<Result> {
  return created(folder, await migrations.create({ profileId, title }))
}

function created(folder: string, { name, upFile, downFile }: MigrationTexts): Result {
  const files = [...new Set([upFile, downFile])]
  const lines = files.map((file) => join(folder, file))
  return { exitCode: EXIT.done, outcome: 'complete', failure: null, fields: { folder, name, upFile, downFile }, lines }
}

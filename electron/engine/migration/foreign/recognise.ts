import { join } from 'node:path'
import type { ForeignTool } from '../../../../contract/migration'
import type { Session } from '../../session/session'
import type { OpenFolder } from '../ledger/ledger'
import { partOf } from '../migration-name'
import type { ScriptOptions } from '../migration-script'
import { filesIn, textsIn } from './foreign-contents'
import { columnsOf, currentSchema, quoted } from './foreign-table'
import { versionOf } from './golang-migrate/golang-migrate-folder'
import { isGolangMigrateTable, readVersion } from './golang-migrate/golang-migrate-ledger'
import { openForeignFolder } from './open-foreign-folder'

/** Files of one kind that are looked into until one says whose they are. */
const LOOKED_INTO = 20
const LOOKED_AT_UNITS = 64 * 1024

/** Another tool's folder, opened as that tool means it; null when it is ours, or nobody's. */
export async function foreignFolderOf(
  folder: string,
  session: Session,
  options: ScriptOptions,
): Promise<OpenFolder | null> {
  const files = await filesIn(folder)
  if (files === null) return null
  // Alembic keeps its revisions one folder further down.
  const isAlembicRoot = files.includes('env.py') || files.includes('script.py.mako')
  const versions = isAlembicRoot ? await filesIn(join(folder, 'versions')) : null
  if (versions !== null) return openForeignFolder('Alembic', join(folder, 'versions'), versions, session, options)
  const tool = await toolOf(folder, files, session)
  return tool === null ? null : openForeignFolder(tool, folder, files, session, options)
}

async function toolOf(folder: string, files: readonly string[], session: Session): Promise<ForeignTool | null> {
  const pairs = files.map(partOf).filter((part) => part !== null)
  if (pairs.length > 0) {
    return (await isGolangMigrate(
      pairs.map(({ name }) => name),
      session,
    ))
      ? 'golang-migrate'
      : null
  }
  const python = await firstMatch(folder, files, /\.py$/, (text) =>
    /^down_revision\b/m.test(text) ? 'Alembic' : /\bstep\s*\(|^__depends__\b/m.test(text) ? 'yoyo' : null,
  )
  if (python !== null) return python
  if (files.some((file) => file.endsWith('.rollback.sql'))) return 'yoyo'
  const sql = await firstMatch(folder, files, /\.sql$/i, (text) => {
    if (/^--\s*migrate:up(\s|$)/m.test(text)) return 'dbmate'
    if (/^\s*--[\s-]*(up|down)\s+migration/im.test(text)) return 'node-pg-migrate'
    return /^\s*--\s*(transactional|depends)\s*:/m.test(text) ? 'yoyo' : null
  })
  if (sql !== null) return sql
  const code = await firstMatch(folder, files, /^\d+.*\.(js|ts|cjs|mjs|cts|mts)$/i, (text) =>
    /\bpgm\b|node-pg-migrate/.test(text) ? 'node-pg-migrate' : null,
  )
  if (code !== null) return code
  // Plain SQL says nothing of its tool: then the tables in the database do.
  return files.some((file) => /\.sql$/i.test(file)) ? toolByTable(files, session) : null
}

async function toolByTable(files: readonly string[], session: Session): Promise<ForeignTool | null> {
  const schema = await currentSchema(session)
  if ((await columnsOf(session, schema, '_yoyo_migration'))?.has('migration_hash')) return 'yoyo'
  const isNumbered = files.every((file) => file.startsWith('.') || /^\d/.test(file))
  return isNumbered && (await columnsOf(session, 'public', 'pgmigrations'))?.has('run_on') ? 'node-pg-migrate' : null
}

/**
 * Its files are like ours, so its table must speak for it: of its columns, empty or at a version of this folder, in a database whose
 * history Strata does not keep.
 */
async function isGolangMigrate(names: readonly string[], session: Session): Promise<boolean> {
  const schema = await currentSchema(session)
  if (!isGolangMigrateTable(await columnsOf(session, schema, 'schema_migrations'))) return false
  if (await isOurs(session)) return false
  const version = await readVersion(session, schema)
  return version === null || version === '-1' || names.some((name) => versionOf(name) === version)
}

/** True when Strata's own history records migrations here, or a folder was converted. */
async function isOurs(session: Session): Promise<boolean> {
  if ((await columnsOf(session, 'strata', 'migration')) === null) return false
  const { rows } = await session.query(`select 1::text from ${quoted('strata', 'migration')}
    union all select 1::text from ${quoted('strata', 'log')} where action = 'adopt' limit 1`)
  return rows.length > 0
}

async function firstMatch(
  folder: string,
  files: readonly string[],
  pattern: RegExp,
  judge: (text: string) => ForeignTool | null,
): Promise<ForeignTool | null> {
  const candidates = files.filter((file) => pattern.test(file) && !file.startsWith('.')).sort()
  const textOf = textsIn(folder)
  for (const file of candidates.slice(0, LOOKED_INTO)) {
    const text = await textOf(file)
    const tool = text instanceof Error ? null : judge(text.slice(0, LOOKED_AT_UNITS))
    if (tool !== null) return tool
  }
  return null
}

import type { ForeignFolder, ForeignTool } from '../../../../contract/migration'
import type { Session } from '../../session/session'
import type { OpenFolder } from '../ledger/ledger'
import type { ScriptOptions } from '../migration-script'
import { readAlembicFolder } from './alembic/alembic-folder'
import { alembicLedger, readAlembicHeads } from './alembic/alembic-ledger'
import { positionOf } from './alembic/alembic-position'
import { readDbmateFolder } from './dbmate/dbmate-folder'
import { dbmateTable } from './dbmate/dbmate-table'
import { foreignLedger } from './foreign-ledger'
import { currentSchema } from './foreign-table'
import { readGolangMigrateFolder } from './golang-migrate/golang-migrate-folder'
import { golangMigrateLedger } from './golang-migrate/golang-migrate-ledger'
import { readNodePgMigrateFolder } from './node-pg-migrate/node-pg-migrate-folder'
import { nodePgMigrateTable } from './node-pg-migrate/node-pg-migrate-table'
import { readYoyoFolder } from './yoyo/yoyo-folder'
import { yoyoTable } from './yoyo/yoyo-table'

/** Opens a folder as that of a tool. */
export async function openForeignFolder(
  tool: ForeignTool,
  folder: string,
  files: readonly string[],
  session: Session,
  options: ScriptOptions,
): Promise<OpenFolder> {
  const schema = await currentSchema(session)
  switch (tool) {
    case 'yoyo': {
      const contents = await readYoyoFolder(folder, files, options)
      return { contents, ledger: foreignLedger(yoyoTable(schema), contents), foreign: YOYO }
    }
    case 'dbmate': {
      const contents = await readDbmateFolder(folder, files, options)
      return { contents, ledger: foreignLedger(dbmateTable(schema, contents), contents), foreign: DBMATE }
    }
    case 'node-pg-migrate': {
      const contents = await readNodePgMigrateFolder(folder, files, options)
      return { contents, ledger: foreignLedger(nodePgMigrateTable('public'), contents), foreign: NODE_PG_MIGRATE }
    }
    case 'golang-migrate': {
      const contents = await readGolangMigrateFolder(folder, files, options)
      return { contents, ledger: golangMigrateLedger(schema, contents), foreign: GOLANG_MIGRATE }
    }
    case 'Alembic': {
      const contents = await readAlembicFolder(folder, files, options)
      const position = positionOf(contents.revisions, await readAlembicHeads(session, schema))
      return { contents, ledger: alembicLedger(schema, contents), foreign: { ...ALEMBIC, position } }
    }
  }
}

const writesInto = (tool: string, table: string) =>
  `What is applied is recorded in ${table}, as ${tool} does it, so that ${tool} agrees. Strata's own log notes it as well.`

const YOYO: ForeignFolder = {
  tool: 'yoyo',
  meaning: writesInto('yoyo', '_yoyo_migration'),
  position: null,
  readOnlyBecause: null,
  newFiles: 'a file of steps, or a pair of .sql files, whichever the folder mostly has',
  hasOneFile: false,
}
const DBMATE: ForeignFolder = {
  tool: 'dbmate',
  meaning: writesInto('dbmate', 'schema_migrations'),
  position: null,
  readOnlyBecause: null,
  newFiles: 'one .sql file with an up and a down section',
  hasOneFile: true,
}
const NODE_PG_MIGRATE: ForeignFolder = {
  tool: 'node-pg-migrate',
  meaning: writesInto('node-pg-migrate', 'pgmigrations'),
  position: null,
  readOnlyBecause: null,
  newFiles: 'one .sql file with an up and a down section',
  hasOneFile: true,
}
const GOLANG_MIGRATE: ForeignFolder = {
  tool: 'golang-migrate',
  meaning:
    "The database's version is kept in schema_migrations, as golang-migrate does it: all lower files count as applied. Strata's own log notes it as well.",
  position: null,
  readOnlyBecause: null,
  newFiles: 'a pair of files, up and down',
  hasOneFile: false,
}
const ALEMBIC: ForeignFolder = {
  tool: 'Alembic',
  meaning: 'Read only: a revision of Alembic is Python code, and Strata runs none.',
  position: null,
  readOnlyBecause: 'Strata runs no Python: write and run revisions with alembic.',
  newFiles: null,
  hasOneFile: true,
}

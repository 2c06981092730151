import { refusal } from '../../../failure-error'
import { byCodeUnit, type ForeignContents } from '../foreign-contents'
import { columnsOf, type ForeignTable, quoted } from '../foreign-table'

/** The table `schema_migrations` as dbmate keeps it: one row with a version for each applied migration, and no lock. */
export function dbmateTable(schema: string, { keys, migrations }: ForeignContents): ForeignTable {
  const table = quoted(schema, 'schema_migrations')
  const nameOf = new Map(migrations.map(({ name }) => [keys.get(name) ?? '', name]))
  const versionOf = (name: string) => keys.get(name) ?? name
  return {
    tool: 'dbmate',
    table: 'schema_migrations',
    async exists(session) {
      const columns = await columnsOf(session, schema, 'schema_migrations')
      if (columns === null || isDbmateTable(columns)) return columns !== null
      throw refusal(
        'history',
        `Table schema_migrations of this database is another tool's: it has the columns ${[...columns.keys()].join(', ')}, and that of dbmate has version alone.`,
      )
    },
    async create(session) {
      await session.query(`create table ${table} (version varchar(128) primary key)`)
    },
    async rows(session) {
      const { rows } = await session.query(`select version::pg_catalog.text, xmin::pg_catalog.text from ${table}`)
      // dbmate keeps no order of its own: it rolls back what sorts last.
      return rows
        .map(([version, transaction]) => ({
          name: nameOf.get(version ?? '') ?? version ?? '',
          appliedAt: null,
          appliedBy: null,
          transaction: transaction ?? null,
        }))
        .sort((a, b) => byCodeUnit(a.name, b.name))
    },
    async has(session, name) {
      const { rows } = await session.query(`select 1::text from ${table} where version = $1`, [versionOf(name)])
      return rows.length > 0
    },
    async insert(session, name) {
      await session.query(`insert into ${table} (version) values ($1)`, [versionOf(name)])
    },
    async remove(session, name) {
      const { affected } = await session.query(`delete from ${table} where version = $1`, [versionOf(name)])
      return affected === 1
    },
    tryLock: async () => true,
    unlock: async () => {},
    readHolder: async () => null,
  }
}

/** True for the columns of dbmate's table: other tools have one of the same name. */
function isDbmateTable(columns: ReadonlyMap<string, string>): boolean {
  return columns.size === 1 && /^(varchar|text|bpchar)$/.test(columns.get('version') ?? '')
}

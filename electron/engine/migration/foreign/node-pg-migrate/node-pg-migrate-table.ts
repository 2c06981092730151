import { readAdvisoryHolder, tryAdvisoryLock, unlockAdvisory } from '../advisory-lock'
import { columnsOf, type ForeignTable, quoted } from '../foreign-table'

/** Key of the advisory lock that every node-pg-migrate takes. */
const LOCK = 7241865325823964n

/** The table `pgmigrations` as node-pg-migrate keeps it, in schema public unless it is told otherwise. */
export function nodePgMigrateTable(schema: string): ForeignTable {
  const table = quoted(schema, 'pgmigrations')
  return {
    tool: 'node-pg-migrate',
    table: 'pgmigrations',
    exists: async (session) => isNodePgMigrateTable(await columnsOf(session, schema, 'pgmigrations')),
    async create(session) {
      await session.query(
        `create table ${table} (id serial primary key, name varchar(255) not null, run_on timestamp not null)`,
      )
    },
    async rows(session) {
      const { rows } = await session.query(`select name::pg_catalog.text,
          pg_catalog.to_char(pg_catalog.timezone('UTC', run_on::pg_catalog.timestamptz), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
          xmin::pg_catalog.text
        from ${table} order by run_on, id`)
      return rows.map(([name, at, transaction]) => ({
        name: name ?? '',
        appliedAt: at ?? null,
        appliedBy: null,
        transaction: transaction ?? null,
      }))
    },
    async has(session, name) {
      const { rows } = await session.query(`select 1::text from ${table} where name = $1 limit 1`, [name])
      return rows.length > 0
    },
    async insert(session, name) {
      await session.query(`insert into ${table} (name, run_on) values ($1, pg_catalog.now())`, [name])
    },
    async remove(session, name) {
      const { affected } = await session.query(`delete from ${table} where name = $1`, [name])
      return (affected ?? 0) > 0
    },
    tryLock: (session, scope) => tryAdvisoryLock(session, LOCK, scope),
    unlock: (session) => unlockAdvisory(session, LOCK),
    readHolder: (session) => readAdvisoryHolder(session, [LOCK]),
  }
}

/** True for the columns of node-pg-migrate's table. */
export function isNodePgMigrateTable(columns: ReadonlyMap<string, string> | null): boolean {
  return ['id', 'name', 'run_on'].every((name) => columns?.has(name))
}

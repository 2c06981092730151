import { createHash, randomUUID } from 'node:crypto'
import { hostname, userInfo } from 'node:os'
import { refusal } from '../../../failure-error'
import type { Session } from '../../../session/session'
import { columnsOf, type ForeignTable, quoted, utcText } from '../foreign-table'

const NOW = `pg_catalog.timezone('UTC', pg_catalog.clock_timestamp())`

/** The tables of yoyo: `_yoyo_migration`, `_yoyo_log`, `_yoyo_version` and the lock, which is a row of `yoyo_lock`. */
export function yoyoTable(schema: string): ForeignTable {
  const migration = quoted(schema, '_yoyo_migration')
  const log = quoted(schema, '_yoyo_log')
  const version = quoted(schema, '_yoyo_version')
  const lock = quoted(schema, 'yoyo_lock')

  const logDeed = async (session: Session, name: string, operation: 'apply' | 'rollback' | 'mark' | 'unmark') => {
    await session.query(
      `insert into ${log} (id, migration_hash, migration_id, operation, username, hostname, created_at_utc)
       values ($1, $2, $3, $4, $5, $6, ${NOW})`,
      [randomUUID(), hashOf(name), name, operation, userName(), hostname().slice(0, 255)],
    )
  }
  const missing = async (session: Session) => {
    const names = ['_yoyo_migration', '_yoyo_log', '_yoyo_version', 'yoyo_lock']
    const { rows } = await session.query(
      `select c.relname::pg_catalog.text from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
       where n.nspname = $1 and c.relname in ('_yoyo_migration', '_yoyo_log', '_yoyo_version', 'yoyo_lock') and c.relkind = 'r'`,
      [schema],
    )
    const found = new Set(rows.map(([name]) => name))
    return names.filter((name) => !found.has(name))
  }
  const release = (session: Session) =>
    session.query(`delete from ${lock} where pid = -pg_catalog.pg_backend_pid()`).then(() => {})

  return {
    tool: 'yoyo',
    table: '_yoyo_migration',
    async exists(session) {
      const columns = await columnsOf(session, schema, '_yoyo_migration')
      if (columns !== null && !columns.has('migration_hash')) {
        throw refusal(
          'history',
          'The tables of yoyo were written by a version before 6.0. Run "yoyo list" once: a newer yoyo renews them.',
        )
      }
      return (await missing(session)).length === 0
    },
    async create(session) {
      const wanted = new Set(await missing(session))
      if (wanted.has('_yoyo_migration')) {
        await session.query(`create table ${migration} (migration_hash varchar(64), migration_id varchar(255),
          applied_at_utc timestamp, primary key (migration_hash))`)
      }
      if (wanted.has('_yoyo_log')) {
        await session.query(`create table ${log} (id varchar(36), migration_hash varchar(64), migration_id varchar(255),
          operation varchar(10), username varchar(255), hostname varchar(255), comment varchar(255), created_at_utc timestamp,
          primary key (id))`)
      }
      if (wanted.has('_yoyo_version')) {
        await session.query(`create table ${version} (version int not null primary key, installed_at_utc timestamp)`)
        await session.query(`insert into ${version} values (2, ${NOW})`)
      }
      if (wanted.has('yoyo_lock')) {
        await session.query(
          `create table ${lock} (locked int default 1, ctime timestamp, pid int not null, primary key (locked))`,
        )
      }
    },
    async rows(session) {
      const { rows } =
        await session.query(`select m.migration_id::pg_catalog.text, ${utcText('m.applied_at_utc')}, m.xmin::pg_catalog.text,
          (select l.username || '@' || l.hostname from ${log} l
           where l.migration_hash = m.migration_hash and l.operation in ('apply', 'mark') order by l.created_at_utc desc limit 1)
        from ${migration} m order by m.applied_at_utc, m.migration_id`)
      return rows.map(([name, at, transaction, by]) => ({
        name: name ?? '',
        appliedAt: at ?? null,
        appliedBy: by ?? null,
        transaction: transaction ?? null,
      }))
    },
    async has(session, name) {
      const { rows } = await session.query(`select 1::text from ${migration} where migration_hash = $1`, [hashOf(name)])
      return rows.length > 0
    },
    async insert(session, name, isMark) {
      await logDeed(session, name, isMark ? 'mark' : 'apply')
      await session.query(
        `insert into ${migration} (migration_hash, migration_id, applied_at_utc) values ($1, $2, ${NOW})`,
        [hashOf(name), name],
      )
      await release(session)
    },
    async remove(session, name, isMark) {
      const { affected } = await session.query(`delete from ${migration} where migration_hash = $1`, [hashOf(name)])
      if (affected !== 1) return false
      await logDeed(session, name, isMark ? 'unmark' : 'rollback')
      await release(session)
      return true
    },
    /**
     * The row is gone again before the transaction is committed: yoyo waits for that, and nothing is left when we die. Outside a
     * transaction it stands for all to see, with the backend as a negative pid, so that we know it for ours when the backend is gone.
     */
    async tryLock(session) {
      await session.query(`delete from ${lock} l where l.pid < 0
        and not exists (select 1 from pg_catalog.pg_stat_activity a where a.pid = -l.pid)`)
      const { affected } = await session.query(
        `insert into ${lock} (locked, ctime, pid) values (1, ${NOW}, -pg_catalog.pg_backend_pid()) on conflict do nothing`,
      )
      return affected === 1
    },
    unlock: release,
    async readHolder(session) {
      const { rows } = await session.query(`select pid::pg_catalog.text,
          greatest(0, extract(epoch from ${NOW} - ctime) * 1000)::bigint::pg_catalog.text from ${lock} limit 1`)
      const [pid, sinceMs] = rows[0] ?? []
      if (pid == null) return null
      const process = Number(pid)
      return {
        // yoyo records a process of the machine it runs on, which is no backend.
        backendPid: 0,
        applicationName: process < 0 ? 'Strata' : 'yoyo',
        role: '',
        clientAddress: '',
        state:
          process < 0
            ? `backend ${-process}`
            : `process ${process} of the machine yoyo runs on. If it is gone, run "yoyo break-lock"`,
        sinceMs: Number(sinceMs ?? 0),
        query: '',
        backendStart: '',
        statementStart: '',
        waitsFor: [],
        tabId: null,
      }
    },
  }
}

/** What yoyo records a migration under: SHA-256 of its id, not of its text. */
export function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('hex')
}

function userName(): string {
  try {
    return userInfo().username.slice(0, 255)
  } catch {
    return 'unknown' // the system knows no name for the account
  }
}

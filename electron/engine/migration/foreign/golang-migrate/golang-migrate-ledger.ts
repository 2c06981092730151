import { crc32 } from 'node:zlib'
import type { Session } from '../../../session/session'
import type { Ledger } from '../../ledger/ledger'
import type { HistoryRow } from '../../migration-history'
import { readAdvisoryHolder, tryAdvisoryLock, unlockAdvisory } from '../advisory-lock'
import { createLog, hasLog, logDeed, mayCreateLog } from '../foreign-audit'
import type { ForeignContents } from '../foreign-contents'
import { columnsOf, quoted, together, withAdvice } from '../foreign-table'

const TABLE = 'schema_migrations'
const TOOL = 'golang-migrate'
/** Part of how golang-migrate makes the key of its advisory lock. */
const LOCK_SALT = 1486364155n

interface Position {
  readonly version: bigint
  readonly isDirty: boolean
}

/** The single row of golang-migrate: the version the database is at, and whether the way there failed. All lower files are applied. */
export function golangMigrateLedger(schema: string, contents: ForeignContents): Ledger {
  const table = quoted(schema, TABLE)
  const files = contents.migrations.filter(({ name }) => contents.keys.has(name))
  const versionOf = (name: string) => BigInt(contents.keys.get(name) ?? /^\d+/.exec(name)?.[0] ?? '-1')
  const exists = async (session: Session) => isGolangMigrateTable(await columnsOf(session, schema, TABLE))
  const read = async (session: Session) => {
    const { rows } = await session.query(
      `select version::pg_catalog.text, dirty::pg_catalog.text from ${table} limit 1`,
    )
    const [version, dirty] = rows[0] ?? []
    return version == null ? null : { version: BigInt(version), isDirty: dirty === 'true' }
  }
  const write = (session: Session, version: bigint | null, isDirty: boolean) =>
    together(session, async () => {
      await session.query(`delete from ${table}`)
      // Where a first migration failed the tool keeps -1, which is no version.
      const kept = version ?? (isDirty ? -1n : null)
      if (kept === null) return
      await session.query(`insert into ${table} (version, dirty) values ($1::bigint, $2::boolean)`, [
        String(kept),
        String(isDirty),
      ])
    })
  const before = (name: string) => {
    const lower = files.map((file) => versionOf(file.name)).filter((version) => version < versionOf(name))
    return lower.length === 0 ? null : lower.reduce((a, b) => (a > b ? a : b))
  }
  const statusOf = (position: Position | null, name: string) => {
    if (position === null || versionOf(name) > position.version) return null
    return position.isDirty && versionOf(name) === position.version ? 'failed' : 'applied'
  }
  const finish = (session: Session, name: string, checksum: string | null, elapsedMs: number) =>
    together(session, async () => {
      await write(session, versionOf(name), false)
      await logDeed(session, TOOL, { name, action: 'up', checksum, elapsedMs })
    })
  const keys = async (session: Session) => {
    const { database } = session.facts
    // Opened by its URL, golang-migrate takes the path of that for the name of the database, slash and all.
    return [database, `/${database}`].map((name) => lockKey([schema, TABLE, name]))
  }
  return {
    tool: TOOL,
    keepsUnfinished: true,
    async tryLock(session, scope) {
      for (const key of await keys(session)) if (!(await tryAdvisoryLock(session, key, scope))) return false
      return true
    },
    async unlock(session) {
      for (const key of await keys(session)) await unlockAdvisory(session, key)
    },
    readHolder: async (session) => readAdvisoryHolder(session, await keys(session)),
    async readHistory(session) {
      if (!(await exists(session))) return { exists: false, rows: [] }
      const position = await read(session)
      const isComplete = (await hasLog(session)) || !(await mayCreateLog(session))
      if (position === null) return { exists: isComplete, rows: [] }
      const names = files.map(({ name }) => name).filter((name) => versionOf(name) <= position.version)
      const isKnown = files.some(({ name }) => versionOf(name) === position.version)
      if (!isKnown) names.push(position.version < 0n ? 'before the first migration' : String(position.version))
      return {
        exists: isComplete,
        rows: names.map((name, index) => rowOf(name, index, contents, statusAt(name, position))),
      }
      function statusAt(name: string, at: Position) {
        return at.isDirty && (versionOf(name) === at.version || at.version < 0n) ? at : null
      }
    },
    readKeptTexts: async () => null,
    readStatus: async (session, name) => statusOf(await read(session), name),
    async createHistory(session) {
      if (!(await exists(session))) {
        await withAdvice(session, TABLE, () =>
          session.query(`create table ${table} (version bigint not null primary key, dirty boolean not null)`),
        )
      }
      await createLog(session)
    },
    recordApplied: (session, { name, checksum }, elapsedMs) => finish(session, name, checksum, elapsedMs),
    recordRunning: (session, { name }) => write(session, versionOf(name), true),
    async recordRollingBack(session, name) {
      const position = await read(session)
      if (position === null || position.isDirty || position.version !== versionOf(name)) return false
      await write(session, before(name), true)
      return true
    },
    recordProgress: async () => {},
    recordCompleted: (session, name, elapsedMs) =>
      finish(session, name, files.find((file) => file.name === name)?.up?.checksum ?? null, elapsedMs),
    async recordRolledBack(session, name, elapsedMs) {
      const position = await read(session)
      const target = before(name)
      // A migration without a transaction stands at its target already, marked dirty.
      const isUnderWay = position?.isDirty === true && position.version === (target ?? -1n)
      if (position?.version !== versionOf(name) && !isUnderWay) return false
      await together(session, async () => {
        await write(session, target, false)
        await logDeed(session, TOOL, { name, action: 'down', elapsedMs })
      })
      return true
    },
    async recordResuming(session, { name }, { direction }) {
      const position = await read(session)
      const standsAt = direction === 'apply' ? versionOf(name) : (before(name) ?? -1n)
      return position?.isDirty === true && position.version === standsAt
    },
    async recordMarked(session, { name, checksum }) {
      const position = await read(session)
      const isDirtyHere = position?.isDirty === true && position.version === versionOf(name)
      // All lower files count as applied, so only the next one can be marked.
      if (!isDirtyHere && (position?.version ?? -1n) !== (before(name) ?? -1n)) return false
      await together(session, async () => {
        await write(session, versionOf(name), false)
        await logDeed(session, TOOL, { name, action: 'mark', checksum })
      })
      return true
    },
    async recordUnmarked(session, name) {
      if ((await read(session))?.version !== versionOf(name)) return false
      await together(session, async () => {
        await write(session, before(name), false)
        await logDeed(session, TOOL, { name, action: 'unmark' })
      })
      return true
    },
    async recordFailed(session, { name, direction, statement, message, code }) {
      const detail = { direction, statement, message: message.slice(0, 10_000), code }
      await logDeed(session, TOOL, { name, action: 'fail', detail })
    },
  }
}

/** True for the columns of golang-migrate's table: other tools have one of the same name. */
export function isGolangMigrateTable(columns: ReadonlyMap<string, string> | null): boolean {
  return columns?.get('version') === 'int8' && columns.get('dirty') === 'bool'
}

/** Version and dirty mark of the row; null when there is none. */
export async function readVersion(session: Session, schema: string): Promise<string | null> {
  const { rows } = await session.query(`select version::pg_catalog.text from ${quoted(schema, TABLE)} limit 1`)
  return rows[0]?.[0] ?? null
}

/** The key of golang-migrate's advisory lock for schema, table and database. */
export function lockKey(names: readonly string[]): bigint {
  return (BigInt(crc32(names.join('\0'))) * LOCK_SALT) % 2n ** 32n
}

function rowOf(name: string, index: number, contents: ForeignContents, dirty: Position | null): HistoryRow {
  const file = contents.migrations.find((each) => each.name === name)
  const statementCount = file?.up?.statements.length ?? 0
  return {
    name,
    seq: index + 1,
    title: file?.up?.header.title ?? null,
    checksum: file?.up?.checksum ?? '',
    downChecksum: file?.down?.checksum ?? null,
    isTransactional: file?.up?.header.isTransactional ?? true,
    hasDownText: false,
    status: dirty === null ? 'applied' : 'failed',
    direction: 'apply',
    statementNumber: dirty === null ? statementCount : 0,
    statementCount,
    startedAt: '',
    finishedAt: null,
    durationMs: null,
    appliedBy: '',
    error:
      dirty === null
        ? null
        : `golang-migrate marks version ${dirty.version} as dirty: something on the way there failed. When the database is mended, say so with "migrate force ${dirty.version}"`,
  }
}

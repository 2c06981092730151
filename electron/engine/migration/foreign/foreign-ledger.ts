import type { Session } from '../../session/session'
import type { Ledger } from '../ledger/ledger'
import type { MigrationFile } from '../migration-folder'
import type { HistoryRow } from '../migration-history'
import { createLog, hasLog, type LoggedApplication, logDeed, mayCreateLog, readLogged } from './foreign-audit'
import type { ForeignContents } from './foreign-contents'
import { type ForeignRow, type ForeignTable, together, withAdvice } from './foreign-table'

/** The bookkeeping of another tool as a ledger: its table is the truth, our log is extra where it may be written. */
export function foreignLedger(table: ForeignTable, contents: ForeignContents): Ledger {
  const files = new Map(contents.migrations.map((file) => [file.name, file]))
  const insert = (session: Session, name: string, checksum: string | null, elapsedMs: number) =>
    together(session, async () => {
      await table.insert(session, name, false)
      await logDeed(session, table.tool, { name, action: 'up', checksum, elapsedMs })
    })
  return {
    tool: table.tool,
    keepsUnfinished: false,
    tryLock: (session, scope) => table.tryLock(session, scope),
    unlock: (session) => table.unlock(session),
    readHolder: (session) => table.readHolder(session),
    async readHistory(session) {
      if (!(await table.exists(session))) return { exists: false, rows: [] }
      const [rows, logged] = await Promise.all([table.rows(session), readLogged(session)])
      // Without our log it is complete only where the log may not be created.
      const exists = (await hasLog(session)) || !(await mayCreateLog(session))
      return { exists, rows: rows.map((row, index) => rowOf(row, index, files.get(row.name), logged)) }
    },
    readKeptTexts: async () => null,
    readStatus: async (session, name) => ((await table.has(session, name)) ? 'applied' : null),
    async createHistory(session) {
      if (!(await table.exists(session))) await withAdvice(session, table.table, () => table.create(session))
      await createLog(session)
    },
    recordApplied: (session, { name, checksum }, elapsedMs) => insert(session, name, checksum, elapsedMs),
    recordRunning: async () => {},
    recordRollingBack: (session, name) => table.has(session, name),
    recordProgress: async () => {},
    recordCompleted: (session, name, elapsedMs) =>
      insert(session, name, files.get(name)?.up?.checksum ?? null, elapsedMs),
    recordRolledBack: (session, name, elapsedMs) =>
      together(session, async () => {
        if (!(await table.remove(session, name, false))) return false
        await logDeed(session, table.tool, { name, action: 'down', elapsedMs })
        return true
      }),
    recordResuming: async () => false,
    recordMarked: (session, { name, checksum }) =>
      together(session, async () => {
        if (await table.has(session, name)) return false
        await table.insert(session, name, true)
        await logDeed(session, table.tool, { name, action: 'mark', checksum })
        return true
      }),
    recordUnmarked: (session, name) =>
      together(session, async () => {
        if (!(await table.remove(session, name, true))) return false
        await logDeed(session, table.tool, { name, action: 'unmark' })
        return true
      }),
    async recordFailed(session, { name, direction, statement, message, code }) {
      const detail = { direction, statement, message: message.slice(0, 10_000), code }
      await logDeed(session, table.tool, { name, action: 'fail', detail })
    },
  }
}

function rowOf(
  { name, appliedAt, appliedBy, transaction }: ForeignRow,
  index: number,
  file: MigrationFile | undefined,
  logged: ReadonlyMap<string, LoggedApplication>,
): HistoryRow {
  const own = transaction === null ? undefined : logged.get(`${name} ${transaction}`)
  const at = appliedAt ?? own?.at ?? null
  const statementCount = file?.up?.statements.length ?? 0
  return {
    name,
    seq: index + 1,
    title: file?.up?.header.title ?? null,
    // The tools keep no texts: where our log does not know what ran, the file is taken to be what it was.
    checksum: own?.checksum ?? file?.up?.checksum ?? '',
    downChecksum: file?.down?.checksum ?? null,
    isTransactional: file?.up?.header.isTransactional ?? true,
    hasDownText: false,
    status: 'applied',
    direction: 'apply',
    statementNumber: statementCount,
    statementCount,
    startedAt: at ?? '',
    finishedAt: at,
    durationMs: own?.durationMs ?? null,
    appliedBy: appliedBy ?? own?.role ?? '',
    error: null,
  }
}

import { refusal } from '../../../failure-error'
import type { Session } from '../../../session/session'
import type { Ledger } from '../../ledger/ledger'
import { titleFromName } from '../../migration-name'
import { columnsOf, quoted } from '../foreign-table'
import type { AlembicContents } from './alembic-folder'
import { withAncestors } from './alembic-graph'

const READ_ONLY =
  'Strata reads the history of Alembic and writes nothing into it. Use alembic upgrade and alembic downgrade.'

/** The history of Alembic, read only: its table holds the heads, and all below them is applied. */
export function alembicLedger(schema: string, contents: AlembicContents): Ledger {
  const refuse = async (): Promise<never> => {
    throw refusal('history', READ_ONLY)
  }
  const nameOf = new Map([...contents.keys].map(([name, id]) => [id, name]))
  return {
    tool: 'Alembic',
    keepsUnfinished: false,
    tryLock: async () => true,
    unlock: async () => {},
    readHolder: async () => null,
    async readHistory(session) {
      const heads = await readAlembicHeads(session, schema)
      if (heads === null) return { exists: false, rows: [] }
      const applied = withAncestors(contents.revisions, heads)
      const known = contents.migrations.filter(({ name }) => applied.has(contents.keys.get(name) ?? ''))
      const gone = [...applied].filter((id) => !nameOf.has(id))
      const rows = [...gone, ...known.map(({ name }) => name)].map((name, index) => ({
        name,
        seq: index + 1,
        title: contents.migrations.find((file) => file.name === name)?.up?.header.title ?? titleFromName(name),
        checksum: '',
        downChecksum: null,
        isTransactional: true,
        hasDownText: false,
        status: 'applied' as const,
        direction: 'apply' as const,
        statementNumber: 0,
        statementCount: 0,
        startedAt: '',
        finishedAt: null,
        durationMs: null,
        appliedBy: '',
        error: null,
      }))
      return { exists: true, rows }
    },
    readKeptTexts: async () => null,
    readStatus: refuse,
    createHistory: refuse,
    recordApplied: refuse,
    recordRunning: refuse,
    recordRollingBack: refuse,
    recordProgress: refuse,
    recordCompleted: refuse,
    recordRolledBack: refuse,
    recordFailed: refuse,
    recordResuming: refuse,
    recordMarked: refuse,
    recordUnmarked: refuse,
  }
}

/** The revisions the database is at; null when Alembic was never used in it. */
export async function readAlembicHeads(session: Session, schema: string): Promise<readonly string[] | null> {
  const columns = await columnsOf(session, schema, 'alembic_version')
  if (columns === null || !columns.has('version_num')) return null
  const { rows } = await session.query(
    `select version_num::pg_catalog.text from ${quoted(schema, 'alembic_version')} order by 1`,
  )
  return rows.map(([id]) => id ?? '')
}

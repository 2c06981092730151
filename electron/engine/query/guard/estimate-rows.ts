import type { Session } from '../../session/session'
import type { FoundDanger } from './check-script'
import { withoutExplain } from './explained-text'
import { changedRows, heldRows } from './plan-rows'

/** Milliseconds that the server has for one estimate. */
const LIMIT_MS = 2_000

/** What names without a schema mean in the tab's session, and who it is. */
export interface NameSpace {
  readonly searchPath: string | null
  readonly role: string | null
}

/**
 * The server's estimate of the rows that a statement changes, or of those in what it concerns; null where it cannot say, as for what only
 * the tab's own transaction knows. Plans only, in a READ ONLY transaction of a session of its own.
 */
export async function estimateRows(session: Session, place: NameSpace, found: FoundDanger): Promise<number | null> {
  const { finding, text, values } = found
  if (finding.rows === null) return null
  await session.queryTogether(['begin transaction read only', `set local statement_timeout = ${LIMIT_MS}`])
  try {
    await session.query(
      `select pg_catalog.set_config('search_path', coalesce($1, pg_catalog.current_setting('search_path')), true),
      pg_catalog.set_config('role', coalesce($2, 'none'), true)`,
      [place.searchPath, place.role],
    )
    if (finding.rows.by === 'plan') return changedRows(await plan(session, withoutExplain(text), values))
    let rows = 0
    for (const name of finding.rows.names) rows += heldRows(await plan(session, `select from ${name}`, []))
    return rows
  } catch {
    return null // no such relation, no right to it, no plan for it, or no time
  } finally {
    await session.query('rollback').catch(() => {})
  }
}

async function plan(session: Session, text: string, values: readonly (string | null)[]): Promise<unknown> {
  const { rows } = await session.query(`explain (format json) ${text}`, values)
  return JSON.parse(rows.map(([line]) => line ?? '').join('\n')) as unknown
}

import { setTimeout as pause } from 'node:timers/promises'
import type { Blocker, MigrationEvent } from '../../../contract/migration'
import { BACKEND_COLUMNS, backendOf } from '../session/backend-columns'
import type { Session } from '../session/session'
import type { TextRows } from '../session/text-rows'
import { readBlockers } from './blockers'

/** Key of the advisory lock that a migration run holds in its database: `strata1` in ASCII. */
export const MIGRATION_LOCK = String(0x73747261746131n)

/** Milliseconds between two tries. Waiting inside the server would keep a snapshot, and CREATE INDEX CONCURRENTLY waits for those. */
const TRY_EVERY_MS = 200
/** Milliseconds between two reports of who holds it. */
const REPORT_EVERY_MS = 1000

/** How a wait for the migration lock stands. */
type LockWait = Extract<MigrationEvent, { type: 'lockAwaited' }>

/** Takes the migration lock for the session if nobody holds it; never waits. */
export async function tryLock(session: Session): Promise<boolean> {
  return isTrue(await session.query(`select pg_catalog.pg_try_advisory_lock(${MIGRATION_LOCK})::pg_catalog.text`))
}

/**
 * Begins a transaction that holds the migration lock until it ends, and runs `further` in it, all in one round trip; answers with
 * what those gave, or null when somebody else holds the lock, and the transaction is to be rolled back.
 */
export async function beginLockedWith(
  session: Session,
  further: readonly string[],
): Promise<readonly TextRows[] | null> {
  const [, lock, ...answers] = await session.queryTogether([
    // READ COMMITTED: a look at the history after the lock must see what its holder committed.
    'begin isolation level read committed',
    `select pg_catalog.pg_try_advisory_xact_lock(${MIGRATION_LOCK})::pg_catalog.text`,
    ...further,
  ])
  return lock !== undefined && isTrue(lock) ? answers : null
}

/** Begins a transaction that holds the migration lock until it ends; false when somebody else does, and it is to be rolled back. */
export async function beginWithLock(session: Session): Promise<boolean> {
  return (await beginLockedWith(session, [])) !== null
}

/** Gives the session's migration lock back. */
export async function unlock(session: Session): Promise<void> {
  await session.query(`select pg_catalog.pg_advisory_unlock(${MIGRATION_LOCK})::pg_catalog.text`)
}

/** Tries until the lock is taken, telling who holds it; rejects with an `AbortError` when the signal says stop. */
export async function awaitLock(
  session: Session,
  signal: AbortSignal,
  tell: (wait: LockWait) => void,
  attempt: (session: Session) => Promise<boolean> = tryLock,
): Promise<void> {
  const startedAt = performance.now()
  let toldAt = Number.NEGATIVE_INFINITY
  for (;;) {
    signal.throwIfAborted()
    if (await attempt(session)) return
    const now = performance.now()
    if (now - toldAt >= REPORT_EVERY_MS) {
      const holder = await readHolder(session)
      const isWaiting = holder !== null && holder.waitsFor.length > 0
      const behind = isWaiting ? await readBlockers(session, holder.backendPid) : []
      tell({ type: 'lockAwaited', holder, ...(behind.length > 0 && { behind }), waitedMs: now - startedAt })
      toldAt = now
    }
    await pause(TRY_EVERY_MS, undefined, { signal })
  }
}

/** Who else holds the migration lock of the session's database, or another tool's by its keys; null when nobody does. */
export async function readHolder(
  session: Session,
  keys: readonly string[] = [MIGRATION_LOCK],
): Promise<Blocker | null> {
  const { rows } = await session.query(`select ${BACKEND_COLUMNS}
    from pg_catalog.pg_locks l join pg_catalog.pg_stat_activity a on a.pid = l.pid
    where l.locktype = 'advisory' and l.granted and l.pid <> pg_catalog.pg_backend_pid()
      and l.database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
      and l.objsubid = 1 -- a lock with one bigint as its key: high half in classid, low half in objid
      and (l.classid::bigint << 32 | l.objid::bigint) in (${keys.join(', ')})
    limit 1`)
  return rows[0] === undefined ? null : backendOf(rows[0])
}

function isTrue(result: { readonly rows: readonly (readonly (string | null)[])[] }): boolean {
  return result.rows[0]?.[0] === 'true'
}

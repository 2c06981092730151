import type { Blocker } from '../../../../contract/migration'
import type { Session } from '../../session/session'
import { readHolder } from '../migration-lock'
import type { LockScope } from './foreign-table'

/** Takes an advisory lock of another tool if nobody holds it; never waits. */
export async function tryAdvisoryLock(session: Session, key: bigint, scope: LockScope): Promise<boolean> {
  const call = scope === 'transaction' ? 'pg_try_advisory_xact_lock' : 'pg_try_advisory_lock'
  const { rows } = await session.query(`select pg_catalog.${call}(${key})::pg_catalog.text`)
  return rows[0]?.[0] === 'true'
}

/** Gives an advisory lock of the session back. */
export async function unlockAdvisory(session: Session, key: bigint): Promise<void> {
  await session.query(`select pg_catalog.pg_advisory_unlock(${key})::pg_catalog.text`)
}

/** Who else holds one of these advisory locks in the session's database; null when nobody does. */
export function readAdvisoryHolder(session: Session, keys: readonly bigint[]): Promise<Blocker | null> {
  return readHolder(session, keys.map(String))
}

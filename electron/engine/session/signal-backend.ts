import type { SignalOutcome } from '../../../contract/backend'
import type { EngineContract } from '../../../contract/contract'
import type { InputOf } from '../../../contract/define'
import { IDENTITY_COLUMNS } from './backend-columns'
import type { Session } from './session'

/**
 * Cancels a backend's statement, or terminates the backend, if it still is the one that was shown: process ids are used again. A server
 * error, such as a missing permission, is thrown as it is.
 */
export async function signalBackend(
  session: Session,
  input: Omit<InputOf<EngineContract, 'session.signal'>, 'profileId'>,
): Promise<SignalOutcome> {
  const pid = String(input.backendPid)
  const { rows } = await session.query(
    `select ${IDENTITY_COLUMNS} from pg_catalog.pg_stat_activity a where a.pid = $1::pg_catalog.text::integer`,
    [pid],
  )
  const [backendStart, statementStart] = rows[0] ?? []
  if (backendStart !== input.backendStart) return 'ended'
  // What it runs now may be somebody's other work.
  if (input.signal === 'cancel' && statementStart !== input.statementStart) return 'moved on'
  const call = input.signal === 'cancel' ? 'pg_cancel_backend' : 'pg_terminate_backend'
  const sent = await session.query(`select pg_catalog.${call}($1::pg_catalog.text::integer)::pg_catalog.text`, [pid])
  return sent.rows[0]?.[0] === 'true' ? 'sent' : 'ended'
}

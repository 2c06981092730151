import type { SignalOutcome } from '../../contract/backend'
import type { Failure } from '../../contract/failure'
import type { Blocker } from '../../contract/migration'
import type { ProfileId } from '../../contract/profile'
import { request } from '../bridge'

/** Asks the server to cancel the statement of somebody who blocks, or to terminate their session; answers with what became of it, or with why not. */
export async function signalBlocker(
  profileId: ProfileId,
  { backendPid, backendStart, statementStart }: Blocker,
  signal: 'cancel' | 'terminate',
): Promise<SignalOutcome | Failure> {
  const reply = await request('session.signal', { profileId, backendPid, backendStart, statementStart, signal })
  return reply.ok ? reply.value.outcome : reply.failure
}

import type { ProfileId } from '../../contract/profile'
import type { Connector } from './connector'
import { noticeDeadClient } from './session/dead-client'
import type { Session } from './session/session'
import { applyTabSettings, unsentSettings } from './session/session-settings'
import { runStartupSql } from './session/startup-sql'

/**
 * A new session for a tab, as the profile's settings want it; the caller must end it. Behind a pooler nothing is set and no start-up SQL runs:
 * it would reach other clients of the pooler, and the session's facts say what was left out. `mayStart` refuses start-up SQL.
 */
export async function openTabSession(
  connector: Connector,
  profileId: ProfileId,
  mayStart: (session: Session) => Promise<void> = async () => {},
): Promise<Session> {
  const session = await connector.open(profileId, 'Strata')
  try {
    await session.learnServer()
    if (session.server.facts.isPooled) {
      session.noteUnsent(unsentSettings(session))
      return session
    }
    await noticeDeadClient(session)
    await applyTabSettings(session)
    await mayStart(session)
    await runStartupSql(session)
    return session
  } catch (error) {
    await session.end()
    throw error
  }
}

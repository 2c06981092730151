import type { ProfileId } from '../../contract/profile'
import type { Connector } from './connector'
import { answeredWithin, FIRST_ANSWERS_MS } from './session/answered-within'
import { noticeDeadClient } from './session/dead-client'
import type { Session } from './session/session'
import { applyTabSettings, unsentSettings } from './session/session-settings'
import { runStartupSql, STARTUP_LIMIT_MS } from './session/startup-sql'

/**
 * A new session for a tab, as the profile's settings want it; the caller must end it. Behind a pooler nothing is set and no start-up SQL runs:
 * it would reach other clients of the pooler, and the session's facts say what was left out. `mayStart` refuses start-up SQL.
 */
export async function openTabSession(
  connector: Connector,
  profileId: ProfileId,
  mayStart: (session: Session) => Promise<void> = async () => {},
  limitMs: number = FIRST_ANSWERS_MS,
): Promise<Session> {
  const session = await connector.open(profileId, 'Strata')
  try {
    await answeredWithin(session, () => session.learnServer(), limitMs)
    if (session.server.facts.isPooled) {
      session.noteUnsent(unsentSettings(session))
      return session
    }
    await answeredWithin(
      session,
      async () => {
        await noticeDeadClient(session)
        await applyTabSettings(session)
      },
      limitMs,
    )
    await mayStart(session)
    // It has a limit of its own, which the server must be there to hear of.
    await answeredWithin(session, () => runStartupSql(session), STARTUP_LIMIT_MS + limitMs)
    return session
  } catch (error) {
    await session.end()
    throw error
  }
}

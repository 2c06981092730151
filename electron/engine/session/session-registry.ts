import type { ProfileId } from '../../../contract/profile'
import type { SessionId, SessionLoss } from '../../../contract/session'
import { refusal } from '../failure-error'
import { lostTransactionOf } from './lost-sessions'
import type { Session } from './session'

/** All open sessions of the engine, found by id. */
export class SessionRegistry {
  private readonly sessions = new Map<SessionId, Session>()
  private readonly announce: (loss: SessionLoss, session: Session) => void

  /** `announce` is told of every session that ends without our asking. */
  constructor(announce: (loss: SessionLoss, session: Session) => void) {
    this.announce = announce
  }

  /** Keeps a session until it is closed or lost. */
  add(session: Session): void {
    this.sessions.set(session.id, session)
    session.onLost((failure) => {
      this.sessions.delete(session.id)
      const { profileId, backendPid } = session.facts
      const transaction = lostTransactionOf(session)
      this.announce({ sessionId: session.id, profileId, backendPid, failure, transaction }, session)
    })
  }

  /** Every open session. */
  get all(): readonly Session[] {
    return [...this.sessions.values()]
  }

  /** The open session of that id; refused when it has ended. */
  get(id: SessionId): Session {
    const session = this.sessions.get(id)
    if (session === undefined) throw refusal('sessionId', 'The session has ended. Run again to open a new one.')
    return session
  }

  /** Ends one session; nothing happens when it has ended already. */
  async close(id: SessionId): Promise<void> {
    const session = this.sessions.get(id)
    this.sessions.delete(id)
    await session?.end()
  }

  /** Ends every session of a profile. */
  async closeProfile(profileId: ProfileId): Promise<void> {
    const own = [...this.sessions.values()].filter((session) => session.facts.profileId === profileId)
    await Promise.all(own.map((session) => this.close(session.id)))
  }

  /** Ends every session. */
  async closeAll(): Promise<void> {
    await Promise.all([...this.sessions.keys()].map((id) => this.close(id)))
  }
}

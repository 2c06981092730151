import type { ProfileId } from '../../contract/profile'
import type { ServerFacts } from '../../contract/server'
import type { Session } from './session/session'

/** Milliseconds between two looks at a standby: nobody is told of a promotion before a statement was answered. */
const LOOK_EVERY_MS = 2_000

/** Tells when the server of an open profile has become something else, in the same session or in the one that replaced it. */
export class ServerWatch {
  private readonly announce: (profileId: ProfileId, server: ServerFacts) => void
  private readonly lookEveryMs: number
  private readonly last = new Map<ProfileId, string>()

  /** `announce` is not called for what a profile's first session found. */
  constructor(announce: (profileId: ProfileId, server: ServerFacts) => void, lookEveryMs: number = LOOK_EVERY_MS) {
    this.announce = announce
    this.lookEveryMs = lookEveryMs
  }

  /** Follows the server of a profile over its own session, which has asked what the server is. */
  follow(session: Session): void {
    const { profileId } = session.facts
    this.note(profileId, session.server.facts)
    session.server.onChanged((server) => this.note(profileId, server))
    if (session.server.facts.isStandby) this.waitForPromotion(session)
  }

  /** Forgets a profile that was closed. */
  forget(profileId: ProfileId): void {
    this.last.delete(profileId)
  }

  private note(profileId: ProfileId, server: ServerFacts): void {
    const now = JSON.stringify(server)
    const before = this.last.get(profileId)
    this.last.set(profileId, now)
    if (before !== undefined && before !== now) this.announce(profileId, server)
  }

  private waitForPromotion(session: Session): void {
    const look = async () => {
      try {
        if (!session.isBusy) await session.learnServer()
      } catch {
        return // ended, or lost: the session that replaces it is followed anew
      }
      if (session.server.facts.isStandby) this.later(look)
    }
    this.later(look)
  }

  private later(look: () => Promise<void>): void {
    setTimeout(() => void look(), this.lookEveryMs).unref()
  }
}

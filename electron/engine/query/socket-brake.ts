import type { Session } from '../session/session'

/** Why nothing is read from a socket for a while. */
type Reason = 'painting' | 'writing' | 'limit'

/** Keeps a session's socket paused while there is at least one reason for it. */
export class SocketBrake {
  private readonly session: Pick<Session, 'pause' | 'resume'>
  private readonly reasons = new Set<Reason>()

  constructor(session: Pick<Session, 'pause' | 'resume'>) {
    this.session = session
  }

  hold(reason: Reason): void {
    this.reasons.add(reason)
    this.session.pause()
  }

  release(reason: Reason): void {
    if (this.reasons.delete(reason) && this.reasons.size === 0) this.session.resume()
  }

  /** Releases everything: what comes next belongs to somebody else. */
  releaseAll(): void {
    if (this.reasons.size > 0) this.session.resume()
    this.reasons.clear()
  }
}

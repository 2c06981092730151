import type { Profile, ProfileId, Target } from '../../contract/profile'
import { FailureError } from './failure-error'
import { type FindKeptSecret, withPassword, withSecrets } from './secrets'
import { answeredWithin } from './session/answered-within'
import { openSession } from './session/connect'
import type { Session } from './session/session'
import { actAsRole } from './session/session-settings'
import type { Dial } from './session/way'

/** The server takes no more sessions. */
const TOO_MANY_CONNECTIONS = '53300'

/** Where the local server is at this moment, and with what password. */
export interface Credentials {
  readonly target: Target
  readonly password: string | null
}

/** What the connector asks of its neighbours. */
export interface ConnectorOptions {
  readonly profileOf: (profileId: ProfileId) => Promise<Profile>
  /** Starts the local server when need be. */
  readonly localCredentials: () => Promise<Credentials>
  /** Asks the shell for a secret kept for exactly this target; null when there is none. */
  readonly findSecret: FindKeptSecret
  /** libpq's password file, which is asked where no password is kept. */
  readonly passwordFile: string
  /** Called with each new catalog session, before anybody uses it. */
  readonly prepareCatalogSession: (session: Session) => Promise<void>
  /** How a profile's targets are reached, those behind tunnels included. */
  readonly dialFor: (profileId: ProfileId) => Dial
}

/** Ends a session that was borrowed; what it still runs is cancelled first, because the server would go on with it. */
export async function endBorrowed(session: Session): Promise<void> {
  if (session.isBusy) await session.cancel().catch(() => {})
  await session.end()
}

/** Opens sessions for profiles, and keeps one per open profile for catalog questions. */
export class Connector {
  private readonly options: ConnectorOptions
  private readonly catalogSessions = new Map<ProfileId, Promise<Session>>()
  private readonly present = new Map<ProfileId, Session>()

  constructor(options: ConnectorOptions) {
    this.options = options
  }

  /** A new session for a profile, in its database or in another of the same server; the caller must end it. */
  async open(profileId: ProfileId, applicationName: string, database?: string): Promise<Session> {
    const profile = await this.options.profileOf(profileId)
    const session = await this.openOwn(profile, applicationName, database)
    try {
      await answeredWithin(session, () => actAsRole(session))
    } catch (error) {
      await session.end()
      throw error
    }
    return session
  }

  /**
   * A session of its own for a look or a deed that must not wait behind others; where the server takes no more sessions, the one for
   * catalog questions.
   */
  async borrow(
    profileId: ProfileId,
    applicationName: string,
  ): Promise<{ readonly session: Session; release(): Promise<void> }> {
    try {
      const session = await this.open(profileId, applicationName)
      return { session, release: () => endBorrowed(session) }
    } catch (error) {
      const present = this.present.get(profileId)
      const isFull =
        error instanceof FailureError && 'code' in error.failure && error.failure.code === TOO_MANY_CONNECTIONS
      if (present === undefined || !isFull) throw error
      return { session: present, release: async () => {} }
    }
  }

  private async openOwn(profile: Profile, applicationName: string, database?: string): Promise<Session> {
    const { id: profileId, settings } = profile
    const dial = this.options.dialFor(profileId)
    const at = (target: Target) => (database === undefined ? target : { ...target, database })
    const own = { profileId, applicationName, dial, settings, keepaliveSeconds: settings.keepaliveSeconds }
    if (profile.kind === 'local') {
      const { target, password } = await this.options.localCredentials()
      return openSession({ ...own, target: at(target), password })
    }
    const { target } = profile
    const { passwordFile } = this.options
    return withSecrets(
      (kind) => this.options.findSecret(profileId, kind, target),
      (findSecret) =>
        withPassword(at(target), findSecret, passwordFile, (secrets) =>
          openSession({ ...own, target: at(target), ...secrets }),
        ),
    )
  }

  /** The profile's own session for catalog questions: opened when first asked for, and again after it was lost. */
  catalogSession(profileId: ProfileId): Promise<Session> {
    const known = this.catalogSessions.get(profileId)
    if (known !== undefined) return known
    const opening = this.openCatalogSession(profileId)
    this.catalogSessions.set(profileId, opening)
    opening.catch(() => this.forget(profileId, opening))
    return opening
  }

  /** The profile's own session while it is open; null when it is not, or not yet. */
  presentCatalogSession(profileId: ProfileId): Session | null {
    return this.present.get(profileId) ?? null
  }

  /** Every open session for catalog questions. */
  get presentSessions(): readonly Session[] {
    return [...this.present.values()]
  }

  /** Ends the profile's catalog session. */
  async close(profileId: ProfileId): Promise<void> {
    const session = this.catalogSessions.get(profileId)
    this.catalogSessions.delete(profileId)
    this.present.delete(profileId)
    await session?.then((open) => open.end()).catch(() => {})
  }

  /** Ends all catalog sessions. */
  async closeAll(): Promise<void> {
    await Promise.all([...this.catalogSessions.keys()].map((profileId) => this.close(profileId)))
  }

  private async openCatalogSession(profileId: ProfileId): Promise<Session> {
    const session = await this.open(profileId, 'Strata catalog')
    try {
      await answeredWithin(session, () => this.options.prepareCatalogSession(session))
    } catch (error) {
      await session.end()
      throw error
    }
    this.present.set(profileId, session)
    session.onLost(() => {
      this.catalogSessions.delete(profileId)
      this.present.delete(profileId)
    })
    return session
  }

  private forget(profileId: ProfileId, opening: Promise<Session>): void {
    if (this.catalogSessions.get(profileId) === opening) this.catalogSessions.delete(profileId)
  }
}

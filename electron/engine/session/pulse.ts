import type { ProfileId } from '../../../contract/profile'
import { FailureError } from '../failure-error'
import type { Session } from './session'

/** How long the server may be silent before it is asked, suspected and given up; milliseconds. */
export interface PulseLimits {
  readonly lookEveryMs: number
  /** Silence after which the profile's own session is asked for a sign of life. */
  readonly askAfterMs: number
  /** Without an answer for so long, the idle sessions of tabs are asked as well. */
  readonly suspectAfterMs: number
  /** An idle session that has not answered for so long is given up. */
  readonly loseAfterMs: number
  /** Silence under a running statement after which another session is asked about it, and how long that may take. */
  readonly witnessAfterMs: number
  readonly witnessLimitMs: number
}

/** Together at most 15 s for an idle session and 30 s under a statement. */
export const PULSE_LIMITS: PulseLimits = {
  lookEveryMs: 500,
  askAfterMs: 4_000,
  suspectAfterMs: 2_000,
  loseAfterMs: 8_000,
  witnessAfterMs: 12_000,
  witnessLimitMs: 8_000,
}

/** What the pulse looks after. */
export interface PulseOptions {
  /** Open sessions of tabs. */
  readonly tabSessions: () => readonly Session[]
  /** The profile's own session while it is open; never opened by asking. */
  readonly catalogSessionOf: (profileId: ProfileId) => Session | null
  /** The profile's own session, opened when need be. */
  readonly openCatalogSession: (profileId: ProfileId) => Promise<Session>
  readonly limits?: PulseLimits
}

/**
 * Notices servers that went silent without closing the connection. The question goes over the profile's own session: asking a tab's
 * session would start the server's limits for idle sessions and idle transactions anew, so that happens only on suspicion.
 */
export class Pulse {
  private readonly options: PulseOptions
  private readonly limits: PulseLimits
  private readonly timer: NodeJS.Timeout
  private readonly asked = new Map<Session, number>()
  /** Tries to open a profile's own session that is missing: when each began, and how it went. */
  private readonly openings = new Map<ProfileId, { at: number; state: 'pending' | 'silent' | 'declined' | 'opened' }>()
  private readonly witnessed = new Map<Session, { isAsking: boolean; at: number; endedUnheard: number }>()
  private lookedAt = performance.now()

  constructor(options: PulseOptions) {
    this.options = options
    this.limits = options.limits ?? PULSE_LIMITS
    this.timer = setInterval(() => this.look(), this.limits.lookEveryMs)
    this.timer.unref()
  }

  /** Stops looking. */
  stop(): void {
    clearInterval(this.timer)
  }

  private look(): void {
    const now = performance.now()
    const wasAway = now - this.lookedAt > this.limits.lookEveryMs + this.limits.suspectAfterMs
    this.lookedAt = now
    // The machine slept, or this process was busy: the silence was ours.
    if (wasAway) {
      this.asked.clear()
      for (const session of this.options.tabSessions()) session.tap.heardAt = now
      return
    }
    const ofProfile = new Map<ProfileId, Session[]>()
    for (const session of this.options.tabSessions()) {
      const { profileId } = session.facts
      ofProfile.set(profileId, [...(ofProfile.get(profileId) ?? []), session])
    }
    for (const [profileId, sessions] of ofProfile) this.lookAt(profileId, sessions, now)
    for (const session of this.asked.keys()) if (session.lostBecause !== null) this.asked.delete(session)
    for (const session of this.witnessed.keys()) if (session.lostBecause !== null) this.witnessed.delete(session)
  }

  private lookAt(profileId: ProfileId, sessions: readonly Session[], now: number): void {
    const { askAfterMs, suspectAfterMs, loseAfterMs, witnessAfterMs } = this.limits
    const own = this.options.catalogSessionOf(profileId)
    if (own !== null) this.openings.delete(profileId)
    if (own !== null && !own.isBusy && own.silentMs >= askAfterMs) this.ask(own, now)
    const isSuspected =
      own === null ? this.cannotOpen(profileId, now) : now - (this.asked.get(own) ?? now) >= suspectAfterMs
    for (const session of sessions) {
      if (session.isBusy) {
        this.asked.delete(session)
        if (session.silentMs >= witnessAfterMs) void this.witness(session, now)
        continue
      }
      this.witnessed.delete(session)
      if (isSuspected && session.silentMs >= askAfterMs) this.ask(session, now)
    }
    for (const session of own === null ? sessions : [own, ...sessions]) {
      const askedAt = this.asked.get(session)
      if (askedAt !== undefined && now - askedAt >= loseAfterMs) this.giveUp(session, 'it did not answer')
    }
  }

  /** Opens the profile's own session again; true while nothing answers. A server that declines is not asked twice. */
  private cannotOpen(profileId: ProfileId, now: number): boolean {
    const { askAfterMs, suspectAfterMs } = this.limits
    const known = this.openings.get(profileId)
    if (known === undefined || (known.state === 'silent' && now - known.at >= askAfterMs)) {
      const opening = { at: now, state: 'pending' as 'pending' | 'silent' | 'declined' | 'opened' }
      this.openings.set(profileId, opening)
      void this.reach(profileId).then((state) => {
        opening.state = state
      })
      return known !== undefined
    }
    return known.state === 'silent' || (known.state === 'pending' && now - known.at >= suspectAfterMs)
  }

  private async reach(profileId: ProfileId): Promise<'opened' | 'silent' | 'declined'> {
    try {
      await this.options.openCatalogSession(profileId)
      return 'opened'
    } catch (error) {
      return isSilence(error) ? 'silent' : 'declined'
    }
  }

  private ask(session: Session, now: number): void {
    if (this.asked.has(session)) return
    this.asked.set(session, now)
    void session.askForSign().then(() => this.asked.delete(session))
  }

  /** Asks the server, over the profile's own session, about a statement from which nothing was heard for long. */
  private async witness(session: Session, now: number): Promise<void> {
    const { witnessAfterMs, witnessLimitMs, suspectAfterMs } = this.limits
    const known = this.witnessed.get(session) ?? { isAsking: false, at: Number.NEGATIVE_INFINITY, endedUnheard: 0 }
    const pauseMs = known.endedUnheard > 0 ? suspectAfterMs : witnessAfterMs
    if (known.isAsking || now - known.at < pauseMs) return
    const entry = { ...known, isAsking: true, at: now }
    this.witnessed.set(session, entry)
    const heardBefore = session.tap.heardAt
    const found = await withLimit(this.ofServer(session), witnessLimitMs)
    entry.isAsking = false
    entry.at = performance.now()
    if (session.tap.heardAt !== heardBefore || !session.isBusy || session.lostBecause !== null) return
    if (found === 'silent') {
      const own = this.options.catalogSessionOf(session.facts.profileId)
      if (own !== null && own.silentMs >= witnessLimitMs) this.giveUp(own, 'nothing answers there any more')
      return this.giveUp(session, 'nothing answers there any more')
    }
    if (found === 'gone') return this.giveUp(session, 'the server has no such session any more')
    // Its answer may be on its way: only a second look is a verdict.
    entry.endedUnheard = found === 'ended' ? entry.endedUnheard + 1 : 0
    if (entry.endedUnheard > 1) this.giveUp(session, 'the server ended the statement, but its answer never came')
  }

  private async ofServer(session: Session): Promise<'running' | 'ended' | 'gone' | 'silent'> {
    // The witness may itself have been lost a moment ago: only a new one that cannot be had is a sign.
    for (let attempt = 0; attempt < 2; attempt += 1) {
      try {
        return await this.askWitness(session)
      } catch (error) {
        if (!isSilence(error)) return 'running'
      }
    }
    return 'silent'
  }

  private async askWitness(session: Session): Promise<'running' | 'ended' | 'gone'> {
    const { profileId, backendPid } = session.facts
    const witness = await this.options.openCatalogSession(profileId)
    if (!session.hasServerPid) {
      await witness.query('select 1')
      return 'running'
    }
    const sql = 'select state from pg_catalog.pg_stat_activity where pid operator(pg_catalog.=) $1::pg_catalog.int4'
    const [row] = (await witness.query(sql, [String(backendPid)])).rows
    if (row === undefined) return 'gone'
    return row[0]?.startsWith('idle') === true ? 'ended' : 'running'
  }

  private giveUp(session: Session, why: string): void {
    this.asked.delete(session)
    this.witnessed.delete(session)
    if (session.lostBecause !== null) return
    session.breakOff(new Error(`${why} for ${Math.round(session.silentMs / 1000)} s`))
  }
}

/** True for errors of the network; a server that declines, for whatever reason, is there. */
function isSilence(error: unknown): boolean {
  if (!(error instanceof FailureError)) return false
  const { failure } = error
  if (failure.kind === 'unknown-outcome') return true
  return failure.kind === 'connection' && !['authentication', 'rejected', 'no database'].includes(failure.reason)
}

function withLimit<T>(work: Promise<T>, limitMs: number): Promise<T | 'silent'> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve('silent'), limitMs)
    void work.then((value) => {
      clearTimeout(timer)
      resolve(value)
    })
  })
}

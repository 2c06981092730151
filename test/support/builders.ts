import type { Channel } from '../../contract/define'
import type { Failure } from '../../contract/failure'
import type { ProfileDraft, ProfileId, Target } from '../../contract/profile'
import { SETTINGS_DEFAULTS, TARGET_DEFAULTS } from '../../contract/profile-defaults'
import { type ResultColumn, type RunEvent, type RunInput, runEvent } from '../../contract/query'
import { FailureError } from '../../electron/engine/failure-error'
import { type ResultOptions, ResultRegistry } from '../../electron/engine/query/result-registry'
import { runStatements } from '../../electron/engine/query/run-statements'
import { openSession } from '../../electron/engine/session/connect'
import type { Session } from '../../electron/engine/session/session'
import type { ConnectOptions } from '../../electron/engine/session/session-parts'
import type { TestDatabase } from './database-on'

/** The profile of sessions for which none was saved. */
export const aProfileId = 'profile-1' as ProfileId // branded here: no profile is saved in these tests

/** A target that leads nowhere, changed as a test needs it. */
export function aTarget(change: Partial<Target> = {}): Target {
  return {
    ...TARGET_DEFAULTS,
    host: '127.0.0.1',
    port: 1,
    database: 'shop',
    role: 'app',
    tlsMode: 'disable',
    // What a scripted server does is up to the test.
    authenticationMethods: ['scram-sha-256', 'md5', 'password', 'none'],
    ...change,
  }
}

/** A new profile as the form saves it, changed as a test needs it. */
export function aDraft(change: Partial<ProfileDraft> = {}): ProfileDraft {
  return {
    id: null,
    name: 'Shop',
    folder: '',
    environment: 'development',
    target: aTarget(),
    settings: SETTINGS_DEFAULTS,
    ...change,
  }
}

/** What a session with the test's database is opened with. */
export function connectOptions(database: TestDatabase, change: Partial<ConnectOptions> = {}): ConnectOptions {
  const { target, password } = database
  return { profileId: aProfileId, target, password, applicationName: 'Strata test', ...change }
}

/** A session with the test's database; end it. */
export function openTestSession(database: TestDatabase, change: Partial<ConnectOptions> = {}): Promise<Session> {
  return openSession(connectOptions(database, change))
}

/** The failure that opening a session with the test's database ends in; a session that opens is ended, and an error. */
export async function openingFailure(database: TestDatabase, change: Partial<ConnectOptions>): Promise<Failure> {
  const error = await openTestSession(database, change).then(
    async (session) => {
      await session.end()
      return new Error('a session was opened')
    },
    (reason: unknown) => reason,
  )
  if (error instanceof FailureError) return error.failure
  throw error
}

type EventOf<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>

/** The far end of a run's stream: keeps what it hears, checked against the contract, with the time it came. */
export class RunChannel implements Channel<RunEvent> {
  readonly events: RunEvent[] = []
  /** `performance.now()` of each event. */
  readonly times: number[] = []
  isClosed = false
  private readonly closing: (() => void)[] = []
  private readonly waiting = new Set<() => void>()

  send(event: RunEvent): void {
    if (this.isClosed) return
    this.events.push(runEvent.parse(event))
    this.times.push(performance.now())
    for (const check of [...this.waiting]) check()
  }

  onClose(listener: () => void): void {
    if (this.isClosed) listener()
    else this.closing.push(listener)
  }

  close(): void {
    this.isClosed = true
    for (const listener of this.closing.splice(0)) listener()
  }

  /** All events of a type so far. */
  all<T extends RunEvent['type']>(type: T): EventOf<T>[] {
    return this.events.filter((event): event is EventOf<T> => event.type === type)
  }

  /** Resolves with the first event of a type, at once when it has come. */
  heard<T extends RunEvent['type']>(type: T): Promise<EventOf<T>> {
    return new Promise((resolve) => {
      const check = () => {
        const [found] = this.all(type)
        if (found === undefined) return
        this.waiting.delete(check)
        resolve(found)
      }
      this.waiting.add(check)
      check()
    })
  }
}

/** A run in progress, or over. */
export interface TestRun {
  readonly channel: RunChannel
  readonly results: ResultRegistry
  /** Resolves when the run has ended. */
  readonly ended: Promise<void>
}

/** What a run may be given besides its script. */
export interface TestRunOptions extends Partial<Omit<RunInput, 'sessionId' | 'script'>> {
  readonly isReadOnly?: boolean
  readonly nameTypes?: (columns: readonly ResultColumn[]) => Promise<readonly ResultColumn[] | null>
  /** How results are kept and read, where it is not as usual. */
  readonly kept?: Partial<ResultOptions>
}

/** Starts a script in a session; `channel` hears it. */
export function startRun(session: Session, script: string, options: TestRunOptions = {}): TestRun {
  const { range = null, commitMode = 'auto', nameTypes = async () => null, kept, isReadOnly = false, ...rest } = options
  const channel = new RunChannel()
  const results = new ResultRegistry(kept)
  const input: RunInput = { sessionId: session.id, script, range, commitMode, ...rest }
  return { channel, results, ended: runStatements(input, { session, results, nameTypes, isReadOnly }, channel) }
}

/** Runs a script in a session to its end. */
export async function runScript(session: Session, script: string, options: TestRunOptions = {}): Promise<TestRun> {
  const run = startRun(session, script, options)
  await run.ended
  return run
}

/** A sequence of numbers in [0, 1) that is the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

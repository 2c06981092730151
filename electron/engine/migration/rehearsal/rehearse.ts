import type { MigrationFailure } from '../../../../contract/failure'
import type { Direction } from '../../../../contract/migration'
import type { RehearsedMigration, RehearsedStatement, RollbackVerdict } from '../../../../contract/rehearsal'
import type { Session } from '../../session/session'
import type { Script } from '../migration-script'
import { RunSettings } from '../run-session'
import { compareSnapshots, isOnlyColumnOrder, isSame } from '../snapshot/compare-snapshots'
import { differenceLines } from '../snapshot/difference-lines'
import { readSnapshot, type Snapshot } from '../snapshot/read-snapshot'
import { StepError, sqlStateOf, stepFailure } from '../step-failure'
import { rehearseScript } from './rehearse-script'
import { movedSince, readSequences } from './sequences'

/** How long a rehearsal on the connected database waits for a lock: others wait behind it meanwhile. */
export const REHEARSAL_LOCK_TIMEOUT = '3s'

/** One migration to be rehearsed; its texts need not be files. */
export interface RehearsalPair {
  readonly name: string
  readonly up: Script
  /** Null when there is none, or when it cannot be used. */
  readonly down: Script | null
  /** Why there is no rollback; null when there is one. */
  readonly irreversibleBecause: string | null
}

/** A script that runs first, unmeasured, so that what is rehearsed finds the schema it needs. */
export interface Preparation {
  readonly name: string
  readonly direction: Direction
  readonly script: Script
}

/** What is rehearsed, and how. */
export interface RehearsalWork {
  readonly preparations: readonly Preparation[]
  /** In order: each finds what those before it did. */
  readonly pairs: readonly RehearsalPair[]
  readonly lockTimeout?: string
  /** A second session that tells who holds a lock. */
  readonly control?: () => Promise<Session>
  readonly signal: AbortSignal
  /** Called before each statement, which counts from 1; 0 when a script of it is about to run unmeasured. */
  readonly tell?: (name: string, direction: Direction, statement: number) => void
}

/** What came of it; the database is as it was. */
export interface RehearsalResult {
  readonly outcome: 'complete' | 'failed' | 'cancelled'
  readonly migrations: readonly RehearsedMigration[]
  readonly prepared: readonly string[]
  readonly notReached: readonly string[]
  readonly movedSequences: readonly string[]
  /** How a preparation failed; null when none did. */
  readonly failure: MigrationFailure | null
}

/**
 * Applies migrations inside one transaction, compares the schema, rolls each back, compares again, and rolls everything back.
 * The session must be its caller's alone and idle; only what no transaction covers is left: sequences that moved.
 */
export async function rehearse(session: Session, work: RehearsalWork): Promise<RehearsalResult> {
  const rehearsal = new Rehearsing(session, work)
  await rehearsal.begin()
  const sequences = await readSequences(session)
  await session.query('begin isolation level read committed')
  try {
    await rehearsal.run()
  } finally {
    if (session.lostBecause === null && session.transactionStatus !== 'none') await session.query('rollback')
  }
  await rehearsal.doubtOthersChanges()
  const movedSequences = movedSince(sequences, await readSequences(session).catch(() => sequences))
  return { ...rehearsal.result(), movedSequences }
}

const NOTHING_LEFT = 'Nothing is left: the rehearsal was rolled back.'
/** unsafe_new_enum_value_usage */
const NEW_ENUM_VALUE = '55P04'

class Rehearsing {
  private readonly session: Session
  private readonly work: RehearsalWork
  private readonly settings: RunSettings
  private readonly migrations: RehearsedMigration[] = []
  private readonly prepared: string[] = []
  private readonly ran: Script[] = []
  private atFirst: Snapshot | null = null
  private outcome: RehearsalResult['outcome'] = 'complete'
  private failure: MigrationFailure | null = null

  constructor(session: Session, work: RehearsalWork) {
    this.session = session
    this.work = work
    this.settings = new RunSettings(session)
  }

  /** Before the transaction: a setting that this server does not know would end it. */
  async begin(): Promise<void> {
    await this.settings.begin()
  }

  async run(): Promise<void> {
    this.atFirst = await readSnapshot(this.session)
    if (!(await this.prepare())) return
    let before = this.prepared.length === 0 ? this.atFirst : await readSnapshot(this.session)
    for (const pair of this.work.pairs) {
      const after = await this.rehearsePair(pair, before)
      if (after === null) return
      before = after
    }
  }

  /** After the rollback: a difference that somebody else made meanwhile proves nothing about a migration. */
  async doubtOthersChanges(): Promise<void> {
    const { session, atFirst } = this
    const isDoubtful = ({ verdict }: RehearsedMigration) =>
      verdict.kind === 'leaves behind' || verdict.kind === 'column order'
    if (session.lostBecause !== null || atFirst === null || !this.migrations.some(isDoubtful)) return
    const difference = compareSnapshots(atFirst, await readSnapshot(session))
    if (isSame(difference)) return
    const [{ sign, text } = { sign: '~', text: '' }] = differenceLines(difference)
    const verdict = notProven(`Somebody else changed the schema meanwhile: ${sign} ${text}. Rehearse once more.`)
    this.migrations.forEach((each, index) => {
      if (isDoubtful(each)) this.migrations[index] = { ...each, verdict }
    })
  }

  result(): Omit<RehearsalResult, 'movedSequences'> {
    const { outcome, migrations, prepared, failure } = this
    const reached = new Set(migrations.map(({ name }) => name))
    const notReached = this.work.pairs.map(({ name }) => name).filter((name) => !reached.has(name))
    return { outcome, migrations, prepared, notReached, failure }
  }

  private async prepare(): Promise<boolean> {
    for (const { name, direction, script } of this.work.preparations) {
      try {
        await this.runScript(name, direction, script, [])
      } catch (error) {
        this.failure = this.stopped(error, { name, direction, script })
        return false
      }
      this.prepared.push(name)
    }
    return true
  }

  /** The schema after it was applied; null when it failed, and nothing more can run. */
  private async rehearsePair(pair: RehearsalPair, before: Snapshot): Promise<Snapshot | null> {
    const startedAt = performance.now()
    const up: RehearsedStatement[] = []
    const down: RehearsedStatement[] = []
    const files = { name: pair.name, upFile: pair.up.file, downFile: pair.down?.file ?? '' }
    const note = (part: Pick<RehearsedMigration, 'changes' | 'failure' | 'verdict'>) =>
      this.migrations.push({ ...files, up, down, ...part, elapsedMs: performance.now() - startedAt })
    try {
      await this.runScript(pair.name, 'apply', pair.up, up)
    } catch (error) {
      const failure = this.stopped(error, { name: pair.name, direction: 'apply', script: pair.up })
      note({ changes: [], failure, verdict: notProven('It was not tried: applying the migration failed.') })
      return null
    }
    const after = await readSnapshot(this.session)
    const changes = [...differenceLines(compareSnapshots(before, after))]
    const verdict = await this.judge(pair, before, up, down)
    note({ changes, failure: null, verdict })
    if (this.outcome !== 'complete') return null
    return after
  }

  private async judge(
    pair: RehearsalPair,
    before: Snapshot,
    up: readonly RehearsedStatement[],
    down: RehearsedStatement[],
  ): Promise<RollbackVerdict> {
    if (pair.down === null) {
      return { kind: 'impossible', reason: pair.irreversibleBecause ?? 'There is no rollback.' }
    }
    const leftOut = up.find((statement) => statement.leftOut !== null)
    if (leftOut !== undefined) return notProven(`Line ${leftOut.line} was left out: ${leftOut.leftOut}`)
    const { session } = this
    // The next migration needs this one applied, and a rollback that fails must not end the rehearsal.
    await session.query('savepoint strata_rollback')
    try {
      await this.runScript(pair.name, 'roll back', pair.down, down)
      const missing = down.find((statement) => statement.leftOut !== null)
      if (missing !== undefined) return notProven(`Line ${missing.line} was left out: ${missing.leftOut}`)
      return verdictOf(before, await readSnapshot(session))
    } catch (error) {
      const failure = this.stopped(error, { name: pair.name, direction: 'roll back', script: pair.down }, true)
      return { kind: 'failed', failure }
    } finally {
      if (session.lostBecause === null && session.transactionStatus !== 'none') {
        await session.query('rollback to savepoint strata_rollback')
      }
    }
  }

  /** Runs a script as a run would: with a fresh role, search_path and lock_timeout. */
  private async runScript(
    name: string,
    direction: Direction,
    script: Script,
    report: RehearsedStatement[],
  ): Promise<void> {
    const { session, work } = this
    await this.settings.restore()
    await session.query("select pg_catalog.set_config('lock_timeout', $1, true)", [
      shorter(script.header.lockTimeout, work.lockTimeout ?? REHEARSAL_LOCK_TIMEOUT),
    ])
    const begin = (statement: number) => work.tell?.(name, direction, statement)
    await rehearseScript({ session, signal: work.signal, control: work.control, begin }, script, report)
    await this.settings.restore()
    this.ran.push(script)
  }

  /** The failure with its place; a rollback that fails does not end the rehearsal unless the session is gone or it was cancelled. */
  private stopped(
    error: unknown,
    step: { readonly name: string; readonly direction: Direction; readonly script: Script },
    goesOn = false,
  ): MigrationFailure {
    if (!(error instanceof StepError)) throw error
    const isCancelled = error.failure.kind === 'cancelled'
    if (isCancelled) this.outcome = 'cancelled'
    else if (!goesOn || this.session.lostBecause !== null) this.outcome = 'failed'
    const waited = error.waitedFor === null ? '' : ` ${error.waitedFor}`
    return stepFailure(step, error, NOTHING_LEFT + waited + this.enumAdvice(error))
  }

  /** A value added by a migration before it is usable for real, once that one is committed. */
  private enumAdvice(error: StepError): string {
    if (sqlStateOf(error.failure) !== NEW_ENUM_VALUE) return ''
    const isOthers = this.ran.some(({ statements }) => statements.some(({ text }) => /\badd\s+value\b/i.test(text)))
    return isOthers
      ? ' A rehearsal cannot go further: the value comes from a migration before this one, which a real run commits first. Apply that one, then rehearse this one.'
      : ' It fails in a real run too: move the statement that adds the value into a migration before this one.'
  }
}

/** A file may wish for a shorter wait than a rehearsal's, never for a longer one. */
function shorter(wished: string | null, most: string): string {
  return wished !== null && millisecondsOf(wished) < millisecondsOf(most) ? wished : most
}

function millisecondsOf(timeout: string): number {
  const factor = timeout.endsWith('ms') ? 1 : timeout.endsWith('min') ? 60_000 : 1000
  return Number.parseInt(timeout, 10) * factor
}

/** What a comparison says about a rollback. */
function verdictOf(before: Snapshot, after: Snapshot): RollbackVerdict {
  const difference = compareSnapshots(before, after)
  if (isSame(difference)) return { kind: 'identical' }
  const lines = [...differenceLines(difference, 'what is left')]
  return { kind: isOnlyColumnOrder(difference) ? 'column order' : 'leaves behind', lines }
}

function notProven(reason: string): RollbackVerdict {
  return { kind: 'not proven', reason }
}

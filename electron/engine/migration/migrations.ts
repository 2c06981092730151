import { randomUUID } from 'node:crypto'
import type { EngineContract } from '../../../contract/contract'
import type { Channel, InputOf } from '../../../contract/define'
import type { LossEvent, SaveLossInput } from '../../../contract/loss'
import type {
  MigrationAction,
  MigrationEvent,
  MigrationOverview,
  MigrationPlan,
  MigrationRunId,
} from '../../../contract/migration'
import type { ProfileId } from '../../../contract/profile'
import type { RehearsalEvent, SchemaDrift } from '../../../contract/rehearsal'
import { whyNotWritable } from '../../../contract/server'
import type { TabId } from '../../../contract/workspace'
import { refusal } from '../failure-error'
import type { Session } from '../session/session'
import { namingTabs } from './blockers'
import { acceptDrift, readDrift } from './drift/schema-drift'
import { FailedFiles } from './failed-files'
import { type KnownProject, planOf, readProject } from './known-project'
import { ledgerOf } from './ledger/open-folder'
import { strataLedger } from './ledger/strata-ledger'
import { findLosses } from './loss/find-losses'
import { rowsToKeep } from './loss/rows-to-keep'
import { MigrationRun } from './migration-run'
import { overviewOf } from './migration-state'
import { folderOrRefuse, type TextDeeds, textDeeds } from './migration-texts'
import { rehearseProject } from './rehearsal/rehearse-project'
import { planForWindow } from './run-plan'
import { isDirect } from './run-session'
import { ShownPlans } from './shown-plans'

/** What migrations need from the rest of the engine. */
export interface MigrationOptions {
  /** A session of the run's own, in the profile's database or in another of its server; the run ends it. */
  readonly openSession: (profileId: ProfileId, applicationName: string, database?: string) => Promise<Session>
  /** The profile's open catalog session, for questions. */
  readonly catalogSession: (profileId: ProfileId) => Promise<Session>
  readonly folderOf: (profileId: ProfileId) => Promise<string | null>
  /** The host of the profile's target, for the plan. */
  readonly hostOf: (profileId: ProfileId) => Promise<string>
  /** Files or history changed. */
  readonly announceChanged: (profileId: ProfileId) => void
  readonly appVersion: string
  /** The tab whose session a backend is; left out where there are no tabs, as on the command line. */
  readonly tabOf?: (profileId: ProfileId, backendPid: number) => TabId | null
}

/** The migrations of every profile: files, history, plans and runs. */
export interface Migrations extends TextDeeds {
  list(profileId: ProfileId): Promise<MigrationOverview>
  plan(input: InputOf<EngineContract, 'migration.plan'>): Promise<MigrationPlan>
  /** Resolves when the run has ended; it goes on when the channel closes. */
  run(input: InputOf<EngineContract, 'migration.run'>, channel: Channel<MigrationEvent>): Promise<void>
  follow(profileId: ProfileId, channel: Channel<MigrationEvent>): Promise<void>
  /** Asks a run to stop; nothing happens when it has ended. */
  cancel(runId: MigrationRunId): void
  /** Resolves when the rehearsal has ended; it is cancelled when the channel closes. */
  rehearse(input: InputOf<EngineContract, 'migration.rehearse'>, channel: Channel<RehearsalEvent>): Promise<void>
  /** How the schema differs from what the last run left; null when it does not, or when that is not known. */
  drift(profileId: ProfileId): Promise<SchemaDrift | null>
  acceptDrift(profileId: ProfileId, checksum: string): Promise<null>
  /** Tells what a plan destroys and counts it; refused when the plan is not that of the digest any more. */
  losses(input: InputOf<EngineContract, 'migration.losses'>, channel: Channel<LossEvent>): Promise<void>
  /** Hands a session of its own, and the query for the rows that a plan would destroy, to whoever keeps them. */
  keepRows(input: Omit<SaveLossInput, 'token'>, keep: (session: Session, query: string) => Promise<void>): Promise<void>
  /** Cancels every run and resolves when all have ended. */
  stop(): Promise<void>
}

/** Shown to others in `pg_stat_activity`. */
const APPLICATION_NAME = 'Strata migrations'
const LOSS_NAME = 'Strata loss meter'

/** The migrations of the engine. */
export function createMigrations(options: MigrationOptions): Migrations {
  const runs = new Map<ProfileId, MigrationRun>()
  const failedFiles = new FailedFiles()
  const shownPlans = new ShownPlans()
  let isStopping = false

  /** Transactions need a session that answers nobody else meanwhile. */
  const onOwnSession = async <T>(profileId: ProfileId, work: (session: Session) => Promise<T>): Promise<T> => {
    const session = await options.openSession(profileId, 'Strata')
    return work(session).finally(() => session.end())
  }
  const read = async (profileId: ProfileId, session: Session) => readProject(await options.folderOf(profileId), session)
  const overview = (known: KnownProject, profileId: ProfileId): MigrationOverview => {
    const { contents, history, halfWay, isPooled, foreign } = known
    const shown = overviewOf(contents, history.rows, failedFiles.of(profileId), halfWay)
    return { ...shown, ...(foreign === null ? {} : { foreign }), isPooled }
  }
  const list = async (profileId: ProfileId) => {
    const session = await options.catalogSession(profileId)
    const readOnlyBecause = whyNotWritable(session.server.facts)
    const known = overview(await read(profileId, session), profileId)
    return readOnlyBecause === null ? known : { ...known, readOnlyBecause }
  }
  const execute = async (run: MigrationRun, input: InputOf<EngineContract, 'migration.run'>): Promise<void> => {
    const { profileId, digest } = input
    const startedAt = performance.now()
    const host = await options.hostOf(profileId)
    // umzug takes a tenth of a second to load: not before somebody runs something.
    const { executeRun } = await import('./execute-run')
    let known: KnownProject | null = null
    let database = ''
    const result = await executeRun({
      digest,
      shown: shownPlans.get(profileId, digest),
      openSession: async () => {
        const session = await options.openSession(profileId, APPLICATION_NAME)
        database = session.facts.database
        return session
      },
      replan: async (session) => {
        known = await read(profileId, session)
        const plan = await planOf(session, known, input)
        const names = known.history.rows
          .filter((row) => row.status === 'applied' || row.direction === 'roll back')
          .map((row) => row.name)
        const appliedBy = new Map(known.history.rows.map((row) => [row.name, row.appliedBy]))
        return { plan, ledger: known.ledger, hasHistory: known.history.exists, appliedNames: names, appliedBy }
      },
      begin: (plan) => run.emit({ type: 'runStarted', runId: run.id, plan: planForWindow(plan, database, host) }),
      emit: (event) => run.emit(namingTabs(event, (pid) => options.tabOf?.(profileId, pid) ?? null)),
      signal: run.signal,
      appVersion: options.appVersion,
    })
    failedFiles.note(profileId, result)
    const fresh = await list(profileId).catch(() => known && overview(known, profileId))
    const elapsedMs = performance.now() - startedAt
    const last = fresh ?? { ...overviewOf(null, []), isPooled: false }
    run.emit({ type: 'runEnded', outcome: result.outcome, elapsedMs, overview: last })
  }

  return {
    ...textDeeds({ ...options, applicationName: APPLICATION_NAME, isRunning: (profileId) => runs.has(profileId) }),
    list,
    async plan(input) {
      const { profileId } = input
      const session = await options.catalogSession(profileId)
      const plan = await planOf(session, await read(profileId, session), input)
      if (plan.refusals.length === 0) shownPlans.add(profileId, plan)
      return planForWindow(plan, session.facts.database, await options.hostOf(profileId))
    },
    async run(input, channel) {
      const { profileId } = input
      const current = runs.get(profileId)
      if (current !== undefined) {
        throw refusal(
          'profileId',
          `This window is already at work: ${current.description}. Wait until it is done, or cancel it.`,
        )
      }
      if (isStopping) throw refusal('profileId', 'Strata is quitting. Nothing was run.')
      const id = randomUUID() as MigrationRunId // branded here: this is where run ids are minted
      const run = new MigrationRun(id, describe(input.action), async (self) => {
        try {
          await execute(self, input)
        } finally {
          runs.delete(profileId)
          options.announceChanged(profileId)
        }
      })
      runs.set(profileId, run)
      await run.follow(channel)
    },
    async follow(profileId, channel) {
      const run = runs.get(profileId)
      if (run === undefined) throw refusal('profileId', 'No migration run is in progress.')
      await run.follow(channel)
    },
    cancel(runId) {
      for (const run of runs.values()) if (run.id === runId) run.cancel()
    },
    async losses(input, channel) {
      const { profileId, digest } = input
      const session = await options.catalogSession(profileId)
      const known = shownPlans.get(profileId, digest)
      const plan = known ?? (await planOf(session, await read(profileId, session), input))
      if (plan.digest !== digest) throw refusal('digest', 'The plan changed since it was shown. Look at it again.')
      const open = () => options.openSession(profileId, LOSS_NAME)
      await findLosses(plan, { openSession: open, isDirect, mayTry: input.mayTry }, channel)
    },
    async keepRows({ profileId, oid, columns }, keep) {
      const session = await options.openSession(profileId, LOSS_NAME)
      try {
        await keep(session, await rowsToKeep(session, oid, columns))
      } finally {
        await session.end()
      }
    },
    async drift(profileId) {
      const folder = await options.folderOf(profileId)
      // Another tool moves migrations unseen: what differs then is no drift.
      if ((await ledgerOf(folder, await options.catalogSession(profileId))) !== strataLedger) return null
      return onOwnSession(profileId, readDrift)
    },
    async acceptDrift(profileId, checksum) {
      await onOwnSession(profileId, (session) => acceptDrift(session, checksum))
      return null
    },
    async rehearse({ profileId, name, place }, channel) {
      await folderOrRefuse(options, profileId)
      await rehearseProject({
        name,
        place,
        channel,
        openSession: (database) => options.openSession(profileId, 'Strata rehearsal', database),
        read: async (session) => {
          const known = await read(profileId, session)
          return {
            contents: known.contents,
            rows: known.history.rows,
            plan: (action) => planOf(session, known, { action }),
            keptUp: async (recorded) => (await known.ledger.readKeptTexts(session, recorded))?.up ?? null,
          }
        },
      })
    },
    async stop() {
      isStopping = true
      for (const run of runs.values()) run.cancel()
      await Promise.all([...runs.values()].map((run) => run.ended))
    },
  }
}

function describe(action: MigrationAction): string {
  return 'name' in action ? `${action.kind} ${action.name}` : action.kind
}

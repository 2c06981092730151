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
  MigrationTexts,
  SignalOutcome,
} from '../../../contract/migration'
import type { MigrationChange } from '../../../contract/migration-change'
import type { ConversionInput, ConversionPlan } from '../../../contract/migration-conversion'
import type { ProfileId } from '../../../contract/profile'
import type { RehearsalEvent, SchemaDrift } from '../../../contract/rehearsal'
import type { TabId } from '../../../contract/workspace'
import { refusal } from '../failure-error'
import type { Session } from '../session/session'
import { acceptChange } from './accept-change'
import { namingTabs } from './blockers'
import { compareFiles } from './compare-files'
import { acceptDrift, readDrift } from './drift/schema-drift'
import type { RunResult } from './execute-run'
import { convertFolder, describeConversion } from './foreign/convert/convert-folder'
import { isForeign, namesIn } from './foreign/foreign-contents'
import { createForeign } from './foreign/new-file'
import { readInvalidIndexes } from './invalid-indexes'
import type { OpenFolder } from './ledger/ledger'
import { ledgerOf, openFolder } from './ledger/open-folder'
import { strataLedger } from './ledger/strata-ledger'
import { findLosses } from './loss/find-losses'
import { rowsToKeep } from './loss/rows-to-keep'
import { createPair, hasPair, readPair, restoreScript, writeScript } from './migration-files'
import type { History } from './migration-history'
import { readHolder } from './migration-lock'
import { downFileOf, upFileOf } from './migration-name'
import { MigrationRun } from './migration-run'
import { readScript, type Script } from './migration-script'
import { overviewOf } from './migration-state'
import { planAction } from './plan-action'
import { rehearseProject } from './rehearsal/rehearse-project'
import { planForWindow, type RunPlan } from './run-plan'
import { isDirect } from './run-session'
import { signalBackend } from './signal-backend'
import type { HalfWay } from './stopped-migration'

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
export interface Migrations {
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
  /** Cancels or terminates a backend that is in the way. */
  signal(input: InputOf<EngineContract, 'migration.signal'>): Promise<SignalOutcome>
  create(input: InputOf<EngineContract, 'migration.create'>): Promise<MigrationTexts>
  conversion(profileId: ProfileId): Promise<ConversionPlan>
  /** Answers with the new folder. */
  convert(input: ConversionInput): Promise<string>
  read(input: InputOf<EngineContract, 'migration.read'>): Promise<MigrationTexts>
  write(input: InputOf<EngineContract, 'migration.write'>): Promise<null>
  /** What became of a migration's files since it was applied; null when it is not in the history. */
  compare(profileId: ProfileId, name: string): Promise<MigrationChange | null>
  accept(input: InputOf<EngineContract, 'migration.accept'>): Promise<null>
  restore(input: InputOf<EngineContract, 'migration.restore'>): Promise<null>
  /** Cancels every run and resolves when all have ended. */
  stop(): Promise<void>
}

/** Shown to others in `pg_stat_activity`. */
const APPLICATION_NAME = 'Strata migrations'
const LOSS_NAME = 'Strata loss meter'

/** Plans that were shown are remembered so that a run need not be planned again while another one holds the lock. */
const PLANS_KEPT = 8

/** The migrations of the engine. */
export function createMigrations(options: MigrationOptions): Migrations {
  const runs = new Map<ProfileId, MigrationRun>()
  const failures = new Map<ProfileId, Map<string, string>>()
  const shownPlans = new Map<string, RunPlan>()
  let isStopping = false

  /** Transactions need a session that answers nobody else meanwhile. */
  const onOwnSession = async <T>(profileId: ProfileId, work: (session: Session) => Promise<T>): Promise<T> => {
    const session = await options.openSession(profileId, 'Strata')
    return work(session).finally(() => session.end())
  }
  const folderOrRefuse = async (profileId: ProfileId) => {
    const folder = await options.folderOf(profileId)
    if (folder === null) throw refusal('folder', 'No migration folder is chosen for this connection. Choose one first.')
    return folder
  }
  const read = (profileId: ProfileId, session: Session) => readAll(options, profileId, session)
  const overview = (known: Everything, profileId: ProfileId): MigrationOverview => {
    const { contents, history, halfWay, isPooled, foreign } = known
    const shown = overviewOf(contents, history.rows, failures.get(profileId), halfWay)
    return { ...shown, ...(foreign === null ? {} : { foreign }), isPooled }
  }
  const list = async (profileId: ProfileId) =>
    overview(await read(profileId, await options.catalogSession(profileId)), profileId)
  const keptTexts = async (profileId: ProfileId, folder: string | null, name: string) => {
    const session = await options.catalogSession(profileId)
    const ledger = await ledgerOf(folder, session)
    return (await ledger.readHistory(session)).exists ? ledger.readKeptTexts(session, name) : null
  }

  const execute = async (run: MigrationRun, input: InputOf<EngineContract, 'migration.run'>): Promise<void> => {
    const { profileId, digest } = input
    const startedAt = performance.now()
    const host = await options.hostOf(profileId)
    // umzug takes a tenth of a second to load: not before somebody runs something.
    const { executeRun } = await import('./execute-run')
    let known: Everything | null = null
    let database = ''
    const result = await executeRun({
      digest,
      shown: shownPlans.get(planKey(profileId, digest)) ?? null,
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
    noteFailures(failures, profileId, result)
    const fresh = await list(profileId).catch(() => known && overview(known, profileId))
    const elapsedMs = performance.now() - startedAt
    const last = fresh ?? { ...overviewOf(null, []), isPooled: false }
    run.emit({ type: 'runEnded', outcome: result.outcome, elapsedMs, overview: last })
  }

  return {
    list,
    async plan(input) {
      const { profileId } = input
      const session = await options.catalogSession(profileId)
      const plan = await planOf(session, await read(profileId, session), input)
      if (plan.refusals.length === 0) remember(shownPlans, planKey(profileId, plan.digest), plan)
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
      const known = shownPlans.get(planKey(profileId, digest))
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
    async signal({ profileId, ...input }) {
      // A session of its own: the one for questions may itself wait for what is in the way.
      const session = await options.openSession(profileId, APPLICATION_NAME)
      try {
        return await signalBackend(session, input)
      } finally {
        await session.end()
      }
    },
    async drift(profileId) {
      const folder = await options.folderOf(profileId)
      return onOwnSession(profileId, async (session) => {
        // Another tool moves migrations unseen: what differs then is no drift.
        return (await ledgerOf(folder, session)) === strataLedger ? readDrift(session) : null
      })
    },
    async acceptDrift(profileId, checksum) {
      await onOwnSession(profileId, (session) => acceptDrift(session, checksum))
      return null
    },
    async rehearse({ profileId, name, place }, channel) {
      await folderOrRefuse(profileId)
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
    async create({ profileId, title, texts }) {
      const folder = await folderOrRefuse(profileId)
      const opened = await openFolder(folder, await options.catalogSession(profileId))
      const foreign = isForeign(opened.contents) ? opened.contents : null
      const pair =
        foreign === null
          ? await createPair(folder, title, new Date(), texts)
          : await createForeign(foreign, title, new Date(), texts)
      options.announceChanged(profileId)
      return pair
    },
    async conversion(profileId) {
      return describeConversion(await folderOrRefuse(profileId), await options.catalogSession(profileId))
    },
    async convert({ profileId, ...input }) {
      const folder = await folderOrRefuse(profileId)
      if (runs.has(profileId)) throw refusal('profileId', 'A run is in progress. Convert the folder when it is done.')
      const session = await options.openSession(profileId, APPLICATION_NAME)
      try {
        return await convertFolder(folder, input, session, options.appVersion)
      } finally {
        await session.end()
      }
    },
    async read({ profileId, name }) {
      const folder = await options.folderOf(profileId)
      const pair =
        folder === null
          ? { name, upFile: upFileOf(name), up: null, downFile: downFileOf(name), down: null }
          : await readPair(folder, name)
      if (pair.up !== null) return pair
      const { contents } = await openFolder(folder, await options.catalogSession(profileId))
      if (isForeign(contents)) {
        const names = namesIn(contents, name)
        if (names === null)
          throw refusal('name', `There is no file of "${name}", and ${contents.tool} keeps no text of it.`)
        return readPair(contents.folder, name, names)
      }
      const kept = await keptTexts(profileId, folder, name)
      if (kept === null && pair.down === null)
        throw refusal('name', `There is no migration "${name}". Refresh the list.`)
      return { ...pair, up: kept?.up ?? null, down: pair.down ?? kept?.down ?? null }
    },
    async write({ profileId, ...input }) {
      const folder = await folderOrRefuse(profileId)
      const { contents } = (await hasPair(folder, input.name))
        ? { contents: null }
        : await openFolder(folder, await options.catalogSession(profileId))
      const names = isForeign(contents) ? namesIn(contents, input.name) : null
      await writeScript(folder, input, ...(names === null ? [] : [names]))
      options.announceChanged(profileId)
      return null
    },
    async compare(profileId, name) {
      const folder = await folderOrRefuse(profileId)
      const kept = await keptTexts(profileId, folder, name)
      return kept === null ? null : compareFiles(await readPair(folder, name), kept)
    },
    async accept({ profileId, name, checksum }) {
      const folder = await folderOrRefuse(profileId)
      const pair = await readPair(folder, name)
      const session = await options.openSession(profileId, APPLICATION_NAME)
      try {
        const { tool } = await ledgerOf(folder, session)
        if (tool !== strataLedger.tool) throw refusal('name', `${tool} keeps no texts: there is nothing to accept.`)
        await acceptChange(session, pair, checksum)
      } finally {
        await session.end()
      }
      options.announceChanged(profileId)
      return null
    },
    async restore({ profileId, ...input }) {
      const folder = await folderOrRefuse(profileId)
      const kept = await keptTexts(profileId, folder, input.name)
      await restoreScript(folder, { ...input, text: kept?.[input.file] ?? null })
      options.announceChanged(profileId)
      return null
    },
    async stop() {
      isStopping = true
      for (const run of runs.values()) run.cancel()
      await Promise.all([...runs.values()].map((run) => run.ended))
    },
  }
}

interface Everything extends OpenFolder {
  readonly history: History
  readonly halfWay: HalfWay
  readonly isPooled: boolean
}

/** A session's own backend never changes, nor does what stands before it. */
const pooled = new WeakMap<Session, boolean>()

async function isPooledSession(session: Session): Promise<boolean> {
  const known = pooled.get(session) ?? !(await isDirect(session))
  pooled.set(session, known)
  return known
}

async function readAll(options: MigrationOptions, profileId: ProfileId, session: Session): Promise<Everything> {
  const folder = await options.folderOf(profileId)
  const opened = await openFolder(folder, session)
  const history = await opened.ledger.readHistory(session)
  const isHalfWay = history.rows.some((row) => row.status !== 'applied')
  const halfWay = isHalfWay ? await readHalfWay(session) : { lockHolder: null, invalidIndexes: [] }
  return { ...opened, history, halfWay, isPooled: await isPooledSession(session) }
}

async function readHalfWay(session: Session): Promise<HalfWay> {
  const holder = await readHolder(session)
  const lockHolder =
    holder === null
      ? null
      : `${holder.applicationName || 'another session'} (backend ${holder.backendPid}, role ${holder.role})`
  return { lockHolder, invalidIndexes: await readInvalidIndexes(session) }
}

async function planOf(
  session: Session,
  { ledger, contents, history, halfWay }: Everything,
  asked: Pick<InputOf<EngineContract, 'migration.plan'>, 'action' | 'isAllOrNothing'>,
): Promise<RunPlan> {
  const { action, isAllOrNothing = false } = asked
  const { rows } = history
  const keptDowns = new Map<string, Script>()
  if (action.kind.startsWith('roll back') || action.kind === 'redo') {
    const held = new Set(
      contents?.migrations.filter((file) => file.up !== null || file.down !== null).map(({ name }) => name),
    )
    for (const { name, hasDownText } of rows) {
      if (!hasDownText || held.has(name)) continue
      const text = (await ledger.readKeptTexts(session, name))?.down
      if (text == null) continue
      keptDowns.set(
        name,
        readScript(downFileOf(name), text, 'down', { hasStandardStrings: session.hasStandardStrings }),
      )
    }
  }
  const named = 'name' in action ? rows.find((row) => row.name === action.name) : undefined
  const texts = named === undefined ? null : await ledger.readKeptTexts(session, named.name)
  const script = (text: string | null | undefined, part: 'up' | 'down') => {
    const file = part === 'up' ? upFileOf(named?.name ?? '') : downFileOf(named?.name ?? '')
    return text == null ? null : readScript(file, text, part, { hasStandardStrings: session.hasStandardStrings })
  }
  const kept = { up: script(texts?.up, 'up'), down: script(texts?.down, 'down') }
  return planAction({ action, isAllOrNothing, contents, rows, keptDowns, kept, ...halfWay })
}

/** A failed file stays marked until it is edited or applied: rolled back, it left no trace in the history's table. */
function noteFailures(failures: Map<ProfileId, Map<string, string>>, profileId: ProfileId, result: RunResult): void {
  const own = failures.get(profileId) ?? new Map<string, string>()
  failures.set(profileId, own)
  for (const name of result.committed) own.delete(name)
  const { failed } = result
  if (failed === null || failed.failure.cause.kind === 'cancelled' || failed.step.direction !== 'apply') return
  own.set(failed.step.name, failed.step.script.checksum)
}

function remember(plans: Map<string, RunPlan>, key: string, plan: RunPlan): void {
  plans.delete(key)
  plans.set(key, plan)
  for (const oldest of plans.keys()) {
    if (plans.size <= PLANS_KEPT) return
    plans.delete(oldest)
  }
}

function planKey(profileId: ProfileId, digest: string): string {
  return `${profileId} ${digest}`
}

function describe(action: MigrationAction): string {
  return 'name' in action ? `${action.kind} ${action.name}` : action.kind
}

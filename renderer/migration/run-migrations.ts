import type { Failure } from '../../contract/failure'
import type { MigrationAction, MigrationEvent, MigrationPlan } from '../../contract/migration'
import type { ProfileId } from '../../contract/profile'
import { type OpenStream, openStream, request } from '../bridge'
import { now } from './clock'
import { lintPlan } from './lint-store'
import { loadMigrations, readTexts } from './load-migrations'
import { migrationsOf, noteMigrations } from './migration-store'
import { SLOW_MS } from './slow'
import { endLossWatch, watchLosses } from './watch-losses'

/** Reads the migrations of a profile that was opened, and joins the run in progress if there is one. */
export async function openMigrations(profileId: ProfileId): Promise<void> {
  await Promise.all([loadMigrations(profileId), followRun(profileId)])
}

/** Asks what an action would do and shows that plan; nothing runs before it is confirmed. */
export async function planAction(profileId: ProfileId, action: MigrationAction, isAllOrNothing = false): Promise<void> {
  const { kind } = migrationsOf(profileId).run
  if (kind === 'planning' || kind === 'running') return
  await showPlan(profileId, { action, isAllOrNothing, isAnew: false })
}

async function showPlan(
  profileId: ProfileId,
  asked: { readonly action: MigrationAction; readonly isAllOrNothing: boolean; readonly isAnew: boolean },
): Promise<void> {
  const { action, isAllOrNothing, isAnew } = asked
  noteMigrations(profileId, { type: 'planAsked', action })
  const slow = setTimeout(() => noteMigrations(profileId, { type: 'planDragged' }), SLOW_MS)
  const reply = await request('migration.plan', { profileId, action, isAllOrNothing })
  clearTimeout(slow)
  if (migrationsOf(profileId).run.kind !== 'planning') return
  if (!reply.ok) {
    noteMigrations(profileId, { type: 'planFailed', failure: reply.failure })
    return
  }
  notePlan(profileId, { action, plan: reply.value, isAnew })
}

function notePlan(
  profileId: ProfileId,
  shown: { readonly action: MigrationAction; readonly plan: MigrationPlan; readonly isAnew: boolean },
): void {
  const { action, plan, isAnew } = shown
  if (plan.refusals.length > 0) noteMigrations(profileId, { type: 'planRefused', action, plan })
  else if (plan.steps.length === 0) noteMigrations(profileId, { type: 'planFoundNothing', plan })
  else {
    noteMigrations(profileId, { type: 'planShown', action, plan, isAnew })
    void watchLosses(profileId, plan)
    void lintPlan(profileId, plan)
  }
}

/** Shows the plan of the same action with or without one transaction for the whole run, in the place of the shown one. */
export async function planShownAgain(
  profileId: ProfileId,
  action: MigrationAction,
  isAllOrNothing: boolean,
): Promise<void> {
  lastWish = isAllOrNothing
  const reply = await request('migration.plan', { profileId, action, isAllOrNothing })
  // Of two wishes under way the later one holds.
  if (migrationsOf(profileId).run.kind !== 'confirming' || lastWish !== isAllOrNothing) return
  if (reply.ok) notePlan(profileId, { action, plan: reply.value, isAnew: false })
  else noteMigrations(profileId, { type: 'planFailed', failure: reply.failure })
}

let lastWish = false

/** Closes the shown plan, or what was refused. */
export function dismissPlan(profileId: ProfileId): void {
  endLossWatch(profileId)
  noteMigrations(profileId, { type: 'planDismissed' })
}

/**
 * Runs exactly the shown plan; resolves when the run has ended, which it does even when the window goes away. Where files or
 * history changed since, nothing runs and the new plan is shown.
 */
export async function runPlan(profileId: ProfileId, plan: MigrationPlan, action: MigrationAction): Promise<void> {
  if (migrationsOf(profileId).run.kind === 'running') return
  endLossWatch(profileId)
  noteMigrations(profileId, { type: 'runBegun', plan, at: now() })
  const { digest, isAllOrNothing } = plan
  const input = { profileId, action, isAllOrNothing, digest }
  const { failure, hasBegun } = await follow(profileId, (onEvent) => openStream('migration.run', input, onEvent))
  const { run } = migrationsOf(profileId)
  if (failure !== null && isOutdated(failure) && run.kind === 'running' && run.step === 0) {
    return showPlan(profileId, { action, isAllOrNothing, isAnew: true })
  }
  if (hasBegun) await noteEnd(profileId, failure)
}

function isOutdated(failure: Failure): boolean {
  return failure.kind === 'refused' && failure.issues.some((issue) => issue.path === 'digest')
}

/** Joins the run in progress, if there is one that this window does not follow yet. */
export async function followRun(profileId: ProfileId): Promise<void> {
  if (migrationsOf(profileId).run.kind === 'running' || joining.has(profileId)) return
  joining.add(profileId)
  const { failure, hasBegun } = await follow(profileId, (onEvent) =>
    openStream('migration.follow', { profileId }, onEvent),
  )
  // A follow that is refused says that nothing runs.
  if (hasBegun) await noteEnd(profileId, failure)
  joining.delete(profileId)
}

/** Asks the engine to stop the run; how it ended, the run itself says. */
export async function cancelRun(profileId: ProfileId): Promise<void> {
  const { run } = migrationsOf(profileId)
  if (run.kind !== 'running') return
  noteMigrations(profileId, { type: 'cancelAsked' })
  // Without an id yet, the wish is passed on as soon as the run says its own.
  if (run.runId === null) return
  const reply = await request('migration.cancel', { runId: run.runId })
  if (!reply.ok) noteMigrations(profileId, { type: 'cancelFailed', failure: reply.failure })
}

const joining = new Set<ProfileId>()

async function follow(
  profileId: ProfileId,
  open: (onEvent: (event: MigrationEvent) => void) => OpenStream,
): Promise<{ readonly failure: Failure | null; readonly hasBegun: boolean }> {
  let hasBegun = migrationsOf(profileId).run.kind === 'running'
  const stream = open((event) => {
    if (event.type === 'runStarted') hasBegun = true
    noteMigrations(profileId, { type: 'runReported', event, at: now() })
    const { run } = migrationsOf(profileId)
    if (event.type === 'runStarted' && run.kind === 'running' && run.isCancelling) void cancelRun(profileId)
  })
  const failure = await stream.ended
  return { failure, hasBegun }
}

async function noteEnd(profileId: ProfileId, failure: Failure | null): Promise<void> {
  noteMigrations(profileId, { type: 'runStreamEnded', failure, at: now() })
  await readTexts(profileId)
}

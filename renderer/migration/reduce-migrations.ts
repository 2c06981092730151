import type { Failure } from '../../contract/failure'
import type {
  MigrationAction,
  MigrationEvent,
  MigrationOverview,
  MigrationPlan,
  MigrationTexts,
} from '../../contract/migration'
import type { MigrationChange } from '../../contract/migration-change'
import type { Migrations } from './migrations'
import { reduceRunReport, runLost, startedRun } from './reduce-run'
import { select, withOverview } from './selection'

/** What can happen to the migrations of a profile, in the past tense. `at` is in milliseconds of the clock. */
export type MigrationsEvent =
  | { readonly type: 'listAsked' }
  | { readonly type: 'listDragged' }
  | { readonly type: 'listArrived'; readonly overview: MigrationOverview }
  | { readonly type: 'listFailed'; readonly failure: Failure }
  | { readonly type: 'migrationSelected'; readonly name: string }
  | { readonly type: 'tabChosen'; readonly tab: 'sql' | 'effect' | 'log' }
  | { readonly type: 'textsArrived'; readonly texts: MigrationTexts }
  | { readonly type: 'textsFailed'; readonly name: string; readonly failure: Failure }
  | { readonly type: 'changeArrived'; readonly name: string; readonly change: MigrationChange | null }
  | { readonly type: 'planAsked'; readonly action: MigrationAction }
  | { readonly type: 'planDragged' }
  | { readonly type: 'planRefused'; readonly action: MigrationAction; readonly plan: MigrationPlan }
  | {
      readonly type: 'planShown'
      readonly action: MigrationAction
      readonly plan: MigrationPlan
      readonly isAnew: boolean
    }
  | { readonly type: 'planFailed'; readonly failure: Failure }
  | { readonly type: 'planFoundNothing'; readonly plan: MigrationPlan }
  | { readonly type: 'planDismissed' }
  | { readonly type: 'runBegun'; readonly plan: MigrationPlan; readonly at: number }
  | { readonly type: 'runReported'; readonly event: MigrationEvent; readonly at: number }
  | { readonly type: 'runStreamEnded'; readonly failure: Failure | null; readonly at: number }
  | { readonly type: 'cancelAsked' }
  | { readonly type: 'cancelFailed'; readonly failure: Failure }
  | { readonly type: 'deedFailed'; readonly failure: Failure }
  | { readonly type: 'problemDismissed' }

/** The migrations of a profile after something happened; the same value when it changes nothing. */
export function reduceMigrations(before: Migrations, event: MigrationsEvent): Migrations {
  switch (event.type) {
    case 'listAsked':
      // A refresh keeps what is shown: nothing moves until there is something new.
      return before.listing.kind === 'unknown' || before.listing.kind === 'failed'
        ? { ...before, listing: { kind: 'loading', isSlow: false } }
        : before
    case 'listDragged':
      return before.listing.kind === 'loading' ? { ...before, listing: { kind: 'loading', isSlow: true } } : before
    case 'listArrived':
      return withOverview(before, event.overview)
    case 'listFailed':
      return { ...before, listing: { kind: 'failed', failure: event.failure } }
    case 'migrationSelected':
      return { ...select(before, event.name), followsRun: false }
    case 'tabChosen':
      return { ...before, tab: event.tab }
    case 'textsArrived':
      return event.texts.name === before.selected ? { ...before, texts: { kind: 'read', texts: event.texts } } : before
    case 'textsFailed':
      return event.name === before.selected
        ? { ...before, texts: { kind: 'failed', name: event.name, failure: event.failure } }
        : before
    case 'changeArrived':
      return event.name === before.selected ? { ...before, change: event.change } : before
    case 'planAsked':
      return { ...before, run: { kind: 'planning', action: event.action, isSlow: false }, problem: null }
    case 'planDragged':
      return before.run.kind === 'planning' ? { ...before, run: { ...before.run, isSlow: true } } : before
    case 'planRefused':
      return { ...before, run: { kind: 'refused', action: event.action, plan: event.plan } }
    case 'planShown':
      return { ...before, run: { kind: 'confirming', action: event.action, plan: event.plan, isAnew: event.isAnew } }
    case 'planFailed':
      return { ...before, run: { kind: 'not started', failure: event.failure } }
    case 'planFoundNothing':
      return {
        ...before,
        run: { kind: 'ended', outcome: 'nothing to do', plan: event.plan, committed: [], failure: null, elapsedMs: 0 },
      }
    case 'planDismissed':
      return isAsking(before) ? { ...before, run: { kind: 'idle' } } : before
    case 'runBegun':
      return { ...before, run: startedRun(event.plan, event.at), followsRun: true, problem: null }
    case 'runReported':
      return reduceRunReport(before, event.event, event.at)
    case 'runStreamEnded':
      return runLost(before, event.failure, event.at)
    case 'cancelAsked':
      return before.run.kind === 'running'
        ? { ...before, run: { ...before.run, isCancelling: true, cancelFailure: null } }
        : before
    case 'cancelFailed':
      return before.run.kind === 'running'
        ? { ...before, run: { ...before.run, isCancelling: false, cancelFailure: event.failure } }
        : before
    case 'deedFailed':
      return { ...before, problem: event.failure }
    case 'problemDismissed':
      return { ...before, problem: null }
  }
}

function isAsking(before: Migrations): boolean {
  const { kind } = before.run
  return kind === 'confirming' || kind === 'refused' || kind === 'not started'
}

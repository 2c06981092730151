import type { MigrationPlan } from '../../contract/migration'
import type { Outcome } from './result'
import { printable } from './terminal'

/** The plan in lines: what, where, in which order and why. */
export function planLines(plan: MigrationPlan): string[] {
  const { steps, database, host, isAllOrNothing } = plan
  const preposition = plan.action.kind.startsWith('apply') ? 'to' : 'in'
  const width = Math.max(...steps.map(({ name }) => name.length))
  const together = isAllOrNothing ? ', all or nothing' : ''
  return [
    `${capital(verbOf(plan))} ${counted(steps.length)} ${preposition} ${database} at ${host}${together}:`,
    ...steps.map(({ name, reason }) => `  ${name.padEnd(width)}  ${printable(reason)}`),
  ]
}

/** What a plan does, as a verb. */
export function verbOf({ action }: MigrationPlan): string {
  return /^(apply|roll back)/.exec(action.kind)?.[0] ?? action.kind
}

/** Asks for agreement to a plan. */
export function questionFor(plan: MigrationPlan): string {
  return `${capital(verbOf(plan))}? [y/N] `
}

/** How a run ended, in one line; nothing where that was said already. */
export function summaryOf(run: {
  readonly plan: MigrationPlan
  readonly participle: string
  readonly outcome: Outcome
  /** How many migrations were moved. */
  readonly done: number
  readonly elapsedMs: number
}): string[] {
  const { plan, participle, outcome, done, elapsedMs } = run
  const left = plan.steps.length - done
  switch (outcome) {
    case 'complete':
      return [`${counted(done)} ${participle} in ${Math.round(elapsedMs)} ms.`]
    case 'nothing to do':
      return [`Nothing to ${verbOf(plan)}.`]
    case 'refused':
      return []
    case 'lock not had':
      return [
        `The migration lock was not had in time. ${done === 0 ? 'Nothing was run.' : `${counted(done)} ${participle}.`}`,
      ]
    case 'cancelled':
      return [
        done === 0
          ? `Cancelled. Nothing was ${participle}.`
          : `Cancelled. ${counted(done)} ${participle}, ${left} not.`,
      ]
    default:
      return [`Failed. ${done === 0 ? 'Nothing' : counted(done)} ${participle}, ${left} not.`]
  }
}

function counted(migrations: number): string {
  return migrations === 1 ? '1 migration' : `${migrations} migrations`
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}

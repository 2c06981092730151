import type { MigrationPlan, MigrationStep } from '../../contract/migration'
import { countOf } from '../ui/format'
import { listed } from './words'

/** What a plan does, as the dialog's title and button begin: "Roll back 1 migration". */
export function planTitle(plan: MigrationPlan): string {
  const count = countOf(planned(plan).length, 'migration')
  switch (plan.action.kind) {
    case 'redo':
      return `Redo ${count}`
    case 'mark as applied':
      return `Mark ${count} as applied`
    case 'mark as not applied':
      return `Mark ${count} as not applied`
    case 'resume':
      return `Resume ${count}`
    case 'retry':
      return `Retry ${count}`
    case 'drop index and retry':
      return `Drop index and retry ${count}`
    default:
      return `${plan.direction === 'apply' ? 'Apply' : 'Roll back'} ${count}`
  }
}

/** What a plan does in a sentence that names the migrations and says that the bound is included. */
export function planSentence(plan: MigrationPlan): string {
  const titles = planned(plan).map((step) => step.title)
  const [first = ''] = titles
  const names = `${countOf(titles.length, 'migration')}: ${listed(titles)}`
  const all = `${plan.direction === 'apply' ? 'Applies' : 'Rolls back'} ${names}`
  const way = plan.direction === 'apply' ? 'Applying' : 'Rolling back'
  switch (plan.action.kind) {
    case 'redo':
      return `Rolls back ${listed([...titles].reverse())}${titles.length > 1 ? `, down to and including ${first}` : ''}, then applies ${titles.length > 1 ? 'the same ones' : 'it'} again.`
    case 'mark as applied':
      return `Writes into the history that ${first} is applied. Nothing of it is run.`
    case 'mark as not applied':
      return `Takes ${first} out of the history. Nothing of it is rolled back.`
    case 'resume':
      return `${way} ${first} goes on at the statement where it stopped.`
    case 'retry':
      return `${way} ${first} begins again at its first statement.`
    case 'drop index and retry':
      return `Drops what the failed build left, then ${way.toLowerCase()} ${first} goes on where it stopped.`
    case 'roll back to':
      return titles.length > 1 ? `${all}, down to and including ${titles.at(-1)}.` : `${all}.`
    case 'apply up to':
      return titles.length > 1 ? `${all}, up to and including ${titles.at(-1)}.` : `${all}.`
    case 'roll back all':
      return `${all}. No migration of this folder is left in the database then.`
    default:
      return `${all}.`
  }
}

/** What a failure leaves of a plan's earlier steps, or what else is to be known before it is confirmed. */
export function planWarning(plan: MigrationPlan): string {
  if (plan.steps.every((step) => step.isMark)) return 'The log keeps who marked it and when.'
  if (plan.direction === 'roll back') return 'What a rollback drops is gone with its rows.'
  if (plan.action.kind === 'redo') return 'What the rollback drops is gone with its rows.'
  if (plan.isAllOrNothing) return 'One transaction: all of it takes effect, or nothing does.'
  return plan.steps.length > 1
    ? 'Stops at the first failure; what was committed before stays.'
    : plan.steps.every((step) => step.isTransactional)
      ? 'A failure leaves nothing of it.'
      : 'No transaction: what took effect before a failure stays.'
}

/** What is being done to a step, as a status line begins. */
export function doingVerb(step: MigrationStep | undefined, plan: MigrationPlan): string {
  if (step?.isMark) return 'Marking'
  return (step?.direction ?? plan.direction) === 'apply' ? 'Running' : 'Rolling back'
}

/** What was done by a plan, as a status line begins. */
export function doneVerb(plan: MigrationPlan): string {
  if (plan.action.kind === 'redo') return 'Done'
  if (plan.action.kind === 'mark as applied' || plan.action.kind === 'mark as not applied') return 'Marked'
  return plan.direction === 'apply' ? 'Applied' : 'Rolled back'
}

/** What was done by a plan to that many migrations: "Marked 1 migration as applied". */
export function doneWords({ action, direction }: MigrationPlan, count: string): string {
  switch (action.kind) {
    case 'redo':
      return `Rolled back and applied again: ${count}`
    case 'mark as applied':
      return `Marked ${count} as applied`
    case 'mark as not applied':
      return `Marked ${count} as not applied`
    default:
      return `${direction === 'apply' ? 'Applied' : 'Rolled back'} ${count}`
  }
}

/** What is said of a plan without steps. */
export function nothingToDo({ action, direction }: MigrationPlan): string {
  if (action.kind === 'redo' || action.kind.startsWith('mark')) return 'Nothing to do'
  return direction === 'apply' ? 'Nothing to apply' : 'Nothing to roll back'
}

/** One step for each migration: a redo moves every one twice. */
function planned(plan: MigrationPlan): readonly MigrationStep[] {
  return plan.steps.filter((step) => step.direction === plan.direction)
}

/** Statements of a plan that are drawn at once, and of one step: thousands would keep whoever confirms it waiting. */
const MOST_STATEMENTS = 300
const MOST_OF_STEP = 100

/** How many statements of each step are shown at first. */
export function shownAtFirst({ steps }: MigrationPlan): readonly number[] {
  let rest = MOST_STATEMENTS
  return steps.map(({ statements }) => {
    const shown = Math.min(rest, MOST_OF_STEP, statements.length)
    rest -= shown
    return shown
  })
}

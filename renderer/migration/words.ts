import type { Blocker, MigrationAction, MigrationPlan } from '../../contract/migration'
import { countOf, formatElapsed } from '../ui/format'

/** The time a run takes, in seconds also where it is short: "0.12 s", "12.3 s", "4:12 min". */
export function seconds(ms: number): string {
  return ms < 1000 ? `${(ms / 1000).toFixed(2)} s` : formatElapsed(ms)
}

/** A point of the day on the reader's clock: "14:02:10". */
export function clockTime(at: number): string {
  const date = new Date(at)
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':')
}

/** Names in a sentence: "a", "a and b", "a, b and c", "a, b and 6 more". */
export function listed(names: readonly string[], most = 4): string {
  const shown = names.length > most ? names.slice(0, most - 1) : names
  const rest = names.length - shown.length
  const parts = rest === 0 ? shown : [...shown, `${rest} more`]
  if (parts.length < 2) return parts.join('')
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}

/** Who holds a lock: "psql (pid 4711, role app_rw)". */
export function blockerName(blocker: Blocker): string {
  const name = blocker.applicationName === '' ? 'a session without a name' : blocker.applicationName
  return `${name} (pid ${blocker.backendPid}, role ${blocker.role})`
}

/** What a holder of a lock has been doing: "idle in transaction for 12.0 s"; later by `laterMs` than it was seen. */
export function blockerState(blocker: Blocker, laterMs = 0): string {
  return `${blocker.state === '' ? 'in an unknown state' : blocker.state} for ${seconds(blocker.sinceMs + laterMs)}`
}

/** What a plan does, as the dialog's title and button begin: "Roll back 1 migration". */
export function planTitle(plan: MigrationPlan): string {
  return `${plan.direction === 'apply' ? 'Apply' : 'Roll back'} ${countOf(plan.steps.length, 'migration')}`
}

/** What a plan does in a sentence that names the migrations and says that the bound is included. */
export function planSentence(plan: MigrationPlan, action: MigrationAction): string {
  const verb = plan.direction === 'apply' ? 'Applies' : 'Rolls back'
  const titles = plan.steps.map((step) => step.title)
  const last = titles.at(-1) ?? ''
  const all = `${verb} ${countOf(titles.length, 'migration')}: ${listed(titles)}`
  if (titles.length > 1 && action.kind === 'roll back to') return `${all}, down to and including ${last}.`
  if (titles.length > 1 && action.kind === 'apply up to') return `${all}, up to and including ${last}.`
  if (action.kind === 'roll back all') return `${all}. No migration of this folder is left in the database then.`
  return `${all}.`
}

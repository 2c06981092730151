import type { Blocker } from '../../contract/migration'
import { formatElapsed } from '../ui/format'

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
  if (blocker.state === '') return 'in a state that your role may not see'
  return `${blocker.state} for ${seconds(blocker.sinceMs + laterMs)}`
}

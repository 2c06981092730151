import type { Blocker } from '../../contract/migration'

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

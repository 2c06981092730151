import type { HistoryEntry } from '../../contract/history'
import { countOf, formatElapsed } from '../ui/format'

const two = (value: number) => String(value).padStart(2, '0')

/** When something happened, in this computer's time: `today 14:03`, `yesterday 09:10`, else the ISO date and the time. */
export function whenRan(at: string, now: Date): string {
  const time = new Date(at)
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}`
  const day = dayOf(time)
  const before = new Date(now)
  before.setDate(now.getDate() - 1)
  if (day === dayOf(now)) return `today ${clock}`
  if (day === dayOf(before)) return `yesterday ${clock}`
  return `${day} ${clock}`
}

function dayOf(time: Date): string {
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`
}

/** What is said of a run below its statement; a complete one says so by its mark alone. */
export function runWords(entry: HistoryEntry, now: Date): string {
  const { outcome, startedAt, elapsedMs, rows, statements, role, database } = entry
  return [
    outcome === 'complete' ? '' : outcome,
    whenRan(startedAt, now),
    elapsedMs === null ? '' : formatElapsed(elapsedMs),
    statements > 1 ? countOf(statements, 'statement') : '',
    rows === null ? '' : countOf(rows, 'row'),
    `${role}@${database}`,
  ]
    .filter((part) => part !== '')
    .join(' · ')
}

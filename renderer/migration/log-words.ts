import { failureMessage } from '../../contract/failure'
import type { LogEntry } from '../../contract/migration-log'
import { countOf } from '../ui/format'
import type { LogExport } from './log-store'

/** A point of time on the reader's clock, to the second: "2026-11-22 10:12:31". */
export function logTime(iso: string): string {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return iso
  const two = (part: number) => String(part).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`
}

/** Who did it, and from where: "app from 10.0.0.7". */
export function logActor({ role, address }: LogEntry): string {
  return address === null ? `${role}, local socket` : `${role} from ${address}`
}

/** Where a migration failed: "While it was applied, at statement 2 (42P07)"; empty for what did not fail. */
export function failedWhere({ failure }: LogEntry): string {
  if (failure === null) return ''
  const way = failure.direction === 'apply' ? 'applied' : 'rolled back'
  const place = failure.statement === 0 ? '' : `, at statement ${failure.statement}`
  return `While it was ${way}${place}${failure.code === null ? '' : ` (${failure.code})`}`
}

/** How the writing of the log to a file stands; empty when none was asked for. */
export function exportWords(state: LogExport): string {
  switch (state.kind) {
    case 'none':
      return ''
    case 'writing':
      return `Writing ${state.file}`
    case 'written':
      return `Saved ${state.file}: ${countOf(state.entries, 'entry', 'entries')}`
    case 'failed':
      return state.failure.kind === 'refused'
        ? failureMessage(state.failure)
        : `${state.file} was not written: ${failureMessage(state.failure)}`
  }
}

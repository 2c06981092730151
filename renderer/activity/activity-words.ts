import type { ActiveBackend } from '../../contract/activity'
import { backendState } from '../ui/backend-state'
import { formatSeconds } from '../ui/format'
import type { ActivityRow } from './activity-order'

/** Whose session it is: a tab of this window by its title, this app, or what the client calls itself. */
export function whoIsIt(backend: ActiveBackend, tabTitle: string | null): string {
  if (backend.own === 'tab') return tabTitle === null ? 'A closed tab' : `Tab “${tabTitle}”`
  if (backend.own === 'app') return 'Strata, explorer'
  if (backend.backendType !== 'client backend') return backend.backendType
  return backend.applicationName === '' ? 'no name given' : backend.applicationName
}

/** How long it has been what it is: its transaction where it is in one, else its state. */
export function sinceWords({ transactionMs, sinceMs, state }: ActiveBackend): string {
  if (state === '') return ''
  return formatSeconds(transactionMs ?? sinceMs)
}

/** What a screen reader says of a row. */
export function rowName({ backend, blockedCount }: ActivityRow, who: string): string {
  const { backendPid, role, database, wait, waitsFor } = backend
  const parts = [
    `${who}, pid ${backendPid}`,
    role === '' ? '' : `role ${role}`,
    database === '' ? '' : `database ${database}`,
    backendState(backend),
    waitsFor.length === 0 ? wait : `blocked by ${waitsFor.join(', ')}`,
    blockedCount === 0 ? '' : `blocks ${blockedCount}`,
  ]
  return parts.filter((part) => part !== '').join(', ')
}

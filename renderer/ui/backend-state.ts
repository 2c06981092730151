import type { Backend } from '../../contract/backend'
import { formatSeconds } from './format'

/** What a server process has been doing: "idle in transaction for 12.0 s"; later by `laterMs` than it was seen. */
export function backendState(backend: Pick<Backend, 'state' | 'sinceMs'>, laterMs = 0): string {
  if (backend.state === '') return 'in a state that your role may not see'
  return `${backend.state} for ${formatSeconds(backend.sinceMs + laterMs)}`
}

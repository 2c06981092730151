import { ChevronRight, Waypoints } from 'lucide-react'
import type { ReactNode } from 'react'

const CHANGES = [
  'Each migration is kept exclusive by a lock of its own transaction, not for the whole run: another run may come between two of them.',
  'Migrations with “transaction: off”, and so concurrent index builds, are refused: connect to the server directly for those.',
  'Who blocks a statement, and how far an index build is, cannot be shown.',
]

/** Says that a pooler stands before the server, and what that changes for migrations. */
export function PoolerBanner(): ReactNode {
  return (
    <details className="pooler is-changed">
      <summary>
        <Waypoints className="i" size={14} strokeWidth={1.75} aria-hidden />
        <span>Behind a connection pooler</span>
        <ChevronRight className="i i12" size={12} strokeWidth={1.75} aria-hidden />
      </summary>
      <ul className="small" aria-label="What the pooler changes">
        {CHANGES.map((change) => (
          <li key={change}>{change}</li>
        ))}
      </ul>
    </details>
  )
}

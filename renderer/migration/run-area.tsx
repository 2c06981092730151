import type { ReactNode } from 'react'
import { backendState } from '../ui/backend-state'
import { formatSeconds } from '../ui/format'
import { useTicking } from '../ui/use-ticking'
import { clockAt } from './clock'
import type { Migrations } from './migrations'
import { runStatus } from './run-status'
import { blockerName } from './words'

/** What runs, waits or ran last, with its progress; its space stays the same in every state. */
export function RunArea({ migrations }: { readonly migrations: Migrations }): ReactNode {
  const { run } = migrations
  const { text, detail, look, progress } = runStatus(migrations)
  // While it waits for the lock, the line itself says since when.
  const startedAt = run.kind === 'running' && run.lockWait === null ? run.startedAt : null
  const now = clockAt(useTicking(startedAt !== null, 100))
  const blockers = run.kind === 'running' ? run.blockers : []
  const whole = blockers.map((each) => `${blockerName(each)}, ${backendState(each)}\n${each.query}`).join('\n\n')
  return (
    <div className={`mrun is-${look}`}>
      <div className="words">
        <div className="line">
          <output aria-label="Migration status" title={text}>
            {text}
          </output>
          {startedAt === null ? null : (
            <span className="num small t2" aria-hidden>
              {formatSeconds(Math.max(0, now - startedAt))}
            </span>
          )}
        </div>
        <div className="rest">
          <p className="detail" title={whole === '' ? detail : whole} aria-live="polite">
            {detail}
          </p>
        </div>
      </div>
      <div className="bar" style={{ visibility: progress === null ? 'hidden' : 'visible' }}>
        <i style={{ width: `${Math.round((progress ?? 0) * 100)}%` }} />
      </div>
    </div>
  )
}

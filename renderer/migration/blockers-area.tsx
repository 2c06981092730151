import { Lock } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import type { SignalOutcome } from '../../contract/backend'
import type { Failure } from '../../contract/failure'
import type { Blocker } from '../../contract/migration'
import type { TabId } from '../../contract/workspace'
import { Button } from '../ui/button'
import { formatCount } from '../ui/format'
import { SignalDialog } from '../ui/signal-dialog'
import { useTicking } from '../ui/use-ticking'
import './blockers-area.css'
import { backendState } from '../ui/backend-state'
import { clockAt } from './clock'
import type { Migrations, RunningRun } from './migrations'
import { ReasonButton } from './reason-button'
import { oneLine } from './statement-log'

/** What can be done about a tab of this window that blocks a migration. */
export interface BlockingTabs {
  /** The tab's title; null when there is no such tab any more. */
  readonly titleOf: (tabId: TabId) => string | null
  readonly onShow: (tabId: TabId) => void
  readonly onEnd: (tabId: TabId, command: 'commit' | 'rollback') => void
  /** Cancels what the tab runs. */
  readonly onCancel: (tabId: TabId) => void
}

type Asked = { readonly blocker: Blocker; readonly signal: 'cancel' | 'terminate' }

/** Who is in the way of the run in progress, with what can be done about each, and how far an index build is; nothing when nobody is. */
export function BlockersArea(props: {
  readonly migrations: Migrations
  readonly tabs: BlockingTabs
  readonly onSignal: (blocker: Blocker, signal: 'cancel' | 'terminate') => Promise<SignalOutcome | Failure>
}): ReactNode {
  const { migrations, tabs, onSignal } = props
  const { run } = migrations
  const [asked, setAsked] = useState<Asked | null>(null)
  const holder = run.kind === 'running' ? (run.lockWait?.holder ?? null) : null
  const behind = run.kind === 'running' ? (run.lockWait?.behind ?? []) : []
  const blockers = run.kind !== 'running' ? [] : holder === null ? run.blockers : [...behind, holder]
  const seenAt = run.kind !== 'running' ? 0 : holder === null ? run.blockersAt : (run.lockWait?.seenAt ?? 0)
  const build = run.kind === 'running' ? run.indexBuild : null
  const laterMs = Math.max(0, clockAt(useTicking(blockers.length > 0, 1000)) - seenAt)
  return (
    <>
      {blockers.length === 0 && build === null ? null : (
        <div className="mwatch">
          {build === null ? null : <IndexBuild build={build} />}
          {blockers.length === 0 ? null : (
            <ul aria-label={holder === null ? 'Blocked by' : holderLabel(behind.length > 0)}>
              {blockers.map((blocker) => (
                <BlockerItem
                  key={`${blocker.backendPid} ${blocker.applicationName}`}
                  blocker={blocker}
                  laterMs={laterMs}
                  tabs={tabs}
                  onAsk={(signal) => setAsked({ blocker, signal })}
                />
              ))}
            </ul>
          )}
        </div>
      )}
      {asked === null ? null : (
        <SignalDialog
          backend={asked.blocker}
          signal={asked.signal}
          onSignal={() => onSignal(asked.blocker, asked.signal)}
          onClose={() => setAsked(null)}
        />
      )}
    </>
  )
}

function holderLabel(isBlockedItself: boolean): string {
  return isBlockedItself ? 'Holds the migration lock, behind who blocks it' : 'Holds the migration lock'
}

function BlockerItem(props: {
  readonly blocker: Blocker
  readonly laterMs: number
  readonly tabs: BlockingTabs
  readonly onAsk: (signal: 'cancel' | 'terminate') => void
}): ReactNode {
  const { blocker, laterMs, tabs, onAsk } = props
  const { backendPid, applicationName, role, clientAddress, query, waitsFor, tabId } = blocker
  const title = tabId === null ? null : tabs.titleOf(tabId)
  const name = title === null ? applicationName || 'A session without a name' : `Your tab “${title}”`
  const facts = [backendPid === 0 ? '' : `pid ${backendPid}`, `role ${role}`, clientAddress].filter(
    (fact) => fact !== '',
  )
  const waits = waitsFor.length === 0 ? '' : `, and waits itself for pid ${waitsFor.join(', ')}`
  return (
    <li className="blocker is-changed" aria-label={`${name}, ${facts.join(', ')}`}>
      <p className="who">
        <Lock className="i" size={14} strokeWidth={1.75} aria-hidden />
        <b className="cut" title={name}>
          {name}
        </b>
      </p>
      <p className="small t2">{facts.join(' · ')}</p>
      <p className="small t2">{`${backendState(blocker, laterMs)}${waits}`}</p>
      {query === '' ? null : (
        <code className="cut" title={query}>
          {oneLine(query)}
        </code>
      )}
      {title === null || tabId === null || blocker.state === 'idle' ? (
        <Others blocker={blocker} onAsk={onAsk} />
      ) : (
        <OwnTab blocker={blocker} tabId={tabId} tabs={tabs} />
      )}
    </li>
  )
}

function OwnTab(props: { readonly blocker: Blocker; readonly tabId: TabId; readonly tabs: BlockingTabs }): ReactNode {
  const { blocker, tabId, tabs } = props
  const isAborted = blocker.state === 'idle in transaction (aborted)'
  return (
    <div className="deeds">
      {blocker.state === 'active' ? (
        <Button size="small" onPress={() => tabs.onCancel(tabId)}>
          Cancel statement
        </Button>
      ) : (
        <>
          {isAborted ? null : (
            <Button size="small" onPress={() => tabs.onEnd(tabId, 'commit')}>
              Commit
            </Button>
          )}
          <Button size="small" onPress={() => tabs.onEnd(tabId, 'rollback')}>
            Roll back
          </Button>
        </>
      )}
      <Button size="small" variant="bare" onPress={() => tabs.onShow(tabId)}>
        Show tab
      </Button>
    </div>
  )
}

function Others(props: {
  readonly blocker: Blocker
  readonly onAsk: (signal: 'cancel' | 'terminate') => void
}): ReactNode {
  const { blocker, onAsk } = props
  if (blocker.backendPid === 0) {
    return <p className="small t2">End it with COMMIT PREPARED or ROLLBACK PREPARED: it has no session.</p>
  }
  return (
    <div className="deeds">
      <ReasonButton
        size="small"
        reason={blocker.state.startsWith('idle') ? 'It runs no statement: its transaction is only open' : null}
        tip="Asks the server to stop what it runs (pg_cancel_backend)"
        onPress={() => onAsk('cancel')}
      >
        Cancel statement
      </ReasonButton>
      <Button size="small" tip="Asks the server to end it (pg_terminate_backend)" onPress={() => onAsk('terminate')}>
        Terminate session
      </Button>
    </div>
  )
}

function IndexBuild({ build }: { readonly build: NonNullable<RunningRun['indexBuild']> }): ReactNode {
  const { table, phase, unit, done, total, waitsForPid } = build
  const share = total === 0 ? null : Math.min(1, done / total)
  const waits = waitsForPid === null ? '' : `, waits for pid ${waitsForPid}`
  return (
    <div className="index-build is-running">
      <p>
        <b>Index build</b>
        <span className="cut t2" title={table}>
          {table === '' ? '' : `on ${table}`}
        </span>
        <span className="num small">{share === null ? '' : `${Math.floor(share * 100)} %`}</span>
      </p>
      <div
        className="bar"
        role="progressbar"
        aria-label="Index build"
        aria-valuetext={phase}
        {...(share === null ? {} : { 'aria-valuenow': Math.floor(share * 100) })}
      >
        <i style={{ width: `${(share ?? 0) * 100}%` }} />
      </div>
      <p className="small t2">
        {`${phase}${total === 0 ? '' : `: ${formatCount(done)} of ${formatCount(total)} ${unit}`}${waits}`}
      </p>
    </div>
  )
}

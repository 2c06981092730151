import { Plug, Unplug } from 'lucide-react'
import type { ReactNode } from 'react'
import type { SessionSettings } from '../contract/profile'
import type { SessionFacts } from '../contract/session'
import { SessionMarks } from './profile/session-marks'
import { keptRows } from './query/run-status'
import { NEW_QUERY, type TabQuery } from './query/tab-query'
import { transactionLook } from './query/transaction-look'
import { UnseenFile } from './query/unseen-files'
import { unsentOf } from './query/unsent-timeout'
import { countOf, formatElapsed } from './ui/format'
import { useTicking } from './ui/use-ticking'

/** Props of `StatusBar`. */
export interface StatusBarProps {
  /** Facts of the profile's own session; null when nothing is open. */
  readonly facts: SessionFacts | null
  readonly query: TabQuery | null
  /** What the open profile wants of its sessions. */
  readonly settings: SessionSettings
  readonly version: string
}

/** The bar at the bottom: session, transaction, rows, time, encoding, zone and server. */
export function StatusBar(props: StatusBarProps): ReactNode {
  const { facts, query, settings, version } = props
  if (facts === null) {
    return (
      <footer className="status">
        <span>
          <Plug className="i" aria-hidden />
          Not connected
        </span>
        <span className="grow" />
        <span>Strata {version}</span>
      </footer>
    )
  }
  const shown = query?.session.kind === 'open' ? query.session.facts : facts
  const rows = query === null ? null : keptRows(query)
  const elapsed = query === null || !('elapsedMs' in query.run) ? null : query.run.elapsedMs
  return (
    <footer className="status">
      <SessionWords facts={facts} query={query} />
      <SessionMarks settings={settings} unsent={unsentOf(shown, query)} />
      <Transaction query={query} />
      <UnseenFile />
      <span className="grow" />
      <span>{rows === null ? '' : countOf(rows, 'row')}</span>
      <span>{elapsed === null ? '' : formatElapsed(elapsed)}</span>
      <span>
        {shown.serverEncoding} · {shown.timeZone}
      </span>
      <span>{shown.server.product}</span>
    </footer>
  )
}

function SessionWords(props: { readonly facts: SessionFacts; readonly query: TabQuery | null }): ReactNode {
  const session = props.query?.session
  if (session?.kind === 'lost') {
    return (
      <span className="is-changed st">
        <Unplug className="i" aria-hidden />
        Session lost
      </span>
    )
  }
  const words =
    session?.kind === 'open'
      ? `Connected · pid ${session.facts.backendPid}`
      : session?.kind === 'opening'
        ? 'Connecting'
        : 'Connected'
  return (
    <span>
      <Plug className="i" aria-hidden />
      {words}
    </span>
  )
}

function Transaction({ query }: { readonly query: TabQuery | null }): ReactNode {
  const shown = query ?? NEW_QUERY
  const now = useTicking(shown.transaction.status !== 'none', 1000)
  const { words, look, remark } = transactionLook(shown, now)
  return (
    <span>
      <span className={`badge ${look}`} role="status" aria-label="Transaction">
        {words}
      </span>
      {remark}
    </span>
  )
}

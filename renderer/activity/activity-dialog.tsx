import { Lock, Pause, Play, RefreshCw, Search } from 'lucide-react'
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { Checkbox } from 'react-aria-components'
import { useStore } from 'zustand'
import type { ActiveBackend } from '../../contract/activity'
import type { TabId } from '../../contract/workspace'
import { backendState } from '../ui/backend-state'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { FailureView } from '../ui/failure-view'
import { countOf, formatCount } from '../ui/format'
import { ContextMenu } from '../ui/menu'
import { SignalDialog } from '../ui/signal-dialog'
import { VirtualList, type VirtualListHandle } from '../ui/virtual-list'
import './activity.css'
import { closeActivity, filterActivity, pauseActivity, refreshActivity, signalBackend } from './activity-actions'
import { type ActivityRow, orderActivity } from './activity-order'
import { activityStore, changeActivity, type ShownActivity } from './activity-store'
import { rowName, sinceWords, whoIsIt } from './activity-words'

const ROW_HEIGHT = 26

/** What the view knows of the window's tabs. */
export interface ActivityTabs {
  /** The tab's title; null when there is no such tab any more. */
  readonly titleOf: (tabId: TabId) => string | null
  readonly onShow: (tabId: TabId) => void
}

type Asked = { readonly backend: ActiveBackend; readonly signal: 'cancel' | 'terminate' }

/** What goes on in the server while it is asked for: sessions, what they wait for and whom they block, and the two things to do about it. */
export function ActivityDialog({ tabs }: { readonly tabs: ActivityTabs }): ReactNode {
  const shown = useStore(activityStore, (state) => state.shown)
  return shown === null ? null : <OpenActivity shown={shown} tabs={tabs} />
}

function OpenActivity({ shown, tabs }: { readonly shown: ShownActivity; readonly tabs: ActivityTabs }): ReactNode {
  const { known, filter, chosenPid, watch, profileId } = shown
  const [asked, setAsked] = useState<Asked | null>(null)
  const [menu, setMenu] = useState<{ readonly x: number; readonly y: number } | null>(null)
  const rows = useMemo(() => (known === null ? [] : orderActivity(known.activity.backends, filter)), [known, filter])
  const at = rows.findIndex(({ backend }) => backend.backendPid === chosenPid)
  const chosen = rows[at]?.backend ?? null
  const list = useRef<VirtualListHandle>(null)
  const isAsking = asked !== null
  const hasAsked = useRef(false)
  useEffect(() => {
    if (isAsking) hasAsked.current = true
    if (isAsking || !hasAsked.current) return
    // What the question was asked from may be disabled by its answer: the keys go on in the list, a frame behind the dialog's own try.
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => list.current?.focus())
    })
    return () => cancelAnimationFrame(frame)
  }, [isAsking])
  const titleOf = (backend: ActiveBackend) => (backend.tabId === null ? null : tabs.titleOf(backend.tabId))
  const choose = (index: number) => changeActivity({ chosenPid: rows[index]?.backend.backendPid ?? null })
  const show = (backend: ActiveBackend) => {
    if (backend.tabId === null || titleOf(backend) === null) return
    closeActivity()
    tabs.onShow(backend.tabId)
  }
  const ask = (signal: 'cancel' | 'terminate') => {
    if (chosen !== null && isClient(chosen)) setAsked({ backend: chosen, signal })
  }
  return (
    <Dialog
      title="Activity"
      label="Activity"
      width={1180}
      namesPlace
      onClose={closeActivity}
      footer={
        <Footer
          shown={shown}
          rows={rows}
          chosen={chosen}
          tabTitle={chosen && titleOf(chosen)}
          onAsk={ask}
          onShow={show}
        />
      }
    >
      <div className="activity">
        <Head shown={shown} />
        <div className="act-row act-names small t2" aria-hidden>
          <span>Process</span>
          <span>Session</span>
          <span>Role</span>
          <span>Database</span>
          <span>Client</span>
          <span>State</span>
          <span className="end">For</span>
          <span>Waits</span>
          <span>Statement</span>
        </div>
        <div className="act-list">
          <VirtualList
            ref={list}
            label="Sessions"
            count={rows.length}
            rowHeight={ROW_HEIGHT}
            activeAt={at}
            onActivate={choose}
            onOpen={(index) => {
              const row = rows[index]
              if (row !== undefined) show(row.backend)
            }}
            onMenu={(_index, x, y) => setMenu({ x, y })}
            onKey={(event) => {
              if (event.key !== 'Delete') return false
              ask('terminate')
              return true
            }}
            rowOf={(index) => {
              const row = rows[index] as ActivityRow // within `count`
              const who = whoIsIt(row.backend, titleOf(row.backend))
              return {
                key: `${row.backend.backendPid} ${row.backend.backendStart}`,
                name: rowName(row, who),
                content: <Row row={row} who={who} />,
              }
            }}
          />
          {known !== null && rows.length === 0 ? <p className="act-none t2">No session fits the filter.</p> : null}
          {typeof watch === 'object' ? <FailureView failure={watch.failure} className="in-dialog" /> : null}
        </div>
        <Chosen chosen={chosen} />
      </div>
      <ContextMenu
        at={menu}
        label="Session"
        onClose={() => setMenu(null)}
        entries={[
          {
            id: 'show',
            label: 'Go to tab',
            isDisabled: chosen === null || titleOf(chosen) === null,
            onAction: () => chosen !== null && show(chosen),
          },
          { id: 'cancel', label: 'Cancel statement…', isDisabled: !canCancel(chosen), onAction: () => ask('cancel') },
          {
            id: 'terminate',
            label: 'Terminate session…',
            keys: 'Delete',
            isDanger: true,
            isDisabled: !isClient(chosen),
            onAction: () => ask('terminate'),
          },
        ]}
      />
      {asked === null ? null : (
        <SignalDialog
          backend={asked.backend}
          tabTitle={titleOf(asked.backend) ?? undefined}
          signal={asked.signal}
          onSignal={() => signalBackend(profileId, asked.backend, asked.signal)}
          onClose={() => setAsked(null)}
        />
      )}
    </Dialog>
  )
}

function Head({ shown }: { readonly shown: ShownActivity }): ReactNode {
  const { filter, known, watch } = shown
  const [database] = useState(filter.database) // the one it was opened in
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])
  return (
    <div className="act-head">
      <div className="field quiet panel-filter">
        <Search className="i" aria-hidden />
        <input
          ref={field}
          className="input"
          aria-label="Filter sessions"
          placeholder="Filter by process, application, role, state or statement"
          spellCheck={false}
          autoComplete="off"
          value={filter.words}
          onChange={(event) => filterActivity({ words: event.target.value })}
        />
      </div>
      <Choice
        label="All databases"
        isSelected={filter.database === null}
        onChange={(isAll) => filterActivity({ database: isAll ? null : database })}
      />
      <Choice label="Idle" isSelected={filter.withIdle} onChange={(withIdle) => filterActivity({ withIdle })} />
      <Choice
        label="Server processes"
        isSelected={filter.withProcesses}
        onChange={(withProcesses) => filterActivity({ withProcesses })}
      />
      <span className="grow" />
      <span className="small t2 num nowrap" role="status" aria-label="Activity status">
        {known === null ? 'Reading' : sessionWords(known.activity.sessionCount, known.activity.sessionLimit)}
        {watch === 'paused' ? ' · paused' : ''}
      </span>
      <Button
        variant="bare"
        isIcon
        aria-label={watch === 'following' ? 'Pause' : 'Go on'}
        tip={watch === 'following' ? 'Stop looking every 2 s' : 'Look every 2 s'}
        onPress={() => pauseActivity(watch === 'following')}
      >
        {watch === 'following' ? <Pause className="i" aria-hidden /> : <Play className="i" aria-hidden />}
      </Button>
      <Button variant="bare" isIcon aria-label="Refresh" tip="Look now" onPress={refreshActivity}>
        <RefreshCw className="i" aria-hidden />
      </Button>
    </div>
  )
}

function Choice(props: {
  readonly label: string
  readonly isSelected: boolean
  readonly onChange: (isSelected: boolean) => void
}): ReactNode {
  return (
    <Checkbox className="check nowrap" isSelected={props.isSelected} onChange={props.onChange}>
      <span className="check-box" aria-hidden />
      {props.label}
    </Checkbox>
  )
}

function Row({ row, who }: { readonly row: ActivityRow; readonly who: string }): ReactNode {
  const { backend, depth, blockedCount } = row
  const { backendPid, own, role, database, clientAddress, state, wait, waitsFor, query } = backend
  return (
    <span className={`act-row ${state === 'idle' || state === '' ? 'is-idle' : ''}`}>
      <span className="num">{backendPid}</span>
      <span className="act-who cut" style={{ paddingLeft: Math.min(depth, 6) * 14 }}>
        {blockedCount === 0 ? null : <Lock className="i i12 is-failed st" aria-hidden />}
        <span className={own === 'none' ? 'cut' : 'cut act-own'}>{who}</span>
        {blockedCount === 0 ? null : <em className="st is-failed nowrap">blocks {formatCount(blockedCount)}</em>}
      </span>
      <span className="cut">{role}</span>
      <span className="cut">{database}</span>
      <span className="cut">{clientAddress}</span>
      <span className={`cut st ${stateLook(backend)}`}>{state}</span>
      <span className="num end">{sinceWords(backend)}</span>
      <span className={waitsFor.length > 0 ? 'cut st is-changed' : 'cut'} title={wait}>
        {waitsFor.length > 0 ? `blocked by ${waitsFor.join(', ')}` : wait}
      </span>
      <code className="mono cut">{query.replace(/\s+/g, ' ')}</code>
    </span>
  )
}

function Chosen({ chosen }: { readonly chosen: ActiveBackend | null }): ReactNode {
  return (
    <section className="act-chosen" aria-label="Chosen session">
      {chosen === null ? (
        <p className="t2">Choose a session to read what it runs.</p>
      ) : (
        <>
          <p className="small t2">
            {backendState(chosen)}
            {chosen.wait === '' ? '' : ` · waits for ${chosen.wait}`}
            {chosen.waitsFor.length === 0 ? '' : ` · blocked by ${chosen.waitsFor.join(', ')}`}
          </p>
          <pre className="mono selectable">
            {chosen.query === ''
              ? chosen.state === ''
                ? 'Your role may not see this.'
                : 'No statement yet.'
              : chosen.query}
          </pre>
        </>
      )}
    </section>
  )
}

function Footer(props: {
  readonly shown: ShownActivity
  readonly rows: readonly ActivityRow[]
  readonly chosen: ActiveBackend | null
  readonly tabTitle: string | null
  readonly onAsk: (signal: 'cancel' | 'terminate') => void
  readonly onShow: (backend: ActiveBackend) => void
}): ReactNode {
  const { shown, rows, chosen, tabTitle, onAsk, onShow } = props
  const notes = [
    countOf(rows.length, 'process', 'processes'),
    ...(shown.known?.activity.isCut === true ? ['there are more than are shown'] : []),
    ...(shown.known?.activity.tellsBlockers === false ? ['this server does not tell who waits for whom'] : []),
    ...(shown.known?.activity.isRestricted === true
      ? ['your role may not see what others run (pg_read_all_stats)']
      : []),
  ]
  return (
    <>
      <span className="small t2">{notes.join(' · ')}</span>
      <span className="grow" />
      {chosen !== null && tabTitle !== null ? <Button onPress={() => onShow(chosen)}>Go to tab</Button> : null}
      <Button isDisabled={!canCancel(chosen)} onPress={() => onAsk('cancel')}>
        Cancel statement
      </Button>
      <Button variant="danger" isDisabled={!isClient(chosen)} onPress={() => onAsk('terminate')}>
        Terminate session
      </Button>
    </>
  )
}

function sessionWords(count: number, limit: number): string {
  return `${formatCount(count)} of ${countOf(limit, 'session')}`
}

/** The server's own processes are not ended from here. */
function isClient(backend: ActiveBackend | null): boolean {
  return backend !== null && backend.backendType === 'client backend'
}

function canCancel(backend: ActiveBackend | null): boolean {
  return isClient(backend) && backend?.state !== 'idle' && backend?.state.startsWith('idle in transaction') !== true
}

function stateLook({ state, waitsFor }: ActiveBackend): string {
  if (waitsFor.length > 0) return 'is-changed'
  if (state === 'active') return 'is-applied'
  return state.startsWith('idle in transaction') ? 'is-changed' : ''
}

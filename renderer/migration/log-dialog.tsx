import {
  BadgeCheck,
  CircleCheck,
  CircleX,
  FileCheck,
  type LucideIcon,
  PackageCheck,
  Play,
  Search,
  Undo2,
  X,
} from 'lucide-react'
import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import type { LogEntry, LoggedAction } from '../../contract/migration-log'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { FailureView } from '../ui/failure-view'
import { countOf, formatElapsed } from '../ui/format'
import { VirtualList } from '../ui/virtual-list'
import { closeLog, exportLog, showLogSpan, typeLogWords } from './log-actions'
import './log-dialog.css'
import { logEntryAt, logStore, type ShownLog, tellLog } from './log-store'
import { exportWords, failedWhere, logActor, logTime } from './log-words'

const ROW_HEIGHT = 26

/** The log of who applied, rolled back and marked what, while it is asked for; the newest entry first. */
export function LogDialog(): ReactNode {
  const log = useStore(logStore, (state) => state.log)
  if (log === null) return null
  const { name, words, answer } = log
  const total = answer.kind === 'found' ? answer.total : 0
  const title = name === null ? 'Migration log' : `Log of ${name}`
  return (
    <Dialog title={title} label={title} width={900} onClose={closeLog} footer={<Footer log={log} total={total} />}>
      <div className="mlog">
        <div className="mlog-head">
          <div className="field quiet panel-filter">
            <Search className="i" aria-hidden />
            <input
              className="input"
              aria-label="Filter the log"
              placeholder="Filter by migration, role, address or message"
              spellCheck={false}
              autoComplete="off"
              autoFocus
              value={words}
              onChange={(event) => typeLogWords(event.target.value)}
            />
            {words === '' ? null : (
              <button
                type="button"
                className="panel-clear"
                aria-label="Clear filter"
                title="Clear filter"
                onClick={() => typeLogWords('')}
              >
                <X className="i i12" aria-hidden />
              </button>
            )}
          </div>
          <span className="dim small num nowrap" aria-live="polite">
            {answer.kind === 'found' ? countOf(total, 'entry', 'entries') : ''}
          </span>
        </div>
        <Entries log={log} total={total} />
        <Chosen entry={logEntryAt(log, log.activeAt)} />
      </div>
    </Dialog>
  )
}

function Entries({ log, total }: { readonly log: ShownLog; readonly total: number }): ReactNode {
  const { answer, words, activeAt } = log
  if (answer.kind === 'failed') {
    return (
      <div className="mlog-list">
        <FailureView failure={answer.failure} className="in-panel" />
      </div>
    )
  }
  if (answer.kind === 'found' && total === 0) {
    return (
      <div className="mlog-list">
        <p className="mlog-empty dim">
          {words === ''
            ? 'Nothing yet. Whatever is applied, rolled back or marked appears here, with who did it.'
            : `No entry holds “${words}”.`}
        </p>
      </div>
    )
  }
  return (
    <div className="mlog-list">
      <div className="mlog-row mlog-names small dim" aria-hidden>
        <span>When</span>
        <span />
        <span>What</span>
        <span>Migration</span>
        <span>Who</span>
        <span className="end">Took</span>
      </div>
      <VirtualList
        label="Log entries"
        count={total}
        rowHeight={ROW_HEIGHT}
        activeAt={activeAt}
        onActivate={(at) => tellLog({ type: 'entryChosen', at })}
        onOpen={() => {}}
        onSpan={showLogSpan}
        rowOf={(at) => {
          const entry = logEntryAt(log, at)
          if (entry === undefined) return { key: `row-${at}`, name: 'loading', content: null }
          return { key: entry.id, name: nameOf(entry), content: <Row entry={entry} /> }
        }}
      />
    </div>
  )
}

const LOOK: Readonly<Record<LoggedAction, readonly [look: string, icon: LucideIcon]>> = {
  applied: ['applied', CircleCheck],
  'rolled back': ['pending', Undo2],
  failed: ['failed', CircleX],
  'marked as applied': ['changed', BadgeCheck],
  'marked as not applied': ['changed', BadgeCheck],
  adopted: ['applied', PackageCheck],
  'new text accepted': ['changed', FileCheck],
  resumed: ['running', Play],
}

function Row({ entry }: { readonly entry: LogEntry }): ReactNode {
  const [look, Icon] = LOOK[entry.action]
  return (
    <span className={`mlog-row is-${look}`}>
      <span className="num dim nowrap">{logTime(entry.at)}</span>
      <Icon className="i st" size={14} strokeWidth={1.75} aria-hidden />
      <span className="st cut" title={entry.action}>
        {entry.action}
      </span>
      <span className="mono cut" title={entry.name}>
        {entry.name}
      </span>
      <span className="cut t2" title={logActor(entry)}>
        {logActor(entry)}
      </span>
      <span className="num dim end">{entry.durationMs === null ? '' : formatElapsed(entry.durationMs)}</span>
    </span>
  )
}

function nameOf(entry: LogEntry): string {
  const took = entry.durationMs === null ? '' : `, in ${formatElapsed(entry.durationMs)}`
  const message = entry.failure === null ? '' : `, ${entry.failure.message}`
  return `${entry.name}, ${entry.action}, ${logTime(entry.at)}, by ${logActor(entry)}${took}${message}`
}

function Chosen({ entry }: { readonly entry: LogEntry | undefined }): ReactNode {
  return (
    <section className="mlog-chosen small selectable" aria-label="Chosen entry">
      {entry === undefined ? (
        <p className="dim">Choose an entry to read it whole.</p>
      ) : (
        <>
          <p>
            <span className="mono">{entry.name}</span> {entry.action} {logTime(entry.at)} by {logActor(entry)}
          </p>
          {entry.failure === null ? null : (
            <>
              <p className="mlog-message">{entry.failure.message}</p>
              <p className="dim">{failedWhere(entry)}</p>
            </>
          )}
          {entry.checksum === null ? null : <p className="dim mono">SHA-256 {entry.checksum}</p>}
        </>
      )}
    </section>
  )
}

function Footer({ log, total }: { readonly log: ShownLog; readonly total: number }): ReactNode {
  const isBusy = log.export.kind === 'writing' || total === 0
  return (
    <>
      <span className={`grow small cut ${log.export.kind === 'failed' ? 'st is-failed' : 'dim'}`} role="status">
        {exportWords(log.export)}
      </span>
      <Button isDisabled={isBusy} onPress={() => void exportLog('csv')}>
        Export CSV…
      </Button>
      <Button isDisabled={isBusy} onPress={() => void exportLog('json')}>
        Export JSON…
      </Button>
      <Button onPress={closeLog}>Close</Button>
    </>
  )
}

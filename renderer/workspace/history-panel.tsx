import { Ban, Check, ChevronDown, CircleDashed, Search, TriangleAlert, Unplug, X } from 'lucide-react'
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { HistoryEntry, HistoryOutcome } from '../../contract/history'
import type { ProfileId } from '../../contract/profile'
import { Button } from '../ui/button'
import { FailureView } from '../ui/failure-view'
import { countOf } from '../ui/format'
import { ContextMenu, MenuButton } from '../ui/menu'
import { VirtualList, type VirtualListHandle } from '../ui/virtual-list'
import {
  chooseRun,
  chooseScope,
  copyRun,
  removeRun,
  searchHistory,
  showSpan,
  textAt,
  typeWords,
} from './history-actions'
import { HistoryPreview } from './history-preview'
import { entryAt, historyStore, tellHistory } from './history-store'
import { runWords } from './history-words'
import { askInDialog } from './workspace-dialog-store'
import './side-panels.css'

const ROW_HEIGHT = 44

/** Props of `HistoryPanel`. */
export interface HistoryPanelProps {
  readonly profileId: ProfileId
  readonly onOpen: (text: string) => void
  readonly onInsert: (text: string) => void
}

/** Every run, searched as you type: Enter opens one in a new tab, Shift+Enter inserts it at the caret. */
export function HistoryPanel({ profileId, onOpen, onInsert }: HistoryPanelProps): ReactNode {
  const state = useStore(historyStore)
  const { words, isEverywhere, answer, activeAt, problem, isFocusWanted } = state
  const field = useRef<HTMLInputElement>(null)
  const list = useRef<VirtualListHandle>(null)
  const [menu, setMenu] = useState<{ readonly at: number; readonly x: number; readonly y: number } | null>(null)
  // The panel asks for itself whenever it comes into sight: runs have gone on meanwhile.
  useEffect(() => void searchHistory(profileId), [profileId])
  useEffect(() => {
    if (!isFocusWanted) return
    field.current?.focus()
    field.current?.select()
    tellHistory({ type: 'focusTaken' })
  }, [isFocusWanted])
  const onSpan = useCallback((from: number, to: number) => void showSpan(profileId, from, to), [profileId])
  const open = async (at: number, isInserted: boolean) => {
    const text = await textAt(at)
    if (text !== null) (isInserted ? onInsert : onOpen)(text)
  }
  const total = answer.kind === 'found' ? answer.total : 0
  const chosen = entryAt(state, activeAt)
  const now = new Date()
  return (
    <div className="history">
      <div className="field quiet panel-filter">
        <Search className="i" aria-hidden />
        <input
          ref={field}
          className="input"
          aria-label="Search history"
          placeholder="Search history"
          spellCheck={false}
          autoComplete="off"
          value={words}
          onChange={(event) => typeWords(profileId, event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape' && words !== '') typeWords(profileId, '')
            else if (event.key === 'ArrowDown' && total > 0) {
              if (activeAt < 0) chooseRun(0)
              list.current?.focus()
            } else if (event.key === 'Enter' && total > 0) void open(Math.max(0, activeAt), event.shiftKey)
            else return
            event.preventDefault()
            event.stopPropagation()
          }}
        />
        {words === '' ? null : (
          <button
            type="button"
            className="panel-clear"
            aria-label="Clear filter"
            title="Clear filter"
            onClick={() => typeWords(profileId, '')}
          >
            <X className="i i12" aria-hidden />
          </button>
        )}
      </div>
      <div className="history-scope">
        <MenuButton
          variant="bare"
          size="small"
          menuLabel="Runs"
          aria-label={`Runs of ${isEverywhere ? 'all connections' : 'this connection'}`}
          entries={[
            { id: 'this', label: 'This connection', onAction: () => chooseScope(profileId, false) },
            { id: 'all', label: 'All connections', onAction: () => chooseScope(profileId, true) },
            { id: 'line', separator: true },
            {
              id: 'clear',
              label: 'Clear history…',
              isDanger: true,
              onAction: () => askInDialog({ kind: 'clear history', profileId: isEverywhere ? null : profileId }),
            },
          ]}
        >
          {isEverywhere ? 'All connections' : 'This connection'}
          <ChevronDown className="i i12" aria-hidden />
        </MenuButton>
        <span className="grow" />
        <span className="dim small num" aria-live="polite">
          {answer.kind === 'found' ? countOf(total, 'run') : ''}
        </span>
      </div>
      {answer.kind === 'failed' ? (
        <FailureView
          failure={answer.failure}
          className="in-side"
          actions={
            <Button size="small" onPress={() => void searchHistory(profileId)}>
              Retry
            </Button>
          }
        />
      ) : null}
      {problem === null ? null : <FailureView failure={problem} className="in-side" />}
      {answer.kind === 'unknown' ? <p className="panel-note late">Reading the history</p> : null}
      {answer.kind === 'found' && total === 0 ? (
        <p className="panel-note">
          {words === ''
            ? 'No runs yet. Every statement you run appears here, also one that failed or was cancelled.'
            : `No run holds “${words}”.`}
        </p>
      ) : null}
      <VirtualList
        ref={list}
        label="History"
        count={total}
        rowHeight={ROW_HEIGHT}
        activeAt={activeAt}
        onActivate={chooseRun}
        onOpen={(at, isShift) => void open(at, isShift)}
        onSpan={onSpan}
        onMenu={(at, x, y) => setMenu({ at, x, y })}
        onKey={(event, at) => {
          const isCopy = event.key.toLowerCase() === 'c' && (event.ctrlKey || event.metaKey) && !event.shiftKey
          if (isCopy) void copyRun(at)
          else if (event.key === 'Delete') void removeRun(at)
          else return false
          return true
        }}
        rowOf={(at) => {
          const entry = entryAt(state, at)
          if (entry === undefined) return { key: `row-${at}`, name: 'loading', content: null }
          return {
            key: entry.id,
            name: `${entry.line}, ${entry.outcome}, ${runWords(entry, now)}`,
            tip: runTip(entry, runWords(entry, now)),
            content: <RunRow entry={entry} words={runWords(entry, now)} />,
          }
        }}
      />
      {total === 0 ? null : chosen === undefined ? (
        <section className="history-preview" aria-label="Chosen run">
          <p className="panel-note">Choose a run to read it.</p>
        </section>
      ) : (
        <HistoryPreview
          entry={chosen}
          text={state.text}
          onOpen={() => void open(activeAt, false)}
          onInsert={() => void open(activeAt, true)}
          onCopy={() => void copyRun(activeAt)}
          onRemove={() => void removeRun(activeAt)}
        />
      )}
      <ContextMenu
        at={menu}
        label="Run"
        onClose={() => {
          setMenu(null)
          list.current?.focus()
        }}
        entries={
          menu === null
            ? []
            : [
                { id: 'open', label: 'Open in a new tab', keys: 'Enter', onAction: () => void open(menu.at, false) },
                {
                  id: 'insert',
                  label: 'Insert at the caret',
                  keys: 'Shift+Enter',
                  onAction: () => void open(menu.at, true),
                },
                { id: 'copy', label: 'Copy', keys: 'Ctrl+C', onAction: () => void copyRun(menu.at) },
                { id: 'line', separator: true },
                {
                  id: 'remove',
                  label: 'Remove from history',
                  keys: 'Del',
                  isDanger: true,
                  onAction: () => void removeRun(menu.at),
                },
              ]
        }
      />
    </div>
  )
}

function RunRow({ entry, words }: { readonly entry: HistoryEntry; readonly words: string }): ReactNode {
  return (
    <span className="history-row">
      <OutcomeMark outcome={entry.outcome} />
      <span className="history-line mono cut">{entry.line}</span>
      <span className="history-words small dim cut num">{words}</span>
    </span>
  )
}

function runTip(entry: HistoryEntry, words: string): string {
  return `${entry.message === null ? '' : `${entry.message}\n`}${words}\n${entry.profileName} · ${entry.host}`
}

function OutcomeMark({ outcome }: { readonly outcome: HistoryOutcome }): ReactNode {
  switch (outcome) {
    case 'running':
      return <CircleDashed className="i i12 st is-running" aria-hidden />
    case 'complete':
      return <Check className="i i12 st is-applied" aria-hidden />
    case 'failed':
    case 'refused':
      return <TriangleAlert className="i i12 st is-failed" aria-hidden />
    case 'cancelled':
      return <Ban className="i i12 dim" aria-hidden />
    case 'lost':
      return <Unplug className="i i12 st is-changed" aria-hidden />
  }
}

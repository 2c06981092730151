import {
  Ban,
  Check,
  ChevronDown,
  CircleX,
  FastForward,
  LoaderCircle,
  Play,
  SlidersHorizontal,
  Square,
  Undo2,
  Unplug,
} from 'lucide-react'
import { type FocusEvent, type ReactNode, type RefObject, useEffect, useRef } from 'react'
import type { CommitMode, OnFailure } from '../../contract/query'
import { Button } from '../ui/button'
import { formatTimeout } from '../ui/format'
import { MenuButton } from '../ui/menu'
import { useTicking } from '../ui/use-ticking'
import type { TabQuery } from './tab-query'
import './run-bar.css'
import { ReadOnlyBadge } from './guard/read-only-badge'
import { type RunStatus, runStatus } from './run-status'
import { uncommittedWords } from './transaction-look'

/** Props of `RunBar`. */
export interface RunBarProps {
  readonly query: TabQuery
  readonly canRun: boolean
  /** The server keeps every statement from writing. */
  readonly isReadOnly: boolean
  /** What Run would run, for its tip. */
  readonly target: 'statement' | 'selection' | 'nothing'
  readonly onRun: () => void
  readonly onRunAll: () => void
  readonly onCancel: () => void
  readonly onEndTransaction: (command: 'commit' | 'rollback') => void
  readonly onCommitMode: (mode: CommitMode) => void
  readonly onEndSession: () => void
  readonly onOnFailure: (onFailure: OnFailure) => void
  readonly onTimeout: (timeoutMs: number | null) => void
  /** Asks for another timeout than those of the menu. */
  readonly onOtherTimeout: () => void
}

/** Milliseconds after which a cancel that the server has not answered offers to end the session. */
const PATIENCE_MS = 5_000

/** Run, Cancel, the transaction's buttons, and how the run stands. */
export function RunBar(props: RunBarProps): ReactNode {
  const { query, canRun, target } = props
  const isRunning = query.run.kind === 'running'
  const isCancelling = query.run.kind === 'running' && query.run.cancelAskedAt !== null
  const { status } = query.transaction
  const isOpen = status !== 'none' && !isRunning
  const endTransaction = status === 'none' ? 'end-transaction idle' : 'end-transaction'
  const waiting = uncommittedWords(query.transaction.uncommitted)
  const bar = useRef<HTMLDivElement>(null)
  const onFocus = useKeptFocus(bar)
  return (
    <div className="runbar" role="toolbar" aria-label="Run" ref={bar} onFocus={onFocus}>
      <Button
        variant="primary"
        aria-label="Run"
        isDisabled={!canRun && !isRunning}
        isPending={isRunning} // a disabled button would lose the focus
        onPress={props.onRun}
        tip={target === 'selection' ? 'Run the selection' : 'Run the statement at the caret'}
        keys="Ctrl+Enter"
      >
        <Play className="i" />
        Run
      </Button>
      <Button
        aria-label="Run all"
        isDisabled={!canRun && !isRunning}
        isPending={isRunning}
        onPress={props.onRunAll}
        tip="Run every statement"
        keys="Ctrl+Shift+Enter"
      >
        <FastForward className="i" />
        <span className="when-wide">Run all</span>
      </Button>
      <Button
        aria-label="Cancel"
        isDisabled={!isRunning || isCancelling}
        onPress={props.onCancel}
        tip="Cancel"
        keys="Esc"
      >
        <Square className="i" />
        <span className="when-wide">Cancel</span>
      </Button>
      <span className="sep" />
      <MenuButton
        aria-label="Commit mode"
        menuLabel="Commit mode"
        isDisabled={isRunning}
        entries={[
          {
            id: 'auto',
            label: 'Auto-commit',
            remark: 'every statement by itself',
            isChosen: query.commitMode === 'auto',
            onAction: () => props.onCommitMode('auto'),
          },
          {
            id: 'manual',
            label: 'Manual commit',
            remark: 'a transaction is opened first',
            isChosen: query.commitMode === 'manual',
            onAction: () => props.onCommitMode('manual'),
          },
        ]}
      >
        {query.commitMode === 'auto' ? (
          'Auto-commit'
        ) : (
          <span>
            Manual<span className="when-wide"> commit</span>
          </span>
        )}
        <ChevronDown className="i i12" />
      </MenuButton>
      <RunOptions {...props} />
      {props.isReadOnly ? <ReadOnlyBadge /> : null}
      <Button
        className={endTransaction}
        aria-label="Commit"
        tip={waiting === null ? 'Commit the open transaction' : `Commit ${waiting}`}
        isDisabled={!isOpen || status === 'aborted'}
        onPress={() => props.onEndTransaction('commit')}
      >
        <Check className="i" />
        <span className="word">Commit</span>
      </Button>
      <Button
        className={endTransaction}
        aria-label="Roll back"
        tip={waiting === null ? 'Roll back the open transaction' : `Roll back ${waiting}`}
        variant={status === 'aborted' ? 'danger' : 'normal'}
        isDisabled={!isOpen}
        onPress={() => props.onEndTransaction('rollback')}
      >
        <Undo2 className="i" />
        <span className="word">Roll back</span>
      </Button>
      <EndSession query={query} onEndSession={props.onEndSession} />
      <QueryStatus query={query} />
    </div>
  )
}

/** Commit and Cancel are disabled by being pressed: the focus goes on to the first button that is not, instead of to nothing. */
function useKeptFocus(bar: RefObject<HTMLElement | null>): (event: FocusEvent<HTMLElement>) => void {
  const focused = useRef<Element | null>(null)
  useEffect(() => {
    const left = focused.current
    if (left?.matches(':disabled') !== true) return
    focused.current = null
    if (document.activeElement === document.body || document.activeElement === left)
      bar.current?.querySelector<HTMLElement>('button:enabled')?.focus()
  })
  return (event) => {
    focused.current = event.target
  }
}

/** What a failure means and how long a statement may take; what differs from the usual stands on the button. */
function RunOptions(props: RunBarProps): ReactNode {
  const { onFailure, timeoutMs, run } = props.query
  const words = [
    ...(onFailure === 'continue' ? ['Continue'] : []),
    ...(timeoutMs === null ? [] : [formatTimeout(timeoutMs)]),
  ].join(' · ')
  const timeouts = [null, 10_000, 60_000]
  const isOther = !timeouts.includes(timeoutMs)
  return (
    <MenuButton
      aria-label="Run options"
      menuLabel="Run options"
      isDisabled={run.kind === 'running'}
      tip={`${onFailure === 'stop' ? 'Stops at the first error' : 'Continues after errors'} · ${timeoutMs === null ? 'no statement timeout' : `statement timeout ${formatTimeout(timeoutMs)}`}`}
      entries={[
        {
          id: 'stop',
          label: 'Stop at the first error',
          isChosen: onFailure === 'stop',
          onAction: () => props.onOnFailure('stop'),
        },
        {
          id: 'continue',
          label: 'Continue after errors',
          remark: 'an aborted transaction stops all the same',
          isChosen: onFailure === 'continue',
          onAction: () => props.onOnFailure('continue'),
        },
        { id: 'line', separator: true },
        ...timeouts.map((choice) => ({
          id: `timeout-${choice}`,
          label: choice === null ? 'No statement timeout' : `Statement timeout ${formatTimeout(choice)}`,
          isChosen: timeoutMs === choice,
          onAction: () => props.onTimeout(choice),
        })),
        {
          id: 'timeout-other',
          label: isOther && timeoutMs !== null ? `Statement timeout ${formatTimeout(timeoutMs)}…` : 'Other timeout…',
          isChosen: isOther,
          onAction: props.onOtherTimeout,
        },
      ]}
    >
      <SlidersHorizontal className={words === '' ? 'i' : 'i changed'} />
      {words === '' ? null : <span className="run-options when-wide">{words}</span>}
    </MenuButton>
  )
}

/** Stands beside the status, so that it moves no button when it comes. */
function EndSession(props: { readonly query: TabQuery; readonly onEndSession: () => void }): ReactNode {
  const { run } = props.query
  const askedAt = run.kind === 'running' ? run.cancelAskedAt : null
  const now = useTicking(askedAt !== null, 250)
  if (askedAt === null || now - askedAt < PATIENCE_MS) return null
  return (
    <Button
      variant="danger"
      className="end-session"
      onPress={props.onEndSession}
      tip="Terminate the server process and cut the connection. Text and rows stay."
    >
      <Unplug className="i" />
      End session
    </Button>
  )
}

function QueryStatus({ query }: { readonly query: TabQuery }): ReactNode {
  const isRunning = query.run.kind === 'running'
  const now = useTicking(isRunning, 100)
  const status = runStatus(query, now)
  return (
    <span
      className={`qstatus tone-${status.tone}`}
      role="status"
      aria-label="Query status"
      aria-live={isRunning ? 'off' : 'polite'}
    >
      <StatusIcon word={status.word} />
      <b>{status.word}</b>
      <span className="cut" title={status.detail}>
        {status.detail === '' ? '' : ` ${status.detail}`}
      </span>
    </span>
  )
}

function StatusIcon({ word }: { readonly word: RunStatus['word'] }): ReactNode {
  switch (word) {
    case 'Ready':
      return null
    case 'Running':
      return <LoaderCircle className="i spin" aria-hidden />
    case 'Complete':
      return <Check className="i" aria-hidden />
    case 'Failed':
      return <CircleX className="i" aria-hidden />
    case 'Cancelled':
      return <Ban className="i" aria-hidden />
    case 'Lost':
      return <Unplug className="i" aria-hidden />
  }
}

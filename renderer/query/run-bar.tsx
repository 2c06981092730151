import { Ban, Check, ChevronDown, CircleX, FastForward, LoaderCircle, Play, Square, Undo2, Unplug } from 'lucide-react'
import type { ReactNode } from 'react'
import type { CommitMode } from '../../contract/query'
import { Button } from '../ui/button'
import { MenuButton } from '../ui/menu'
import { useTicking } from '../ui/use-ticking'
import type { TabQuery } from './query-store'
import './run-bar.css'
import { type RunStatus, runStatus } from './run-status'

/** Props of `RunBar`. */
export interface RunBarProps {
  readonly query: TabQuery
  readonly canRun: boolean
  /** What Run would run, for its tip. */
  readonly target: 'statement' | 'selection' | 'nothing'
  readonly onRun: () => void
  readonly onRunAll: () => void
  readonly onCancel: () => void
  readonly onEndTransaction: (command: 'commit' | 'rollback') => void
  readonly onCommitMode: (mode: CommitMode) => void
}

/** Run, Cancel, the transaction's buttons, and how the run stands. */
export function RunBar(props: RunBarProps): ReactNode {
  const { query, canRun, target } = props
  const isRunning = query.run.kind === 'running'
  const { status } = query.transaction
  const isOpen = status !== 'none' && !isRunning
  return (
    <div className="runbar" role="toolbar" aria-label="Run">
      <Button
        variant="primary"
        aria-label="Run"
        isDisabled={!canRun || isRunning}
        onPress={props.onRun}
        tip={target === 'selection' ? 'Run the selection' : 'Run the statement at the caret'}
        keys="Ctrl+Enter"
      >
        <Play className="i" />
        Run
      </Button>
      <Button
        aria-label="Run all"
        isDisabled={!canRun || isRunning}
        onPress={props.onRunAll}
        tip="Run every statement"
        keys="Ctrl+Shift+Enter"
      >
        <FastForward className="i" />
        <span className="hide-s">Run all</span>
      </Button>
      <Button aria-label="Cancel" isDisabled={!isRunning} onPress={props.onCancel} tip="Cancel" keys="Esc">
        <Square className="i" />
        <span className="hide-s">Cancel</span>
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
            onAction: () => props.onCommitMode('auto'),
          },
          {
            id: 'manual',
            label: 'Manual commit',
            remark: 'a transaction is opened first',
            onAction: () => props.onCommitMode('manual'),
          },
        ]}
      >
        {query.commitMode === 'auto' ? 'Auto-commit' : 'Manual commit'}
        <ChevronDown className="i i12" />
      </MenuButton>
      <Button isDisabled={!isOpen || status === 'aborted'} onPress={() => props.onEndTransaction('commit')}>
        <Check className="i" />
        Commit
      </Button>
      <Button
        variant={status === 'aborted' ? 'danger' : 'normal'}
        isDisabled={!isOpen}
        onPress={() => props.onEndTransaction('rollback')}
      >
        <Undo2 className="i" />
        Roll back
      </Button>
      <QueryStatus query={query} />
    </div>
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

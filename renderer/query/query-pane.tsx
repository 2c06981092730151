import { Copy, Undo2 } from 'lucide-react'
import { type ReactNode, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { failureMessage } from '../../contract/failure'
import type { Profile } from '../../contract/profile'
import type { TabId } from '../../contract/workspace'
import { Button } from '../ui/button'
import { FailureView, failureText } from '../ui/failure-view'
import { formatCount } from '../ui/format'
import { Splitter } from '../ui/splitter'
import { EditorPane } from './editor/editor-pane'
import type { ShownError } from './editor/error-marks'
import type { RunTarget, SqlEditor } from './editor/sql-editor'
import { answerGuard } from './guard/ask-first'
import { GuardDialog } from './guard/guard-dialog'
import { LossNotice } from './loss-notice'
import { ParameterForm } from './parameter-form'
import { queryStore } from './query-store'
import type { StatementView, TabQuery } from './tab-query'
import './query-pane.css'
import { copyText } from './result-source'
import { ResultsPane } from './results-pane'
import { RunBar } from './run-bar'
import {
  answerParameters,
  cancelQuery,
  chooseCommitMode,
  chooseOnFailure,
  chooseResult,
  chooseTimeout,
  closeError,
  closeQuestion,
  endSession,
  endTransaction,
  runQuery,
} from './run-query'
import { TimeoutDialog } from './timeout-dialog'

/** What the app can ask of the pane: for keys, the palette and other features. */
export interface QueryControls {
  run(): void
  runAll(): void
  /** True when there was something to cancel. */
  cancel(): boolean
  readonly editor: SqlEditor | null
}

/** Props of `QueryPane`. */
export interface QueryPaneProps {
  readonly tabId: TabId
  readonly profile: Profile
  readonly theme: 'light' | 'dark'
  readonly read: (tabId: TabId) => { readonly text: string; readonly caret: number }
  readonly onChanged: (tabId: TabId, read: () => string) => void
  readonly onCaretMoved: (tabId: TabId, offset: number) => void
  readonly editorShare: number
  readonly isResultsFolded: boolean
  readonly onShare: (share: number) => void
  /** Given once the pane is there, and null when it goes. */
  readonly onControls: (controls: QueryControls | null) => void
  /** Shown above the run bar, e.g. for a tab that edits a file. */
  readonly banner?: ReactNode
}

const BAR_HEIGHT = 40
const LEAST_HEIGHT = 80

/** Editor, run bar and results of the active tab. */
export function QueryPane(props: QueryPaneProps): ReactNode {
  const { tabId, profile, theme, isResultsFolded, editorShare } = props
  const profileId = profile.id
  const query = useStore(queryStore, ({ queries, fresh }) => queries.get(tabId) ?? fresh)
  const [target, setTarget] = useState<RunTarget['kind']>('nothing')
  const [height, setHeight] = useState(600)
  const [isAskingTimeout, setAskingTimeout] = useState(false)
  const editor = useRef<SqlEditor | null>(null)

  const run = async (wanted: 'target' | 'all') => {
    const shown = editor.current
    if (shown === null) return
    shown.closeSuggestions()
    if (wanted === 'all') return runQuery({ tabId, profileId, script: shown.text(), range: null })
    const read = await shown.readTarget()
    if (read === null || read.target.range === null) return
    await runQuery({ tabId, profileId, script: read.text, range: read.target.range })
  }
  const controls: QueryControls = {
    run: () => void run('target'),
    runAll: () => void run('all'),
    cancel: () => {
      if (query.run.kind !== 'running') return false
      void cancelQuery(tabId)
      return true
    },
    editor: editor.current,
  }
  const onControls = useRef(props.onControls)
  onControls.current = props.onControls
  const latest = useRef(controls)
  latest.current = controls

  const error = isBesideText(query, editor.current) ? null : shownError(query)
  const failed =
    error === null ? null : (query.statements.find((one) => one.range.from === error.statement.from) ?? null)
  const placeOf = (statement: StatementView) => placeInWords(statement, editor.current)
  const editorHeight = isResultsFolded ? height - BAR_HEIGHT : Math.round(height * editorShare)
  const setShare = (pixels: number) => props.onShare(Math.max(0.05, Math.min(1, pixels / height)))

  return (
    <div
      className="query-pane"
      ref={(element) => {
        if (element === null) return
        const observer = new ResizeObserver(() => setHeight(element.clientHeight))
        observer.observe(element)
        return () => observer.disconnect()
      }}
    >
      <div className="query-editor" style={{ height: Math.max(LEAST_HEIGHT, editorHeight) }}>
        <EditorPane
          tabId={tabId}
          read={props.read}
          theme={theme}
          error={error}
          errorView={
            failed === null || !query.isErrorOpen ? null : (
              <StatementFailure
                query={query}
                statement={failed}
                place={placeOf(failed)}
                onRollBack={() => void endTransaction(tabId, profileId, 'rollback')}
              />
            )
          }
          onReady={(ready) => {
            editor.current = ready
            onControls.current(
              ready === null
                ? null
                : {
                    run: () => latest.current.run(),
                    runAll: () => latest.current.runAll(),
                    cancel: () => latest.current.cancel(),
                    editor: ready,
                  },
            )
          }}
          onChanged={(tab, read) => {
            closeError(tab)
            props.onChanged(tab, read)
          }}
          onCaretMoved={props.onCaretMoved}
          onTargetMoved={(moved) => setTarget(moved.kind)}
          onRun={() => void run('target')}
        />
      </div>
      {isResultsFolded ? null : (
        <Splitter
          label="Editor height"
          axis="y"
          value={editorHeight}
          min={LEAST_HEIGHT}
          max={height - BAR_HEIGHT - LEAST_HEIGHT}
          onChange={setShare}
          onReset={() => props.onShare(0.45)}
        />
      )}
      {props.banner}
      <RunBar
        query={query}
        isReadOnly={profile.settings.isReadOnly}
        canRun={target !== 'nothing'}
        target={target}
        onRun={() => void run('target')}
        onRunAll={() => void run('all')}
        onCancel={() => void cancelQuery(tabId)}
        onEndTransaction={(command) => void endTransaction(tabId, profileId, command)}
        onCommitMode={(mode) => chooseCommitMode(tabId, mode)}
        onEndSession={() => void endSession(tabId)}
        onOnFailure={(onFailure) => chooseOnFailure(tabId, onFailure)}
        onTimeout={(timeoutMs) => chooseTimeout(tabId, timeoutMs)}
        onOtherTimeout={() => setAskingTimeout(true)}
      />
      {query.question === null ? null : (
        <ParameterForm
          question={query.question}
          remembered={query.parameters}
          onRun={(entries) => void answerParameters(tabId, entries)}
          onClose={() => closeQuestion(tabId)}
        />
      )}
      {query.guard?.question == null ? null : (
        <GuardDialog
          question={query.guard.question}
          profile={profile}
          commitMode={query.commitMode}
          onAnswer={(isYes) => answerGuard(tabId, isYes)}
        />
      )}
      {isAskingTimeout ? (
        <TimeoutDialog
          timeoutMs={query.timeoutMs}
          onChoose={(timeoutMs) => {
            chooseTimeout(tabId, timeoutMs)
            setAskingTimeout(false)
          }}
          onClose={() => setAskingTimeout(false)}
        />
      ) : null}
      {isResultsFolded ? null : (
        <div className="query-results">
          <SessionFailure query={query} />
          {query.session.kind === 'lost' ? (
            <LossNotice key={query.session.loss.sessionId} loss={query.session.loss} />
          ) : null}
          <ResultsPane
            query={query}
            onChoose={(chosen) => chooseResult(tabId, chosen)}
            placeOf={placeOf}
            consequence={consequenceOf(query)}
            onStop={() => void cancelQuery(tabId)}
            onReveal={(statement) => editor.current?.reveal(statement.place?.from ?? statement.range.from)}
          />
        </div>
      )}
    </div>
  )
}

/** A failure that belongs to no statement: no session could be opened, or it was lost. */
function SessionFailure({ query }: { readonly query: TabQuery }): ReactNode {
  const { run, statements } = query
  // Said under the statement and in Messages already.
  if (statements.some((one) => one.failure !== null)) return null
  if (run.kind === 'lost') return <FailureView failure={run.failure} className="session-failure" />
  if (run.kind === 'failed') return <FailureView failure={run.failure} className="session-failure" />
  return null
}

function StatementFailure(props: {
  readonly query: TabQuery
  readonly statement: StatementView
  readonly place: string | undefined
  readonly onRollBack: () => void
}): ReactNode {
  const { query, statement, place, onRollBack } = props
  if (statement.failure === null) return null
  const { failure } = statement
  return (
    <FailureView
      failure={failure}
      {...(place === undefined ? {} : { place })}
      actions={
        <>
          <Button size="small" onPress={() => void copyText(failureText(failure, place))}>
            <Copy className="i" />
            Copy
          </Button>
          {query.transaction.status === 'aborted' ? (
            <Button size="small" variant="danger" onPress={onRollBack}>
              <Undo2 className="i" />
              Roll back
            </Button>
          ) : null}
        </>
      }
    />
  )
}

function shownError(query: TabQuery): ShownError | null {
  const failed = query.statements.find((one) => one.failure !== null && one.failure.kind !== 'cancelled')
  if (failed?.failure == null) return null
  return { place: failed.place, statement: failed.range, message: failureMessage(failed.failure) }
}

/** True when what ran stands nowhere in the text: Commit or Roll back was pressed. */
function isBesideText({ statements }: TabQuery, editor: SqlEditor | null): boolean {
  const [only] = statements
  if (only === undefined || statements.length > 1 || !['commit', 'rollback'].includes(only.text)) return false
  return editor !== null && !editor.text().startsWith(only.text, only.range.from)
}

function placeInWords(statement: StatementView, editor: SqlEditor | null): string | undefined {
  const { place, failure } = statement
  if (place === null || editor === null) return undefined
  const { line, column } = editor.placeOf(place.from)
  const character =
    failure?.kind === 'postgres' && failure.position !== undefined
      ? ` · character ${failure.position} of the statement`
      : ''
  return `line ${line}, column ${column}${character}`
}

/** What follows for the user from how the run ended. */
function consequenceOf(query: TabQuery): string | null {
  const { run, statements, transaction } = query
  const notRun = statements.filter((one) => one.state === 'not run').length
  const parts: string[] = []
  if (run.kind !== 'running' && notRun > 0) {
    parts.push(`${notRun === 1 ? 'One statement was' : `${formatCount(notRun)} statements were`} not run.`)
  }
  if (transaction.status === 'aborted' && run.kind !== 'running') {
    if (query.onFailure === 'continue' && notRun > 0) parts.push('The run did not continue.')
    parts.push(
      'The transaction is aborted: the server refuses every further statement of this tab until you roll back.',
    )
  }
  return parts.length === 0 ? null : parts.join(' ')
}

import { createStore } from 'zustand/vanilla'
import { type Failure, failureMessage } from '../../contract/failure'
import type { CommitMode, Notice, ResultColumn, ResultId, RunEvent, TabRemains, TextRange } from '../../contract/query'
import type { SessionFacts, SessionId, SessionLoss, TransactionStatus } from '../../contract/session'
import type { TabId } from '../../contract/workspace'

/** A tab's backend. */
export type SessionSituation =
  | { readonly kind: 'none' }
  | { readonly kind: 'opening' }
  | { readonly kind: 'open'; readonly facts: SessionFacts }
  | { readonly kind: 'lost'; readonly loss: SessionLoss }

/** How a tab's last run stands. */
export type RunSituation =
  | { readonly kind: 'ready' }
  | { readonly kind: 'running'; readonly startedAt: number; readonly statement: number; readonly isCancelling: boolean }
  | { readonly kind: 'complete'; readonly elapsedMs: number }
  | { readonly kind: 'failed'; readonly elapsedMs: number; readonly statement: number; readonly failure: Failure }
  | { readonly kind: 'cancelled'; readonly elapsedMs: number }
  | { readonly kind: 'lost'; readonly elapsedMs: number; readonly failure: Failure }

/** One statement of the last run. */
export interface StatementView {
  readonly range: TextRange
  /** Its text, cut for lists. */
  readonly text: string
  readonly state: 'not run' | 'running' | 'complete' | 'failed'
  readonly commandTag: string
  readonly rows: number | null
  readonly elapsedMs: number
  readonly remark: string | null
  readonly notices: readonly Notice[]
  readonly failure: Failure | null
  readonly place: TextRange | null
}

/** The rows of one statement of the last run. */
export interface ResultView {
  readonly resultId: ResultId
  readonly statement: number
  readonly columns: readonly ResultColumn[]
  readonly rowCount: number
  readonly isGrowing: boolean
  readonly firstPage: Uint8Array | null
  /** Set while reading is paused at a limit, until it is told to go on or to stop. */
  readonly paused: { readonly reason: 'rows' | 'bytes'; readonly byteCount: number } | null
  /** True when the statement ended before all its rows had come. */
  readonly isFirstPart: boolean
  /** True when the session it came from is gone: the rows are from before. */
  readonly isFromBefore: boolean
}

/** Everything the query pane shows for one tab. */
export interface TabQuery {
  readonly session: SessionSituation
  readonly transaction: { readonly status: TransactionStatus; readonly since: number }
  readonly commitMode: CommitMode
  readonly run: RunSituation
  /** Number of the run: a new one begins with new results. */
  readonly runNumber: number
  readonly statements: readonly StatementView[]
  readonly results: readonly ResultView[]
  readonly chosen: ResultId | 'messages'
  /** The editor shows the error under its statement until Messages has been looked at, or the text was changed. */
  readonly isErrorOpen: boolean
}

/** What happened to a tab's query. */
export type QueryEvent =
  | { readonly type: 'sessionOpening' }
  | { readonly type: 'sessionOpened'; readonly facts: SessionFacts }
  | { readonly type: 'sessionFailed'; readonly failure: Failure; readonly at: number }
  | { readonly type: 'sessionLost'; readonly loss: SessionLoss; readonly at: number }
  /** A reloaded window found the tab's session, and what was run in it is about to be heard again. */
  | { readonly type: 'sessionRestored'; readonly remains: TabRemains; readonly at: number }
  | { readonly type: 'runStarted'; readonly at: number }
  | { readonly type: 'cancelAsked' }
  | { readonly type: 'resultChosen'; readonly chosen: ResultId | 'messages' }
  | { readonly type: 'errorClosed' }
  | { readonly type: 'commitModeChosen'; readonly commitMode: CommitMode }
  | { readonly type: 'runHappened'; readonly event: RunEvent; readonly at: number; readonly script: string }
  | { readonly type: 'streamFailed'; readonly failure: Failure; readonly at: number }

/** A tab in which nothing has been run. */
export const NEW_QUERY: TabQuery = {
  session: { kind: 'none' },
  transaction: { status: 'none', since: 0 },
  commitMode: 'auto',
  run: { kind: 'ready' },
  runNumber: 0,
  statements: [],
  results: [],
  chosen: 'messages',
  isErrorOpen: false,
}

const TEXT_KEPT = 300

/** The next state of a tab's query. */
export function reduceQuery(query: TabQuery, event: QueryEvent): TabQuery {
  switch (event.type) {
    case 'sessionOpening':
      return { ...query, session: { kind: 'opening' } }
    case 'sessionOpened':
      return { ...query, session: { kind: 'open', facts: event.facts }, transaction: { status: 'none', since: 0 } }
    case 'sessionFailed':
      return {
        ...query,
        session: { kind: 'none' },
        run: { kind: 'failed', elapsedMs: elapsed(query, event.at), statement: 0, failure: event.failure },
      }
    case 'sessionLost':
      return loseSession(query, event.loss, event.at)
    case 'sessionRestored': {
      const { session, transaction, commitMode } = event.remains
      return {
        ...query,
        session: session === null ? { kind: 'none' } : { kind: 'open', facts: session },
        transaction: { status: transaction.status, since: event.at - transaction.sinceMs },
        commitMode,
      }
    }
    case 'runStarted':
      return {
        ...query,
        run: { kind: 'running', startedAt: event.at, statement: 0, isCancelling: false },
        runNumber: query.runNumber + 1,
        statements: [],
        results: [],
        chosen: 'messages',
        isErrorOpen: false,
      }
    case 'cancelAsked':
      return query.run.kind === 'running' ? { ...query, run: { ...query.run, isCancelling: true } } : query
    case 'resultChosen':
      return { ...query, chosen: event.chosen, isErrorOpen: event.chosen === 'messages' ? false : query.isErrorOpen }
    case 'errorClosed':
      return { ...query, isErrorOpen: false }
    case 'commitModeChosen':
      return { ...query, commitMode: event.commitMode }
    case 'runHappened':
      return reduceRun(query, event.event, event.at, event.script)
    case 'streamFailed':
      return query.run.kind === 'running'
        ? {
            ...query,
            run: { kind: 'failed', elapsedMs: elapsed(query, event.at), statement: 0, failure: event.failure },
            statements: query.statements.map((one) => (one.state === 'running' ? outOfSight(one, event.failure) : one)),
            results: stopGrowing(query.results),
          }
        : query
  }
}

function reduceRun(query: TabQuery, event: RunEvent, at: number, script: string): TabQuery {
  switch (event.type) {
    case 'scriptSplit':
      return { ...query, statements: event.statements.map((range) => newStatement(range, script)) }
    case 'statementStarted': {
      const run = query.run.kind === 'running' ? { ...query.run, statement: event.statement } : query.run
      return { ...query, run, statements: withStatement(query, event.statement, { state: 'running' }) }
    }
    case 'columnsArrived': {
      const { resultId, statement, columns } = event
      const view = {
        resultId,
        statement,
        columns,
        rowCount: 0,
        isGrowing: true,
        firstPage: null,
        paused: null,
        isFirstPart: false,
        isFromBefore: false,
      }
      const results = [...query.results, view]
      // The first result opens by itself; later ones never pull the eye away from it.
      return { ...query, results, chosen: query.results.length === 0 ? resultId : query.chosen }
    }
    case 'columnTypesNamed':
      return { ...query, results: withResult(query, event.resultId, { columns: event.columns }) }
    case 'rowsCounted':
      return {
        ...query,
        results: withResult(query, event.resultId, {
          rowCount: event.rows,
          ...(event.firstPage === null ? {} : { firstPage: event.firstPage }),
        }),
      }
    case 'readingPaused': {
      const { reason, byteCount } = event
      return { ...query, results: withResult(query, event.resultId, { paused: { reason, byteCount } }) }
    }
    case 'readingContinued':
      return { ...query, results: withResult(query, event.resultId, { paused: null }) }
    case 'noticesArrived': {
      const notices = [...(query.statements[event.statement]?.notices ?? []), ...event.notices]
      return { ...query, statements: withStatement(query, event.statement, { notices }) }
    }
    case 'statementCompleted': {
      const { commandTag, rows, elapsedMs, remark } = event
      const statements = withStatement(query, event.statement, {
        state: 'complete',
        commandTag,
        rows,
        elapsedMs,
        remark,
      })
      const results =
        event.resultId === null ? query.results : withResult(query, event.resultId, { isGrowing: false, paused: null })
      return { ...query, statements, results }
    }
    case 'statementFailed': {
      const { failure, place, elapsedMs } = event
      const statements = withStatement(query, event.statement, { state: 'failed', failure, place, elapsedMs })
      const isFault = failure.kind !== 'cancelled'
      return {
        ...query,
        statements,
        results: stopGrowing(query.results),
        run: isFault ? { kind: 'failed', elapsedMs, statement: event.statement, failure } : query.run,
        isErrorOpen: isFault,
        chosen: isFault ? 'messages' : query.chosen,
      }
    }
    case 'transactionReported':
      // Heard again after a reload it says nothing new, and the clock goes on.
      return event.status === query.transaction.status
        ? query
        : { ...query, transaction: { status: event.status, since: at } }
    case 'runEnded':
      return endRun(query, event)
  }
}

function endRun(query: TabQuery, event: Extract<RunEvent, { type: 'runEnded' }>): TabQuery {
  const { outcome, elapsedMs } = event
  const results = stopGrowing(query.results)
  if (outcome === 'complete') return { ...query, results, run: { kind: 'complete', elapsedMs } }
  if (outcome === 'cancelled') return { ...query, results, run: { kind: 'cancelled', elapsedMs } }
  if (query.run.kind !== 'failed') return { ...query, results }
  const { failure, statement } = query.run
  return outcome === 'lost'
    ? { ...query, results, run: { kind: 'lost', elapsedMs, failure } }
    : { ...query, results, run: { kind: 'failed', elapsedMs, statement, failure } }
}

function loseSession(query: TabQuery, loss: SessionLoss, at: number): TabQuery {
  const { failure } = loss
  const results = stopGrowing(query.results).map((result) => ({ ...result, isFromBefore: true }))
  const wasRunning = query.run.kind === 'running'
  const statements = query.statements.map((one) => (one.state === 'running' ? outOfSight(one, failure) : one))
  return {
    ...query,
    session: { kind: 'lost', loss },
    transaction: { status: 'none', since: 0 },
    statements,
    results,
    run: { kind: 'lost', elapsedMs: wasRunning ? elapsed(query, at) : 0, failure: lossOf(query, failure) },
  }
}

/** A statement that was at work when its session went away: nobody can say whether it took effect. */
function outOfSight(statement: StatementView, loss: Failure): StatementView {
  const message = `${failureMessage(loss)} It is unknown whether the statement took effect.`
  return { ...statement, state: 'failed', failure: { kind: 'unknown-outcome', statement: statement.text, message } }
}

/** What the loss did to the run says more than the loss itself; an error of a run before it says nothing of it. */
function lossOf(query: TabQuery, failure: Failure): Failure {
  if (query.run.kind !== 'failed' && query.run.kind !== 'lost') return failure
  const { kind } = query.run.failure
  return kind === 'unknown-outcome' || kind === 'connection' ? query.run.failure : failure
}

function newStatement(range: TextRange, script: string): StatementView {
  const text = script.slice(range.from, Math.min(range.to, range.from + TEXT_KEPT)).replace(/\s+/g, ' ')
  return {
    range,
    text,
    state: 'not run',
    commandTag: '',
    rows: null,
    elapsedMs: 0,
    remark: null,
    notices: [],
    failure: null,
    place: null,
  }
}

function withStatement(query: TabQuery, index: number, change: Partial<StatementView>): readonly StatementView[] {
  return query.statements.map((statement, at) => (at === index ? { ...statement, ...change } : statement))
}

function withResult(query: TabQuery, id: ResultId, change: Partial<ResultView>): readonly ResultView[] {
  return query.results.map((result) => (result.resultId === id ? { ...result, ...change } : result))
}

function stopGrowing(results: readonly ResultView[]): readonly ResultView[] {
  return results.map((result) =>
    result.isGrowing ? { ...result, isGrowing: false, paused: null, isFirstPart: true } : result,
  )
}

function elapsed(query: TabQuery, at: number): number {
  return query.run.kind === 'running' ? at - query.run.startedAt : 0
}

/** The queries of all tabs. */
export const queryStore = createStore<{
  readonly queries: ReadonlyMap<TabId, TabQuery>
  readonly happen: (tabId: TabId, event: QueryEvent) => void
  readonly forget: (tabId: TabId) => void
  readonly clear: () => void
}>((set) => ({
  queries: new Map(),
  happen: (tabId, event) =>
    set(({ queries }) => ({
      queries: new Map(queries).set(tabId, reduceQuery(queries.get(tabId) ?? NEW_QUERY, event)),
    })),
  forget: (tabId) =>
    set(({ queries }) => {
      const rest = new Map(queries)
      rest.delete(tabId)
      return { queries: rest }
    }),
  clear: () => set({ queries: new Map() }),
}))

/** The query of a tab. */
export function queryOf(tabId: TabId): TabQuery {
  return queryStore.getState().queries.get(tabId) ?? NEW_QUERY
}

/** The tab that a session belongs to. */
export function tabOfSession(sessionId: SessionId): TabId | null {
  for (const [tabId, { session }] of queryStore.getState().queries) {
    if (session.kind === 'open' && session.facts.sessionId === sessionId) return tabId
  }
  return null
}

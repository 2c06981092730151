import { type Failure, failureMessage } from '../../contract/failure'
import type { ResultId, RunEvent, TextRange } from '../../contract/query'
import type { SessionLoss } from '../../contract/session'
import { uncommittedAfter } from '../../contract/uncommitted'
import {
  type GuardSituation,
  NO_TRANSACTION,
  type QueryEvent,
  type ResultView,
  type StatementView,
  type TabQuery,
} from './tab-query'

const TEXT_KEPT = 300

/** The statements of a state that nobody has seen yet: they may be changed in place. */
interface Draft {
  statements: StatementView[] | null
}

/** The next state after several events: the statements are copied once for all of them, however many there are. */
export function reduceQueries(query: TabQuery, events: readonly QueryEvent[]): TabQuery {
  const draft: Draft = { statements: null }
  return events.reduce((next, event) => withoutGuard(reduceOne(next, event, draft)), query)
}

/** A run that ended in whatever way is not asked about any more. */
function withoutGuard(query: TabQuery): TabQuery {
  return query.guard === null || query.run.kind === 'running' ? query : { ...query, guard: null }
}

function withEstimate(guard: GuardSituation | null, statement: number, rows: number | null): GuardSituation | null {
  if (guard?.question == null) return guard
  const { question } = guard
  return { ...guard, question: { ...question, rows: new Map(question.rows).set(statement, rows) } }
}

/** The next state of a tab's query. */
export function reduceQuery(query: TabQuery, event: QueryEvent): TabQuery {
  return withoutGuard(reduceOne(query, event, { statements: null }))
}

function reduceOne(query: TabQuery, event: QueryEvent, draft: Draft): TabQuery {
  switch (event.type) {
    case 'sessionOpening':
      return { ...query, session: { kind: 'opening' } }
    case 'sessionOpened':
      return { ...query, session: { kind: 'open', facts: event.facts }, transaction: NO_TRANSACTION }
    case 'sessionClosed':
      return query.session.kind === 'open' ? { ...query, session: { kind: 'none' } } : query
    case 'sessionFailed':
      return {
        ...query,
        session: { kind: 'none' },
        run: { kind: 'failed', elapsedMs: elapsed(query, event.at), statement: 0, failure: event.failure },
      }
    case 'sessionLost':
      return loseSession(query, event.loss, event.at)
    case 'sessionRestored': {
      const { session, transaction, commitMode, onFailure, statementTimeoutMs } = event.remains
      return {
        ...query,
        session: session === null ? { kind: 'none' } : { kind: 'open', facts: session },
        transaction: {
          status: transaction.status,
          since: event.at - transaction.sinceMs,
          uncommitted: transaction.uncommitted,
        },
        // Before the first run the engine knows nothing of what was chosen.
        ...(event.remains.hasRun ? { commitMode, onFailure, timeoutMs: statementTimeoutMs } : {}),
      }
    }
    case 'runOptionsRestored': {
      const { commitMode, onFailure, statementTimeoutMs } = event.runOptions
      return { ...query, commitMode, onFailure, timeoutMs: statementTimeoutMs }
    }
    case 'checkStarted':
      return {
        ...query,
        run: { kind: 'running', startedAt: event.at, statement: 0, cancelAskedAt: null },
        guard: { before: query.run, question: null },
        question: null,
      }
    case 'guardAsked':
      return query.guard === null ? query : { ...query, guard: { ...query.guard, question: event.question } }
    case 'rowsEstimated':
      return { ...query, guard: withEstimate(query.guard, event.statement, event.rows) }
    case 'checkEnded':
      return query.guard === null ? query : { ...query, run: query.guard.before, guard: null }
    case 'runStarted':
      return {
        ...query,
        run: { kind: 'running', startedAt: event.at, statement: 0, cancelAskedAt: null },
        question: null,
        runNumber: query.runNumber + 1,
        statements: [],
        results: [],
        chosen: 'messages',
        isErrorOpen: false,
      }
    case 'cancelAsked':
      return query.run.kind === 'running' ? { ...query, run: { ...query.run, cancelAskedAt: event.at } } : query
    case 'openingGivenUp':
      return {
        ...query,
        session: { kind: 'none' },
        run: { kind: 'cancelled', elapsedMs: elapsed(query, event.at) },
        endedAt: event.at,
      }
    case 'resultChosen':
      return { ...query, chosen: event.chosen, isErrorOpen: event.chosen === 'messages' ? false : query.isErrorOpen }
    case 'errorClosed':
      return { ...query, isErrorOpen: false }
    case 'commitModeChosen':
      return { ...query, commitMode: event.commitMode }
    case 'onFailureChosen':
      return { ...query, onFailure: event.onFailure }
    case 'timeoutChosen':
      return { ...query, timeoutMs: event.timeoutMs }
    case 'parametersWanted':
      return { ...query, question: event.question }
    case 'parametersGiven':
      return { ...query, question: null, parameters: new Map([...query.parameters, ...event.entries]) }
    case 'questionClosed':
      return { ...query, question: null }
    case 'runHappened':
      return reduceRun(counted(query, event.event), event.event, event.at, event.script, draft)
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

/** The query with what waits for a COMMIT behind an event. */
function counted(query: TabQuery, event: RunEvent): TabQuery {
  const { transaction } = query
  const uncommitted = uncommittedAfter(transaction.uncommitted, transaction.status, event)
  return uncommitted === transaction.uncommitted ? query : { ...query, transaction: { ...transaction, uncommitted } }
}

function reduceRun(query: TabQuery, event: RunEvent, at: number, script: string, draft: Draft): TabQuery {
  switch (event.type) {
    case 'scriptSplit':
      return { ...query, statements: event.statements.map((range) => newStatement(range, script)) }
    case 'statementStarted': {
      const run = query.run.kind === 'running' ? { ...query.run, statement: event.statement } : query.run
      return { ...query, run, statements: withStatement(draft, query, event.statement, { state: 'running' }) }
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
      return {
        ...query,
        statements: withStatement(draft, query, event.statement, { notices, droppedNotices: event.dropped }),
      }
    }
    case 'statementCompleted': {
      const { commandTag, rows, elapsedMs, remark } = event
      const statements = withStatement(draft, query, event.statement, {
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
      const statements = withStatement(draft, query, event.statement, { state: 'failed', failure, place, elapsedMs })
      const isFault = failure.kind !== 'cancelled'
      return {
        ...query,
        statements,
        results: stopGrowing(query.results),
        // How the run ended is known at its end: it may go on.
        isErrorOpen: isFault || query.isErrorOpen,
        chosen: isFault ? 'messages' : query.chosen,
      }
    }
    case 'transactionReported':
      // Heard again after a reload it says nothing new, and the clock goes on.
      return event.status === query.transaction.status
        ? query
        : { ...query, transaction: { ...query.transaction, status: event.status, since: at } }
    case 'runEnded':
      return { ...endRun(query, event), endedAt: at }
  }
}

function endRun(query: TabQuery, event: Extract<RunEvent, { type: 'runEnded' }>): TabQuery {
  const { outcome, elapsedMs } = event
  const results = stopGrowing(query.results)
  if (outcome === 'complete') return { ...query, results, run: { kind: 'complete', elapsedMs } }
  if (outcome === 'cancelled') return { ...query, results, run: { kind: 'cancelled', elapsedMs } }
  const failed = query.run.kind === 'failed' ? query.run : failedStatement(query, outcome)
  if (failed === null) return { ...query, results }
  const { failure, statement } = failed
  return outcome === 'lost'
    ? { ...query, results, run: { kind: 'lost', elapsedMs, failure } }
    : { ...query, results, run: { kind: 'failed', elapsedMs, statement, failure } }
}

/** Of a run that went on after failures: the first one, or the last one, in which it was lost. */
function failedStatement(
  query: TabQuery,
  outcome: 'failed' | 'lost',
): { readonly failure: Failure; readonly statement: number } | null {
  const isFault = (one: StatementView) => one.failure !== null && one.failure.kind !== 'cancelled'
  const statement = outcome === 'lost' ? query.statements.findLastIndex(isFault) : query.statements.findIndex(isFault)
  const failure = query.statements[statement]?.failure ?? null
  return failure === null ? null : { failure, statement }
}

function loseSession(query: TabQuery, loss: SessionLoss, at: number): TabQuery {
  const { failure } = loss
  const results = stopGrowing(query.results).map((result) => ({ ...result, isFromBefore: true }))
  const wasRunning = query.run.kind === 'running'
  const statements = query.statements.map((one) => (one.state === 'running' ? outOfSight(one, failure) : one))
  return {
    ...query,
    session: { kind: 'lost', loss },
    transaction: NO_TRANSACTION,
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
  const { run } = query
  const said = run.kind === 'failed' || run.kind === 'lost' ? run.failure : query.statements.findLast(hasEnded)?.failure
  return said?.kind === 'unknown-outcome' || said?.kind === 'connection' ? said : failure
}

function hasEnded(statement: StatementView): boolean {
  return statement.state === 'complete' || statement.state === 'failed'
}

function newStatement(range: TextRange, script: string): StatementView {
  return {
    range,
    // Made when it is first looked at: of a hundred thousand statements few ever are.
    get text() {
      return script.slice(range.from, Math.min(range.to, range.from + TEXT_KEPT)).replace(/\s+/g, ' ')
    },
    state: 'not run',
    commandTag: '',
    rows: null,
    elapsedMs: 0,
    remark: null,
    notices: [],
    droppedNotices: 0,
    failure: null,
    place: null,
  }
}

function withStatement(
  draft: Draft,
  query: TabQuery,
  index: number,
  change: Partial<StatementView>,
): readonly StatementView[] {
  const statement = query.statements[index]
  if (statement === undefined) return query.statements
  const own = draft.statements === query.statements ? draft.statements : [...query.statements]
  own[index] = { ...statement, ...change }
  draft.statements = own
  return own
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

import type { Failure } from '../../../contract/failure'
import type { ProfileId } from '../../../contract/profile'
import type { ResultColumn, ResultId, RunEvent } from '../../../contract/query'
import type { SessionFacts, SessionId, SessionLoss } from '../../../contract/session'
import { reduceQuery } from '../../../renderer/query/reduce-query'
import { NEW_QUERY, type QueryEvent, type TabQuery } from '../../../renderer/query/tab-query'
import { aServer } from '../../support/server-builder'

/** A result id; branded here: the engine mints them. */
export const resultId = (name: string) => name as ResultId

/** An open session. */
export function sessionFacts(rest: Partial<SessionFacts> = {}): SessionFacts {
  return {
    sessionId: 'session-1' as SessionId,
    profileId: 'profile-1' as ProfileId,
    backendPid: 4711,
    serverVersion: '18.4',
    database: 'shop',
    role: 'app',
    serverEncoding: 'UTF8',
    timeZone: 'UTC',
    tls: 'none',
    tlsFacts: null,
    authentication: 'scram-sha-256',
    isChannelBound: false,
    isSuperuser: false,
    server: aServer,
    unsentSettings: [],
    ...rest,
  }
}

/** A column of numbers. */
export const aColumn: ResultColumn = {
  name: 'id',
  typeOid: 23,
  typeModifier: -1,
  typeName: 'int4',
  isNumeric: true,
}

/** A failure of each kind that a run can end with. */
export const failures = {
  postgres: { kind: 'postgres', severity: 'ERROR', code: '42703', message: 'column "a" does not exist' },
  cancelled: { kind: 'cancelled', message: 'Cancelled: the server stopped the statement.' },
  lost: { kind: 'connection', reason: 'lost', message: 'terminating connection' },
  unknown: { kind: 'unknown-outcome', statement: 'commit', message: 'It is unknown whether it took effect.' },
  defect: { kind: 'defect', message: 'Strata ran into a fault of its own (1).', reference: '1' },
} as const satisfies Record<string, Failure>

/** The loss of that session. */
export function aLoss(rest: Partial<SessionLoss> = {}): SessionLoss {
  const { sessionId, profileId, backendPid } = sessionFacts()
  return { sessionId, profileId, backendPid, failure: failures.lost, transaction: 'none', ...rest }
}

/** The query of a tab after these events. */
export function queryAfter(...events: readonly QueryEvent[]): TabQuery {
  return events.reduce(reduceQuery, NEW_QUERY)
}

/** A run of a script whose statements are parted by `;` alone, and what happened in it. */
export function aRun(script: string, ...events: readonly RunEvent[]): QueryEvent[] {
  let from = 0
  const statements = script.split(';').map((text) => {
    const range = { from, to: from + text.length }
    from += text.length + 1
    return range
  })
  return [
    { type: 'runStarted', at: 1000 },
    happened(script, { type: 'scriptSplit', statements }),
    ...events.map((event) => happened(script, event)),
  ]
}

/** Something that the engine told of a run. */
export function happened(script: string, event: RunEvent, at = 1100): QueryEvent {
  return { type: 'runHappened', event, at, script }
}

/** The columns of a result arrived. */
export function columnsArrived(statement: number, id: string): RunEvent {
  return { type: 'columnsArrived', statement, resultId: resultId(id), columns: [aColumn] }
}

/** Rows were counted; the first count brings the first page. */
export function rowsCounted(
  statement: number,
  id: string,
  rows: number,
  firstPage: Uint8Array | null = null,
): RunEvent {
  return { type: 'rowsCounted', statement, resultId: resultId(id), rows, byteCount: rows * 10, firstPage }
}

/** A statement completed. */
export function completed(
  statement: number,
  commandTag: string,
  rest: Partial<Extract<RunEvent, { type: 'statementCompleted' }>> = {},
): RunEvent {
  return {
    type: 'statementCompleted',
    statement,
    commandTag,
    resultId: null,
    rows: null,
    elapsedMs: 5,
    remark: null,
    ...rest,
  }
}

/** A statement failed. */
export function failed(
  statement: number,
  failure: Failure,
  rest: Partial<Extract<RunEvent, { type: 'statementFailed' }>> = {},
): RunEvent {
  return { type: 'statementFailed', statement, failure, place: null, resultId: null, elapsedMs: 7, ...rest }
}

/** The run ended. */
export function ended(outcome: Extract<RunEvent, { type: 'runEnded' }>['outcome'], elapsedMs = 40): RunEvent {
  return { type: 'runEnded', outcome, elapsedMs }
}

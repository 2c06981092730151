import type { ConnectionFailure } from '../../contract/failure'
import type { ProfileId } from '../../contract/profile'
import type { CommitMode, ResultId, TextRange } from '../../contract/query'
import type { SessionFacts, SessionLoss } from '../../contract/session'
import type { TabId } from '../../contract/workspace'
import { onEngineEvent, onShellEvent, openStream, request } from '../bridge'
import { queryOf, queryStore, tabOfSession } from './query-store'

const { happen, forget, clear } = queryStore.getState()

/** What is run in a tab: the statements of the range, or of the whole script. */
export interface RunRequest {
  readonly tabId: TabId
  readonly profileId: ProfileId
  readonly script: string
  readonly range: TextRange | null
}

/** Runs statements in a tab's own session, which is opened first when there is none; nothing happens while it runs already. */
export async function runQuery(wanted: RunRequest): Promise<void> {
  const { tabId, profileId, script, range } = wanted
  const before = queryOf(tabId)
  if (before.run.kind === 'running') return
  release(before.results.map((result) => result.resultId))
  happen(tabId, { type: 'runStarted', at: performance.now() })
  const session = await sessionFor(tabId, profileId)
  if (session === null) return
  const stream = openStream(
    'query.run',
    { sessionId: session.sessionId, script, range, commitMode: queryOf(tabId).commitMode },
    (event) => happen(tabId, { type: 'runHappened', event, at: performance.now(), script }),
  )
  const failure = await stream.ended
  if (failure !== null) happen(tabId, { type: 'streamFailed', failure, at: performance.now() })
}

/** Asks the server to cancel what a tab runs. The run itself says how it ended. */
export async function cancelQuery(tabId: TabId): Promise<void> {
  const { session, run } = queryOf(tabId)
  if (session.kind !== 'open' || run.kind !== 'running' || run.isCancelling) return
  happen(tabId, { type: 'cancelAsked' })
  await request('query.cancel', { sessionId: session.facts.sessionId })
}

/** Runs COMMIT or ROLLBACK in a tab's session. */
export function endTransaction(tabId: TabId, profileId: ProfileId, command: 'commit' | 'rollback'): Promise<void> {
  return runQuery({ tabId, profileId, script: command, range: null })
}

/** Chooses whether statements outside a transaction commit at once. */
export function chooseCommitMode(tabId: TabId, commitMode: CommitMode): void {
  happen(tabId, { type: 'commitModeChosen', commitMode })
}

/** Shows a result, or the messages. */
export function chooseResult(tabId: TabId, chosen: ResultId | 'messages'): void {
  happen(tabId, { type: 'resultChosen', chosen })
}

/** Closes the error under the statement. */
export function closeError(tabId: TabId): void {
  if (queryOf(tabId).isErrorOpen) happen(tabId, { type: 'errorClosed' })
}

/** Ends a tab's session and frees its rows; an open transaction is rolled back by the server. */
export async function endQuery(tabId: TabId): Promise<void> {
  const { session, results } = queryOf(tabId)
  forget(tabId)
  release(results.map((result) => result.resultId))
  if (session.kind === 'open') await request('session.close', { sessionId: session.facts.sessionId })
}

/** Forgets the queries of all tabs: the profile was closed, and the engine has ended its sessions. */
export function forgetQueries(): void {
  clear()
}

/** Listens for sessions that end without our asking, and for restarts of the engine, which end all of them. */
export function watchSessions(): void {
  onEngineEvent('session.lost', (loss) => {
    const tabId = tabOfSession(loss.sessionId)
    if (tabId !== null) loseSession(tabId, loss)
  })
  onShellEvent('engine.restarted', ({ reason }) => {
    const failure: ConnectionFailure = {
      kind: 'connection',
      reason: 'lost',
      message: `The part of Strata that talks to the server stopped and was started again. ${reason}`,
      advice: 'The server rolls back an open transaction as soon as it notices. Run again to open a new session.',
    }
    for (const [tabId, { session }] of queryStore.getState().queries) {
      if (session.kind === 'open') loseSession(tabId, lossWithEngine(tabId, session.facts, failure))
    }
  })
}

/** Notes that a tab's session was lost. */
export function loseSession(tabId: TabId, loss: SessionLoss): void {
  happen(tabId, { type: 'sessionLost', loss, at: performance.now() })
}

/** The engine that knew more is gone: the window says what follows from what it saw. */
function lossWithEngine(tabId: TabId, facts: SessionFacts, failure: ConnectionFailure): SessionLoss {
  const { sessionId, profileId, backendPid } = facts
  const { run, transaction } = queryOf(tabId)
  const isOpen = transaction.status !== 'none'
  const became = run.kind === 'running' ? 'unknown' : isOpen ? 'held' : 'none'
  return { sessionId, profileId, backendPid, failure, transaction: became }
}

async function sessionFor(tabId: TabId, profileId: ProfileId): Promise<SessionFacts | null> {
  const { session } = queryOf(tabId)
  if (session.kind === 'open') return session.facts
  happen(tabId, { type: 'sessionOpening' })
  const reply = await request('session.open', { profileId, tabId })
  if (!reply.ok) {
    happen(tabId, { type: 'sessionFailed', failure: reply.failure, at: performance.now() })
    return null
  }
  if (!queryStore.getState().queries.has(tabId)) {
    // The tab was closed meanwhile.
    void request('session.close', { sessionId: reply.value.sessionId })
    return null
  }
  happen(tabId, { type: 'sessionOpened', facts: reply.value })
  return reply.value
}

function release(resultIds: readonly ResultId[]): void {
  if (resultIds.length > 0) void request('result.release', { resultIds: [...resultIds] })
}

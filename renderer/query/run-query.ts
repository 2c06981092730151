import type { ConnectionFailure } from '../../contract/failure'
import { mayHaveParameters } from '../../contract/parameters'
import type { ProfileId } from '../../contract/profile'
import type { CommitMode, OnFailure, ResultId, RunParameter } from '../../contract/query'
import type { RunOptions } from '../../contract/run-options'
import type { SessionFacts, SessionId, SessionLoss } from '../../contract/session'
import type { TabId } from '../../contract/workspace'
import { onEngineEvent, onShellEvent, openGatheredStream, request } from '../bridge'
import { waitForServer } from '../server-wait'
import { askFirst } from './guard/ask-first'
import { inBatches } from './in-batches'
import { queryOf, queryStore, tabOfSession } from './query-store'
import type { ParameterEntry, QueryEvent, RunRequest } from './tab-query'

const { happen, happenAll, forget, clear } = queryStore.getState()

const NO_ENTRY: ParameterEntry = { text: '', isNull: false }

/** Tabs whose next run is about to be asked for its parameters. */
const asking = new Set<TabId>()

/**
 * Runs statements in a tab's own session, which is opened first when there is none; nothing happens while it runs already. Statements with
 * parameters are run once the form that asks for them was answered.
 */
export async function runQuery(wanted: RunRequest): Promise<void> {
  const { tabId, script, range } = wanted
  if (queryOf(tabId).run.kind === 'running' || asking.has(tabId)) return
  if (!mayHaveParameters(range === null ? script : script.slice(range.from, range.to))) {
    await runWith(wanted, [])
    return
  }
  asking.add(tabId)
  const { session } = queryOf(tabId)
  const sessionId = session.kind === 'open' ? session.facts.sessionId : null
  const reply = await request('query.parameters', { sessionId, script, range })
  if (!asking.delete(tabId)) return // closed meanwhile
  if (reply.ok && reply.value.length > 0) {
    happen(tabId, { type: 'parametersWanted', question: { request: wanted, wanted: reply.value } })
    return
  }
  await runWith(wanted, [])
}

/** Runs what waited for its parameters, with these values, and remembers them. */
export async function answerParameters(tabId: TabId, entries: ReadonlyMap<string, ParameterEntry>): Promise<void> {
  const { question } = queryOf(tabId)
  if (question === null) return
  happen(tabId, { type: 'parametersGiven', entries })
  const values = question.wanted.map(({ name }) => {
    const { text, isNull } = entries.get(name) ?? NO_ENTRY
    return { name, value: isNull ? null : text }
  })
  await runWith(question.request, values)
}

/** Puts the form for parameters away; nothing was run. */
export function closeQuestion(tabId: TabId): void {
  happen(tabId, { type: 'questionClosed' })
}

async function runWith(wanted: RunRequest, parameters: readonly RunParameter[]): Promise<void> {
  const { tabId, script, range } = wanted
  if (queryOf(tabId).run.kind === 'running') return
  const isGuarded = queryStore.getState().rules?.environment === 'production'
  const confirmation = isGuarded ? await askFirst(wanted, parameters, sessionFor) : undefined
  if (confirmation === null) return
  const before = queryOf(tabId)
  release(before.results.map((result) => result.resultId))
  happen(tabId, { type: 'runStarted', at: performance.now() })
  const session = await sessionFor(wanted)
  if (session === null) return
  const { commitMode, onFailure, timeoutMs } = queryOf(tabId)
  const { sessionId } = session
  const told = inBatches<QueryEvent>((events) => happenAll(tabId, events))
  unsent.set(tabId, told.flush)
  const stream = openGatheredStream(
    'query.run',
    {
      sessionId,
      script,
      range,
      commitMode,
      onFailure,
      parameters: [...parameters],
      statementTimeoutMs: timeoutMs,
      ...(confirmation === undefined ? {} : { confirmation }),
    },
    (events) => {
      const at = performance.now()
      told.take(events.map((event) => ({ type: 'runHappened', event, at, script })))
    },
  )
  const failure = await stream.ended
  told.flush()
  unsent.delete(tabId)
  if (failure !== null) happen(tabId, { type: 'streamFailed', failure, at: performance.now() })
}

/** Per tab, how what was heard of its run comes into the store at once. */
const unsent = new Map<TabId, () => void>()

/** Asks the server to cancel what a tab runs. The run itself says how it ended. */
export async function cancelQuery(tabId: TabId): Promise<void> {
  const { session, run, guard } = queryOf(tabId)
  if (run.kind !== 'running' || run.cancelAskedAt !== null) return
  if (guard !== null && session.kind === 'open') {
    happen(tabId, { type: 'checkEnded' }) // nothing was sent yet
    return
  }
  const at = performance.now()
  if (session.kind !== 'open') {
    // Nothing was sent yet; the session that still opens is closed as soon as it is there.
    happen(tabId, { type: 'openingGivenUp', at })
    return
  }
  happen(tabId, { type: 'cancelAsked', at })
  await request('query.cancel', { sessionId: session.facts.sessionId })
}

/** Ends the session of a tab whose run does not end: its backend is terminated, its connection cut. Text and rows stay. */
export async function endSession(tabId: TabId): Promise<void> {
  const { session } = queryOf(tabId)
  if (session.kind !== 'open') return
  await request('session.terminate', { sessionId: session.facts.sessionId })
}

/** Chooses what a failed statement means for those after it. */
export function chooseOnFailure(tabId: TabId, onFailure: OnFailure): void {
  happen(tabId, { type: 'onFailureChosen', onFailure })
}

/** Chooses after how many milliseconds the server stops a statement of the tab; null for never. */
export function chooseTimeout(tabId: TabId, timeoutMs: number | null): void {
  happen(tabId, { type: 'timeoutChosen', timeoutMs })
}

/** Runs COMMIT or ROLLBACK in a tab's session. */
export function endTransaction(tabId: TabId, profileId: ProfileId, command: 'commit' | 'rollback'): Promise<void> {
  return runQuery({ tabId, profileId, script: command, range: null })
}

/** Chooses whether statements outside a transaction commit at once. */
export function chooseCommitMode(tabId: TabId, commitMode: CommitMode): void {
  happen(tabId, { type: 'commitModeChosen', commitMode })
}

/** Brings back what was chosen for the runs of a tab when it was open before; auto-commit not where tabs commit by hand as a rule. */
export function restoreRunOptions(tabId: TabId, runOptions: RunOptions): void {
  const { fresh } = queryStore.getState()
  const commitMode = fresh.commitMode === 'manual' ? 'manual' : runOptions.commitMode
  happen(tabId, { type: 'runOptionsRestored', runOptions: { ...runOptions, commitMode } })
}

/** Calls the listener whenever something was chosen for the runs of a tab. */
export function onRunOptions(listener: (tabId: TabId, runOptions: RunOptions) => void): void {
  queryStore.subscribe(({ queries, fresh }, before) => {
    for (const [tabId, { commitMode, onFailure, timeoutMs }] of queries) {
      const was = before.queries.get(tabId) ?? fresh
      if (was.commitMode === commitMode && was.onFailure === onFailure && was.timeoutMs === timeoutMs) continue
      listener(tabId, { commitMode, onFailure, statementTimeoutMs: timeoutMs })
    }
  })
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
  asking.delete(tabId)
  forget(tabId)
  release(results.map((result) => result.resultId))
  if (session.kind === 'open') await request('session.close', { sessionId: session.facts.sessionId })
}

/** Notes that idle sessions of tabs were ended to make room. */
export function noteClosedSessions(sessionIds: readonly SessionId[]): void {
  for (const sessionId of sessionIds) {
    const tabId = tabOfSession(sessionId)
    if (tabId !== null) happen(tabId, { type: 'sessionClosed' })
  }
}

/** Forgets the queries of all tabs: the profile was closed, and the engine has ended its sessions. */
export function forgetQueries(): void {
  asking.clear()
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
  unsent.get(tabId)?.()
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

/** Asks the person for the secret that a session failed for; false when they would rather not. */
type AskSecret = (profileId: ProfileId, failure: ConnectionFailure) => Promise<boolean>
let askSecret: AskSecret = async () => false

/** Says who asks for a secret that a tab's session failed for. */
export function askSecretsWith(asker: AskSecret): void {
  askSecret = asker
}

async function sessionFor(wanted: RunRequest): Promise<SessionFacts | null> {
  const { tabId, profileId, script, range } = wanted
  const { session, run } = queryOf(tabId)
  if (session.kind === 'open') return session.facts
  happen(tabId, { type: 'sessionOpening' })
  const reply = await waitForServer(
    profileId,
    () => request('session.open', { profileId, tabId, wanted: { script, range } }),
    (failure) => happen(tabId, { type: 'sessionFailed', failure, at: performance.now() }),
  )
  const now = queryStore.getState().queries.get(tabId)
  const isWanted = now?.run.kind === 'running' && now.run === run
  if (!isWanted) {
    // Cancelled, or the tab was closed meanwhile.
    if (reply.ok) void request('session.close', { sessionId: reply.value.sessionId })
    return null
  }
  if (!reply.ok) {
    const { failure } = reply
    if (failure.kind === 'connection' && (await askSecret(profileId, failure))) return sessionFor(wanted)
    happen(tabId, { type: 'sessionFailed', failure, at: performance.now() })
    return null
  }
  happen(tabId, { type: 'sessionOpened', facts: reply.value })
  return reply.value
}

function release(resultIds: readonly ResultId[]): void {
  if (resultIds.length > 0) void request('result.release', { resultIds: [...resultIds] })
}

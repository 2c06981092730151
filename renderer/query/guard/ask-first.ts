import type { CheckEvent } from '../../../contract/guard'
import type { Confirmation, RunParameter } from '../../../contract/query'
import type { SessionFacts } from '../../../contract/session'
import type { TabId } from '../../../contract/workspace'
import { openStream } from '../../bridge'
import { queryOf, queryStore } from '../query-store'
import type { RunRequest } from '../tab-query'

const { happen } = queryStore.getState()

type ScriptChecked = Extract<CheckEvent, { type: 'scriptChecked' }>

/** Tabs whose question was answered with yes. */
const confirmed = new Set<TabId>()

/**
 * Looks for what asks before it is run on production, and asks; what may then be run goes with the confirmation. Null when the answer was
 * no, the session could not be had, or the check failed: the tab says so. What it showed before is still there.
 */
export async function askFirst(
  wanted: RunRequest,
  parameters: readonly RunParameter[],
  sessionFor: (wanted: RunRequest) => Promise<SessionFacts | null>,
): Promise<Confirmation | null> {
  const { tabId, script, range } = wanted
  happen(tabId, { type: 'checkStarted', at: performance.now() })
  const session = await sessionFor(wanted)
  if (session === null) return null
  const left = whenLeft(tabId)
  const { commitMode, onFailure } = queryOf(tabId)
  const checked = firstOf<ScriptChecked>()
  const stream = openStream(
    'query.check',
    { sessionId: session.sessionId, script, range, commitMode, onFailure, parameters: [...parameters] },
    (event) => {
      if (event.type === 'scriptChecked') checked.settle(event)
      else if (!left.isLeft()) happen(tabId, event)
    },
  )
  void stream.ended.then((failure) => {
    if (failure !== null && !left.isLeft()) happen(tabId, { type: 'streamFailed', failure, at: performance.now() })
    checked.settle(null)
  })
  const found = await Promise.race([checked.promise, left.promise])
  try {
    if (found === null || left.isLeft()) return null
    if (found.dangerCount === 0) {
      happen(tabId, { type: 'checkEnded' })
      return found.confirmation
    }
    const { database, statements, dangers, dangerCount } = found
    happen(tabId, { type: 'guardAsked', question: { database, statements, dangers, dangerCount, rows: new Map() } })
    await left.promise
    return confirmed.delete(tabId) ? found.confirmation : null
  } finally {
    stream.close() // whatever is still being estimated
  }
}

/** Answers the question of a tab; without a yes nothing is run. */
export function answerGuard(tabId: TabId, isYes: boolean): void {
  if (queryOf(tabId).guard?.question == null) return // its question has gone: the answer is none to the next one
  if (isYes) confirmed.add(tabId)
  happen(tabId, { type: 'checkEnded' })
}

/** Tells when the check of a tab is over: answered, cancelled, or gone with its session or its tab. A later check is another one. */
function whenLeft(tabId: TabId): { readonly promise: Promise<null>; readonly isLeft: () => boolean } {
  let isOver = queryOf(tabId).guard === null
  const promise = new Promise<null>((resolve) => {
    const stop = queryStore.subscribe(() => {
      if (queryOf(tabId).guard !== null) return
      stop()
      isOver = true
      resolve(null)
    })
    if (!isOver) return
    stop()
    resolve(null)
  })
  return { promise, isLeft: () => isOver }
}

function firstOf<T>(): { readonly promise: Promise<T | null>; readonly settle: (value: T | null) => void } {
  let settle: (value: T | null) => void = () => {}
  const promise = new Promise<T | null>((resolve) => {
    settle = resolve
  })
  return { promise, settle }
}

import type { ProfileId } from '../../contract/profile'
import type { TabRemains } from '../../contract/query'
import type { TabId } from '../../contract/workspace'
import { openGatheredStream, request } from '../bridge'
import { inBatches } from './in-batches'
import { queryStore } from './query-store'
import { loseSession } from './run-query'
import type { QueryEvent } from './tab-query'

const { happen, happenAll } = queryStore.getState()

/** Takes up the sessions and runs that the engine kept while the window was reloaded; those of tabs that are not there are ended. */
export async function restoreQueries(profileId: ProfileId, tabIds: readonly TabId[]): Promise<void> {
  const reply = await request('query.remains', { profileId })
  if (!reply.ok) return
  for (const remains of reply.value) {
    if (tabIds.includes(remains.tabId)) void restore(profileId, remains)
    else if (remains.session !== null) void request('session.close', { sessionId: remains.session.sessionId })
  }
}

async function restore(profileId: ProfileId, remains: TabRemains): Promise<void> {
  const { tabId, loss, hasRun } = remains
  happen(tabId, { type: 'sessionRestored', remains, at: performance.now() })
  if (hasRun) await followRun(profileId, tabId)
  if (loss !== null) loseSession(tabId, loss)
}

async function followRun(profileId: ProfileId, tabId: TabId): Promise<void> {
  let script = ''
  const told = inBatches<QueryEvent>((events) => happenAll(tabId, events))
  const stream = openGatheredStream('query.follow', { profileId, tabId }, (events) => {
    const at = performance.now()
    told.take(
      events.map((event) => {
        if (event.type !== 'runAttached') return { type: 'runHappened', event, at, script }
        script = event.script
        return { type: 'runStarted', at: at - event.elapsedMs }
      }),
    )
  })
  const failure = await stream.ended
  told.flush()
  if (failure !== null) happen(tabId, { type: 'streamFailed', failure, at: performance.now() })
}

import type { ActiveBackend } from '../../contract/activity'
import type { SignalOutcome } from '../../contract/backend'
import type { Failure } from '../../contract/failure'
import type { ProfileId } from '../../contract/profile'
import { type OpenStream, openStream, request } from '../bridge'
import type { ActivityFilter } from './activity-order'
import { activityStore, changeActivity } from './activity-store'

let stream: OpenStream | null = null

/** Opens the activity view of a profile, in whose database the eye is first. */
export function openActivity(profileId: ProfileId, database: string): void {
  const filter = { words: '', database, withIdle: true, withProcesses: false }
  activityStore.setState({ shown: { profileId, filter, known: null, watch: 'following', chosenPid: null } })
  follow(profileId)
}

/** Closes the view; the engine ends the session that it asked with. */
export function closeActivity(): void {
  stop()
  activityStore.setState({ shown: null })
}

/** Stops looking, or goes on with it. */
export function pauseActivity(isPaused: boolean): void {
  const { shown } = activityStore.getState()
  if (shown === null) return
  if (isPaused) {
    stop()
    changeActivity({ watch: 'paused' })
  } else follow(shown.profileId)
}

/** Looks now, and goes on looking unless that was stopped. */
export function refreshActivity(): void {
  const { shown } = activityStore.getState()
  if (shown === null) return
  const isPaused = shown.watch === 'paused'
  follow(shown.profileId, isPaused)
}

/** Shows another part of what is known. */
export function filterActivity(change: Partial<ActivityFilter>): void {
  const { shown } = activityStore.getState()
  if (shown !== null) changeActivity({ filter: { ...shown.filter, ...change } })
}

/** Cancels what a backend runs, or terminates it; answers with what became of it, or with why not. */
export async function signalBackend(
  profileId: ProfileId,
  { backendPid, backendStart, statementStart }: ActiveBackend,
  signal: 'cancel' | 'terminate',
): Promise<SignalOutcome | Failure> {
  const reply = await request('session.signal', { profileId, backendPid, backendStart, statementStart, signal })
  refreshActivity()
  return reply.ok ? reply.value.outcome : reply.failure
}

function follow(profileId: ProfileId, isOnce = false): void {
  stop()
  const opened = openStream('activity.follow', { profileId }, (activity) => {
    if (stream !== opened) return
    changeActivity({ known: { activity, at: performance.now() } })
    if (!isOnce) return
    stop()
    changeActivity({ watch: 'paused' })
  })
  stream = opened
  changeActivity({ watch: 'following' })
  void opened.ended.then((failure) => {
    if (stream !== opened) return
    stream = null
    if (failure !== null) changeActivity({ watch: { failure } })
  })
}

function stop(): void {
  const before = stream
  stream = null
  before?.close()
}

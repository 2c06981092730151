import { createStore } from 'zustand/vanilla'
import type { ConnectionFailure, Reply } from '../contract/failure'
import type { ProfileId } from '../contract/profile'

/** Somebody waits for a server that has no room, or is not ready yet. */
export interface ServerWait {
  readonly profileId: ProfileId
  /** Why, in the server's words. */
  readonly failure: ConnectionFailure
  /** `performance.now()` of the next try; null while it is under way. */
  readonly nextAt: number | null
  /** Tries at once. */
  readonly tryNow: () => void
  /** Gives up: whoever waits gets the last failure. */
  readonly stop: () => void
}

/** Seconds before the second, third and fourth try, and before every one after them. */
const PAUSES_S = [1, 2, 5] as const
const LAST_PAUSE_S = 10

/** cannot_connect_now: starting up, in recovery or shutting down; too_many_connections. */
const PASSING: ReadonlySet<string | undefined> = new Set(['57P03', '53300'])

/** The wait that is under way; null when there is none. */
export const serverWaitStore = createStore<{ readonly wait: ServerWait | null }>(() => ({ wait: null }))

/**
 * What the question is answered with; where the server has no room for a session, or is not ready, it is asked again after 1, 2, 5 and
 * then every 10 seconds, until the user stops it: then the last failure is the answer. `abandon` is told of it when a try was under
 * way, whose answer comes later and is of no interest any more. A wait that begins while another one is shown stops that one.
 */
export async function waitForServer<T>(
  profileId: ProfileId,
  ask: () => Promise<Reply<T>>,
  abandon: (failure: ConnectionFailure) => void,
): Promise<Reply<T>> {
  let shown: ServerWait | null = null
  let isStopped = false
  const show = (wait: ServerWait | null) => {
    shown = wait
    serverWaitStore.setState({ wait })
  }
  for (let tries = 1; ; tries += 1) {
    const reply = await ask()
    const isPassing = !reply.ok && reply.failure.kind === 'connection' && PASSING.has(reply.failure.code)
    if (isStopped || !isPassing) {
      if (shown !== null && serverWaitStore.getState().wait === shown) show(null)
      return reply
    }
    const other = serverWaitStore.getState().wait
    if (other !== shown) other?.stop()
    const failure = reply.failure as ConnectionFailure // it is passing
    const outcome = await new Promise<'on' | 'stopped'>((resolve) => {
      const pauseMs = (PAUSES_S[tries - 1] ?? LAST_PAUSE_S) * 1000
      const timer = setTimeout(() => resolve('on'), pauseMs)
      const settle = (how: 'on' | 'stopped') => {
        clearTimeout(timer)
        resolve(how)
      }
      const nextAt = performance.now() + pauseMs
      show({ profileId, failure, nextAt, tryNow: () => settle('on'), stop: () => settle('stopped') })
    })
    if (outcome === 'stopped') {
      show(null)
      return reply
    }
    show({
      profileId,
      failure,
      nextAt: null,
      tryNow: () => {},
      stop: () => {
        isStopped = true
        show(null)
        abandon(failure)
      },
    })
  }
}

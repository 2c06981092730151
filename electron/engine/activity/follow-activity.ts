import { setTimeout as wait } from 'node:timers/promises'
import type { Activity } from '../../../contract/activity'
import type { Channel } from '../../../contract/define'
import type { Session } from '../session/session'
import { type Ownership, readActivity } from './read-activity'

/** Milliseconds between two looks. */
const LOOK_EVERY_MS = 2_000

/** A session for one purpose, and how to give it back. */
export interface BorrowedSession {
  readonly session: Session
  release(): Promise<void>
}

/** Tells what goes on in the server, at once and then every `lookEveryMs`, until the channel is closed; the session is given back. */
export async function followActivity(
  borrow: () => Promise<BorrowedSession>,
  ownership: Ownership,
  channel: Channel<Activity>,
  lookEveryMs: number = LOOK_EVERY_MS,
): Promise<void> {
  const { session, release } = await borrow()
  const closing = new AbortController()
  // At once: a server that does not answer any more would keep the session for as long.
  channel.onClose(() => {
    closing.abort()
    void release()
  })
  try {
    while (!channel.isClosed) {
      channel.send(await readActivity(session, ownership))
      await wait(lookEveryMs, undefined, { signal: closing.signal, ref: false }).catch(() => {})
    }
  } catch (error) {
    if (!channel.isClosed) throw error
  } finally {
    await release()
  }
}

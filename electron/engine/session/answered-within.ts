import { FailureError } from '../failure-error'
import type { Session } from './session'

/** Milliseconds that a new session's first questions may take together. */
export const FIRST_ANSWERS_MS = 15_000

/**
 * What the work gives. A session whose server has fallen silent meanwhile is broken off, and the failure is its loss: nobody else watches
 * over a session that is still being made.
 */
export async function answeredWithin<T>(
  session: Session,
  work: () => Promise<T>,
  limitMs: number = FIRST_ANSWERS_MS,
): Promise<T> {
  let isOver = false
  const limit = setTimeout(() => {
    isOver = true
    session.breakOff(new Error(`nothing came for ${limitMs / 1000} s while the session was set up`))
  }, limitMs)
  try {
    return await work()
  } catch (error) {
    if (isOver && session.lostBecause !== null) throw new FailureError(session.lostBecause, { cause: error })
    throw error
  } finally {
    clearTimeout(limit)
  }
}

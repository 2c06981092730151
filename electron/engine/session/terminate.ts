import { setTimeout as wait } from 'node:timers/promises'
import type { ConnectionFailure } from '../../../contract/failure'
import type { Session } from './session'

/** Milliseconds that another session has to terminate the backend. */
const ASK_LIMIT_MS = 2_000
/** Milliseconds that the terminated backend has to say so. */
const LAST_WORDS_MS = 1_000

const CONFIRMED: ConnectionFailure = {
  kind: 'connection',
  reason: 'lost',
  message: 'You ended this session.',
  advice: 'The server has rolled back what its transaction changed. The next run opens a new session.',
  code: '57P01', // what the terminated backend says of itself
}
const UNCONFIRMED: ConnectionFailure = {
  kind: 'connection',
  reason: 'lost',
  message: 'You ended this session; the server did not confirm it.',
  advice:
    'What became of an open transaction is unknown: check before you run it again. The next run opens a new session.',
}

/**
 * Ends a session that does not answer: asks the server over another one to terminate its backend, then cuts the connection, so that it is
 * over whether the server answers or not. The session is lost, for the reason that the user ended it.
 */
export async function terminateSession(session: Session, openOther: () => Promise<Session>): Promise<void> {
  if (session.lostBecause !== null) return
  const lost = new Promise<true>((resolve) => {
    session.onLost(() => resolve(true))
  })
  // Its last words may come before the answer of the session that asked.
  session.giveUp(UNCONFIRMED, CONFIRMED)
  const isTerminated = await within(ASK_LIMIT_MS, async () => {
    const other = await openOther()
    const { rows } = await other.query('select pg_catalog.pg_terminate_backend($1)', [String(session.facts.backendPid)])
    return rows[0]?.[0] === 't'
  })
  if (isTerminated && session.lostBecause === null) session.giveUp(CONFIRMED, CONFIRMED)
  if (isTerminated) await Promise.race([lost, wait(LAST_WORDS_MS, undefined, { ref: false })])
  if (session.lostBecause !== null) return
  session.giveUp(UNCONFIRMED, CONFIRMED)
  session.cut()
  await lost
}

async function within(limitMs: number, ask: () => Promise<boolean>): Promise<boolean> {
  return Promise.race([ask().catch(() => false), wait(limitMs, false, { ref: false })])
}

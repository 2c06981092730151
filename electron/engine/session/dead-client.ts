import type { Session } from './session'

/** The first version that looks for its client while a statement runs. */
const FIRST_MAJOR = 14

/**
 * Lets the server end a running statement within seconds when we die: without it, it runs to its end and commits with nobody listening.
 * Where the server cannot do that, and behind a pooler, where it would be set for others, nothing happens.
 */
export async function noticeDeadClient(session: Session): Promise<void> {
  const { serverVersion, server } = session.facts
  if (Number.parseInt(serverVersion, 10) < FIRST_MAJOR || server.isPooled) return
  try {
    await session.query(`select pg_catalog.set_config('client_connection_check_interval', '2s', false)`)
  } catch (error) {
    if (session.lostBecause !== null) throw error
  }
}

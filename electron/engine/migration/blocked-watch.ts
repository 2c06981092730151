import type { Blocker } from '../../../contract/migration'
import type { Session } from '../session/session'
import { readBlockers } from './migration-lock'

/** Milliseconds between two looks at who blocks a statement, the first one included. */
const LOOK_EVERY_MS = 1000

/**
 * Looks, through a second session, who a backend waits for while a statement runs long, and tells whenever that changes; an
 * empty list says it waits no more. Answers with how to stop. A session that cannot be had is no failure of the statement.
 */
export function watchBlockers(
  control: () => Promise<Session>,
  backendPid: number,
  tell: (by: Blocker[]) => void,
): () => void {
  let isOver = false
  let known = ''
  const look = async () => {
    try {
      const by = await readBlockers(await control(), backendPid)
      const pids = by.map((each) => each.backendPid).join()
      if (!isOver && pids !== known) {
        known = pids
        tell([...by])
      }
    } catch {
      isOver = true
    }
    if (!isOver) timer = setTimeout(look, LOOK_EVERY_MS)
  }
  let timer = setTimeout(look, LOOK_EVERY_MS)
  return () => {
    isOver = true
    clearTimeout(timer)
  }
}

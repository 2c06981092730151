import type { Blocker } from '../../../contract/migration'
import type { Session } from '../session/session'
import { readBlockers } from './blockers'
import { type IndexProgress, readIndexProgress } from './index-progress'

/** Milliseconds until the first look at a statement: who blocks it is to be named within a second. */
const FIRST_LOOK_MS = 250
/** Milliseconds between two looks. */
const LOOK_EVERY_MS = 500

/** Hears what a second session sees of a statement. */
export interface StatementWatch {
  /** Who it waits for has changed; an empty list says that it waits no more. */
  readonly blocked: (by: Blocker[]) => void
  readonly progressed: (progress: IndexProgress) => void
}

/**
 * Looks, through a second session, at a backend whose statement runs long, and tells whenever something changes. Answers with how
 * to stop. A session that cannot be had is no failure of the statement.
 */
export function watchStatement(
  control: () => Promise<Session>,
  backendPid: number,
  { blocked, progressed }: StatementWatch,
): () => void {
  let isOver = false
  let knownBlockers = '[]'
  let knownProgress = ''
  const look = async () => {
    try {
      const session = await control()
      const by = await readBlockers(session, backendPid)
      const blockers = JSON.stringify(by.map((each) => ({ ...each, sinceMs: 0 })))
      const progress = await readIndexProgress(session, backendPid)
      if (isOver) return
      if (blockers !== knownBlockers) blocked(by)
      knownBlockers = blockers
      const words = JSON.stringify(progress)
      if (progress !== null && words !== knownProgress) progressed(progress)
      knownProgress = words
    } catch {
      isOver = true
    }
    if (!isOver) timer = setTimeout(look, LOOK_EVERY_MS)
  }
  let timer = setTimeout(look, FIRST_LOOK_MS)
  return () => {
    isOver = true
    clearTimeout(timer)
  }
}

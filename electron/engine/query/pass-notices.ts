import type { Channel } from '../../../contract/define'
import type { Notice, RunEvent } from '../../../contract/query'
import type { Session } from '../session/session'

/** Notices of one run that are passed on; the rest is counted. */
const NOTICES_KEPT = 1_000
/** Milliseconds in which notices are gathered: a flood must not redraw the window for each. */
const NOTICE_BATCH_MS = 50

/** Passes notices on in batches while the statement runs; the answer stops that and says how many were not kept. */
export function passNotices(session: Session, statement: number, channel: Channel<RunEvent>): () => string | null {
  let heard = 0
  let waiting: Notice[] = []
  let timer: NodeJS.Timeout | null = null
  const flush = () => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    if (waiting.length === 0) return
    channel.send({ type: 'noticesArrived', statement, notices: waiting })
    waiting = []
  }
  session.hearNotices((notice) => {
    heard += 1
    if (heard > NOTICES_KEPT) return
    waiting.push(notice)
    timer ??= setTimeout(flush, NOTICE_BATCH_MS)
  })
  return () => {
    flush()
    session.hearNotices(() => {})
    session.hearCopyData(() => {})
    return heard > NOTICES_KEPT ? `${heard - NOTICES_KEPT} more notices were not kept.` : null
  }
}

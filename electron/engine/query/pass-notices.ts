import type { Channel } from '../../../contract/define'
import type { HeardNotice, RunEvent } from '../../../contract/query'
import type { Session } from '../session/session'

/** Notices of one statement that are passed on, and how long their texts may be together; the rest is counted. */
const NOTICES_KEPT = 1_000
const TEXT_KEPT = 8 * 1024 * 1024
/** Milliseconds in which notices are gathered: a flood must not redraw the window for each. */
const NOTICE_BATCH_MS = 50
/** Milliseconds between two counts of the notices that are not kept. */
const COUNT_EVERY_MS = 250

/** Passes notices on in batches while the statement runs, the first 1,000 with their words as long as those fit, the rest as a count; the answer stops that. */
export function passNotices(session: Session, statement: number, channel: Channel<RunEvent>): () => void {
  let heard = 0
  let told = 0
  let kept = 0
  let length = 0
  let waiting: HeardNotice[] = []
  let timer: NodeJS.Timeout | null = null
  const flush = () => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    if (heard === told) return
    told = heard
    channel.send({ type: 'noticesArrived', statement, notices: waiting, dropped: heard - kept })
    waiting = []
  }
  session.hearNotices((notice) => {
    heard += 1
    const { message, detail = '', hint = '', where = '' } = notice
    length += message.length + detail.length + hint.length + where.length
    // Once one was left out, so is what follows: those that are kept are the first.
    if (heard === kept + 1 && kept < NOTICES_KEPT && length <= TEXT_KEPT) {
      kept += 1
      waiting.push({ ...notice, at: Date.now() })
    }
    timer ??= setTimeout(flush, waiting.length > 0 ? NOTICE_BATCH_MS : COUNT_EVERY_MS)
  })
  return () => {
    flush()
    session.hearNotices(() => {})
  }
}

import type { Channel } from '../../../contract/define'
import type { FollowEvent, ResultId, RunEvent, RunInput } from '../../../contract/query'

/**
 * Everything a run has said, so that a window that was reloaded can hear it again. The run speaks into it and never notices who
 * listens: it goes on when its window goes away, and is asked to stop by `close` alone.
 */
export class RunLog implements Channel<RunEvent> {
  private readonly input: Pick<RunInput, 'script' | 'commitMode'>
  private readonly startedAt = performance.now()
  private readonly events: RunEvent[] = []
  /** Where in `events` the count of each result stands: only the latest is worth hearing again. */
  private readonly counts = new Map<ResultId, number>()
  private readonly followers = new Set<Channel<FollowEvent>>()
  private readonly closing = new Set<() => void>()
  private finish: () => void = () => {}
  private readonly ended = new Promise<void>((resolve) => {
    this.finish = resolve
  })
  private isOver = false
  isClosed = false

  constructor(input: Pick<RunInput, 'script' | 'commitMode'>) {
    this.input = input
  }

  send(event: RunEvent): void {
    if (this.isClosed) return
    this.keep(event)
    for (const follower of this.followers) follower.send(event)
  }

  onClose(listener: () => void): void {
    if (this.isClosed) listener()
    else this.closing.add(listener)
  }

  /** Asks the run to stop, and lets nobody hear it any more. */
  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    for (const listener of this.closing) listener()
    this.followers.clear()
    this.finish()
  }

  /** Notes that the run is over: nothing follows. */
  end(): void {
    this.isOver = true
    this.followers.clear()
    this.finish()
  }

  /** Passes on what is said from now on. */
  pass(channel: Channel<FollowEvent>): void {
    this.followers.add(channel)
    channel.onClose(() => this.followers.delete(channel))
  }

  /** Says everything from the first event on; resolves when the run is over. */
  async follow(channel: Channel<FollowEvent>): Promise<void> {
    const { script, commitMode } = this.input
    channel.send({ type: 'runAttached', script, commitMode, elapsedMs: performance.now() - this.startedAt })
    for (const event of this.events) channel.send(event)
    if (this.isOver || this.isClosed) return
    this.pass(channel)
    await this.ended
  }

  private keep(event: RunEvent): void {
    if (event.type !== 'rowsCounted') {
      // That a statement was begun is old news once it is complete: a script may have a hundred thousand.
      if (event.type === 'statementCompleted' && this.events.at(-1)?.type === 'statementStarted') this.events.pop()
      this.events.push(event)
      return
    }
    const at = this.counts.get(event.resultId)
    const before = at === undefined ? undefined : this.events[at]
    if (at === undefined || before?.type !== 'rowsCounted') {
      this.counts.set(event.resultId, this.events.push(event) - 1)
    } else this.events[at] = { ...event, firstPage: event.firstPage ?? before.firstPage }
  }
}

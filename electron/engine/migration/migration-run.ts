import type { Channel } from '../../../contract/define'
import type { MigrationEvent, MigrationRunId } from '../../../contract/migration'

const LAST_SAYS_ALL: ReadonlySet<MigrationEvent['type']> = new Set(['lockAwaited', 'indexProgressed'])

/** A run in progress: keeps what has happened, so that whoever comes later sees it from the first event on. */
export class MigrationRun {
  readonly id: MigrationRunId
  /** What it does, for a refusal that names it. */
  readonly description: string
  private readonly events: MigrationEvent[] = []
  private readonly channels = new Set<Channel<MigrationEvent>>()
  private readonly abort = new AbortController()
  private readonly work: Promise<void>

  /** Starts `work` at once. */
  constructor(id: MigrationRunId, description: string, work: (run: MigrationRun) => Promise<void>) {
    this.id = id
    this.description = description
    this.work = Promise.resolve().then(() => work(this))
    this.work.catch(() => {}) // followers are told; without any it is still no unhandled rejection
  }

  /** Says stop when the run was cancelled. */
  get signal(): AbortSignal {
    return this.abort.signal
  }

  /** Resolves when the run has ended, however it did. */
  get ended(): Promise<void> {
    return this.work.catch(() => {})
  }

  /** Notes an event and sends it to everybody who follows. */
  emit(event: MigrationEvent): void {
    const last = this.events.at(-1)
    // Waiting and building may take hours: the last report says it all.
    if (LAST_SAYS_ALL.has(event.type) && last?.type === event.type) this.events.pop()
    this.events.push(event)
    for (const channel of this.channels) {
      if (channel.isClosed) this.channels.delete(channel)
      else channel.send(event)
    }
  }

  /** Sends all events from the first on; resolves when the run has ended, rejects when it ended without having begun. */
  async follow(channel: Channel<MigrationEvent>): Promise<void> {
    for (const event of this.events) channel.send(event)
    this.channels.add(channel)
    channel.onClose(() => this.channels.delete(channel))
    await this.work
  }

  /** Asks the run to stop; what it does about it shows in its events. */
  cancel(): void {
    this.abort.abort()
  }
}

import { randomUUID } from 'node:crypto'
import { setImmediate as pause } from 'node:timers/promises'
import type { Channel } from '../../../contract/define'
import { type HistoryEntryId, type HistoryPage, type HistoryText, historyEntryId } from '../../../contract/history'
import type { ProfileId } from '../../../contract/profile'
import type { RunEvent } from '../../../contract/query'
import { refusal } from '../failure-error'
import { RunIndex, type RunQuestion } from './run-index'
import type { RunJournals } from './run-journals'
import { type ObservedInput, RunObserver } from './run-observer'
import { type EndedRecord, entryOf, type RunRecord, type StartedRecord, withEnd } from './run-records'

/** Where a run happens. */
export interface RunPlace {
  readonly profileId: ProfileId
  readonly database: string
  readonly role: string
  readonly hasStandardStrings: boolean
}

/** What the history asks of its neighbours. */
export interface RunHistoryOptions {
  readonly journals: RunJournals
  /** Name and host of a profile, for the entry. */
  readonly nameProfile: (profileId: ProfileId) => Promise<{ readonly name: string; readonly host: string }>
  readonly onChanged: () => void
  readonly log: (line: string) => void
}

/** Every run of every profile, written down when it begins and again when it has ended, so that a crash between leaves it lost. */
export class RunHistory {
  private readonly options: RunHistoryOptions
  private readonly running = new Set<HistoryEntryId>()
  /** In memory once somebody has looked; the file of each run with it. */
  private index: RunIndex | null = null
  private readonly fileOf = new Map<HistoryEntryId, number>()
  private loading: Promise<RunIndex> | null = null
  /** Changes of the files, one after the other. */
  private work: Promise<unknown> = Promise.resolve()

  constructor(options: RunHistoryOptions) {
    this.options = options
    options.journals.onDropped = (file) => this.forgetFile(file)
  }

  /** Does the work of a run with a channel that is listened to; what the run answers or throws goes through unchanged. */
  async record<T>(
    input: ObservedInput,
    place: RunPlace,
    channel: Channel<RunEvent>,
    work: (observed: Channel<RunEvent>) => Promise<T>,
  ): Promise<T> {
    const observer = new RunObserver(input, place.hasStandardStrings)
    const id = this.begin(observer, place)
    let hasEnded = false
    const end = (error: unknown) => {
      if (hasEnded) return
      hasEnded = true
      this.end({ type: 'ended', id, ...observer.end(error, channel.isClosed) })
    }
    const observed: Channel<RunEvent> = {
      get isClosed() {
        return channel.isClosed
      },
      onClose: (listener) => channel.onClose(listener),
      send: (event) => {
        observer.hear(event)
        // Before the window hears of it: whoever saw a run end finds it in the history.
        if (event.type === 'runEnded') end(null)
        channel.send(event)
      },
    }
    try {
      const result = await work(observed)
      end(null)
      return result
    } catch (error) {
      end(error)
      throw error
    }
  }

  /** A page of the runs in which every word occurs, the newest first. */
  async search(question: RunQuestion): Promise<HistoryPage> {
    return (await this.load()).search(question)
  }

  /** The whole text that was kept of a run; refused when it is not in the history any more. */
  async read(id: HistoryEntryId): Promise<HistoryText> {
    await this.load()
    const file = this.fileOf.get(id)
    const records = file === undefined ? [] : await this.options.journals.read(file)
    const started = records.find((record): record is StartedRecord => record.type === 'started' && record.id === id)
    if (started === undefined) throw refusal('id', 'This run is not in the history any more.')
    const { text, isMasked, unitsLeftOut, parameters } = started
    return { id, text, isMasked, unitsLeftOut, parameters }
  }

  /** Takes a run out of the history and its file. */
  async remove(id: HistoryEntryId): Promise<void> {
    await this.load()
    await this.removeAll([id])
  }

  /** Takes all runs out, or all of one profile. */
  async clear(profileId: ProfileId | null): Promise<void> {
    const index = await this.load()
    await this.removeAll(index.ids(profileId))
  }

  /** Writes what waits and closes the files. */
  async close(): Promise<void> {
    await this.loading?.catch(() => {})
    await this.inTurn(() => this.options.journals.close())
  }

  private begin(observer: RunObserver, place: RunPlace): HistoryEntryId {
    const id = historyEntryId.parse(randomUUID())
    const at = new Date().toISOString()
    const { profileId, database, role } = place
    this.running.add(id)
    this.write(async () => {
      const { name, host } = await this.options.nameProfile(profileId).catch(() => ({ name: '', host: '' }))
      return { type: 'started', id, at, profileId, profileName: name, host, database, role, ...observer.text }
    })
    return id
  }

  private end(record: EndedRecord): void {
    this.write(async () => {
      this.running.delete(record.id)
      return record
    })
  }

  /** A full disk must not stop a run: what cannot be noted is said in the log and stays in memory. */
  private write(make: () => Promise<RunRecord>): void {
    void this.inTurn(async () => {
      const record = await make()
      const noting = this.options.journals.append(record).then(
        (file) => {
          if (record.type === 'started') this.fileOf.set(record.id, file)
        },
        (error: unknown) => this.options.log(`a run could not be noted in the history: ${String(error)}`),
      )
      if (this.index !== null) this.take(this.index, record)
      this.options.onChanged()
      await noting
    })
  }

  private async removeAll(ids: readonly HistoryEntryId[]): Promise<void> {
    const unwanted = new Set(ids)
    await this.inTurn(async () => {
      const { journals } = this.options
      const begun = new Set(ids.map((id) => this.fileOf.get(id)))
      const all = await journals.files()
      // A run may end in the file behind the one it began in, and only there.
      const concerned = all.filter((file, at) => begun.has(file) || begun.has(all[at - 1]))
      for (const file of concerned) await journals.remove(file, (record) => unwanted.has(record.id))
      this.index?.remove(unwanted)
      for (const id of ids) this.fileOf.delete(id)
    })
    this.options.onChanged()
  }

  private load(): Promise<RunIndex> {
    this.loading ??= this.readAll()
    this.loading.catch(() => {
      this.loading = null
    })
    return this.loading
  }

  /** File by file, so that runs are noted and other requests answered in between. */
  private async readAll(): Promise<RunIndex> {
    const index = new RunIndex()
    for (let last = 0; this.index === null; ) {
      await this.inTurn(async () => {
        const files = await this.options.journals.files()
        const file = files.find((one) => one > last)
        if (file !== undefined) {
          await this.readFile(file, index)
          last = file
        }
        // From here on every record is taken as it is written.
        if (file === undefined || file === files.at(-1)) this.index = index
      })
      await pause()
    }
    return index
  }

  private async readFile(file: number, index: RunIndex): Promise<void> {
    for (const record of await this.options.journals.read(file)) {
      this.take(index, record)
      if (record.type === 'started') this.fileOf.set(record.id, file)
    }
  }

  private take(index: RunIndex, record: RunRecord): void {
    if (record.type === 'started') {
      index.add(entryOf(record, this.running.has(record.id)), record.text)
      return
    }
    const entry = index.get(record.id)
    if (entry !== undefined) index.replace(withEnd(entry, record))
  }

  private forgetFile(file: number): void {
    const ids = [...this.fileOf].flatMap(([id, of]) => (of === file ? [id] : []))
    for (const id of ids) this.fileOf.delete(id)
    this.index?.remove(new Set(ids))
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.work.then(work)
    this.work = next.catch(() => {})
    return next
  }
}

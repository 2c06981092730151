import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createPrivateFolder, writeAtomically } from '../disk/atomic-write'
import { type Journal, openJournal } from '../disk/journal'
import { decodeRecords, encodeRecord } from '../disk/journal-records'
import { type RunRecord, readRecord } from './run-records'

/** How much is kept; smaller in tests. */
export interface JournalLimits {
  /** Records and bytes of one file. */
  readonly fileRecords: number
  readonly fileBytes: number
  /** Full files that are kept besides the one that is written. */
  readonly filesKept: number
}

/** 100,000 runs of two records each, or 200 MB. */
const LIMITS: JournalLimits = { fileRecords: 4_000, fileBytes: 4 * 1024 * 1024, filesKept: 50 }

interface Open {
  readonly journal: Journal
  readonly number: number
  records: RunRecord[]
  bytes: number
}

/**
 * The records of runs in a row of journals: the youngest is written, the oldest is dropped when there are too many. So nothing has to be
 * read before the first run can be noted, and forgetting the oldest runs rewrites nothing.
 */
export class RunJournals {
  /** Told of each file that was dropped because there were too many. */
  onDropped: (file: number) => void = () => {}
  private readonly folder: string
  private readonly limits: JournalLimits
  private opening: Promise<Open> | null = null

  constructor(folder: string, limits: JournalLimits = LIMITS) {
    this.folder = folder
    this.limits = limits
  }

  /** Appends a record; resolves with the number of its file once it is on the disk. */
  async append(record: RunRecord): Promise<number> {
    const opening = this.open()
    const open = await opening
    if (open.records.length < this.limits.fileRecords && open.bytes < this.limits.fileBytes) {
      open.records.push(record)
      open.bytes += approximateBytes(record)
      await open.journal.append(record)
      return open.number
    }
    // Of several that find it full the first begins the next file.
    if (this.opening === opening) this.opening = this.beginNext(open)
    return this.append(record)
  }

  /** Numbers of the files, the oldest first. */
  async files(): Promise<readonly number[]> {
    await this.open()
    return this.listed()
  }

  /** The records of a file in order; none when it has gone. */
  async read(file: number): Promise<readonly RunRecord[]> {
    const open = await this.open()
    if (file === open.number) return open.records
    const bytes = await readFile(this.path(file)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return new Uint8Array(0)
      throw error
    })
    return understood(decodeRecords(bytes).records)
  }

  /** Takes records out of a file, for good. */
  async remove(file: number, isUnwanted: (record: RunRecord) => boolean): Promise<void> {
    const before = await this.read(file)
    const kept = before.filter((record) => !isUnwanted(record))
    if (kept.length === before.length) return
    const open = await this.open()
    if (file === open.number) {
      open.records = kept
      await open.journal.compact(kept)
    } else if (kept.length === 0) await rm(this.path(file), { force: true })
    else await writeAtomically(this.path(file), Buffer.concat(kept.map(encodeRecord)))
  }

  /** Writes what waits and closes the file that is written. */
  async close(): Promise<void> {
    const open = await this.opening?.catch(() => null)
    await open?.journal.close()
  }

  private open(): Promise<Open> {
    const opening = this.opening ?? this.openLast()
    this.opening = opening
    opening.catch(() => {
      if (this.opening === opening) this.opening = null
    })
    return opening
  }

  private async openLast(): Promise<Open> {
    await createPrivateFolder(this.folder)
    return this.openFile((await this.listed()).at(-1) ?? 1)
  }

  private async openFile(number: number): Promise<Open> {
    const journal = await openJournal(this.path(number))
    const { size } = await stat(this.path(number))
    return { journal, number, records: understood(journal.records), bytes: size }
  }

  private async beginNext(full: Open): Promise<Open> {
    await full.journal.close()
    const next = await this.openFile(full.number + 1)
    for (const file of (await this.listed()).slice(0, -1 - this.limits.filesKept)) {
      await rm(this.path(file), { force: true })
      this.onDropped(file)
    }
    return next
  }

  private async listed(): Promise<number[]> {
    const names = await readdir(this.folder)
    return names
      .flatMap((name) => (/^\d{8}\.journal$/.test(name) ? [Number.parseInt(name, 10)] : []))
      .sort((one, other) => one - other)
  }

  private path(file: number): string {
    return join(this.folder, `${String(file).padStart(8, '0')}.journal`)
  }
}

function understood(values: readonly unknown[]): RunRecord[] {
  return values.flatMap((value) => readRecord(value) ?? [])
}

function approximateBytes(record: RunRecord): number {
  return 300 + (record.type === 'started' ? record.text.length : 0)
}

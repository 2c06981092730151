import { type FileHandle, open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createPrivateFolder, syncFolder, writeAtomically } from './atomic-write'
import { decodeRecords, encodeRecord, type JournalContent } from './journal-records'
import { keepAside } from './read-with-fallback'

/** An append-only file of JSON values that survives crashes and power failures. */
export interface Journal {
  /** What the file held when it was opened, in order. */
  readonly records: readonly unknown[]
  /** Records that were torn by a crash or damaged since, and left out. */
  readonly droppedRecords: number
  /** Where the damaged file was kept; null when at most its torn last record was dropped. */
  readonly damagedFile: string | null
  /** Resolves once the record is on the disk; records appended while another is written share the next write. */
  append(record: unknown): Promise<void>
  /** Puts records in the place of everything appended before the call, in one atomic step. */
  compact(records: readonly unknown[]): Promise<void>
  /** Writes what waits and closes the file. */
  close(): Promise<void>
}

/**
 * Opens a journal, or begins one in a folder made for it.
 * A damaged record costs itself alone: those after it are kept, so each must make sense without the others.
 */
export async function openJournal(path: string): Promise<Journal> {
  await createPrivateFolder(dirname(path))
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return new Uint8Array(0)
    throw error
  })
  const content = decodeRecords(bytes)
  const isDamaged = content.droppedRecords > 0 && !content.isOnlyTorn
  const damagedFile = isDamaged ? await keepAside(path) : null
  if (isDamaged) await writeAtomically(path, encodeRecords(content.records))
  const file = await openForAppending(path)
  try {
    // A new record must begin on a line of its own, whatever a crash left at the end.
    if (content.isOnlyTorn) await file.truncate(content.soundBytes)
    if (content.lacksLineEnd && !isDamaged) await file.appendFile('\n')
    await file.sync()
    await syncFolder(dirname(path))
    return new OpenJournal({ path, file, size: (await file.stat()).size, content, damagedFile })
  } catch (error) {
    await file.close()
    throw error
  }
}

interface Opened {
  readonly path: string
  readonly file: FileHandle
  readonly size: number
  readonly content: JournalContent
  readonly damagedFile: string | null
}

interface Batch {
  readonly lines: Buffer[]
  readonly written: Promise<void>
}

class OpenJournal implements Journal {
  readonly records: readonly unknown[]
  readonly droppedRecords: number
  readonly damagedFile: string | null
  readonly #path: string
  #file: FileHandle
  /** Bytes known to be whole records. */
  #size: number
  /** Takes records until its turn to be written comes. */
  #openBatch: Batch | null = null
  #work: Promise<unknown> = Promise.resolve()
  #isClosed = false
  /** Set when the file can no longer be brought to a known state. */
  #broken: unknown = null

  constructor({ path, file, size, content, damagedFile }: Opened) {
    this.records = content.records
    this.droppedRecords = content.droppedRecords
    this.damagedFile = damagedFile
    this.#path = path
    this.#file = file
    this.#size = size
  }

  async append(record: unknown): Promise<void> {
    this.#refuseWhenClosed()
    const line = encodeRecord(record)
    this.#openBatch ??= this.#beginBatch()
    this.#openBatch.lines.push(line)
    await this.#openBatch.written
  }

  async compact(records: readonly unknown[]): Promise<void> {
    this.#refuseWhenClosed()
    const content = encodeRecords(records)
    // What is appended from now on must come after the replacement, so it may not join the batch before it.
    this.#openBatch = null
    await this.#inTurn(async () => {
      try {
        await writeAtomically(this.#path, content)
      } finally {
        // Even a failed replacement may have happened: appending to a file without a name would lose records.
        await this.#reopen()
      }
    })
  }

  async close(): Promise<void> {
    if (this.#isClosed) return void (await this.#work)
    this.#isClosed = true
    await this.#inTurn(() => this.#file.close())
  }

  #refuseWhenClosed(): void {
    if (this.#isClosed) throw new Error(`The journal ${this.#path} is closed.`)
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#work.then(work)
    this.#work = turn.catch(() => {})
    return turn
  }

  #beginBatch(): Batch {
    const lines: Buffer[] = []
    const written = this.#inTurn(() => {
      if (this.#openBatch === batch) this.#openBatch = null
      return this.#write(Buffer.concat(lines))
    })
    const batch: Batch = { lines, written }
    return batch
  }

  async #write(bytes: Buffer): Promise<void> {
    if (this.#broken !== null) throw this.#broken
    try {
      await this.#file.appendFile(bytes)
      await this.#file.datasync()
      this.#size += bytes.length
    } catch (error) {
      // A part may be in the file: a later record must not follow it on the same line.
      await this.#file.truncate(this.#size).catch((cannot: unknown) => {
        this.#broken = cannot
      })
      throw error
    }
  }

  async #reopen(): Promise<void> {
    const before = this.#file
    try {
      this.#file = await openForAppending(this.#path)
      this.#size = (await this.#file.stat()).size
      this.#broken = null
    } catch (error) {
      this.#broken = error
      throw error
    }
    await before.close().catch(() => {})
  }
}

function encodeRecords(records: readonly unknown[]): Buffer {
  return Buffer.concat(records.map(encodeRecord))
}

function openForAppending(path: string): Promise<FileHandle> {
  return open(path, 'a', 0o600)
}

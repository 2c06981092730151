import { randomUUID } from 'node:crypto'
import { chmodSync, closeSync, mkdirSync, openSync, readdirSync, readSync, unlinkSync, write } from 'node:fs'
import { join } from 'node:path'

const SUFFIX = '.rows'

/** Makes the folder for spilled rows, of mode 0700, and removes what engines left there that were killed. Never throws. */
export function prepareSpillFolder(folder: string, log: (line: string) => void): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    chmodSync(folder, 0o700)
    for (const name of readdirSync(folder)) {
      const owner = /^(\d+)-.*\.rows$/.exec(name)?.[1]
      if (owner !== undefined && !isOfAnother(Number(owner))) remove(join(folder, name))
    }
  } catch (error) {
    // Small results do without the folder; a large one says what is wrong with it.
    log(`the folder for large results could not be prepared: ${String(error)}`)
  }
}

/**
 * A file for rows that do not fit into memory, of mode 0600. Its name is removed as soon as it is open, so that the system frees it when
 * the engine ends in whatever way; where a file that is open keeps its name, `close` removes it, or the next start. Must be closed.
 */
export class SpillFile {
  private readonly file: number
  /** Null once the name is gone. */
  private readonly path: string | null
  private end = 0
  private writing = 0
  private isClosed = false

  /** Throws the system's error when there can be no such file. */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const path = join(folder, `${process.pid}-${randomUUID()}${SUFFIX}`)
    this.file = openSync(path, 'wx+', 0o600)
    this.path = remove(path) ? null : path
  }

  /** Appends bytes and answers with their place; rejects with the system's error when they could not be written whole. */
  async append(bytes: Uint8Array): Promise<number> {
    const place = this.end
    this.writing += 1
    try {
      // The system may take less than it was given.
      for (let at = 0; at < bytes.length; ) at += await this.writeOnce(bytes, at, place + at)
      this.end = place + bytes.length
      return place
    } finally {
      this.writing -= 1
      if (this.isClosed) this.closeNow()
    }
  }

  /** The `length` bytes at a place. */
  read(place: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafeSlow(length)
    for (let at = 0; at < length; ) {
      const count = readSync(this.file, bytes, at, length - at, place + at)
      if (count === 0) throw new Error('spilled rows ended early')
      at += count
    }
    return bytes
  }

  /** Frees the disk space, after the last write has ended. */
  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    this.closeNow()
  }

  private closeNow(): void {
    // A number that is closed under a running write may be another file's by the time it is used.
    if (this.writing > 0) return
    closeSync(this.file)
    if (this.path !== null) remove(this.path)
  }

  private writeOnce(bytes: Uint8Array, at: number, place: number): Promise<number> {
    return new Promise((resolve, reject) => {
      write(this.file, bytes, at, bytes.length - at, place, (error, count) => {
        if (error === null) resolve(count)
        else reject(error)
      })
    })
  }
}

function remove(path: string): boolean {
  try {
    unlinkSync(path)
    return true
  } catch {
    return false
  }
}

/** True while another process of that id is there: it may be an engine that still needs its file. */
function isOfAnother(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

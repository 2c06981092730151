import { randomBytes } from 'node:crypto'
import { constants, copyFile, link, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** How a file is written. */
export interface WriteOptions {
  /** Permissions of the file; 0600 unless said otherwise. */
  readonly mode?: number
  /** How many earlier versions stay beside it, as `name.1` (the youngest) and so on; none unless said otherwise. */
  readonly copies?: number
}

/** Earlier versions that `readWithFallback` looks for. */
export const OLDER_COPIES = 3

const queues = new Map<string, Promise<void>>()

/**
 * Replaces a file as a whole: a crash at any moment leaves the old or the new content, never a part.
 * Writes of one path wait for each other, so the last call wins. Rejects with the system's error, the old content in place.
 */
export function writeAtomically(path: string, data: string | Uint8Array, options: WriteOptions = {}): Promise<void> {
  const { mode = 0o600, copies = 0 } = options
  return inTurn(resolve(path), async (target) => {
    const temporary = await writeTemporary(target, data, mode)
    try {
      if (copies > 0) await keepCopies(target, copies)
      await renameOver(temporary, target)
    } catch (error) {
      await rm(temporary, { force: true })
      throw error
    }
    await syncFolder(dirname(target))
  })
}

/** Creates a file with its whole content; false, and nothing changed, when there is one already, whoever made it. */
export function createAtomically(path: string, data: string | Uint8Array, mode = 0o600): Promise<boolean> {
  return inTurn(resolve(path), async (target) => {
    const temporary = await writeTemporary(target, data, mode)
    try {
      await link(temporary, target)
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false
      throw error
    } finally {
      await rm(temporary, { force: true })
    }
    await syncFolder(dirname(target))
    return true
  })
}

/** Creates a folder, and those above it, readable by the user alone. */
export async function createPrivateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 })
}

/** Makes a rename or a new file in a folder last through a power failure. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return // NTFS journals names by itself and refuses to open folders
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function inTurn<T>(path: string, work: (path: string) => Promise<T>): Promise<T> {
  const before = queues.get(path)
  const turn = (before ?? removeLeftovers(path)).then(() => work(path))
  const settled = turn.then(
    () => {},
    () => {},
  )
  queues.set(path, settled)
  try {
    return await turn
  } finally {
    if (queues.get(path) === settled) queues.delete(path)
  }
}

/** Beside its target: a rename is atomic only within one file system. */
async function writeTemporary(path: string, data: string | Uint8Array, mode: number): Promise<string> {
  await createPrivateFolder(dirname(path))
  const temporary = temporaryName(path)
  const handle = await open(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, mode)
  try {
    await handle.writeFile(data)
    await handle.sync()
  } catch (error) {
    await handle.close()
    await rm(temporary, { force: true })
    throw error
  }
  await handle.close()
  return temporary
}

/** A name beside a file that nobody else uses, and that says which process writes it. */
export function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}-${randomBytes(6).toString('hex')}.tmp`)
}

/** Removes what a killed writer of the file left: its process is gone. */
export async function removeLeftovers(path: string): Promise<void> {
  const prefix = `.${basename(path)}.`
  const names = await readdir(dirname(path)).catch(() => [])
  for (const name of names) {
    if (!name.startsWith(prefix) || !name.endsWith('.tmp')) continue
    const writer = Number.parseInt(name.slice(prefix.length), 10)
    if (!(writer > 0) || isAlive(writer)) continue
    await rm(join(dirname(path), name), { force: true }).catch(() => {})
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) !== 'ESRCH'
  }
}

/** The file itself never leaves its name: the youngest copy is a second name for it. */
async function keepCopies(path: string, copies: number): Promise<void> {
  for (let age = copies; age > 1; age -= 1) {
    await rename(`${path}.${age - 1}`, `${path}.${age}`).catch(unlessMissing)
  }
  await rm(`${path}.1`, { force: true })
  try {
    await link(path, `${path}.1`)
  } catch (error) {
    // Some file systems (FAT, network shares) have no second names.
    if (codeOf(error) !== 'ENOENT') await copyFile(path, `${path}.1`).catch(unlessMissing)
  }
}

/** Gives a file the name of another, which it takes the place of. */
export async function renameOver(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await rename(from, to)
    } catch (error) {
      // Windows refuses to replace a file while a virus scanner or an indexer reads it: that passes.
      const passes = process.platform === 'win32' && ['EPERM', 'EACCES', 'EBUSY'].includes(codeOf(error) ?? '')
      if (!passes || attempt === 10) throw error
      await pause(attempt * 10)
    }
  }
}

function unlessMissing(error: unknown): void {
  if (codeOf(error) !== 'ENOENT') throw error
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code
}

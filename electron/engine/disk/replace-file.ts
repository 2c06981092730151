import { constants, type FileHandle, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { removeLeftovers, renameOver, syncFolder, temporaryName } from './atomic-write'

/** A file that is being written under another name, beside the one that it takes the place of. */
export interface Replacement {
  /** Appends bytes; rejects with the system's error. */
  write(bytes: Uint8Array): Promise<void>
  /** Gives the file its name: until then, whatever had that name is as it was. */
  commit(): Promise<void>
  /** Leaves nothing of it; without effect after `commit`. */
  discard(): Promise<void>
}

/** Begins a file that takes the place of `path` as a whole, or not at all. */
export async function replaceFile(path: string, mode = 0o666): Promise<Replacement> {
  await removeLeftovers(path)
  const temporary = temporaryName(path)
  let handle: FileHandle | null = await open(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, mode)
  let isDone = false
  const close = async () => {
    const closing = handle
    handle = null
    await closing?.close()
  }
  return {
    write: async (bytes) => {
      if (handle === null) throw new Error('the file is closed')
      // One call may write less than it was given, as at the end of a disk.
      for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at)).bytesWritten
    },
    commit: async () => {
      await handle?.sync()
      await close()
      await renameOver(temporary, path)
      isDone = true
      await syncFolder(dirname(path)).catch(() => {}) // a folder on a network share may refuse; the file is there
    },
    discard: async () => {
      if (isDone) return
      await close().catch(() => {})
      await rm(temporary, { force: true }).catch(() => {})
    },
  }
}

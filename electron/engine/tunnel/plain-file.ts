import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'

/** The bytes of a plain file of at most that size; null where there is none, and for pipes, devices, folders and larger ones. */
export function readPlainFile(path: string, maxBytes: number): Buffer | null {
  try {
    // Without O_NONBLOCK a pipe without a writer would stop the whole engine.
    const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    try {
      const found = fstatSync(descriptor)
      return found.isFile() && found.size <= maxBytes ? readFileSync(descriptor) : null
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return null
  }
}

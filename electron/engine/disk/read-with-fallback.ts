import { readdir, readFile, rename, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { OLDER_COPIES } from './atomic-write'

/** A file that could not be used. */
export interface DamagedFile {
  readonly path: string
  /** Where it was put aside; null when it could not be moved and still has its name. */
  readonly keptAs: string | null
  readonly reason: string
}

/** What was read, and what had to be passed over to get there. */
export interface ReadOutcome<T> {
  /** Null when there is no file, or none that parses. */
  readonly value: T | null
  /** Set when the value comes from an earlier version. */
  readonly restoredFrom: { readonly path: string; readonly writtenAt: Date } | null
  readonly damaged: readonly DamagedFile[]
}

/**
 * The newest version of a file, as `writeAtomically` keeps them, that `parse` accepts; never rejects.
 * A version that it throws on is put aside as `name.damaged-<n>`, never deleted, and reported.
 * `parse` returns rather than throws for a file that is whole but of a newer format: that is not damage.
 */
export async function readWithFallback<T>(path: string, parse: (text: string) => T): Promise<ReadOutcome<T>> {
  const damaged: DamagedFile[] = []
  for (let age = 0; age <= OLDER_COPIES; age += 1) {
    const version = age === 0 ? path : `${path}.${age}`
    try {
      const value = parse(decode(await readFile(version)))
      const restoredFrom = age === 0 ? null : { path: version, writtenAt: (await stat(version)).mtime }
      return { value, restoredFrom, damaged }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue
      const reason = error instanceof Error ? error.message : String(error)
      damaged.push({ path: version, keptAs: await keepAside(version, path), reason })
    }
  }
  return { value: null, restoredFrom: null, damaged }
}

/** Moves a file to the next free `name.damaged-<n>` and gives that path; null when it cannot be moved. */
export async function keepAside(path: string, name = path): Promise<string | null> {
  try {
    const prefix = `${basename(name)}.damaged-`
    const numbers = (await readdir(dirname(name)))
      .filter((each) => each.startsWith(prefix))
      .map((each) => Number.parseInt(each.slice(prefix.length), 10))
      .filter((number) => number > 0)
    const free = join(dirname(name), `${prefix}${Math.max(0, ...numbers) + 1}`)
    await rename(path, free)
    return free
  } catch {
    return null
  }
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
}

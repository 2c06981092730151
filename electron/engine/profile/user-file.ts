import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Larger ones are no files of libpq's that a person wrote. */
const MAX_BYTES = 4 * 1024 * 1024

/** A file of libpq's in the user's own place: in the home folder, on Windows under %APPDATA%\postgresql. */
export function userFile(name: string): string {
  if (process.platform !== 'win32') return join(homedir(), name)
  return join(process.env.APPDATA ?? join(homedir(), 'AppData', 'Roaming'), 'postgresql', name)
}

/** A plain file's bytes and permissions; null when there is none, `not plain` for folders, pipes and devices, which are not opened for reading. */
export async function readPlainFile(
  path: string,
): Promise<{ readonly bytes: Buffer; readonly mode: number } | 'not plain' | null> {
  // Without O_NONBLOCK a pipe without a writer would keep us waiting.
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)
  const handle = await open(path, flags).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENXIO' || error.code === 'EISDIR') return 'not plain' as const
    return null
  })
  if (handle === null || handle === 'not plain') return handle
  try {
    const { mode, size } = await handle.stat().then((found) => (found.isFile() ? found : { mode: -1, size: 0 }))
    if (mode === -1 || size > MAX_BYTES) return 'not plain'
    return { bytes: await handle.readFile(), mode: mode & 0o777 }
  } finally {
    await handle.close()
  }
}

/** Bytes as text of one character each, in which lengths and comparisons are those of C. */
export function asByteText(bytes: Uint8Array | string): string {
  return Buffer.from(bytes as string).toString('latin1')
}

/** The text that was meant by such bytes. */
export function asText(byteText: string): string {
  return Buffer.from(byteText, 'latin1').toString('utf8')
}

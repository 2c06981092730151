import { createHash, randomBytes } from 'node:crypto'
import { chmod, lstat, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAtomically, createPrivateFolder } from '../disk/atomic-write'
import { serverFailure } from './server-failure'

/** Where everything of one local server lies. */
export interface ServerFiles {
  readonly folder: string
  readonly data: string
  readonly password: string
  readonly log: string
  readonly lock: string
}

/** Last file written into a new data folder: with it, the folder is a whole cluster. */
export const COMPLETE_MARK = 'strata.complete'

/** Begins the names of data folders that are still being made. */
const UNFINISHED = 'data.new-'

/** Name of the socket file for the port that servers with a socket use. */
export const SOCKET_PORT = 5432
const SOCKET_FILE = `.s.PGSQL.${SOCKET_PORT}`

/** Systems allow 104 bytes and more for the path of a socket, its end included. */
const MAX_SOCKET_BYTES = 100

const MAX_LOG_BYTES = 1024 * 1024
const OLD_LOGS = 3

/** The places below a folder. */
export function serverFiles(folder: string): ServerFiles {
  return {
    folder,
    data: join(folder, 'data'),
    password: join(folder, 'password'),
    log: join(folder, 'server.log'),
    lock: join(folder, 'start.lock'),
  }
}

/** Makes the folder, readable by the user alone even when it was there before. */
export async function prepareFolder(folder: string): Promise<void> {
  await createPrivateFolder(folder)
  if (process.platform !== 'win32' && ((await stat(folder)).mode & 0o077) !== 0) await chmod(folder, 0o700)
}

/** What a data folder is: `unfinished` never became a server, `damaged` was one and lacks parts. */
export type DataState = 'missing' | 'unfinished' | 'complete' | 'damaged'

/** Looks at a data folder without changing it. */
export async function stateOfData(data: string): Promise<DataState> {
  const names: string[] = await readdir(data).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  if (names.length === 0) return 'missing'
  // postmaster.opts is written when a server first runs on the folder.
  const wasUsed = names.includes(COMPLETE_MARK) || names.includes('postmaster.opts')
  if (!wasUsed) return 'unfinished'
  const control = await stat(join(data, 'global', 'pg_control')).catch(() => null)
  return control !== null && names.includes('PG_VERSION') ? 'complete' : 'damaged'
}

/** Refuses a data folder that these programs cannot open, and leaves it as it is. */
export async function refuseOtherVersion(data: string, version: string): Promise<void> {
  const found = (await readFile(join(data, 'PG_VERSION'), 'utf8')).trim()
  const major = version.split('.')[0]
  if (found === major) return
  throw serverFailure(
    `The local database was made by PostgreSQL ${found}; this Strata comes with PostgreSQL ${version}.\nFolder: ${data}`,
    `Nothing was changed. Open it with the version of Strata that made it and dump its databases, or move ${data} elsewhere to begin with an empty one.`,
  )
}

/** Puts a data folder that never became a server out of the way, and removes those that were never finished. */
export async function clearUnfinished(files: ServerFiles, state: DataState): Promise<void> {
  for (const name of await readdir(files.folder)) {
    // Rests of an initdb that may still run: it will fail, and what it leaves is removed next time.
    if (name.startsWith(UNFINISHED))
      await rm(join(files.folder, name), { recursive: true, force: true }).catch(() => {})
  }
  if (state === 'unfinished') await rename(files.data, `${files.data}.unfinished-${randomBytes(4).toString('hex')}`)
}

/** The password of the role; made once. A data folder without its password is refused. */
export async function readPassword(files: ServerFiles, state: DataState): Promise<string> {
  if (state !== 'complete') await createAtomically(files.password, `${randomBytes(32).toString('base64url')}\n`)
  const password = await readFile(files.password, 'utf8').catch(() => '')
  if (password.trim() !== '') return password.trim()
  throw serverFailure(
    `The password of the local database is missing: ${files.password} cannot be read or is empty.`,
    `Restore that file from a copy. To begin with an empty database instead, move ${files.data} elsewhere.`,
  )
}

/** A folder for the Unix socket that only the user can enter, with a path short enough for a socket. */
export async function prepareSocketFolder(files: ServerFiles): Promise<string> {
  const name = `strata-${createHash('sha256').update(files.data).digest('hex').slice(0, 16)}`
  const candidates = [join(files.folder, 'socket'), join(tmpdir(), name), join('/tmp', name)]
  const folder = candidates.find((each) => Buffer.byteLength(join(each, SOCKET_FILE)) < MAX_SOCKET_BYTES) ?? ''
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  // In a folder shared by all users, another one may have taken the name.
  const found = await lstat(folder)
  if (found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o077) === 0) return folder
  throw serverFailure(
    `The folder for the local database's socket is not private: ${folder} belongs to another user, or others may enter it.`,
    'Remove it, or have its owner remove it, and start the local database again.',
  )
}

/** Socket and lock file of a server that crashed; only to be called when no server runs on the data folder. */
export async function removeSocketRests(socketFolder: string): Promise<void> {
  await rm(join(socketFolder, SOCKET_FILE), { force: true })
  await rm(join(socketFolder, `${SOCKET_FILE}.lock`), { force: true })
}

/** Opens the log for appending, after moving a large one to `server.log.1`; `from` is where this start begins. */
export async function openLog(
  path: string,
): Promise<{ readonly fd: number; readonly from: number; close(): Promise<void> }> {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  )
  if (size > MAX_LOG_BYTES) {
    for (let age = OLD_LOGS; age > 0; age -= 1) {
      const younger = age === 1 ? path : `${path}.${age - 1}`
      await rename(younger, `${path}.${age}`).catch(() => {})
    }
  }
  const handle = await open(path, 'a', 0o600)
  const { size: from } = await handle.stat()
  return { fd: handle.fd, from, close: () => handle.close() }
}

/** What a server wrote to its log since a start. */
export async function readLogSince(path: string, from: number): Promise<string> {
  const bytes = await readFile(path).catch(() => Buffer.alloc(0))
  return bytes.subarray(from).toString()
}

/** A new name beside the data folder, for a cluster in the making. */
export function unfinishedFolder(files: ServerFiles): string {
  return join(files.folder, UNFINISHED + randomBytes(6).toString('hex'))
}

import type { ChildProcess } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import {
  openLog,
  prepareSocketFolder,
  readLogSince,
  removeSocketRests,
  type ServerFiles,
  SOCKET_PORT,
} from './local-server-files'
import { asServerUser, startProgram } from './run-program'
import { programFailure, systemFailure } from './server-failure'
import { readPostmaster } from './server-process'
import type { ServerPrograms } from './server-programs'

/** How a server listens: on a Unix socket, or on 127.0.0.1 where there are none. */
export type Transport = 'socket' | 'tcp'

/** A server process we started. */
export interface StartedServer {
  readonly pid: number
  /** False once the process has ended. */
  isRunning(): boolean
  /** What it wrote since its start. */
  readLog(): Promise<string>
}

/** Starts a server on a data folder that none runs on; it outlives us. It is not ready yet when this resolves. */
export async function startServer(
  programs: ServerPrograms,
  files: ServerFiles,
  transport: Transport,
  choosePort: () => Promise<number>,
): Promise<StartedServer> {
  const where = transport === 'socket' ? await onSocket(files) : await onPort(choosePort)
  const settings = {
    ...where,
    cluster_name: 'strata',
    fsync: 'on',
    // Statements of the user and their data stay out of the log: only what concerns the server goes there.
    logging_collector: 'off',
    log_destination: 'stderr',
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_checkpoints: 'off',
    lc_messages: 'C',
  }
  const parameters = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const command = asServerUser(programs.postgres, ['-D', files.data, ...parameters])
  const log = await openLog(files.log)
  let child: ChildProcess
  try {
    child = await startProgram(command, { cwd: files.folder, log: log.fd })
  } catch (error) {
    throw systemFailure('The local database could not be started', files.folder, error)
  } finally {
    await log.close()
  }
  return {
    pid: child.pid ?? 0,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    readLog: () => readLogSince(files.log, log.from),
  }
}

/** What to do after a server ended while it started. */
export type EndedStart = 'wait for the other' | 'wait for the rest' | 'other port'

/** Reads from its log why a server ended while it started; throws the failure when trying again is of no use. */
export async function whyItEnded(server: StartedServer, files: ServerFiles): Promise<EndedStart> {
  const log = await server.readLog()
  if (/lock file "postmaster\.pid" already exists/.test(log)) return 'wait for the other'
  // Backends of a killed server that have not noticed yet.
  if (/pre-existing shared memory block/.test(log)) return 'wait for the rest'
  if (/could not create any TCP\/IP sockets/.test(log)) return 'other port'
  throw programFailure('The local database did not start', files.folder, log)
}

/** Removes the `postmaster.pid` of a server that no longer runs, so that the id's new owner does not stop the next one. */
export async function removeStalePidFile(files: ServerFiles, pid: number): Promise<void> {
  const again = await readPostmaster(files.data)
  if (again?.pid === pid) await rm(join(files.data, 'postmaster.pid'), { force: true })
}

/** A port of 127.0.0.1 that nothing listens on at this moment. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const listener = createServer().once('error', reject)
    listener.listen(0, '127.0.0.1', () => {
      const address = listener.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      listener.close(() => resolve(port))
    })
  })
}

async function onSocket(files: ServerFiles): Promise<Record<string, string>> {
  const folder = await prepareSocketFolder(files)
  await removeSocketRests(folder)
  return {
    port: String(SOCKET_PORT),
    listen_addresses: '',
    // A list: quoted, so that a comma in a folder's name does not part it.
    unix_socket_directories: `"${folder.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
  }
}

async function onPort(choosePort: () => Promise<number>): Promise<Record<string, string>> {
  return { port: String(await choosePort()), listen_addresses: '127.0.0.1', unix_socket_directories: '' }
}

import { resolve } from 'node:path'
import { FailureError } from '../failure-error'
import { initialiseCluster } from './initialise-cluster'
import type { LocalTarget, Probe } from './local-login'
import {
  clearUnfinished,
  prepareFolder,
  readPassword,
  refuseOtherVersion,
  type ServerFiles,
  serverFiles,
  stateOfData,
} from './local-server-files'
import { type ReachedServer, reachServer } from './reach-server'
import { serverFailure, systemFailure } from './server-failure'
import { stateOfProcess } from './server-process'
import { findServerPrograms, type ServerPrograms } from './server-programs'
import { withStartLock } from './start-lock'
import { findFreePort, type Transport } from './start-server'
import { stopServer } from './stop-server'

/** The private PostgreSQL, ready for sessions. */
export interface LocalServer {
  readonly target: LocalTarget
  readonly password: string
  /** `adopted`: it ran already; `recovered`: its last run ended in a crash; `initialised`: its data folder is new. */
  readonly how: 'adopted' | 'recovered' | 'started' | 'initialised'
  /** Version of our programs, e.g. 18.4; one that other programs started says its own when asked. */
  readonly version: string
}

/** Keeps one private PostgreSQL for a folder. */
export interface LocalServerKeeper {
  /** The running server: found, started, or made first. Calls at the same time share one start; a `connection` failure says why there is none. */
  start(): Promise<LocalServer>
  /** Ends the server that `start` found or started, and a start in progress; open transactions are rolled back. */
  stop(): Promise<void>
  /** What `start` last gave; null before it and after `stop`. */
  running(): LocalServer | null
}

/** What a local server needs. */
export interface LocalServerOptions {
  /** The `native` folder of an npm platform package. */
  readonly binaries: string
  /** A folder of its own below the user's application data; made with mode 0700. */
  readonly folder: string
  /** A Unix socket unless the platform is Windows. */
  readonly transport?: Transport
  /** Logs in and out; given by the caller because sessions are another feature. */
  readonly probe: Probe
  readonly log?: (line: string) => void
  /** For TCP: a port to try next; a free one unless said otherwise. */
  readonly choosePort?: () => Promise<number>
}

/** A keeper of the local server in a folder; nothing is touched before its `start`. */
export function createLocalServer(options: LocalServerOptions): LocalServerKeeper {
  const files = serverFiles(resolve(options.folder))
  const log = options.log ?? (() => {})
  const owned = new Set<number>()
  let programs: ServerPrograms | null = null
  let current: { readonly server: LocalServer; readonly pid: number } | null = null
  let starting: Promise<LocalServer> | null = null
  let stopping: Promise<void> | null = null
  let abort = new AbortController()

  async function startOnce(): Promise<LocalServer> {
    await stopping?.catch(() => {})
    abort = new AbortController()
    const { signal } = abort
    if (current !== null && (await answers(current.server, current.pid))) return current.server
    current = null
    try {
      const found = await findServerPrograms(options.binaries, signal)
      programs = found
      await prepareFolder(files.folder)
      current = await withStartLock(files.lock, signal, () => bringUp(found, signal))
      log(`local server ${current.server.how}: process ${current.pid}, PostgreSQL ${found.version}`)
      return current.server
    } catch (error) {
      if (signal.aborted) {
        throw new FailureError(
          { kind: 'cancelled', message: 'The start of the local database was stopped.' },
          { cause: error },
        )
      }
      throw systemFailure('The local database could not be started', files.folder, error)
    }
  }

  async function bringUp(found: ServerPrograms, signal: AbortSignal) {
    const state = await stateOfData(files.data)
    if (state === 'damaged') throw damaged(files)
    await clearUnfinished(files, state)
    const password = await readPassword(files, state)
    if (state === 'complete') await refuseOtherVersion(files.data, found.version)
    else await initialiseCluster(found, files, signal)
    const reached: ReachedServer = await reachServer({
      programs: found,
      files,
      password,
      transport: options.transport ?? (process.platform === 'win32' ? 'tcp' : 'socket'),
      probe: options.probe,
      choosePort: options.choosePort ?? findFreePort,
      signal,
      log,
      onOwned: (pid) => owned.add(pid),
    })
    const how = state !== 'complete' && reached.how === 'started' ? 'initialised' : reached.how
    const server: LocalServer = { target: reached.target, password, how, version: found.version }
    return { server, pid: reached.pid }
  }

  async function answers(server: LocalServer, pid: number): Promise<boolean> {
    if ((await stateOfProcess(pid, files.data)) === 'gone') return false
    return await options.probe(server.target, server.password).then(
      () => true,
      () => false,
    )
  }

  async function stopOnce(): Promise<void> {
    abort.abort()
    await starting?.catch(() => {})
    current = null
    if (programs === null) return
    for (const pid of owned) {
      await stopServer(pid, files, programs.pgCtl)
      owned.delete(pid)
    }
  }

  return {
    start: () => {
      starting ??= startOnce().finally(() => {
        starting = null
      })
      return starting
    },
    stop: () => {
      stopping ??= stopOnce().finally(() => {
        stopping = null
      })
      return stopping
    },
    running: () => current?.server ?? null,
  }
}

function damaged(files: ServerFiles): FailureError {
  return serverFailure(
    `The data folder of the local database is damaged: PG_VERSION or global/pg_control is missing.\nFolder: ${files.data}`,
    `Nothing was changed. Restore ${files.data} from a copy, or move it elsewhere to begin with an empty database.`,
  )
}

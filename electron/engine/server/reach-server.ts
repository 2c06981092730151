import { setTimeout as pause } from 'node:timers/promises'
import { type LocalTarget, logIn, type Probe } from './local-login'
import type { ServerFiles } from './local-server-files'
import { programFailure, serverFailure } from './server-failure'
import { type Postmaster, readPostmaster, stateOfProcess } from './server-process'
import type { ServerPrograms } from './server-programs'
import { removeStalePidFile, type StartedServer, startServer, type Transport, whyItEnded } from './start-server'
import { stopServer } from './stop-server'

const LIMIT_MS = 60_000
const MAX_PORTS = 20
/** A server that says it is ready and is not there for so long has lost its socket. */
const ABSENT_LIMIT_MS = 3_000

/** What reaching a server needs. */
export interface Reach {
  readonly programs: ServerPrograms
  readonly files: ServerFiles
  readonly password: string
  readonly transport: Transport
  readonly probe: Probe
  readonly choosePort: () => Promise<number>
  readonly signal: AbortSignal
  readonly log: (line: string) => void
  /** Told of every server process we are answerable for, before it is known to be ready. */
  readonly onOwned: (pid: number) => void
}

/** A server that accepted a login. */
export interface ReachedServer {
  readonly pid: number
  readonly target: LocalTarget
  readonly how: 'adopted' | 'recovered' | 'started'
}

/** The server of a complete data folder: the one that runs, or a new one once none does. Only a login counts as ready. */
export async function reachServer(reach: Reach): Promise<ReachedServer> {
  const { files, signal, log } = reach
  const deadline = Date.now() + LIMIT_MS
  let started: StartedServer | null = null
  let isRecovery = false
  let ports = 0
  let absentSince: number | null = null
  for (; ; await pause(10, undefined, { signal })) {
    const postmaster = await readPostmaster(files.data)
    const state = postmaster === null ? 'gone' : await stateOfProcess(postmaster.pid, files.data)
    const runs = state === 'postmaster' || state === 'unknown'
    if (postmaster !== null && runs && postmaster.status === 'ready') {
      const outcome = await logIn(postmaster, reach.password, files, reach.probe)
      if (typeof outcome !== 'string') {
        reach.onOwned(postmaster.pid)
        const isOurs = started?.pid === postmaster.pid
        return {
          pid: postmaster.pid,
          target: outcome,
          how: isOurs ? (isRecovery ? 'recovered' : 'started') : 'adopted',
        }
      }
      absentSince = outcome === 'absent' ? (absentSince ?? Date.now()) : null
      if (absentSince !== null && Date.now() - absentSince > ABSENT_LIMIT_MS && state === 'postmaster') {
        log(`server ${postmaster.pid} cannot be reached any more: it is ended and started again`)
        await stopServer(postmaster.pid, files, reach.programs.pgCtl)
        absentSince = null
        isRecovery = true
      }
    } else if (!runs && (started === null || !started.isRunning())) {
      if (started !== null) {
        const reason = await whyItEnded(started, files)
        log(`the server ended while it started: ${reason}`)
        started = null
        if (reason === 'other port') ports += 1
        if (reason === 'wait for the rest') await pause(100, undefined, { signal })
        if (ports > MAX_PORTS) throw noPort(files)
      }
      if (postmaster !== null) {
        log(`postmaster.pid names process ${postmaster.pid}, which is not a server of this folder any more`)
        isRecovery = true
        if (state === 'other' || postmaster.pid === 0) await removeStalePidFile(files, postmaster.pid)
      }
      started = await startServer(reach.programs, files, reach.transport, reach.choosePort)
      reach.onOwned(started.pid)
    }
    if (Date.now() > deadline) throw await tooLate(files, postmaster, started)
  }
}

function noPort(files: ServerFiles): Error {
  return serverFailure(
    `The local database found no free port on 127.0.0.1 in ${MAX_PORTS} attempts.\nFolder: ${files.folder}`,
    'Check that a firewall or a security program does not keep programs from listening on 127.0.0.1.',
  )
}

async function tooLate(
  files: ServerFiles,
  postmaster: Postmaster | null,
  started: StartedServer | null,
): Promise<Error> {
  if (postmaster === null) {
    return programFailure(
      'The local database did not start within 60 s',
      files.folder,
      (await started?.readLog()) ?? '',
    )
  }
  const { pid, status } = postmaster
  const advice: Record<string, string> = {
    starting: 'It goes on restoring the data after a crash. Start it again in a moment.',
    stopping: 'It is still ending. Start it again in a moment.',
  }
  return serverFailure(
    `The local database is not ready after 60 s: process ${pid} says "${status || 'nothing'}".\nFolder: ${files.folder}`,
    advice[status] ?? `End process ${pid} if it is a PostgreSQL server, or restart the computer, then start it again.`,
  )
}

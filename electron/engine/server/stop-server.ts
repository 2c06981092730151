import { setTimeout as pause } from 'node:timers/promises'
import type { ServerFiles } from './local-server-files'
import { runProgram } from './run-program'
import { serverFailure } from './server-failure'
import { readPostmaster, stateOfProcess } from './server-process'

const FAST_LIMIT_MS = 10_000
/** The server itself gives its processes 5 s to end before it kills them. */
const IMMEDIATE_LIMIT_MS = 10_000

/** Ends the server of a data folder if it runs under that id; open transactions are rolled back. */
export async function stopServer(pid: number, files: ServerFiles, pgCtl: string): Promise<void> {
  if (!(await isServer(pid, files.data))) return
  await signal(pid, 'fast', files.data, pgCtl)
  if (await hasEnded(pid, files.data, FAST_LIMIT_MS)) return
  await signal(pid, 'immediate', files.data, pgCtl)
  if (await hasEnded(pid, files.data, IMMEDIATE_LIMIT_MS)) return
  throw serverFailure(
    `The local database did not end: process ${pid} still runs.\nFolder: ${files.folder}`,
    `End process ${pid} by hand. The data is safe: the next start recovers it.`,
  )
}

async function isServer(pid: number, data: string): Promise<boolean> {
  const state = await stateOfProcess(pid, data)
  if (state === 'unknown') return (await readPostmaster(data))?.pid === pid
  return state === 'postmaster'
}

/** Source: PostgreSQL documentation, "Shutting Down the Server". Windows has no signals: pg_ctl sends PostgreSQL's own. */
async function signal(pid: number, mode: 'fast' | 'immediate', data: string, pgCtl: string): Promise<void> {
  if (process.platform === 'win32') {
    await runProgram({ file: pgCtl, parameters: ['kill', mode === 'fast' ? 'INT' : 'QUIT', String(pid)] })
    return
  }
  try {
    process.kill(pid, mode === 'fast' ? 'SIGINT' : 'SIGQUIT')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return
    throw serverFailure(
      `The local database cannot be ended: process ${pid} belongs to another user.\nFolder: ${data}`,
      'End it as the user who started it.',
      error,
    )
  }
}

async function hasEnded(pid: number, data: string, limitMs: number): Promise<boolean> {
  const deadline = Date.now() + limitMs
  while (await isServer(pid, data)) {
    if (Date.now() > deadline) return false
    await pause(10)
  }
  return true
}

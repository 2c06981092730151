import { readFile, readlink, realpath } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { runProgram } from './run-program'

/** What `postmaster.pid` says of a server. Source: PostgreSQL, src/include/utils/pidfile.h. */
export interface Postmaster {
  readonly pid: number
  readonly dataFolder: string
  readonly port: number
  /** Empty when the server has no Unix socket. */
  readonly socketFolder: string
  /** `starting`, `stopping`, `ready` or empty, when it was not written yet. */
  readonly status: string
}

/** What a process id stands for: `other` is a living process that is not the server of this data folder. */
export type ProcessState = 'gone' | 'postmaster' | 'other' | 'unknown'

/** The server that `postmaster.pid` in a data folder names, living or not; null when there is no such file. */
export async function readPostmaster(dataFolder: string): Promise<Postmaster | null> {
  const text = await readFile(join(dataFolder, 'postmaster.pid'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (text === null) return null
  const lines = text.split('\n').map((line) => line.trim())
  return {
    pid: Math.abs(Number.parseInt(lines[0] ?? '', 10)) || 0, // negative for a stand-alone backend
    dataFolder: lines[1] ?? '',
    port: Number(lines[3]) || 0,
    socketFolder: lines[4] ?? '',
    status: lines[7] ?? '',
  }
}

/** Tells whether a process is the server of a data folder: after a crash its id may belong to another program. */
export async function stateOfProcess(pid: number, dataFolder: string): Promise<ProcessState> {
  if (!(pid > 0) || !isAlive(pid)) return 'gone'
  switch (process.platform) {
    case 'linux':
      return await stateFromProc(pid, dataFolder)
    case 'win32':
      return stateFromCommand(await commandOnWindows(pid), dataFolder)
    default: {
      const { output } = await runProgram({ file: 'ps', parameters: ['-o', 'stat=,command=', '-p', String(pid)] })
      return output.trim().startsWith('Z') ? 'gone' : stateFromCommand(output.trim(), dataFolder)
    }
  }
}

/** True while something runs under the id, a zombie included. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function stateFromProc(pid: number, dataFolder: string): Promise<ProcessState> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  // Alive, but hidden from us (mount option hidepid): another user's, and our server never is.
  if (stat === null) return isAlive(pid) ? 'other' : 'gone'
  if (/\) [ZX] /.test(stat)) return 'gone' // ended, but its parent has not taken note of it
  const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
  if (basename(command[0] ?? '') !== 'postgres') return 'other'
  // A server works in its data folder, by whatever name it was given that.
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => null)
  if (folder !== null) return folder === (await realpath(dataFolder)) ? 'postmaster' : 'other'
  return command.includes(dataFolder) ? 'postmaster' : 'unknown'
}

function stateFromCommand(command: string, dataFolder: string): ProcessState {
  if (command.includes(dataFolder)) return 'postmaster'
  return /postgres/i.test(command) ? 'unknown' : 'other'
}

async function commandOnWindows(pid: number): Promise<string> {
  const list = ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH']
  const { output } = await runProgram({ file: 'tasklist', parameters: list })
  if (!/postgres/i.test(output)) return output
  const query = `(Get-CimInstance Win32_Process -Filter 'ProcessId=${pid}').CommandLine`
  const answer = await runProgram({
    file: 'powershell',
    parameters: ['-NoProfile', '-NonInteractive', '-Command', query],
  })
    .then((end) => end.output)
    .catch(() => '')
  return answer.trim() || output
}

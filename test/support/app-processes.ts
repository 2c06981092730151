import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { ElectronApplication } from '@playwright/test'

/** Process id of the app's engine. */
export async function enginePid(app: ElectronApplication): Promise<number> {
  const pids = await app.evaluate(({ app: electron }) =>
    electron.getAppMetrics().flatMap(({ name, pid }) => (name === 'Strata engine' ? [pid] : [])),
  )
  const [pid] = pids
  if (pids.length !== 1 || pid === undefined) throw new Error(`There are ${pids.length} engines.`)
  return pid
}

/** Process id in the lock file of the local server; null when none runs. */
export async function postmasterPid(userData: string): Promise<number | null> {
  const lock = await readFile(join(userData, 'local-database', 'data', 'postmaster.pid'), 'utf8').catch(() => '')
  const pid = Number(lock.split('\n')[0])
  return pid > 0 && isRunning(pid) ? pid : null
}

/** Every postmaster that runs on the local server's data folder: Linux only, empty elsewhere. */
export async function postmastersOf(userData: string): Promise<number[]> {
  const data = join(userData, 'local-database', 'data')
  const found: number[] = []
  for (const entry of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(entry)) continue
    // The server's children rewrite their command lines: only the postmaster itself still has its parameters.
    const words = (await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '')).split('\0')
    if (words[0]?.endsWith('postgres') && words.includes(data)) found.push(Number(entry))
  }
  return found
}

/** The environment a process was started with: Linux only. */
export async function environmentOf(pid: number): Promise<Record<string, string>> {
  const pairs = (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0').filter((pair) => pair.includes('='))
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]))
}

/** Waits until a process is gone. */
export async function processGone(pid: number, limitMs = 15_000): Promise<void> {
  for (const deadline = Date.now() + limitMs; isRunning(pid); await wait(20))
    if (Date.now() > deadline) throw new Error(`Process ${pid} is still there.`)
}

/** True while a process is there. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

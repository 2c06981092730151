import { randomUUID } from 'node:crypto'
import { readFile, rename, rm, stat, utimes } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { createAtomically } from '../disk/atomic-write'
import { isAlive } from './server-process'

const BEAT_MS = 2_000
/** A lock whose holder did not renew it for so long is nobody's: its process id may belong to another program by now. */
const STALE_AFTER_MS = 10_000

/** Does the work while no other process of ours starts a server in the folder; waits for its turn until it is aborted. */
export async function withStartLock<T>(path: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const mark = `${process.pid} ${randomUUID()}\n`
  while (!(await createAtomically(path, mark))) {
    await removeWhenStale(path)
    await pause(20, undefined, { signal })
  }
  const beat = setInterval(() => {
    const now = new Date()
    utimes(path, now, now).catch(() => {})
  }, BEAT_MS)
  try {
    return await work()
  } finally {
    clearInterval(beat)
    if ((await readFile(path, 'utf8').catch(() => '')) === mark) await rm(path, { force: true })
  }
}

async function removeWhenStale(path: string): Promise<void> {
  try {
    const mark = await readFile(path, 'utf8')
    const age = Math.abs(Date.now() - (await stat(path)).mtimeMs)
    if (age < STALE_AFTER_MS && isAlive(Number.parseInt(mark, 10))) return
    // Moved, then looked at again: between the two another process may have put its own lock there.
    const aside = `${path}.${randomUUID()}`
    await rename(path, aside)
    const moved = await readFile(aside, 'utf8')
    if (moved !== mark) await createAtomically(path, moved)
    await rm(aside, { force: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

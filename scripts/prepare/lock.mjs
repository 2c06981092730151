import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { atEnd } from './processes.mjs'
import { SetupProblem, say } from './say.mjs'

const BEAT_MS = 2_000
const STALE_MS = 30_000
const PATIENCE_MS = 15 * 60_000

/**
 * Runs the work while no other process holds the lock file; waits for one that does.
 * The holder touches the file every two seconds, so a lock left behind by a crash is taken over after half a minute,
 * also where process ids mean nothing (containers sharing a checkout).
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(file, work) {
  const token = randomUUID()
  await mkdir(dirname(file), { recursive: true })
  await take(file, token)
  const release = atEnd(() => rm(file, { force: true }))
  const beat = setInterval(() => {
    const now = new Date()
    void utimes(file, now, now).catch(() => {})
  }, BEAT_MS)
  try {
    return await work()
  } finally {
    clearInterval(beat)
    await release()
  }
}

/**
 * @param {string} file
 * @param {string} token
 */
async function take(file, token) {
  const deadline = Date.now() + PATIENCE_MS
  for (let isFirst = true; Date.now() < deadline; isFirst = false) {
    try {
      await writeFile(file, token, { flag: 'wx' })
      return
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error
    }
    if (await removeStale(file)) continue
    if (isFirst) say('waiting for another Strata command that is setting up this checkout')
    await wait(250)
  }
  throw new SetupProblem(`another command has been setting up this checkout for 15 minutes. If none is, delete ${file}`)
}

/** @param {string} file */
async function removeStale(file) {
  const aside = `${file}.${randomUUID()}`
  try {
    const token = await readFile(file, 'utf8')
    if (Date.now() - (await stat(file)).mtimeMs < STALE_MS) return false
    await rename(file, aside)
    // Another process may have taken the stale lock in between: what was moved is then its new one, so put it back.
    if ((await readFile(aside, 'utf8')) !== token) await link(aside, file).catch(() => {})
    return true
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return true
    throw error
  } finally {
    await rm(aside, { force: true })
  }
}

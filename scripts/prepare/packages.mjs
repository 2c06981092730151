import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT } from './places.mjs'
import { npm, run } from './processes.mjs'
import { SetupProblem, say } from './say.mjs'

const STAMP = 'node_modules/.strata-installed'

/**
 * @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean, devOptional?: boolean,
 *   os?: string[], cpu?: string[], libc?: string[] }} LockEntry
 * @typedef {{ packages?: Record<string, LockEntry> }} Lock
 */

/**
 * Installs exactly what a folder's package-lock.json names, unless that is what its node_modules holds. With `isWhole` an optional
 * package that npm could not fetch is a problem too, and is asked for again the next time.
 * @param {{ folder?: string, what?: string, flags?: readonly string[], isWhole?: boolean }} [options]
 */
export async function ensurePackages({ folder = ROOT, what = 'packages', flags = [], isWhole = false } = {}) {
  const lock = await readFile(join(folder, 'package-lock.json'), 'utf8')
  const stamp = createHash('sha256').update(`${process.platform} ${process.arch}\n${lock}`).digest('hex')
  if ((await read(join(folder, STAMP))) === stamp) return
  const installed = await read(join(folder, 'node_modules/.package-lock.json'))
  if (installed === undefined || !isInstalled(JSON.parse(lock), JSON.parse(installed))) {
    say(`installing ${what} (npm ci)${installed === undefined ? '' : ': package-lock.json changed'}`)
    // Everything Strata is built with is a development dependency, which NODE_ENV=production would leave out.
    const included = ['--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error']
    const code = await run(npm('ci', ...included, ...flags), { cwd: folder })
    if (code !== 0) throw new SetupProblem(`npm ci ended with code ${code}; its own lines above say why`)
  }
  if (isWhole) {
    const fetched = await read(join(folder, 'node_modules/.package-lock.json'))
    if (fetched === undefined || !isInstalled(JSON.parse(lock), JSON.parse(fetched)))
      throw new SetupProblem(`npm could not fetch all of ${what}`)
  }
  await writeFile(join(folder, STAMP), stamp)
}

/** @param {string} path */
async function read(path) {
  try {
    return await readFile(path, 'utf8')
  } catch {
    return undefined
  }
}

/**
 * True when the packages that npm noted as installed are those of the lock, down to the hashes.
 * @param {Lock} wanted
 * @param {Lock} installed
 */
export function isInstalled(wanted, installed) {
  const there = installed.packages ?? {}
  const listed = wanted.packages ?? {}
  if (Object.keys(there).some((path) => listed[path] === undefined)) return false
  return Object.entries(listed).every(([path, entry]) => {
    if (path === '') return true
    const found = there[path]
    if (found === undefined) return isForOthers(entry)
    return found.version === entry.version && found.integrity === entry.integrity
  })
}

/** @param {LockEntry} entry */
function isForOthers({ optional, devOptional, os, cpu, libc }) {
  if (!optional && !devOptional) return false
  const fits = (/** @type {string[] | undefined} */ names, /** @type {string} */ mine) =>
    names === undefined ||
    (names.some((name) => !name.startsWith('!')) ? names.includes(mine) : !names.includes(`!${mine}`))
  // npm leaves out the dependencies of an optional package it left out, which name no platform themselves.
  if (os === undefined && cpu === undefined) return true
  return !fits(os, process.platform) || !fits(cpu, process.arch) || libc?.includes('musl') === true
}

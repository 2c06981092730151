import { readFile } from 'node:fs/promises'
import { inRoot } from '../prepare/places.mjs'

/**
 * @typedef {{ version?: string, integrity?: string, link?: boolean, resolved?: string,
 *   optionalDependencies?: Record<string, string> }} Entry
 */

/**
 * What makes a package-lock.json fail elsewhere: optional packages of other platforms that it does not name (`npm ci`
 * refuses such a lock), entries without a hash, and addresses of one machine's registry.
 * @param {{ packages?: Record<string, Entry> }} lock
 * @returns {string[]}
 */
export function lockProblems(lock) {
  const entries = Object.entries(lock.packages ?? {})
  const names = new Set(entries.map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)))
  return entries.flatMap(([path, entry]) => [
    ...Object.keys(entry.optionalDependencies ?? {})
      .filter((name) => !names.has(name))
      .map((name) => `${path || 'package.json'} wants ${name} as optional, which the lock does not name`),
    ...(path !== '' && entry.link !== true && entry.integrity === undefined ? [`${path} has no integrity`] : []),
    ...(entry.resolved === undefined ? [] : [`${path} names the registry it came from`]),
  ])
}

/** Problems of this checkout's locks; one more where one is empty. */
export async function checkLock() {
  const problems = await Promise.all(['package-lock.json', 'test/servers/package-lock.json'].map(problemsOf))
  return problems.flat()
}

/** @param {string} path */
async function problemsOf(path) {
  const lock = JSON.parse(await readFile(inRoot(path), 'utf8'))
  const problems = lockProblems(lock).map((problem) => `${path}: ${problem}`)
  return Object.keys(lock.packages ?? {}).length > 1 ? problems : [...problems, `${path} names no packages`]
}

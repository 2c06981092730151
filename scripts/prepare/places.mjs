import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/**
 * A path in the checkout.
 * @param {...string} parts
 */
export const inRoot = (...parts) => join(ROOT, ...parts)

/** The user's cache folder for Strata, kept across checkouts. */
export function userCache() {
  if (process.platform === 'win32')
    return join(process.env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'strata', 'Cache')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'strata')
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'strata')
}

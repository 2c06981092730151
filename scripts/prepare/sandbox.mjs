import { statSync } from 'node:fs'
import { join } from 'node:path'
import { capture } from './processes.mjs'

/**
 * True when Chromium can put its renderers into a sandbox here: never as root; on Linux it needs user namespaces, or its
 * helper owned by root with the set-user-ID bit.
 * @param {import('./electron.mjs').Runtime} runtime
 */
export async function canSandbox({ folder }) {
  if (process.platform !== 'linux') return true
  if (process.getuid?.() === 0) return false
  if (hasHelper(folder)) return true
  // Ubuntu's AppArmor rule lets the namespace be made and refuses the mapping: only the mapping tells.
  const { code } = await capture(['unshare', '--user', '--map-root-user', 'true'])
  return code === 0 || code === null
}

/**
 * The command that gives Chromium its sandbox where user namespaces are not allowed.
 * @param {import('./electron.mjs').Runtime} runtime
 */
export function sandboxCommand({ folder }) {
  const helper = join(folder, 'chrome-sandbox')
  return `sudo chown root:root '${helper}' && sudo chmod 4755 '${helper}'`
}

/** @param {string} folder */
function hasHelper(folder) {
  const found = statSync(join(folder, 'chrome-sandbox'), { throwIfNoEntry: false })
  return found !== undefined && found.uid === 0 && (found.mode & 0o4001) === 0o4001
}

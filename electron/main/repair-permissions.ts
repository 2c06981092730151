import { chmodSync, lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** What Strata keeps below its user-data folder; the local server guards its own folder, Chromium's hold nothing of ours. */
const OWN_FOLDERS = ['profiles', 'workspaces', 'history', 'queries', 'results', 'logs']
const OWN_FILES = /^(?:settings|secrets|vault|known-hosts|known_hosts)\b.*\.json(?:\..*)?$/

/**
 * Takes from other users of this computer what they may read or write of Strata's files: folders 0700, files 0600. Answers with how many
 * were open to them. Links are not followed. Does nothing on Windows, where the user's folder says who may.
 */
export function repairPermissions(userData: string): number {
  if (process.platform === 'win32') return 0
  let repaired = close(userData)
  for (const name of namesIn(userData)) {
    const path = join(userData, name)
    if (OWN_FILES.test(name)) repaired += close(path)
    else if (OWN_FOLDERS.includes(name)) repaired += closeAll(path)
  }
  return repaired
}

function closeAll(path: string): number {
  const own = close(path)
  if (!lstatSync(path).isDirectory()) return own
  return namesIn(path).reduce((sum, name) => sum + closeAll(join(path, name)), own)
}

/** 1 when it was open to others. */
function close(path: string): number {
  try {
    const { mode, isLink, isFolder } = factsOf(path)
    if (isLink || (mode & 0o077) === 0) return 0
    chmodSync(path, isFolder ? 0o700 : 0o600)
    return 1
  } catch {
    // Gone meanwhile, or not ours to change: the folder above is closed all the same.
    return 0
  }
}

function factsOf(path: string): { readonly mode: number; readonly isLink: boolean; readonly isFolder: boolean } {
  const facts = lstatSync(path)
  return { mode: facts.mode, isLink: !facts.isFile() && !facts.isDirectory(), isFolder: facts.isDirectory() }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

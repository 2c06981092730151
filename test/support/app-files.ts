import { lstat, readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { expect } from '@playwright/test'

/** A file or folder below the user-data folder. */
export interface FoundEntry {
  /** With slashes, below the folder. */
  readonly path: string
  readonly isFolder: boolean
  /** Permission bits, e.g. 0o600. */
  readonly mode: number
}

/** Everything below a folder, sockets and links left out. */
export async function listEntries(folder: string): Promise<FoundEntry[]> {
  const found: FoundEntry[] = []
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    const facts = await lstat(path).catch(() => null) // files come and go while the app runs
    if (facts === null || !(facts.isFile() || facts.isDirectory())) continue
    found.push({ path: relative(folder, path), isFolder: facts.isDirectory(), mode: facts.mode & 0o777 })
  }
  return found
}

/** Files below a folder that hold a secret, in plain text or in a usual spelling of it. */
export async function filesWith(folder: string, secret: string): Promise<string[]> {
  const bytes = Buffer.from(secret)
  const spellings = [
    bytes,
    Buffer.from(secret, 'utf16le'),
    Buffer.from(encodeURIComponent(secret)),
    Buffer.from(bytes.toString('base64').replace(/=+$/, '').slice(0, -1)),
    Buffer.from(bytes.toString('hex')),
  ]
  const found: string[] = []
  for (const { path, isFolder } of await listEntries(folder)) {
    if (isFolder) continue
    const content = await readFile(join(folder, path)).catch(() => Buffer.alloc(0))
    if (spellings.some((spelling) => content.includes(spelling))) found.push(path)
  }
  return found
}

/** Everything the workspace journals hold, as text. */
export async function journalText(userData: string): Promise<string> {
  const folder = join(userData, 'workspaces')
  const names = await readdir(folder).catch(() => [])
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8').catch(() => '')))
  return texts.join('\n')
}

/** Waits until a text is in a journal on the disk. */
export async function expectJournalHolds(userData: string, text: string): Promise<void> {
  await expect.poll(() => journalText(userData), { intervals: [20], timeout: 5_000 }).toContain(text)
}

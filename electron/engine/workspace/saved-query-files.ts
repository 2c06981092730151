import type { Stats } from 'node:fs'
import { chmod, link, lstat, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type SavedQueryExpected,
  type SavedQueryFile,
  type SavedQueryWritten,
  savedQueryNameProblem,
} from '../../../contract/saved-query'
import { createAtomically, writeAtomically } from '../disk/atomic-write'
import { refusal } from '../failure-error'

/** Larger files are no queries. */
const MAX_BYTES = 64 * 1024 * 1024
const FILES_LISTED = 5_000
const SUFFIX = '.sql'

/** The queries of a folder by name, and what was left out; an absent folder has none. */
export async function listQueries(folder: string): Promise<{
  readonly queries: (SavedQueryFile & { readonly name: string })[]
  readonly remark: string | null
}> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const queries: (SavedQueryFile & { readonly name: string })[] = []
  const strange: string[] = []
  for (const entry of entries) {
    if (!entry.isFile() || !entry.name.toLowerCase().endsWith(SUFFIX) || entry.name.startsWith('.')) continue
    const name = nameOf(entry.name)
    if (!entry.name.endsWith(SUFFIX) || savedQueryNameProblem(name) !== null || queries.length >= FILES_LISTED)
      strange.push(entry.name)
    else {
      const facts = await lstat(join(folder, entry.name)).catch(() => null)
      if (facts !== null) queries.push({ name, ...shown(facts) })
    }
  }
  const hasFolders = entries.some((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
  const remarks = [
    ...(hasFolders ? ['Folders inside it are not shown.'] : []),
    ...(strange.length > 0 ? [`Left out, because the name cannot be used: ${strange.slice(0, 5).join(', ')}.`] : []),
  ]
  queries.sort((one, other) => one.name.localeCompare(other.name, 'en', { numeric: true }))
  return { queries, remark: remarks.join(' ') || null }
}

/** The text of a query; refused when there is none of that name, or when it is no text. */
export async function readQuery(folder: string, name: string): Promise<string> {
  const file = await fileOf(folder, name)
  const text = await textOf(folder, file)
  if (text === null) throw refusal('name', `${file} does not exist any more in ${folder}.`)
  return text
}

/** Writes a query as a whole if the file is what the writer expects; otherwise tells what is there and writes nothing. */
export async function writeQuery(
  folder: string,
  name: string,
  text: string,
  expected: SavedQueryExpected,
): Promise<SavedQueryWritten> {
  // A lone half of a character has no UTF-8: it would come back as another one.
  if (/[\ud800-\udfff]/u.test(text))
    throw refusal('text', 'The text holds half a character (a lone surrogate). Remove it, then save.')
  const file = await fileOf(folder, name)
  // Not private: a project is shared with whoever may read it.
  await mkdir(folder, { recursive: true })
  const path = join(folder, file)
  const before = await factsOf(path)
  if (before === null) {
    if (expected.kind !== 'nothing') return { outcome: 'different', there: null }
    if (await create(path, text)) return { outcome: 'written' }
    const appeared = await factsOf(path)
    return { outcome: 'different', there: appeared === null ? null : shown(appeared) }
  }
  if (!(await isExpected(folder, file, before, expected))) return { outcome: 'different', there: shown(before) }
  const mode = before.mode & 0o777
  await writeAtomically(path, text, { mode })
  await chmod(path, mode).catch(() => {}) // the umask may have taken some; a file system without permissions is no failure
  return { outcome: 'written' }
}

/** Gives a query another name; refused when that is taken. */
export async function renameQuery(folder: string, name: string, to: string): Promise<void> {
  const from = await fileOf(folder, name)
  const target = `${to}${SUFFIX}`
  if ((await factsOf(join(folder, from))) === null)
    throw refusal('name', `${from} does not exist any more in ${folder}.`)
  if (from === target) return
  if (from.toLowerCase() === target.toLowerCase()) return rename(join(folder, from), join(folder, target))
  try {
    // A second name, then away with the first: unlike a rename this never replaces a file.
    await link(join(folder, from), join(folder, target))
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' || (LACKS_LINKS.has(code) && (await factsOf(join(folder, target))) !== null)) {
      throw refusal('to', `${target} exists already in ${folder}. Nothing was renamed.`)
    }
    if (!LACKS_LINKS.has(code)) throw error
    return rename(join(folder, from), join(folder, target))
  }
  await rm(join(folder, from))
}

/** Removes a query's file. */
export async function removeQuery(folder: string, name: string): Promise<void> {
  const path = join(folder, await fileOf(folder, name))
  if ((await factsOf(path)) !== null) await rm(path)
}

/** What file systems without second names (FAT, network shares) answer. */
const LACKS_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])

/** Creates a file with its whole content; false when there is one already. */
async function create(path: string, text: string): Promise<boolean> {
  try {
    return await createAtomically(path, text, 0o644)
  } catch (error) {
    if (!LACKS_LINKS.has((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o644 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** As it is on the disk, where another system may have written accents in another way; or as it would be. */
async function fileOf(folder: string, name: string): Promise<string> {
  const problem = savedQueryNameProblem(name)
  if (problem !== null) throw refusal('name', problem)
  const wanted = `${name}${SUFFIX}`
  const entries = await readdir(folder).catch(() => [])
  return entries.find((entry) => entry.normalize('NFC') === wanted.normalize('NFC')) ?? wanted
}

async function factsOf(path: string): Promise<Stats | null> {
  const facts = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (facts !== null && !facts.isFile()) throw refusal('name', `${path} is not a plain file. It was not touched.`)
  return facts
}

async function isExpected(folder: string, file: string, there: Stats, expected: SavedQueryExpected): Promise<boolean> {
  switch (expected.kind) {
    case 'nothing':
      return false
    case 'text':
      return plain((await textOf(folder, file)) ?? '') === plain(expected.text)
    case 'file': {
      const { bytes, modifiedAt } = shown(there)
      return bytes === expected.file.bytes && modifiedAt === expected.file.modifiedAt
    }
  }
}

async function textOf(folder: string, file: string): Promise<string | null> {
  const path = join(folder, file)
  const facts = await factsOf(path)
  if (facts === null) return null
  if (facts.size > MAX_BYTES) throw refusal('name', `${file} is larger than 64 MB.`)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path))
  } catch (error) {
    if (error instanceof TypeError) throw refusal('name', `${file} is not valid UTF-8. Save it as UTF-8.`)
    throw error
  }
}

/** Editors change line ends without anybody having changed the query. */
function plain(text: string): string {
  return text.replaceAll('\r\n', '\n')
}

function nameOf(file: string): string {
  return file.slice(0, -SUFFIX.length).normalize('NFC')
}

function shown({ size, mtime }: Stats): SavedQueryFile {
  return { bytes: size, modifiedAt: mtime.toISOString() }
}

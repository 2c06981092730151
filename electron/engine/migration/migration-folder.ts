import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { migrationName } from '../../../contract/migration'
import { dependencyProblem } from './dependencies'
import { headerLine } from './migration-header'
import { compareNames, downFileOf, partOf, upFileOf } from './migration-name'
import { readScript, type Script, type ScriptOptions, unreadableScript } from './migration-script'
import { ScriptReader } from './script-reader'

const READS_AT_ONCE = 32

/** A migration as the folder holds it: two files of one name. */
export interface MigrationFile {
  readonly name: string
  /** File names as they are on the disk, or as they would be. */
  readonly upFile: string
  readonly downFile: string
  readonly up: Script | null
  readonly down: Script | null
  /** What is wrong with the pair apart from its texts; null when nothing is. */
  readonly problem: string | null
  /** Another tool's word on its rollback, e.g. that its section is empty; with it a rollback without statements is allowed. */
  readonly rollbackNote?: string
  /** True when it is meant to hold no statement, as a merge of two branches does. */
  readonly isEmptyMeant?: boolean
}

/** What a migration folder holds, in file order. */
export interface FolderContents {
  readonly folder: string
  /** Why the folder cannot be read, or what was left out; null when all was read. */
  readonly problem: string | null
  readonly isReadable: boolean
  readonly migrations: readonly MigrationFile[]
  /** The order of names in another tool's folder; where there is none, ours. */
  readonly compare?: (a: string, b: string) => number
  /** Why one that sorts before an applied one must not be applied; absent when it may. */
  readonly lateRefusal?: string
  /** Why nothing may be applied, rolled back or marked here; absent where it may. */
  readonly readOnlyBecause?: string
}

/** Reads the migrations of a folder whatever its name is: regular files only, nothing is loaded or run. */
export async function readFolder(folder: string, options: ScriptOptions): Promise<FolderContents> {
  let entries: Dirent[]
  try {
    entries = await readdir(folder, { withFileTypes: true })
  } catch (error) {
    return { folder, problem: folderProblem(folder, error), isReadable: false, migrations: [] }
  }
  const pairs = new Map<string, Pair>()
  const tooLong: string[] = []
  for (const entry of entries) {
    const found = partOf(entry.name)
    if (found === null || entry.isDirectory()) continue
    if (!migrationName.safeParse(found.name).success) {
      tooLong.push(entry.name)
      continue
    }
    const pair = pairs.get(found.name) ?? { up: [], down: [] }
    pair[found.part].push(entry)
    pairs.set(found.name, pair)
  }
  const names = [...pairs.keys()].sort(compareNames)
  const twins = twinsOf(names)
  const reader = new ScriptReader()
  const read = (file: string, part: 'up' | 'down') => readPart(reader, folder, file, part, options)
  const migrations = await inBatches(names, (name) => readPair(read, name, pairs.get(name), twins.get(name)))
  const files = new Map(migrations.map((file) => [file.name, file]))
  const checked = migrations.map((file) =>
    file.problem === null ? { ...file, problem: dependencyProblem(file, files) } : file,
  )
  const problem = tooLong.length === 0 ? null : `Left out, because the name cannot be used: ${tooLong.join(', ')}.`
  return { folder, problem, isReadable: true, migrations: checked }
}

interface Pair {
  readonly up: Dirent[]
  readonly down: Dirent[]
}

async function readPair(
  read: (file: string, part: 'up' | 'down') => Promise<Script | null>,
  name: string,
  pair: Pair | undefined,
  twin: string | undefined,
): Promise<MigrationFile> {
  const ups = pair?.up ?? []
  const downs = pair?.down ?? []
  const upFile = ups[0]?.name ?? upFileOf(name)
  const downFile = downs[0]?.name ?? downFileOf(name)
  const [up, down] = await Promise.all([
    ups.length === 0 ? null : read(upFile, 'up'),
    downs.length === 0 ? null : read(downFile, 'down'),
  ])
  const many = [ups, downs].find((files) => files.length > 1)
  let problem: string | null = null
  if (many !== undefined)
    problem = `${many.map((each) => each.name).join(' and ')} stand for the same migration. Keep one.`
  else if (twin !== undefined) problem = `"${name}" and "${twin}" differ only in case. Rename one.`
  else if (up === null) problem = `There is no ${upFile} to go with ${downFile}.`
  else if (up.header.irreversible !== null && down !== null) {
    const line = headerLine(up.text, 'irreversible') ?? 1
    problem = `${upFile}, line ${line}: It says that it is irreversible, but ${downFile} exists. Remove one of the two.`
  }
  return { name, upFile, downFile, up, down, problem }
}

async function readPart(
  reader: ScriptReader,
  folder: string,
  file: string,
  part: 'up' | 'down',
  options: ScriptOptions,
): Promise<Script | null> {
  const content = await reader.read(join(folder, file))
  if (content === null) return null
  return content instanceof Error ? unreadableScript(file, content.message) : readScript(file, content, part, options)
}

/** Names that a file system without case would take for the same. */
function twinsOf(names: readonly string[]): ReadonlyMap<string, string> {
  const seen = new Map<string, string>()
  const twins = new Map<string, string>()
  for (const name of names) {
    const folded = name.toLowerCase()
    const other = seen.get(folded)
    if (other === undefined) seen.set(folded, name)
    else twins.set(name, other).set(other, name)
  }
  return twins
}

function folderProblem(folder: string, error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOENT') return `The folder ${folder} does not exist any more. Choose another one.`
  if (code === 'ENOTDIR') return `${folder} is not a folder. Choose another one.`
  if (code === 'EACCES' || code === 'EPERM') return `The folder ${folder} may not be read. Check its permissions.`
  return `The folder ${folder} cannot be read (${code ?? String(error)}).`
}

/** Does some work for each item, a few at a time, in order. */
export async function inBatches<I, O>(items: readonly I[], work: (item: I) => Promise<O>): Promise<O[]> {
  const results: O[] = []
  for (let at = 0; at < items.length; at += READS_AT_ONCE) {
    results.push(...(await Promise.all(items.slice(at, at + READS_AT_ONCE).map(work))))
  }
  return results
}

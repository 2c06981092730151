import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ForeignTool } from '../../../../contract/migration'
import type { FileNames } from '../migration-files'
import type { FolderContents, MigrationFile } from '../migration-folder'
import { compareNames } from '../migration-name'
import { withoutMark } from '../migration-script'
import { ScriptReader } from '../script-reader'

/** The migrations of another tool's folder, with what the tool calls them. */
export interface ForeignContents extends FolderContents {
  readonly tool: ForeignTool
  /** What the tool's own table records of each migration, by name: an id, a version. */
  readonly keys: ReadonlyMap<string, string>
}

/** True for the contents of another tool's folder. */
export function isForeign(contents: FolderContents | null): contents is ForeignContents {
  return contents !== null && 'tool' in contents
}

/** File names of a migration of such a folder; null when there is none. */
export function namesIn(contents: ForeignContents, name: string): FileNames | null {
  const file = contents.migrations.find((each) => each.name === name)
  return file === undefined ? null : { up: file.upFile, down: file.downFile }
}

/** Names of the files in a folder, links among them, which are not followed; null when it cannot be read. */
export async function filesIn(folder: string): Promise<readonly string[] | null> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries.filter((entry) => entry.isFile() || entry.isSymbolicLink()).map((entry) => entry.name)
  } catch {
    return null
  }
}

/** Text of a file of a folder without byte order mark, or an `Error` with why there is none. */
export type Texts = (file: string) => Promise<string | Error>

/** The texts of a folder's files. */
export function textsIn(folder: string): Texts {
  const reader = new ScriptReader()
  return async (file) => {
    const content = await reader.read(join(folder, file))
    if (content === null) return new Error('it is gone.')
    return content instanceof Error ? content : withoutMark(content)
  }
}

/** A `compare` for names that are listed in their order already; those without a file are compared as ours are. */
export function inOrderOf(migrations: readonly MigrationFile[]): (a: string, b: string) => number {
  const places = new Map(migrations.map(({ name }, index) => [name, index]))
  return (a, b) => {
    const one = places.get(a)
    const other = places.get(b)
    return one === undefined || other === undefined ? compareNames(a, b) : one - other
  }
}

/** In the order of their code units, as most tools sort file names. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** File name without its last extension. */
export function stemOf(file: string): string {
  const dot = file.lastIndexOf('.')
  return dot <= 0 ? file : file.slice(0, dot)
}

/** Items that share a key, by that key. */
export function grouped<T>(items: readonly T[], keyOf: (item: T) => string | null): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    if (key === null) continue
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}

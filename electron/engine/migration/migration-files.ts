import { chmod, chown, lstat, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { migrationName } from '../../../contract/migration'
import { writeAtomically } from '../disk/atomic-write'
import { FailureError, refusal } from '../failure-error'
import { readHeader } from './migration-header'
import { downFileOf, partOf, slugOf, timestampOf, upFileOf } from './migration-name'
import { checksumOf, withoutMark } from './migration-script'
import { readScriptFile } from './script-reader'

/** The two files of a migration with their texts; null where there is no such file. */
export interface MigrationPair {
  readonly name: string
  readonly upFile: string
  readonly up: string | null
  readonly downFile: string
  readonly down: string | null
}

/** File names of a migration, where they do not follow from its name; both are one in a folder of some tools. */
export interface FileNames {
  readonly up: string
  readonly down: string
}

/** How many seconds a new name may be moved on because others are taken. */
const MAX_SHIFT = 600

/**
 * Writes a new pair, named after the time and the title, empty unless texts are given; nothing that exists is ever overwritten. A down
 * text of null writes no down file.
 */
export async function createPair(
  folder: string,
  title: string,
  now: Date,
  texts?: { readonly up: string; readonly down: string | null },
): Promise<MigrationPair> {
  const words = title.trim()
  if (words === '') throw refusal('title', 'Give the migration a title.')
  const taken = await timestampsIn(folder)
  const slug = slugOf(words)
  for (let shift = 0; shift < MAX_SHIFT; shift += 1) {
    const prefix = timestampOf(new Date(now.getTime() + shift * 1000))
    // Two migrations of one second would be ordered by their titles.
    if (taken.has(prefix)) continue
    const name = `${prefix}_${slug}`
    const up = texts === undefined ? `-- title: ${words}\n\n` : withTitle(words, texts.up)
    const down =
      texts === undefined ? `-- Rolls ${upFileOf(name)} back: undo its statements, the last one first.\n\n` : texts.down
    if (!(await writeNew(join(folder, upFileOf(name)), up))) continue
    if (down !== null && !(await writeNew(join(folder, downFileOf(name)), down))) {
      throw refusal('title', `${downFileOf(name)} appeared while the pair was written. It was not touched.`)
    }
    return { name, upFile: upFileOf(name), up, downFile: downFileOf(name), down }
  }
  throw refusal('title', 'Every name for the next minutes is taken. Rename the migrations that are dated ahead.')
}

/** The text with its title in the first line, unless it has one. */
function withTitle(title: string, text: string): string {
  return readHeader(text, 'up').header.title === null ? `-- title: ${title}\n${text}` : text
}

/** The texts of a migration as they are on the disk; refused when one of them cannot be shown as text. */
export async function readPair(folder: string, name: string, names?: FileNames): Promise<MigrationPair> {
  const { up: upFile, down: downFile } = names ?? (await filesOf(folder, name))
  const [up, down] = await Promise.all([textOf(folder, upFile), textOf(folder, downFile)])
  return { name, upFile, up, downFile, down }
}

/** Writes one file of a pair as a whole; refused when it does not hold `expected` any more. */
export async function writeScript(
  folder: string,
  input: {
    readonly name: string
    readonly file: 'up' | 'down'
    readonly text: string
    readonly expected: string | null
  },
  names?: FileNames,
): Promise<void> {
  const file = (names ?? (await filesOf(folder, input.name)))[input.file]
  const path = join(folder, file)
  const current = await textOf(folder, file)
  if (!isSameText(current, input.expected)) {
    const what =
      current === null
        ? 'does not exist any more'
        : input.expected === null
          ? 'exists by now'
          : 'was changed by somebody else'
    throw refusal('expected', `${file} ${what}. Nothing was written.`)
  }
  if (current === null) {
    if (!(await writeNew(path, input.text))) throw refusal('expected', `${file} exists by now. Nothing was written.`)
    return
  }
  const { mode, uid, gid } = await lstat(path)
  await writeAtomically(path, input.text, { mode: mode & 0o777 }).catch((error: unknown) => {
    throw unwritable(error)
  })
  // The new file has the umask's permissions and our owner; a file system without either is no failure.
  await chmod(path, mode & 0o777).catch(() => {})
  await chown(path, uid, gid).catch(() => {})
}

/** Writes a text of the history into one file of a pair; refused when the file is not the one with `checksum` any more. */
export async function restoreScript(
  folder: string,
  input: {
    readonly name: string
    readonly file: 'up' | 'down'
    readonly text: string | null
    readonly checksum: string | null
  },
): Promise<void> {
  const { name, file, text, checksum } = input
  const pair = await readPair(folder, name)
  const expected = pair[file]
  const fileName = file === 'up' ? pair.upFile : pair.downFile
  if (text === null) throw refusal('name', `The history keeps no text of ${fileName}. Nothing was written.`)
  if ((expected === null ? null : checksumOf(expected)) !== checksum) {
    throw refusal('checksum', `${fileName} was changed meanwhile. Nothing was written. Look at it again.`)
  }
  await writeScript(folder, { name, file, text, expected })
}

/** File names of a migration: as they are on the disk, or as they would be. */
async function filesOf(folder: string, name: string): Promise<FileNames> {
  if (!migrationName.safeParse(name).success) throw refusal('name', `"${name}" cannot be the name of a migration.`)
  const files = { up: upFileOf(name), down: downFileOf(name) }
  for (const entry of await listed(folder)) {
    const found = partOf(entry)
    if (found !== null && found.name === name.normalize('NFC')) files[found.part] = entry
  }
  return files
}

/** True when there is one of the two files of a native migration. */
export async function hasPair(folder: string, name: string): Promise<boolean> {
  return (await listed(folder)).some((entry) => partOf(entry)?.name === name.normalize('NFC'))
}

async function listed(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    throw new FailureError(
      {
        kind: 'refused',
        issues: [{ path: 'folder', message: `The migration folder cannot be read: ${String(error)}` }],
      },
      { cause: error },
    )
  }
}

async function timestampsIn(folder: string): Promise<ReadonlySet<string>> {
  const prefixes = (await listed(folder)).map((entry) => /^\d{14}/.exec(entry)?.[0] ?? '')
  return new Set(prefixes)
}

async function textOf(folder: string, file: string): Promise<string | null> {
  const content = await readScriptFile(join(folder, file))
  if (content instanceof Error) throw refusal('name', `${file}: ${content.message}`)
  return content === null ? null : withoutMark(content)
}

function isSameText(one: string | null, other: string | null): boolean {
  const plain = (text: string) => withoutMark(text).replaceAll('\r\n', '\n')
  return one === null || other === null ? one === other : plain(one) === plain(other)
}

/** False when there is such a file already: `wx` neither overwrites nor follows a link. */
export async function writeNew(path: string, text: string): Promise<boolean> {
  let handle: Awaited<ReturnType<typeof open>>
  try {
    handle = await open(path, 'wx', 0o644)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'EEXIST') return false
    throw unwritable(error)
  }
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  return true
}

function unwritable(error: unknown): FailureError {
  const message = `The file cannot be written: ${String(error)}`
  return new FailureError({ kind: 'refused', issues: [{ path: 'folder', message }] }, { cause: error })
}

import { randomInt } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ForeignTool, MigrationTexts } from '../../../../contract/migration'
import { refusal } from '../../failure-error'
import { writeNew } from '../migration-files'
import { slugOf, timestampOf } from '../migration-name'
import { type NewFile, withTexts } from './drafted-file'
import type { ForeignContents } from './foreign-contents'
import { stemOf } from './foreign-contents'

/** Writes a new migration as the tool whose folder it is writes them, empty unless texts are given; nothing that exists is ever overwritten. */
export async function createForeign(
  contents: ForeignContents,
  title: string,
  now: Date,
  texts?: { readonly up: string; readonly down: string | null },
): Promise<MigrationTexts> {
  const words = title.trim()
  if (words === '') throw refusal('title', 'Give the migration a title.')
  const files = await readdir(contents.folder)
  const empty = filesOf(contents, files, words, now)
  const [one, other] = texts === undefined ? empty : withTexts(contents.tool, empty, texts)
  if (one === undefined) throw refusal('folder', READ_ONLY)
  for (const file of [one, other]) {
    if (file === undefined) continue
    if (!(await writeNew(join(contents.folder, file.name), file.text))) {
      throw refusal('title', `${file.name} exists already. It was not touched.`)
    }
  }
  const down = other ?? one
  return { name: nameOf(contents.tool, one.name), upFile: one.name, up: one.text, downFile: down.name, down: down.text }
}

const READ_ONLY = 'Strata runs no Python: write revisions with alembic revision.'

function filesOf(contents: ForeignContents, files: readonly string[], title: string, now: Date): readonly NewFile[] {
  const slug = slugOf(title)
  const dashed = slug.replaceAll('_', '-')
  switch (contents.tool) {
    case 'dbmate':
      return [{ name: `${freeTimestamp(files, now)}_${slug}.sql`, text: '-- migrate:up\n\n\n-- migrate:down\n\n' }]
    case 'node-pg-migrate':
      return [{ name: `${nextPrefix(files, now)}_${dashed}.sql`, text: '-- Up Migration\n\n\n-- Down Migration\n\n' }]
    case 'golang-migrate': {
      const stem = `${nextVersion(files, now)}_${slug}`
      return [
        { name: `${stem}.up.sql`, text: `-- title: ${title}\n\n` },
        {
          name: `${stem}.down.sql`,
          text: `-- Rolls ${stem}.up.sql back: undo its statements, the last one first.\n\n`,
        },
      ]
    }
    case 'yoyo':
      return yoyoFiles(contents, files, title, `${yoyoStem(files, now)}-${dashed}`)
    case 'Alembic':
      return []
  }
}

function nameOf(tool: ForeignTool, file: string): string {
  return tool === 'golang-migrate' ? file.replace(/\.up\.sql$/, '') : stemOf(file)
}

/** A file of steps, or a pair of `.sql` files, whichever the folder mostly has; it depends on those that nothing depends on. */
function yoyoFiles(
  contents: ForeignContents,
  files: readonly string[],
  title: string,
  stem: string,
): readonly NewFile[] {
  const needed = new Set(contents.migrations.flatMap((file) => file.up?.header.depends ?? []))
  const heads = contents.migrations.map(({ name }) => name).filter((name) => !needed.has(name))
  const isPython = files.filter((file) => file.endsWith('.py')).length * 2 >= contents.migrations.length
  if (!isPython) {
    return [
      { name: `${stem}.sql`, text: `-- ${title}\n-- depends: ${heads.join('  ')}\n\n` },
      { name: `${stem}.rollback.sql`, text: '\n' },
    ]
  }
  const docstring = title.replaceAll('\\', '\\\\').replaceAll('"', '\\"')
  const depends = heads.map((name) => `'${name.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`).join(', ')
  const text = `"""\n${docstring}\n"""\n\nfrom yoyo import step\n\n__depends__ = {${depends}}\n\nsteps = [\n    step(\n        """\n        """,\n        """\n        """,\n    ),\n]\n`
  return [{ name: `${stem}.py`, text }]
}

/** `DATE_NN_xxxxx`: the number goes on within a day, the letters keep two people's files apart. */
function yoyoStem(files: readonly string[], now: Date): string {
  const two = (part: number) => String(part).padStart(2, '0')
  const date = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`
  const numbers = files.flatMap((file) => {
    const found = file.startsWith(`${date}_`) ? /^\d+/.exec(file.slice(date.length + 1))?.[0] : undefined
    return found === undefined ? [] : [Number(found)]
  })
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
  const random = Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join('')
  return `${date}_${two(Math.max(0, ...numbers) + 1)}_${random}`
}

function freeTimestamp(files: readonly string[], now: Date): string {
  for (let shift = 0; ; shift += 1) {
    const prefix = timestampOf(new Date(now.getTime() + shift * 1000))
    if (!files.some((file) => file.startsWith(prefix))) return prefix
  }
}

/** The prefix node-pg-migrate would choose for the way the folder is numbered: milliseconds, a date of 17 digits, or an index. */
function nextPrefix(files: readonly string[], now: Date): string {
  const prefixes = files.map((file) => /^\d+/.exec(file)?.[0] ?? '').filter((prefix) => prefix !== '')
  if (prefixes.length > 0 && prefixes.every((prefix) => prefix.length <= 4)) return nextIndex(prefixes)
  if (prefixes.at(-1)?.length === 17) return now.toISOString().replace(/\D/g, '')
  return String(now.getTime())
}

function nextVersion(files: readonly string[], now: Date): string {
  const prefixes = files.map((file) => /^\d+(?=_)/.exec(file)?.[0] ?? '').filter((prefix) => prefix !== '')
  if (prefixes.length > 0 && prefixes.every((prefix) => prefix.length <= 6)) return nextIndex(prefixes)
  return freeTimestamp(files, now)
}

function nextIndex(prefixes: readonly string[]): string {
  const width = Math.max(...prefixes.map((prefix) => prefix.length))
  return String(Math.max(...prefixes.map(Number)) + 1).padStart(width, '0')
}

import { scanScript } from '../../../../../contract/script-scanner'
import { inBatches, type MigrationFile } from '../../migration-folder'
import type { Problem } from '../../migration-header'
import { type ScriptOptions, unreadableScript } from '../../migration-script'
import { type ForeignContents, inOrderOf, stemOf, type Texts, textsIn } from '../foreign-contents'
import { Lines } from '../lines'
import { type Piece, scriptOf } from '../script-pieces'

const CODE = /\.(js|ts|cjs|mjs|cts|mts)$/i
const COLLATOR = new Intl.Collator(undefined, {
  usage: 'sort',
  numeric: true,
  sensitivity: 'variant',
  ignorePunctuation: true,
})

/** Reads a folder of node-pg-migrate: `.sql` files with `-- Up Migration` and `-- Down Migration`; its JavaScript is only listed. */
export async function readNodePgMigrateFolder(
  folder: string,
  files: readonly string[],
  options: ScriptOptions,
): Promise<ForeignContents> {
  const own = files.filter((file) => !file.startsWith('.') && (/\.sql$/i.test(file) || CODE.test(file)))
  const others = files.filter((file) => !file.startsWith('.') && !own.includes(file))
  const names = own.sort((a, b) => prefixOf(a) - prefixOf(b) || COLLATOR.compare(a, b))
  const texts = textsIn(folder)
  const migrations = await inBatches(names, (file) => readFile(texts, file, options))
  const strange = [...others, ...own.filter((file) => !/^\d/.test(file))]
  return {
    tool: 'node-pg-migrate',
    folder,
    problem:
      strange.length === 0 ? null : `node-pg-migrate stumbles over ${strange.slice(0, 5).join(', ')} in this folder.`,
    isReadable: true,
    migrations,
    compare: inOrderOf(migrations),
    lateRefusal: 'node-pg-migrate would refuse the whole folder from then on. Give it a later number.',
    keys: new Map(migrations.map(({ name }) => [name, name])),
  }
}

/** The number a name begins with; one of 17 digits is a date. */
function prefixOf(file: string): number {
  const digits = /^\d+/.exec(file)?.[0] ?? ''
  const date = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{3})$/.exec(digits)
  if (date === null) return Number(digits)
  const [, year, month, day, hours, minutes, seconds, milliseconds] = date
  return Date.parse(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}.${milliseconds}Z`)
}

async function readFile(texts: Texts, file: string, options: ScriptOptions): Promise<MigrationFile> {
  const name = stemOf(file)
  if (CODE.test(file)) {
    const script = unreadableScript(
      file,
      'it is a program. Strata runs no JavaScript: apply this one with node-pg-migrate.',
    )
    return { name, upFile: file, downFile: file, up: script, down: script, problem: null }
  }
  const text = await texts(file)
  if (text instanceof Error) {
    const script = unreadableScript(file, text.message)
    return { name, upFile: file, downFile: file, up: script, down: script, problem: null }
  }
  const { up, down, problem } = sectionsOf(text, options)
  const irreversible = down === null ? `There is no "-- Down Migration" section in ${file}.` : null
  const head = { header: { irreversible }, problem, advice: ADVICE }
  const upScript = scriptOf(file, text, [up], head, options)
  const downScript = down === null ? null : scriptOf(file, text, [down], head, options)
  const isEmpty = downScript !== null && downScript.statements.length === 0
  const note = isEmpty ? { rollbackNote: EMPTY } : {}
  return { name, upFile: file, downFile: file, up: upScript, down: downScript, problem: null, ...note }
}

const EMPTY = 'The Down section is empty: nothing is undone, only the booking in pgmigrations.'
const ADVICE = 'node-pg-migrate can run it only from a JavaScript migration that calls pgm.noTransaction().'

const markerOf = (direction: string) => new RegExp(`^\\s*--[\\s-]*${direction}\\s+migration`, 'im')

/** The sections as node-pg-migrate cuts them, wherever its markers stand; a marker in a text is a problem. */
function sectionsOf(
  text: string,
  options: ScriptOptions,
): { readonly up: Piece; readonly down: Piece | null; readonly problem: Problem | null } {
  const lines = new Lines(text)
  const upAt = text.search(markerOf('up'))
  const downAt = text.search(markerOf('down'))
  const until = (from: number, other: number) => (other > from ? other : text.length)
  const upFrom = Math.max(0, upAt)
  // Without an up marker the whole file goes up, a down section in it included.
  const up = { text: text.slice(upFrom, upAt < 0 ? text.length : until(upAt, downAt)), offsets: upFrom }
  const down = downAt < 0 ? null : { text: text.slice(downAt, until(downAt, upAt)), offsets: downAt }
  const second = Math.max(upAt, downAt)
  let problem: Problem | null = null
  if (upAt < 0 && downAt >= 0) {
    const line = lines.at(downAt + (/^\s*/.exec(text.slice(downAt))?.[0].length ?? 0))
    problem = { line, message: 'There is no "-- Up Migration" in it: node-pg-migrate would run the down section too.' }
  } else if (upAt >= 0 && downAt >= 0) {
    const first = upAt < downAt ? up : (down ?? up)
    if (scanScript(first.text, options).problem !== null) {
      const line = lines.at(second + (/^\s*/.exec(text.slice(second))?.[0].length ?? 0))
      problem = {
        line,
        message:
          'This marker stands inside a text or a comment, and node-pg-migrate would cut the file here. Write the text differently.',
      }
    }
  }
  return { up, down, problem }
}

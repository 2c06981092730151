import { scanScript } from '../../../../../contract/script-scanner'
import { inBatches, type MigrationFile } from '../../migration-folder'
import type { Problem } from '../../migration-header'
import { type ScriptOptions, unreadableScript } from '../../migration-script'
import { byCodeUnit, type ForeignContents, grouped, stemOf, type Texts, textsIn } from '../foreign-contents'
import { Lines } from '../lines'
import { type Piece, scriptOf } from '../script-pieces'

const FILE = /^(\d+).*\.sql$/
const MARKER = /^--\s*migrate:(up|down)([^\S\n]*$|[^\S\n]+\S.*$)/gm

/** Reads a folder of dbmate: `VERSION_name.sql` with sections `-- migrate:up` and `-- migrate:down`. */
export async function readDbmateFolder(
  folder: string,
  files: readonly string[],
  options: ScriptOptions,
): Promise<ForeignContents> {
  const names = files.filter((file) => FILE.test(file)).sort(byCodeUnit)
  const byVersion = grouped(names, versionOf)
  const texts = textsIn(folder)
  const migrations = await inBatches(names, async (file) => {
    const read = await readFile(texts, file, options)
    const twins = byVersion.get(versionOf(file)) ?? []
    return twins.length < 2 ? read : { ...read, problem: `${twins.join(' and ')} share a version. Rename one.` }
  })
  return {
    tool: 'dbmate',
    folder,
    problem: null,
    isReadable: true,
    migrations,
    compare: byCodeUnit,
    keys: new Map(migrations.map(({ name, upFile }) => [name, versionOf(upFile)])),
  }
}

function versionOf(file: string): string {
  return FILE.exec(file)?.[1] ?? ''
}

interface Section {
  readonly direction: 'up' | 'down'
  readonly isTransactional: boolean
  readonly piece: Piece
}

async function readFile(texts: Texts, file: string, options: ScriptOptions): Promise<MigrationFile> {
  const name = stemOf(file)
  const text = await texts(file)
  if (text instanceof Error) {
    const script = unreadableScript(file, text.message)
    return { name, upFile: file, downFile: file, up: script, down: script, problem: null }
  }
  const { sections, problem } = sectionsOf(text, options)
  const part = (direction: Section['direction']) => {
    const own = sections.filter((section) => section.direction === direction)
    const isTransactional = own.every((section) => section.isTransactional)
    const isMixed = !isTransactional && own.some((section) => section.isTransactional)
    const mixed = isMixed ? { line: 1, message: 'Some of its sections run in a transaction and some do not.' } : null
    const pieces = own.map((section) => section.piece)
    return scriptOf(
      file,
      text,
      pieces,
      { header: { isTransactional }, problem: problem ?? mixed, advice: ADVICE },
      options,
    )
  }
  const down = part('down')
  const note = down.statements.length > 0 ? {} : { rollbackNote: EMPTY }
  return { name, upFile: file, downFile: file, up: part('up'), down, problem: null, ...note }
}

const EMPTY = 'The down section is empty: nothing is undone, only the booking in schema_migrations.'
const ADVICE = 'Put it alone into a file whose section begins with "-- migrate:up transaction:false".'

/** The sections of a file as dbmate cuts it, wherever its markers stand; a marker in a text is a problem. */
function sectionsOf(
  text: string,
  options: ScriptOptions,
): { readonly sections: readonly Section[]; readonly problem: Problem | null } {
  const lines = new Lines(text)
  const markers = [...text.matchAll(MARKER)]
  const sections: Section[] = []
  let problem: Problem | null = null
  const report = (at: number, message: string) => {
    problem ??= { line: lines.at(at), message }
  }
  markers.forEach((marker, index) => {
    const from = marker.index + marker[0].length
    const next = markers[index + 1]
    const piece = { text: text.slice(from, next?.index ?? text.length), offsets: from }
    const direction = marker[1] === 'down' ? 'down' : 'up'
    const isTransactional = !/\btransaction:false\b/.test(marker[2] ?? '')
    sections.push({ direction, isTransactional, piece })
    if (direction === 'down' && markers[index - 1]?.[1] !== 'up') {
      report(marker.index, 'Every "-- migrate:down" stands behind its "-- migrate:up".')
    }
    if (direction === 'up' && next?.[1] !== 'down') {
      report(marker.index, 'There is no "-- migrate:down" behind it. dbmate wants one, even if it is empty.')
    }
    if (next !== undefined && scanScript(piece.text, options).problem !== null) {
      report(
        next.index,
        'This marker stands inside a text or a comment, and dbmate would cut the file here. Write the text differently.',
      )
    }
  })
  const first = markers[0]
  if (first === undefined) return { sections, problem: { line: 1, message: 'There is no "-- migrate:up" in it.' } }
  const before = text.slice(0, first.index).split('\n')
  const stray = before.findIndex((line) => line.trim() !== '' && !/^\s*--/.test(line))
  if (stray >= 0) problem = { line: stray + 1, message: 'dbmate allows no statement before "-- migrate:up".' }
  return { sections, problem }
}

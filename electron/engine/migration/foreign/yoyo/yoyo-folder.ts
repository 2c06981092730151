import { inBatches, type MigrationFile } from '../../migration-folder'
import type { ScriptOptions } from '../../migration-script'
import { unreadableScript } from '../../migration-script'
import { byCodeUnit, type ForeignContents, inOrderOf, stemOf, type Texts, textsIn } from '../foreign-contents'
import { Lines } from '../lines'
import { PythonProblem, type StringLiteral } from '../python/string-literal'
import { headerOf, type Piece, scriptOf } from '../script-pieces'
import { readYoyoModule } from './yoyo-module'
import { sortedByDependency } from './yoyo-order'
import { readYoyoSql } from './yoyo-sql'

const ROLLBACK = '.rollback.sql'

/** Reads a folder of yoyo: `.py` files with literal steps, and `.sql` files with their `.rollback.sql`. */
export async function readYoyoFolder(
  folder: string,
  files: readonly string[],
  options: ScriptOptions,
): Promise<ForeignContents> {
  const sources = files.filter(isMigrationFile).sort(byCodeUnit)
  const hooks = sources.filter((file) => file.startsWith('post-apply'))
  const all = new Set(files)
  const texts = textsIn(folder)
  const read = await inBatches(
    sources.filter((file) => !hooks.includes(file)),
    (file) => (file.endsWith('.py') ? readPython(texts, file, options) : readSql(texts, file, all, options)),
  )
  const { sorted, circle } = sortedByDependency(read)
  const problems = [
    hooks.length === 0 ? null : `${hooks.join(', ')}: yoyo runs this after it applies. Strata does not.`,
    circle.length === 0 ? null : `These depend on each other in a circle: ${circle.join(', ')}.`,
  ].filter((each) => each !== null)
  return {
    tool: 'yoyo',
    folder,
    problem: problems.length === 0 ? null : problems.join(' '),
    isReadable: true,
    migrations: sorted,
    compare: inOrderOf(sorted),
    keys: new Map(sorted.map(({ name }) => [name, name])),
  }
}

/** True for the files that yoyo takes for migrations. */
export function isMigrationFile(file: string): boolean {
  return /\.(py|sql)$/.test(file) && !file.endsWith(ROLLBACK) && !file.startsWith('_tmp_yoyonew')
}

/** The words of a yoyo id: `20240604_01_u0XKn-db-init` is "db init". */
export function titleOfId(id: string): string {
  return (
    id
      .replace(/^.*?\d{8}_\d{2,}_[A-Za-z0-9]{5}-?/, '')
      .replaceAll(/[-_]+/g, ' ')
      .trim() || id
  )
}

async function readPython(texts: Texts, file: string, options: ScriptOptions): Promise<MigrationFile> {
  const name = stemOf(file)
  const text = await texts(file)
  if (text instanceof Error) return unreadable(name, file, `${text.message}`)
  try {
    const module = readYoyoModule(text)
    const { isTransactional, depends, steps } = module
    const title = firstLine(module.docstring) ?? titleOfId(name)
    const head = { header: { title, isTransactional, depends }, problem: null }
    const up = scriptOf(file, text, pieces(steps.map((step) => step.apply)), head, options)
    const rollbacks = steps.map((step) => step.rollback).reverse()
    const down = scriptOf(file, text, pieces(rollbacks), head, options)
    const note = noteOn(
      steps.map((step) => step.rollback !== null),
      down.statements.length,
    )
    const extra = {
      ...(note === null ? {} : { rollbackNote: note }),
      ...(steps.length === 0 ? { isEmptyMeant: true } : {}),
    }
    return { name, upFile: file, downFile: file, up, down, problem: null, ...extra }
  } catch (error) {
    if (!(error instanceof PythonProblem)) throw error
    const line = new Lines(text).at(error.at)
    return unreadable(
      name,
      file,
      `line ${line}: ${error.message}. Strata reads literal steps and runs no Python: apply this one with yoyo.`,
    )
  }
}

async function readSql(
  texts: Texts,
  file: string,
  files: ReadonlySet<string>,
  options: ScriptOptions,
): Promise<MigrationFile> {
  const name = stemOf(file)
  const downFile = `${name}${ROLLBACK}`
  const [text, downText] = await Promise.all([texts(file), files.has(downFile) ? texts(downFile) : ''])
  if (text instanceof Error) return unreadable(name, file, text.message)
  const head = readYoyoSql(text, titleOfId(name))
  const up = scriptOf(file, text, [{ text, offsets: 0 }], head, options)
  if (downText instanceof Error) {
    return { name, upFile: file, downFile, up, down: unreadableScript(downFile, downText.message), problem: null }
  }
  // Its own directives do not count for yoyo: those of the file that applies hold for both.
  const down = scriptOf(downFile, downText, [{ text: downText, offsets: 0 }], { ...head, problem: null }, options)
  const isEmpty = down.statements.length === 0
  const note = files.has(downFile)
    ? `${downFile} is empty: nothing is undone, only the booking in yoyo's table.`
    : `There is no ${downFile}: nothing is undone, only the booking in yoyo's table.`
  return { name, upFile: file, downFile, up, down, problem: null, ...(isEmpty ? { rollbackNote: note } : {}) }
}

function pieces(literals: readonly (StringLiteral | null)[]): readonly Piece[] {
  return literals.filter((literal) => literal !== null)
}

function noteOn(hasRollback: readonly boolean[], statements: number): string | null {
  if (statements === 0) return "No step has a rollback: nothing is undone, only the booking in yoyo's table."
  const without = hasRollback.flatMap((has, index) => (has ? [] : [String(index + 1)]))
  if (without.length === 0) return null
  return without.length === 1
    ? `Step ${without[0]} has no rollback: what it did stays.`
    : `Steps ${without.join(', ')} have no rollback: what they did stays.`
}

function unreadable(name: string, file: string, reason: string): MigrationFile {
  const title = titleOfId(name)
  const script = { ...unreadableScript(file, reason), header: headerOf({ title }) }
  return { name, upFile: file, downFile: file, up: script, down: script, problem: null }
}

function firstLine(text: string | null): string | null {
  return (
    text
      ?.split('\n')
      .map((line) => line.trim())
      .find((line) => line !== '') ?? null
  )
}

import { inBatches, type MigrationFile } from '../../migration-folder'
import { type ScriptOptions, unreadableScript } from '../../migration-script'
import { byCodeUnit, type ForeignContents, stemOf, type Texts, textsIn } from '../foreign-contents'
import { PythonProblem } from '../python/string-literal'
import { headerOf } from '../script-pieces'
import { sortedByDependency } from '../yoyo/yoyo-order'
import { type Revision, readRevision } from './alembic-graph'

/** The migrations of an Alembic folder with its graph. */
export interface AlembicContents extends ForeignContents {
  readonly revisions: readonly Revision[]
}

const READ_ONLY =
  'a revision of Alembic is Python code. Strata shows where it stands and runs none of it: use alembic upgrade.'

/** Reads the revisions of a `versions` folder: what they declare, not what they do. */
export async function readAlembicFolder(
  folder: string,
  files: readonly string[],
  _options: ScriptOptions,
): Promise<AlembicContents> {
  const names = files.filter((file) => file.endsWith('.py') && file !== '__init__.py').sort(byCodeUnit)
  const texts = textsIn(folder)
  const read = await inBatches(names, (file) => readFile(texts, file))
  const nameOf = new Map(
    read.flatMap(({ file, revision }) => (revision === null ? [] : [[revision.id, file.name] as const])),
  )
  const linked = read.map(({ file, revision }): MigrationFile => {
    if (revision === null || file.up === null) return file
    const depends = [...revision.parents, ...revision.dependsOn].map((id) => nameOf.get(id) ?? id)
    const up = { ...file.up, header: headerOf({ title: revision.title, depends }) }
    return { ...file, up, down: up }
  })
  const { sorted } = sortedByDependency(linked)
  return {
    tool: 'Alembic',
    folder,
    problem: null,
    isReadable: true,
    migrations: sorted,
    compare: () => 0, // a graph has no late ones
    keys: new Map([...nameOf].map(([id, name]) => [name, id])),
    readOnlyBecause: `This folder is read only: ${READ_ONLY}`,
    revisions: read.flatMap(({ revision }) => (revision === null ? [] : [revision])),
  }
}

async function readFile(
  texts: Texts,
  file: string,
): Promise<{ readonly file: MigrationFile; readonly revision: Revision | null }> {
  const name = stemOf(file)
  const text = await texts(file)
  let reason = READ_ONLY
  let revision: Revision | null = null
  try {
    if (text instanceof Error) reason = text.message
    else revision = readRevision(text)
  } catch (error) {
    if (!(error instanceof PythonProblem)) throw error
    reason = `${error.message}. Strata runs no Python, so its place in the graph is not known.`
  }
  const script = unreadableScript(file, reason)
  return { file: { name, upFile: file, downFile: file, up: script, down: script, problem: null }, revision }
}

import { PythonProblem } from '../python/string-literal'
import { type Token, tokensOf } from '../python/tokens'
import { type Value, ValueReader } from '../python/values'

/** One revision of Alembic as its file declares it. */
export interface Revision {
  readonly id: string
  /** First line of its docstring; null when there is none. */
  readonly title: string | null
  /** What it revises: none for a base, several for a merge. */
  readonly parents: readonly string[]
  readonly dependsOn: readonly string[]
}

/** What a revision file declares; throws a `PythonProblem` when that is not literal. Its functions are not read. */
export function readRevision(source: string): Revision {
  const reader = new ValueReader(declarationsOf(source))
  let title: string | null = null
  let isFirst = true
  const values = new Map<string, Value>()
  while (reader.peek().kind !== 'end') {
    const token = reader.peek()
    if (isFirst && token.kind === 'string') title = token.literal.text.trim().split('\n')[0]?.trim() || null
    if (token.kind !== 'newline') isFirst = false
    const isOwn = token.kind === 'name' && WANTED.has(token.text) && '=:'.includes(reader.peek(1).text)
    if (isOwn && !values.has(token.text)) {
      reader.next()
      // An annotation stands between the name and the value.
      while (reader.peek().text !== '=' && reader.peek().kind !== 'newline') reader.next()
      if (reader.takes('=')) values.set(token.text, reader.value())
    }
    reader.skipLine()
  }
  const id = idsOf(values.get('revision'))[0]
  if (id === undefined) throw new PythonProblem(0, 'it declares no literal revision')
  return { id, title, parents: idsOf(values.get('down_revision')), dependsOn: idsOf(values.get('depends_on')) }
}

/** Tokens of what stands before the functions, whose code may hold strings that are not read here. */
function declarationsOf(source: string): readonly Token[] {
  const code = /^(def|async|class|@)/m.exec(source)
  try {
    return tokensOf(code === null ? source : source.slice(0, code.index))
  } catch (error) {
    if (code === null || !(error instanceof PythonProblem)) throw error
    return tokensOf(source) // the docstring has a line that only looks like code
  }
}

const WANTED = new Set(['revision', 'down_revision', 'depends_on'])

function idsOf(value: Value | undefined): readonly string[] {
  if (value === undefined || (value.kind === 'constant' && value.name === 'None')) return []
  if (value.kind === 'string') return [value.literal.text]
  if (value.kind === 'list') return value.items.flatMap(idsOf)
  throw new PythonProblem(value.at, 'its revision or down_revision is put together while it runs')
}

/** Revisions that nothing revises: where an upgrade ends. */
export function headsOf(revisions: readonly Revision[]): readonly string[] {
  const revised = new Set(revisions.flatMap(({ parents }) => parents))
  return revisions.map(({ id }) => id).filter((id) => !revised.has(id))
}

/** Revisions with all that they revise or depend on, down to the bases. */
export function withAncestors(revisions: readonly Revision[], ids: readonly string[]): ReadonlySet<string> {
  const known = new Map(revisions.map((revision) => [revision.id, revision]))
  const found = new Set<string>()
  const open = [...ids]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (found.has(id)) continue
    found.add(id)
    const revision = known.get(id)
    if (revision !== undefined) open.push(...revision.parents, ...revision.dependsOn)
  }
  return found
}

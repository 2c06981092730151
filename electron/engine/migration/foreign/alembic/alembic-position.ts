import { headsOf, type Revision } from './alembic-graph'

/** Where the database stands in the graph, in words; `current` is null when Alembic was never used in it. */
export function positionOf(revisions: readonly Revision[], current: readonly string[] | null): string {
  const heads = headsOf(revisions)
  const parts = [
    current === null || current.length === 0
      ? 'The database is at base: nothing is applied.'
      : `The database is at ${current.map((id) => placed(id, revisions, heads)).join(' and ')}.`,
  ]
  if (heads.length > 1) {
    parts.push(`There are ${heads.length} heads: ${heads.join(', ')}. "alembic merge heads" joins them.`)
  } else if (heads[0] !== undefined && !current?.includes(heads[0])) parts.push(`The head is ${heads[0]}.`)
  return parts.join(' ')
}

function placed(id: string, revisions: readonly Revision[], heads: readonly string[]): string {
  if (!revisions.some((revision) => revision.id === id)) return `${id}, which has no file here`
  return heads.includes(id) ? `${id} (head)` : id
}

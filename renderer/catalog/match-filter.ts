import type { CatalogIndex, ItemNode } from './catalog-index'

/** What a filter leaves of the tree. */
export interface Matches {
  /** Keys of the items whose names match. */
  readonly keys: ReadonlySet<string>
  /** Keys of partitioned tables that are kept for a partition below them. */
  readonly ancestors: ReadonlySet<string>
}

/**
 * The relations, routines and types that match; null when the filter is empty. Every word must be part of `schema.name`, and at least one must
 * reach into the name, in any case of letters. Looks at each item once.
 */
export function matchFilter(index: CatalogIndex, filter: string): Matches | null {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return null
  const keys = new Set<string>()
  const ancestors = new Set<string>()
  const visit = (item: ItemNode): boolean => {
    let isKept = false
    if (matches(item.search, item.schema.length + 1, words)) {
      keys.add(item.key)
      isKept = true
    }
    if (item.type !== 'relation') return isKept
    for (const partition of item.partitions) {
      if (!visit(partition)) continue
      ancestors.add(item.key)
      isKept = true
    }
    return isKept
  }
  for (const { groups } of index.schemas) for (const { items } of groups) for (const item of items) visit(item)
  return { keys, ancestors }
}

function matches(search: string, nameFrom: number, words: readonly string[]): boolean {
  let reachesName = false
  for (const word of words) {
    const at = search.lastIndexOf(word)
    if (at < 0) return false
    if (at + word.length > nameFrom) reachesName = true
  }
  return reachesName
}

import type { Facts } from '../facts'

/** How large a table is here, to stand behind its mention; empty when nobody knows. */
export function sizeOf(facts: Facts, table: string): string {
  const rows = facts.relations.get(table)?.rows ?? null
  if (rows === null) return ''
  return ` (about ${rows.toLocaleString('en-US')} ${rows === 1 ? 'row' : 'rows'} here)`
}

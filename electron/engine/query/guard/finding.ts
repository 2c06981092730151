import type { RangeVar } from 'libpg-query'

/** What of a statement asks before it is run on production. */
export interface Finding {
  /** What it is, in PostgreSQL's words. */
  readonly title: string
  readonly reason: string
  /** What its rows can be estimated by: its own plan, or the relations it concerns; null where there is nothing to estimate. */
  readonly rows: { readonly by: 'plan' } | { readonly by: 'relations'; readonly names: readonly string[] } | null
  /** True for what the server refuses anyway in a READ ONLY transaction. */
  readonly isWrite: boolean
}

/** A finding without an estimate of rows. */
export function acting(title: string, reason: string, isWrite: boolean): Finding {
  return { title, reason, rows: null, isWrite }
}

/** True for a relation that is nobody else's. */
export function isTemporary(relation: RangeVar | undefined): boolean {
  return relation?.relpersistence === 't' || relation?.schemaname === 'pg_temp'
}

import type { Session } from '../session/session'
import { TYPE_NAMES } from './catalog-sql'

/** A type as a result column names it. */
export interface TypeReference {
  readonly oid: number
  /** Type modifier; -1 for none. */
  readonly typmod: number
}

/**
 * The types' names as `format_type` prints them, in the same order: `numeric(12,2)`, `shop.order_status`. `???` for a type that the session
 * cannot see, e.g. one made in another session's open transaction.
 */
export async function typeNames(session: Session, types: readonly TypeReference[]): Promise<readonly string[]> {
  if (types.length === 0) return []
  const oids = `{${types.map(({ oid }) => oid).join()}}`
  const typmods = `{${types.map(({ typmod }) => typmod).join()}}`
  const { rows } = await session.query(TYPE_NAMES, [oids, typmods])
  return rows.map(([name]) => name ?? '???')
}

/** What takes a statement back. */
export interface Inverse {
  /** Statements in the order in which they run, without `;`. */
  readonly sql: readonly string[]
  /** `exact` brings the schema back; `lossy` does not bring all of it, or not the rows; `none` is nothing at all. */
  readonly kind: 'exact' | 'lossy' | 'none' | 'not needed'
  /** Why there is none or what is lost; null where nothing is to be said. */
  readonly remark: string | null
}

/** Called once the statement has run: what it made, and the names that the server gave, are known only then. */
export type Finish = () => Promise<Inverse>

/** These statements bring it back. */
export function exact(...sql: readonly string[]): Inverse {
  return { sql, kind: 'exact', remark: null }
}

/** These statements bring back all but what the remark says. */
export function lossy(sql: readonly string[], remark: string): Inverse {
  return { sql, kind: 'lossy', remark }
}

/** Nothing brings it back by itself. */
export function none(remark: string): Inverse {
  return { sql: [], kind: 'none', remark }
}

/** There is nothing to bring back. */
export function notNeeded(remark: string): Inverse {
  return { sql: [], kind: 'not needed', remark }
}

/** Several inverses as one, in this order. */
export function together(inverses: readonly Inverse[]): Inverse {
  const remarks = [...new Set(inverses.flatMap(({ remark }) => (remark === null ? [] : [remark])))]
  const kinds = new Set(inverses.map(({ kind }) => kind))
  const isPartly = kinds.has('none') || kinds.has('lossy')
  const sql = inverses.flatMap((one) => one.sql)
  const nothing = kinds.has('none') ? 'none' : kinds.has('not needed') ? 'not needed' : 'exact'
  const kind = sql.length === 0 ? nothing : isPartly ? 'lossy' : 'exact'
  return { sql, kind, remark: remarks.length === 0 ? null : remarks.join(' ') }
}

/** The same inverse whatever running the statement shows. */
export function known(inverse: Inverse): Finish {
  return async () => inverse
}

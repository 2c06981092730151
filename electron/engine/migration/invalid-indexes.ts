import { sqlTokens, tokenBody } from '../../../contract/sql-tokens'
import type { Session } from '../session/session'

/** An INVALID index, as a failed or interrupted concurrent build leaves it. */
export interface InvalidIndex {
  /** Qualified and quoted, ready to be put into a statement. */
  readonly name: string
  /** Its table, likewise. */
  readonly table: string
}

/** The INVALID indexes of the database, without those that somebody may be building at this moment. */
export async function readInvalidIndexes(session: Session): Promise<readonly InvalidIndex[]> {
  const { rows } =
    await session.query(`select pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname),
      pg_catalog.quote_ident(tn.nspname) || '.' || pg_catalog.quote_ident(t.relname)
    from pg_catalog.pg_index i
    join pg_catalog.pg_class c on c.oid = i.indexrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    join pg_catalog.pg_class t on t.oid = i.indrelid join pg_catalog.pg_namespace tn on tn.oid = t.relnamespace
    where not i.indisvalid and c.relkind = 'i' -- i = index; a partitioned index may wait for its parts
      and not exists (
        select from pg_catalog.pg_locks l join pg_catalog.pg_stat_activity a on a.pid = l.pid
        where l.relation = i.indrelid and l.database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
          and l.mode = 'ShareUpdateExclusiveLock' and l.granted -- held on the table for as long as a concurrent build lasts
          and a.usesysid is not null -- autovacuum takes it too, and has no role
      )
    order by 1`)
  return rows.map((row) => ({ name: row[0] ?? '', table: row[1] ?? '' }))
}

/** The index that a CREATE INDEX CONCURRENTLY builds, by the names it gives. */
export interface BuiltIndex {
  /** Null where the server chooses the name. */
  readonly index: string | null
  /** Null where the search_path finds the table. */
  readonly schema: string | null
  readonly table: string
}

/** What a statement builds without blocking writers; null when it is no such CREATE INDEX, or names it in a way not read here. */
export function builtBy(statement: string): BuiltIndex | null {
  const tokens = sqlTokens(statement).filter((token) => token.kind !== 'comment')
  const texts = tokens.map((token) => statement.slice(token.from, token.to).toLowerCase())
  let at = texts.indexOf('concurrently') + 1
  if (texts[0] !== 'create' || at === 0) return null
  if (texts.slice(at, at + 3).join(' ') === 'if not exists') at += 3
  const name = () => {
    const token = tokens[at]
    if (token === undefined) return null
    at += 1
    const { text } = tokenBody(statement, token)
    if (token.kind === 'word') return text.toLowerCase()
    return token.kind === 'name' ? text : null
  }
  const index = texts[at] === 'on' ? null : name()
  if (texts[at] !== 'on') return null
  at += texts[at + 1] === 'only' ? 2 : 1
  const first = name()
  if (texts[at] !== '.') return first === null ? null : { index, schema: null, table: first }
  at += 1
  const table = name()
  return first === null || table === null ? null : { index, schema: first, table }
}

/** The INVALID indexes that a concurrent build of this statement would have left, by the names it gives or by its table. */
export function leftBy(statement: string, invalid: readonly InvalidIndex[]): readonly InvalidIndex[] {
  const built = builtBy(statement)
  if (built !== null) {
    return invalid.filter((each) => {
      const [schema, table] = partsOf(each.table)
      const isThere = table === built.table && (built.schema === null || built.schema === schema)
      return isThere && (built.index === null || built.index === partsOf(each.name)[1])
    })
  }
  // REINDEX CONCURRENTLY builds beside the old index, under its name with a suffix.
  if (/^\s*reindex\b/i.test(statement)) return invalid.filter(({ name }) => /_cc(new|old)\d*"?$/.test(name))
  return []
}

/** The names of a qualified name without their quotes. */
function partsOf(qualified: string): readonly string[] {
  const parts = qualified.match(/"(?:[^"]|"")*"|[^."]+/g) ?? []
  return parts.map((part) => (part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part))
}

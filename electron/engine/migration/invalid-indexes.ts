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

/** The INVALID indexes that a concurrent build of this statement would have left, by the names it gives or by its table. */
export function leftBy(statement: string, invalid: readonly InvalidIndex[]): readonly InvalidIndex[] {
  const text = statement.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, ' ')
  const built =
    /\bconcurrently\s+(?:if\s+not\s+exists\s+)?(?:(?!on\b)(IDENT)\s+)?on\s+(?:only\s+)?(?:IDENT\s*\.\s*)?(IDENT)/.source
  const found = identified(built).exec(text)
  if (/^\s*create\b/i.test(text) && found !== null) {
    const [, index, table] = found
    return invalid.filter((each) => {
      if (index !== undefined) return isNamed(index, each.name)
      return table !== undefined && isNamed(table, each.table)
    })
  }
  // REINDEX CONCURRENTLY builds beside the old index, under its name with a suffix.
  if (/^\s*reindex\b/i.test(text)) return invalid.filter(({ name }) => /_cc(new|old)\d*"?$/.test(name))
  return []
}

/** True when the name as written in a statement is the last part of a qualified name. */
function isNamed(written: string, qualified: string): boolean {
  const bare = written.startsWith('"') ? written.slice(1, -1).replaceAll('""', '"') : written.toLowerCase()
  const own = qualified.endsWith('"')
    ? (/"((?:[^"]|"")+)"$/.exec(qualified)?.[1] ?? '').replaceAll('""', '"')
    : qualified.slice(qualified.lastIndexOf('.') + 1)
  return bare === own
}

function identified(source: string): RegExp {
  return new RegExp(source.replaceAll('IDENT', String.raw`(?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)`), 'iu')
}

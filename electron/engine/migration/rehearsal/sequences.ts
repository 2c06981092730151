import type { Session } from '../../session/session'

/** Where every sequence stands, by name; a rollback sets none of them back. */
export async function readSequences(session: Session): Promise<ReadonlyMap<string, string>> {
  const { rows } =
    await session.query(`select pg_catalog.quote_ident(s.schemaname) || '.' || pg_catalog.quote_ident(s.sequencename),
      coalesce(s.last_value::text, '')
    from pg_catalog.pg_sequences s where s.schemaname !~ '^pg_' and s.schemaname <> 'strata'`)
  return new Map(rows.map(([name, value]) => [name ?? '', value ?? '']))
}

/** Names of those that moved in between. */
export function movedSince(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly string[] {
  return [...before].filter(([name, value]) => (after.get(name) ?? value) !== value).map(([name]) => name)
}

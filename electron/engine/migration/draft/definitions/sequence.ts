import type { Catalog } from '../catalog'

const SEQUENCE = `
select s.seqrelid::pg_catalog.regclass, pg_catalog.concat_ws(' ',
  'as', pg_catalog.format_type(s.seqtypid, null), 'increment by', s.seqincrement, 'minvalue', s.seqmin, 'maxvalue', s.seqmax,
  'start with', s.seqstart, 'cache', s.seqcache, case when s.seqcycle then 'cycle' else 'no cycle' end)
from pg_catalog.pg_sequence s where s.seqrelid = $1`

/** `sequence NAME as … increment by …`: what CREATE and ALTER take. */
export async function sequenceText(catalog: Catalog, oid: string): Promise<string> {
  const [row] = await catalog.rows(SEQUENCE, [oid])
  return `sequence ${row?.[0] ?? ''} ${row?.[1] ?? ''}`
}

import { literal } from '../../parse/names'
import type { Parser } from '../../parse/parser'
import type { Catalog } from './catalog'
import { exact, type Finish, notNeeded } from './inverse'

const DESCRIPTIONS = `
select classoid, objoid, objsubid, description from pg_catalog.pg_description
where objoid >= 16384 or classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass -- 16384 = the first that is not PostgreSQL's own
union all select classoid, objoid, 0, description from pg_catalog.pg_shdescription`

/** The inverse of COMMENT ON: the comment that was there, or none. */
export async function invertComment(text: string, catalog: Catalog, parser: Parser): Promise<Finish> {
  const before = await descriptions(catalog)
  return async () => {
    const after = await descriptions(catalog)
    const changed = [...new Set([...before.keys(), ...after.keys()])].find((key) => before.get(key) !== after.get(key))
    const end = parser.lastWord(text, 'is')
    if (changed === undefined || end === null) return notNeeded('The comment is the same as it was.')
    const old = before.get(changed)
    return exact(`${text.slice(0, end).trimEnd()} is ${old === undefined ? 'null' : literal(old)}`)
  }
}

async function descriptions(catalog: Catalog): Promise<ReadonlyMap<string, string>> {
  const rows = await catalog.rows(DESCRIPTIONS)
  return new Map(rows.map(([catalogOid, oid, part, text]) => [`${catalogOid} ${oid} ${part}`, text ?? '']))
}

import type { Catalog } from '../catalog'
import { commentsOf, ownerOf, privilegesOf } from './properties'

/** A function or a procedure as it is. */
export interface Routine {
  readonly oid: string
  /** Name and argument types, e.g. `area(integer)`. */
  readonly signature: string
  readonly word: 'function' | 'procedure' | 'aggregate'
  /** CREATE OR REPLACE …; null for an aggregate, which no catalog function writes. */
  readonly definition: string | null
}

const ROUTINES = `
select p.oid, p.oid::pg_catalog.regprocedure, case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end,
  case when p.prokind <> 'a' then pg_catalog.pg_get_functiondef(p.oid) end -- a = aggregate
from pg_catalog.pg_proc p`

/** The functions, procedures and aggregates of a name in any schema, by object identifier. */
export async function routinesNamed(catalog: Catalog, name: string): Promise<ReadonlyMap<string, Routine>> {
  const all = (await catalog.rows(`${ROUTINES} where p.proname = $1`, [name])).map(routineOf)
  return new Map(all.map((routine) => [routine.oid, routine]))
}

/** The statements that make a routine again with its comment, owner and privileges; null for an aggregate. */
export async function routineDefinition(catalog: Catalog, oid: string): Promise<readonly string[] | null> {
  const [row] = await catalog.rows(`${ROUTINES} where p.oid = $1`, [oid])
  if (row === undefined) return null
  const { definition, signature, word } = routineOf(row)
  if (definition === null) return null
  return [
    definition,
    ...(await commentsOf(catalog, 'pg_proc', oid)),
    ...(await ownerOf(catalog, 'pg_proc', oid, `${word} ${signature}`)),
    ...(await privilegesOf(catalog, 'pg_proc', oid, signature)),
  ]
}

function routineOf([oid, signature, word, definition]: readonly (string | null)[]): Routine {
  return {
    oid: oid ?? '',
    signature: signature ?? '',
    word: word === 'procedure' || word === 'aggregate' ? word : 'function',
    definition: definition?.trimEnd() ?? null,
  }
}

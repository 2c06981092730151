import type { DropStmt, Node } from 'libpg-query'
import { dottedName, quoted, strings } from '../../parse/names'
import { typeText } from '../lint/rules/types'
import type { Catalog } from './catalog'
import { constraintsOf, type Part, policiesOf, rulesOf, triggersOf } from './definitions/parts'
import { commentsOf, ownerOf, privilegesOf } from './definitions/properties'
import { routineDefinition } from './definitions/routine'
import { sequenceText } from './definitions/sequence'
import { tableDefinition } from './definitions/table'
import { typeDefinition } from './definitions/type'
import { createView, viewDefinition } from './definitions/view'
import { exact, type Finish, type Inverse, lossy, none, notNeeded, together } from './inverse'
import { writtenNames } from './invert-create'

/** The inverse of a DROP: the definitions as the catalog has them before it runs. */
export async function invertDrop(statement: DropStmt, catalog: Catalog): Promise<Finish> {
  const { removeType, objects, behavior } = statement
  const inverses: Inverse[] = []
  const others = behavior === 'DROP_CASCADE' ? await dependentsOf(catalog) : null
  for (const object of objects ?? []) inverses.push(await invertOne(removeType ?? '', object, statement, catalog))
  // What was dropped last may need what was dropped first.
  const own = keysLast(together(inverses.reverse()))
  return async () => {
    if (others === null) return own
    const gone = await others.gone()
    const restored = gone.filter((sql) => !own.sql.includes(sql))
    return lossy(
      [...own.sql, ...restored],
      joined(own.remark, 'CASCADE dropped more: views and foreign keys come back, other things may not.'),
    )
  }
}

/** Foreign keys after all tables: they may refer to one another. */
function keysLast(inverse: Inverse): Inverse {
  const isKey = (sql: string) => /^alter table .* add constraint .* FOREIGN KEY /.test(sql)
  return { ...inverse, sql: [...inverse.sql.filter((sql) => !isKey(sql)), ...inverse.sql.filter(isKey)] }
}

async function invertOne(kind: string, object: Node, statement: DropStmt, catalog: Catalog): Promise<Inverse> {
  const name = writtenNames([object])[0] ?? ''
  switch (kind) {
    case 'OBJECT_TABLE':
      return relation(catalog, name, async (oid) => {
        const sql = await tableDefinition(catalog, oid)
        if (sql === null) return none(`The definition of ${name} cannot be read from the catalog.`)
        return lossy(sql, `DROP TABLE ${name}: the rows cannot come back; the definition can, from the catalog.`)
      })
    case 'OBJECT_VIEW':
    case 'OBJECT_MATVIEW':
      return relation(catalog, name, async (oid) => {
        const view = await viewDefinition(catalog, oid)
        return view === null ? none(`${name} is no view.`) : exact(...createView(view))
      })
    case 'OBJECT_INDEX':
      return relation(catalog, name, async (oid) => {
        const sql = (await catalog.value('select pg_catalog.pg_get_indexdef($1)', [oid])) ?? ''
        const own = statement.concurrent === true ? sql.replace(/^(CREATE (?:UNIQUE )?INDEX)/, '$1 CONCURRENTLY') : sql
        return exact(own, ...(await commentsOf(catalog, 'pg_class', oid)))
      })
    case 'OBJECT_SEQUENCE':
      return relation(catalog, name, async (oid) => {
        const sql = [`create ${await sequenceText(catalog, oid)}`, ...(await commentsOf(catalog, 'pg_class', oid))]
        return lossy(sql, `DROP SEQUENCE ${name}: it starts anew.`)
      })
    case 'OBJECT_TRIGGER':
    case 'OBJECT_POLICY':
    case 'OBJECT_RULE':
      return partOfTable(kind, object, catalog)
    case 'OBJECT_FUNCTION':
    case 'OBJECT_PROCEDURE':
    case 'OBJECT_ROUTINE':
      return routine(kind, object, catalog)
    case 'OBJECT_TYPE':
    case 'OBJECT_DOMAIN': {
      const oid = await catalog.type(name)
      const sql = oid === null ? null : await typeDefinition(catalog, oid)
      if (oid === null) return absent(name)
      return sql === null ? none(`The definition of ${name} cannot be read from the catalog.`) : exact(...sql)
    }
    case 'OBJECT_SCHEMA':
      return schema(name, object, catalog)
    case 'OBJECT_EXTENSION':
      return extension(object, catalog)
    default:
      return none(`Strata cannot write the definition of ${name === '' ? 'it' : name} from the catalog.`)
  }
}

async function relation(catalog: Catalog, name: string, define: (oid: string) => Promise<Inverse>): Promise<Inverse> {
  const oid = await catalog.relation(name)
  return oid === null ? absent(name) : define(oid)
}

function absent(name: string): Inverse {
  return notNeeded(`${name} was not there.`)
}

async function partOfTable(kind: string, object: Node, catalog: Catalog): Promise<Inverse> {
  const parts = 'List' in object ? strings(object.List.items) : []
  const table = parts.slice(0, -1).map(quoted).join('.')
  const name = parts.at(-1) ?? ''
  return relation(catalog, table, async (oid) => {
    const all: readonly Part[] =
      kind === 'OBJECT_TRIGGER'
        ? await triggersOf(catalog, oid, table)
        : kind === 'OBJECT_POLICY'
          ? await policiesOf(catalog, oid, table)
          : await rulesOf(catalog, oid)
    const found = all.find((one) => one.name === name)
    if (found === undefined) return absent(name)
    const from = kind === 'OBJECT_TRIGGER' ? 'pg_trigger' : kind === 'OBJECT_POLICY' ? 'pg_policy' : 'pg_rewrite'
    return exact(...found.sql, ...(await commentsOf(catalog, from, found.oid)))
  })
}

async function routine(kind: string, object: Node, catalog: Catalog): Promise<Inverse> {
  if (!('ObjectWithArgs' in object)) return none('It cannot be found in the catalog.')
  const { objname, objargs, args_unspecified: isBare } = object.ObjectWithArgs
  const name = dottedName(objname)
  const types = (objargs ?? []).flatMap((one) => ('TypeName' in one ? [typeText(one.TypeName)] : []))
  const oid = isBare
    ? await catalog.value('select pg_catalog.to_regproc($1)::pg_catalog.oid', [name])
    : await catalog.value('select pg_catalog.to_regprocedure($1)::pg_catalog.oid', [`${name}(${types.join(', ')})`])
  if (oid === null) return absent(name)
  const sql = await routineDefinition(catalog, oid)
  const word = kind === 'OBJECT_PROCEDURE' ? 'procedure' : 'function'
  return sql === null ? none(`The definition of ${word} ${name} cannot be read from the catalog.`) : exact(...sql)
}

async function schema(name: string, object: Node, catalog: Catalog): Promise<Inverse> {
  const plain = strings([object])[0] ?? ''
  const oid = await catalog.value('select oid from pg_catalog.pg_namespace where nspname = $1', [plain])
  if (oid === null) return absent(name)
  return exact(
    `create schema ${name}`,
    ...(await commentsOf(catalog, 'pg_namespace', oid)),
    ...(await ownerOf(catalog, 'pg_namespace', oid, `schema ${name}`)),
    ...(await privilegesOf(catalog, 'pg_namespace', oid, name)),
  )
}

async function extension(object: Node, catalog: Catalog): Promise<Inverse> {
  const plain = strings([object])[0] ?? ''
  const [row] = await catalog.rows(
    `select pg_catalog.quote_ident(n.nspname), pg_catalog.quote_literal(e.extversion) from pg_catalog.pg_extension e
     join pg_catalog.pg_namespace n on n.oid = e.extnamespace where e.extname = $1`,
    [plain],
  )
  return row === undefined
    ? absent(plain)
    : exact(`create extension ${quoted(plain)} schema ${row[0]} version ${row[1]}`)
}

const VIEWS = `select c.oid from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('v', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' order by c.oid`
const KEYS = `select distinct conrelid, conrelid::pg_catalog.regclass from pg_catalog.pg_constraint where contype = 'f'`

/** Every view and foreign key of the database, and which of them are gone later. */
async function dependentsOf(catalog: Catalog): Promise<{ gone(): Promise<readonly string[]> }> {
  const views = new Map<string, readonly string[]>()
  for (const oid of await catalog.list(VIEWS)) {
    const view = await viewDefinition(catalog, oid)
    if (view !== null) views.set(oid, createView(view))
  }
  const keys = new Map<string, { readonly table: string; readonly sql: readonly string[] }>()
  for (const [table, name] of await catalog.rows(KEYS)) {
    for (const part of await constraintsOf(catalog, table ?? '', name ?? '')) {
      if (part.isForeignKey) keys.set(part.oid, { table: table ?? '', sql: part.sql })
    }
  }
  return {
    gone: async () => {
      const tables = new Set(await catalog.list('select oid from pg_catalog.pg_class'))
      const left = new Set(await catalog.list(`select oid from pg_catalog.pg_constraint where contype = 'f'`))
      const lostViews = [...views].filter(([oid]) => !tables.has(oid)).flatMap(([, sql]) => sql)
      // The keys of a table that was dropped itself come with its definition.
      const lostKeys = [...keys]
        .filter(([oid, { table }]) => !left.has(oid) && tables.has(table))
        .flatMap(([, { sql }]) => sql)
      return [...lostViews, ...lostKeys]
    },
  }
}

function joined(...parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null).join(' ')
}

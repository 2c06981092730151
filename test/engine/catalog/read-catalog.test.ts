import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Catalog, Schema } from '../../../contract/catalog'
import { catalog as catalogSchema } from '../../../contract/catalog'
import { prepareCatalogSession, readCatalog } from '../../../electron/engine/catalog/read-catalog'
import type { Session } from '../../../electron/engine/session/session'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { openCatalogSession } from './open-catalog-session'

const HOSTILE = [
  'quo"te',
  "apos'trophe",
  'new\nline',
  '日本 ☃ 🐘',
  '__proto__',
  '<img src=x onerror=alert(1)>',
  'semi; DROP TABLE x; --',
  'back\\slash',
  '$$dollar$$',
]
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

let database: TestDatabase
let session: Session

beforeAll(async () => {
  database = await createDatabase()
  session = await openCatalogSession(database)
})
afterAll(async () => {
  await session.end()
  await database.drop()
})

async function schemaNamed(name: string): Promise<Schema> {
  const found = (await readCatalog(session)).schemas.find((schema) => schema.name === name)
  if (found === undefined) throw new Error(`no schema ${name}`)
  return found
}

const names = (list: readonly { readonly name: string }[]): string[] => list.map(({ name }) => name)

describe('catalog', () => {
  it('satisfies the contract and names the database', async () => {
    await database.query('CREATE TABLE public.t (id int)')

    const catalog: Catalog = await readCatalog(session)

    expect(catalogSchema.parse(catalog)).toEqual(catalog)
    expect(catalog.database).toBe(database.name)
  })

  it('lists every schema of users, empty ones too, and none of the server', async () => {
    await database.query('CREATE SCHEMA strata; CREATE SCHEMA "Empty"; CREATE TEMP TABLE passing (id int)')

    const { schemas } = await readCatalog(session)

    expect(names(schemas)).toEqual(expect.arrayContaining(['Empty', 'public', 'strata']))
    expect(names(schemas).filter((name) => name.startsWith('pg_') || name === 'information_schema')).toEqual([])
    expect(names(schemas)).toEqual(names(schemas).toSorted())
  })

  it('lists relations of every kind and leaves out indexes and toast', async () => {
    await database.query(`
      CREATE SCHEMA kinds;
      CREATE TABLE kinds.a_table (id serial PRIMARY KEY, long text);
      CREATE TABLE kinds.b_parted (id int) PARTITION BY RANGE (id);
      CREATE VIEW kinds.c_view AS SELECT 1 AS one;
      CREATE MATERIALIZED VIEW kinds.d_matview AS SELECT 1 AS one;
      CREATE SEQUENCE kinds.e_sequence;
      CREATE FOREIGN DATA WRAPPER nowhere; CREATE SERVER far FOREIGN DATA WRAPPER nowhere;
      CREATE FOREIGN TABLE kinds.f_foreign (id int) SERVER far;
      CREATE UNLOGGED TABLE kinds.g_unlogged (id int);
      CREATE TYPE kinds.pair AS (a int, b int);`)

    const { relations } = await schemaNamed('kinds')

    expect(relations.map(({ name, kind }) => [name, kind])).toEqual([
      ['a_table', 'table'],
      ['a_table_id_seq', 'sequence'],
      ['b_parted', 'partitioned table'],
      ['c_view', 'view'],
      ['d_matview', 'materialized view'],
      ['e_sequence', 'sequence'],
      ['f_foreign', 'foreign table'],
      ['g_unlogged', 'table'],
    ])
  })

  it('tells a partition by its parent, at every level of the tree, and not a child that inherits', async () => {
    await database.query(`
      CREATE SCHEMA parts;
      CREATE TABLE parts.root (id int, place text) PARTITION BY RANGE (id);
      CREATE TABLE parts.low PARTITION OF parts.root FOR VALUES FROM (0) TO (10) PARTITION BY LIST (place);
      CREATE TABLE parts.low_here PARTITION OF parts.low FOR VALUES IN ('here');
      CREATE TABLE parts.rest PARTITION OF parts.root DEFAULT;
      CREATE TABLE parts.plain (id int);
      CREATE TABLE parts.heir () INHERITS (parts.plain);`)

    const { relations } = await schemaNamed('parts')

    const nameOf = new Map(relations.map(({ oid, name }) => [oid, name]))
    expect(relations.map(({ name, parentOid }) => [name, parentOid === null ? null : nameOf.get(parentOid)])).toEqual([
      ['heir', null],
      ['low', 'root'],
      ['low_here', 'low'],
      ['plain', null],
      ['rest', 'root'],
      ['root', null],
    ])
  })

  it('gives the planner’s estimate after ANALYZE and null before', async () => {
    await database.query(`
      CREATE SCHEMA counts;
      CREATE TABLE counts.known (id int); INSERT INTO counts.known SELECT generate_series(1, 4200); ANALYZE counts.known;
      CREATE TABLE counts.nothing (id int); ANALYZE counts.nothing;
      CREATE TABLE counts.never (id int);
      CREATE VIEW counts.view AS SELECT 1 AS one;
      CREATE SEQUENCE counts.sequence;`)

    const { relations } = await schemaNamed('counts')

    expect(Object.fromEntries(relations.map(({ name, estimatedRows }) => [name, estimatedRows]))).toEqual({
      known: 4200,
      nothing: 0,
      never: null,
      view: null,
      sequence: null,
    })
  })

  it('gives the comment of the relation, not of its columns', async () => {
    await database.query(`
      CREATE SCHEMA comments; CREATE TABLE comments.t (id int); CREATE TABLE comments.u (id int);
      COMMENT ON TABLE comments.t IS 'one''s "own"'; COMMENT ON COLUMN comments.u.id IS 'a column';`)

    const { relations } = await schemaNamed('comments')

    expect(relations.map(({ comment }) => comment)).toEqual([`one's "own"`, null])
  })

  it('gives one entry per overload with its own arguments, and kinds of routines', async () => {
    await database.query(`
      CREATE SCHEMA routines;
      CREATE FUNCTION routines.f(a int, OUT b text) LANGUAGE sql AS $$ SELECT 'x' $$;
      CREATE FUNCTION routines.f(a text, b numeric(3,1) DEFAULT 1) RETURNS SETOF int LANGUAGE sql AS $$ SELECT 1 $$;
      CREATE FUNCTION routines.f() RETURNS TABLE (x int, y date) LANGUAGE sql AS $$ SELECT 1, now()::date $$;
      CREATE PROCEDURE routines.p(INOUT n int) LANGUAGE sql AS $$ SELECT 1 $$;
      CREATE AGGREGATE routines.total(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');
      CREATE FUNCTION routines.w() RETURNS bigint LANGUAGE internal WINDOW AS 'window_row_number';`)

    const { routines } = await schemaNamed('routines')

    expect(routines.map(({ name, kind, arguments: list, result }) => [name, kind, list, result])).toEqual([
      ['f', 'function', '', 'TABLE(x integer, y date)'],
      ['f', 'function', 'a integer, OUT b text', 'text'],
      ['f', 'function', 'a text, b numeric', 'SETOF integer'],
      ['p', 'procedure', 'INOUT n integer', null],
      ['total', 'aggregate', 'integer', 'integer'],
      ['w', 'window function', '', 'bigint'],
    ])
  })

  it('lists the types users made, without arrays, row types, multiranges and range constructors', async () => {
    await database.query(`
      CREATE SCHEMA types;
      CREATE TYPE types.mood AS ENUM ('sad', 'it''s ok', 'happy');
      ALTER TYPE types.mood ADD VALUE 'calm' BEFORE 'happy';
      CREATE TYPE types.no_labels AS ENUM ();
      CREATE DOMAIN types.positive AS numeric(8,2) DEFAULT 1 NOT NULL CHECK (VALUE > 0);
      CREATE TYPE types.pair AS (a int, "b b" types.mood[]);
      CREATE TYPE types.nothing AS ();
      CREATE TYPE types.span AS RANGE (SUBTYPE = float8);
      CREATE TYPE types.shell;
      CREATE TABLE types.t (id int); CREATE VIEW types.v AS SELECT 1 AS one;`)

    const { types, routines } = await schemaNamed('types')

    expect(types.map(({ name, kind, definition }) => [name, kind, definition])).toEqual([
      ['mood', 'enum', `'sad', 'it''s ok', 'calm', 'happy'`],
      ['no_labels', 'enum', ''],
      ['nothing', 'composite type', ''],
      ['pair', 'composite type', 'a integer, "b b" types.mood[]'],
      ['positive', 'domain', 'numeric(8,2) DEFAULT 1 NOT NULL CHECK ((VALUE > (0)::numeric))'],
      ['span', 'range', 'double precision'],
    ])
    expect(routines).toEqual([])
  })

  it('leaves out what belongs to an extension', async () => {
    await database.query(`
      CREATE SCHEMA extended; CREATE EXTENSION hstore SCHEMA extended;
      CREATE FUNCTION extended.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'`)

    const { relations, routines, types } = await schemaNamed('extended')

    expect([names(relations), names(routines), names(types)]).toEqual([[], ['mine'], []])
  })

  it('keeps hostile names as they are', async () => {
    for (const name of HOSTILE) {
      await database.query(`
        CREATE SCHEMA ${quoted(name)};
        CREATE TABLE ${quoted(name)}.${quoted(name)} (${quoted(name)} int);
        CREATE TYPE ${quoted(name)}.${quoted(`${name} type`)} AS ENUM (${`'${name.replaceAll("'", "''")}'`});
        CREATE FUNCTION ${quoted(name)}.${quoted(name)}(${quoted(name)} int) RETURNS int LANGUAGE sql AS 'SELECT 1'`)
    }

    const { schemas } = await readCatalog(session)

    const hostile = schemas.filter(({ name }) => HOSTILE.includes(name))
    expect(hostile).toHaveLength(HOSTILE.length)
    for (const { name, relations, routines, types } of hostile) {
      expect([names(relations), names(routines), names(types)]).toEqual([[name], [name], [`${name} type`]])
    }
  })

  it('shows a role without any rights the same tree', async () => {
    await database.query(
      'CREATE SCHEMA locked; CREATE TABLE locked.t (id int); CREATE FUNCTION locked.f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
    )
    await database.query('REVOKE ALL ON SCHEMA locked FROM PUBLIC; REVOKE ALL ON locked.t FROM PUBLIC')
    const ordinary = await openCatalogSession(database, inject('cluster').roles.app)

    const seen = await readCatalog(ordinary)

    await ordinary.end()
    expect(seen).toEqual(await readCatalog(session))
  })

  it('leaves the session with an empty search_path', async () => {
    await prepareCatalogSession(session)

    expect((await session.query('SHOW search_path')).rows).toEqual([['']])
  })
})

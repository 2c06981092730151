import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { createProject, type Project } from '../../support/migration-project'

const ALL = { kind: 'apply all' } as const

/** Bodies that other tools stumble over, each with a question about what it must have done. */
const APPLIED: readonly (readonly [name: string, body: string, question: string, answer: string])[] = [
  ['a dollar-quoted body', 'create function f() returns int language sql as $$ select 1; $$;', 'select f()', '1'],
  [
    'nested dollar quotes',
    'do $a$ begin execute $b$ create table t (v text default $c$x;y$c$); $b$; end $a$; insert into t default values;',
    'select v from t',
    'x;y',
  ],
  [
    'semicolons and quotes in strings',
    `create table t as select 'it''s; here' || E'\\';' as v;`,
    'select v from t',
    "it's; here';",
  ],
  [
    'nested comments',
    '/* a /* b; */ ; */ create table t (i int); -- the end;\nselect 1 /* ; */',
    'select count(*) from t',
    '0',
  ],
  [
    'a BEGIN ATOMIC body',
    'create table t (i int); create procedure p() begin atomic insert into t values (case when true then 1 else 2 end); insert into t values (2); end; call p();',
    'select count(*) from t',
    '2',
  ],
  [
    'COPY with its data',
    'create table t (a int, b text);\ncopy t (a, b) from stdin;\n1\tx;y\n2\t\\N\n\\.\nupdate t set a = a + 1;',
    'select sum(a) from t',
    '5',
  ],
  [
    'the guards of pg_dump',
    '\\restrict abc\ncreate table t (i int);\n\\unrestrict abc\n',
    'select count(*) from t',
    '0',
  ],
  [
    'percent signs',
    "create table t as select '100%s %% %(x)s' as v where 5 % 2 = 1 and 'a' like '%a%';",
    'select v from t',
    '100%s %% %(x)s',
  ],
  [
    'colons',
    `create table t as select '{"a":1}'::jsonb as v, ':name' as w, (array[1,2,3])[1:2] as x;`,
    "select v ->> 'a' from t",
    '1',
  ],
  ['question marks', `create table t as select '{"a":1}'::jsonb ? 'a' as v, '?' as w;`, 'select v from t', 'true'],
  [
    'quoted names',
    'create table "a;b""c" ("select" int); insert into "a;b""c" values (7);',
    'select "select" from "a;b""c"',
    '7',
  ],
  [
    'a rule with several statements',
    'create table t (i int); create table u (i int); create rule r as on insert to t do also (insert into u values (new.i); insert into u values (new.i + 1)); insert into t values (1);',
    'select count(*) from u',
    '2',
  ],
  [
    'an emptied search_path',
    "select pg_catalog.set_config('search_path', '', false); create table public.t (i int);",
    'select count(*) from t',
    '0',
  ],
  [
    'the section marks of other tools in a string',
    "create table t as select '\n-- migrate:down\n-- Down Migration\n-- +migrate Down\n' as v;",
    'select length(v) from t',
    '52',
  ],
  ['a byte order mark', '\ufeffcreate table t (i int);', 'select count(*) from t', '0'],
  ['empty statements', ';;\n;create table t (i int);;\n;', 'select count(*) from t', '0'],
  [
    'VACUUM outside a transaction',
    '-- transaction: off\ncreate table t (i int);\nvacuum t;',
    'select count(*) from t',
    '0',
  ],
  [
    'statements that answer with rows',
    'create table t as select generate_series(1, 1000) as i; select * from t;',
    'select count(*) from t',
    '1000',
  ],
  [
    'characters of every plane and U& strings',
    `create table "täöü🎉" as select U&'\\0041\\+01F389' || '\u2028' as v;`,
    'select length(v) from "täöü🎉"',
    '3',
  ],
]

/** Bodies that cannot be part of a migration, with what is said of them. */
const REFUSED: readonly (readonly [name: string, body: string, problem: string])[] = [
  [
    'a variable of psql',
    'create table t (i int);\n\\set x 1\n',
    '1_a.up.sql, line 2: \\set is a command of psql, not SQL.',
  ],
  [
    'its own transaction',
    'begin;\ncreate table t (i int);\ncommit;\n',
    '1_a.up.sql, line 1: BEGIN is not allowed here.',
  ],
  [
    'VACUUM inside a transaction',
    'create table t (i int);\nvacuum t;\n',
    '1_a.up.sql, line 2: VACUUM cannot run inside a transaction.',
  ],
]

describe('a migration', () => {
  let database: TestDatabase
  let project: Project
  beforeAll(async () => {
    database = await createDatabase('app')
  })
  beforeEach(async () => {
    project = await createProject(database)
  })
  afterEach(async () => {
    await project.remove()
    await database.query(
      'drop schema if exists strata cascade; drop schema public cascade; create schema public authorization app',
    )
  })
  afterAll(() => database.drop())

  const isThere = async () =>
    (await database.query("select count(*)::int as n from pg_class where relnamespace = 'public'::regnamespace"))
      .rows[0].n

  it.each(APPLIED)('runs %s', async (_, body, question, answer) => {
    await project.add('1_a', body, 'select 1')
    await project.add('2_b', 'create table after_it (i int)', 'select 1')

    const { outcome } = await project.act(ALL)

    const { rows } = await database.query(question)
    expect([outcome, String(Object.values(rows[0])[0])]).toEqual(['complete', answer])
    expect((await database.query("select to_regclass('public.after_it') as t")).rows).toEqual([{ t: 'after_it' }])
  })

  it.each(REFUSED)('is refused with its line for %s, and nothing runs', async (_, body, problem) => {
    await project.add('1_a', body, 'select 1')

    const { refusals } = await project.migrations.plan({ profileId: project.profileId, action: ALL })

    expect(refusals).toEqual([{ path: '1_a', message: expect.stringContaining(problem) }])
    expect(await isThere()).toBe(0)
  })

  it('fails at the line where a new enum value is used too early, and leaves nothing', async () => {
    await database.query("create type public.mood as enum ('glad'); alter type public.mood owner to app")
    await project.add('1_a', "alter type mood add value 'sad';\ncreate table t as\n  select 'sad'::mood;", 'select 1')

    const { failure } = await project.act(ALL)

    expect([failure?.line, failure?.column, failure?.cause]).toMatchObject([3, 10, { code: '55P04' }])
    expect((await database.query("select to_regclass('t') as t, enum_range(null::mood)::text as m")).rows).toEqual([
      { t: null, m: '{glad}' },
    ])
  })
})

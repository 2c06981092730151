import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LOCK_MODES } from '../../../../contract/lint'
import type { ProfileId } from '../../../../contract/profile'
import { readFacts } from '../../../../electron/engine/migration/lint/facts'
import { lintScript } from '../../../../electron/engine/migration/lint/lint-script'
import { locksOf } from '../../../../electron/engine/migration/lint/locks'
import { Made } from '../../../../electron/engine/migration/lint/made'
import { loadParser } from '../../../../electron/engine/parse/parser'
import { openSession } from '../../../../electron/engine/session/connect'
import type { Session } from '../../../../electron/engine/session/session'
import { createDatabase } from '../../../support/database'
import type { TestDatabase } from '../../../support/database-on'

const SETUP = `create schema m;
create type m.e as enum ('a');
create function m.f() returns trigger language plpgsql as $$ begin return new; end $$;
create function m.dice() returns int language plpgsql volatile as 'begin return 4; end';
create function m.four() returns int language sql immutable as 'select 4';
create table m.p (id int primary key);
create table m.t (x int, y int, y2 int not null, z int not null default 1, v varchar(50), n numeric(12, 2), ts timestamp, e m.e, c cidr, w text, iv interval(3));
insert into m.p select generate_series(1, 20);
insert into m.t select 1, i, i, 1, 'a', i, now(), 'a', '10.0.0.0/8', 'w', '1 s' from generate_series(1, 200) i;
create index t_i on m.t (y);
create unique index t_y2 on m.t (y2);
alter table m.t add constraint nv check (x > 0) not valid;
alter table m.t add constraint proven check (v is not null);
create trigger g0 before update on m.t for each row execute function m.f();
create policy p0 on m.t using (true);
create view m.v0 as select x from m.t;
create materialized view m.mv0 as select 1 a;
create unique index on m.mv0 (a);
create table m.par (a int) partition by range (a);
create table m.par1 partition of m.par for values from (0) to (10);
create table m.par3 (a int);
create table m.k (i int);
analyze`

// The statements of the measured matrix, and some more.
const STATEMENTS = `alter table m.t add column a int
alter table m.t add column a timestamptz default clock_timestamp()
alter table m.t add column a int references m.p (id)
alter table m.t drop column v
alter table m.t alter column x set not null
alter table m.t alter column x set default 9
alter table m.t alter column y type bigint
alter table m.t alter column x set statistics 200
alter table m.t alter column v set storage external
alter table m.t add constraint c check (x > 0)
alter table m.t validate constraint nv
alter table m.t add constraint f foreign key (x) references m.p (id)
alter table m.t add constraint f foreign key (x) references m.p (id) not valid
alter table m.t add constraint u unique using index t_y2
alter table m.t add primary key (y2)
alter table m.t drop constraint nv
alter table m.t rename column x to xx
alter table m.t enable row level security
alter table m.t set (fillfactor = 80)
alter table m.t set unlogged
alter table m.t replica identity full
alter table m.t disable trigger user
alter table m.t cluster on t_i
alter table m.par attach partition m.par3 for values from (10) to (20)
alter table m.par detach partition m.par1
create index on m.t (x)
create unique index on m.t (y2)
drop index m.t_i
reindex table m.t
create trigger g before insert on m.t for each row execute function m.f()
drop trigger g0 on m.t
drop policy p0 on m.t
create policy pp on m.t using (true)
alter policy p0 on m.t using (false)
create rule r as on insert to m.k do also select 1
create table m.c (id int references m.p (id))
create table m.c () inherits (m.k)
create table m.par2 partition of m.par for values from (30) to (40)
drop view m.v0
drop materialized view m.mv0
refresh materialized view m.mv0
refresh materialized view concurrently m.mv0
create statistics m.s on x, y from m.t
cluster m.t using t_i
truncate m.k
lock table m.t
lock table m.t in share row exclusive mode
update m.t set x = 1 where y = 1
insert into m.k values (1)
delete from m.t where y = 1
drop table m.k`.split('\n')

const HELD = `select n.nspname || '.' || c.relname, l.mode from pg_locks l join pg_class c on c.oid = l.relation
  join pg_namespace n on n.oid = c.relnamespace
  where l.pid = pg_backend_pid() and n.nspname = 'm' and c.relkind in ('r', 'p', 'm', 'v')`

// Whether the server rewrites the table, and whether the rule is to say so.
const TYPE_CHANGES = [
  'v type varchar(100)',
  'v type varchar(10)',
  'v type varchar',
  'v type text',
  'v type text using v::text',
  'v type text using v || 1',
  'w type varchar(10)',
  'w type varchar',
  'n type numeric(14, 2)',
  'n type numeric(12, 4)',
  'n type numeric(10, 2)',
  'n type numeric',
  'y type bigint',
  'y type int',
  'c type inet',
  'iv type interval',
  'iv type interval(1)',
  'ts type timestamp(3)',
]
const NEW_COLUMNS = [
  'int default 5',
  'int default m.dice()',
  'int default m.four()',
  'timestamptz default now()',
  'uuid default gen_random_uuid()',
  'int generated always as (x + 1) stored',
  'int generated always as identity',
  'bigserial',
  'text default current_user',
]

describe('what the rules say, held against the server', () => {
  let database: TestDatabase
  let session: Session

  beforeAll(async () => {
    database = await createDatabase()
    await database.query(SETUP)
    session = await openSession({
      profileId: 'profile-1' as ProfileId,
      target: database.target,
      password: database.password,
      applicationName: 'test',
    })
  })
  afterAll(async () => {
    await session.end()
    await database.drop()
  })

  const rolledBack = async <T>(work: () => Promise<T>): Promise<T> => {
    await session.query('begin')
    try {
      return await work()
    } finally {
      await session.query('rollback')
    }
  }
  const facts = (relations: readonly string[], functions: readonly string[]) => readFacts(session, relations, functions)

  it.each(STATEMENTS)('%s takes the locks that are said', async (statement) => {
    const before = new Set(
      (await session.query(`select 'm.' || relname from pg_class where relnamespace = 'm'::regnamespace`)).rows.flat(),
    )
    const parsed = (await loadParser()).parse(statement)
    if (parsed.kind !== 'tree') throw new Error(`not parsed: ${statement}`)
    const said = locksOf(parsed.tree, new Made(), await facts(['m.t_i'], []))

    const held = await rolledBack(async () => {
      // What is dropped can be looked up no more afterwards: its name is taken before.
      const names = new Map(
        (await session.query(`select oid, 'm.' || relname from pg_class where relnamespace = 'm'::regnamespace`))
          .rows as [string, string][],
      )
      await session.query(statement)
      const { rows } = await session.query(
        `select relation, mode from pg_locks where pid = pg_backend_pid() and relation is not null`,
      )
      const { rows: joined } = await session.query(HELD)
      const isPlain = new Set([...joined.map(([name]) => name), ...said.map(({ relation }) => relation)])
      return rows.flatMap(([oid, mode]) => {
        const name = names.get(oid ?? '')
        return name !== undefined && isPlain.has(name) && before.has(name) ? [{ name, mode: sqlMode(mode ?? '') }] : []
      })
    })

    const strongest = new Map<string, number>()
    for (const { name, mode } of held) strongest.set(name, Math.max(strongest.get(name) ?? 0, LOCK_MODES.indexOf(mode)))
    // Reading is what everything does: locks that block nobody but DROP are not told.
    const told = [...strongest].filter(([, mode]) => mode > LOCK_MODES.indexOf('ROW SHARE'))
    expect(new Map(said.map(({ relation, mode }) => [relation, mode]))).toEqual(
      new Map(told.map(([name, mode]) => [name, LOCK_MODES[mode]])),
    )
  })

  it.each([
    ...TYPE_CHANGES.map((change) => `alter table m.t alter ${change}`),
    ...NEW_COLUMNS.map((type) => `alter table m.t add a ${type}`),
  ])('%s is said to rewrite the table exactly when it does', async (statement) => {
    const file = `select pg_relation_filenode('m.t')`
    const isRewritten = await rolledBack(async () => {
      const [before] = (await session.query(file)).rows
      if (statement.includes('alter ')) await session.query('drop view m.v0')
      await session.query(statement)
      return (await session.query(file)).rows[0]?.[0] !== before?.[0]
    })

    const { findings } = await lintScript(statement, { part: 'up', readFacts: facts })

    expect(findings.some(({ rule }) => rule.endsWith('rewrites-table'))).toBe(isRewritten)
  })

  it.each(['x', 'y2', 'v'])('SET NOT NULL of %s is said to read the table exactly when it does', async (column) => {
    const statement = `alter table m.t alter ${column} set not null`
    const read = `select coalesce(sum(seq_tup_read), 0)::text from pg_stat_xact_user_tables where relid = 'm.t'::regclass`
    const rowsRead = await rolledBack(async () => {
      const [before] = (await session.query(read)).rows
      await session.query(statement)
      return Number((await session.query(read)).rows[0]?.[0]) - Number(before?.[0])
    })

    const { findings } = await lintScript(statement, { part: 'up', readFacts: facts })

    expect(findings.some(({ rule }) => rule === 'set-not-null-scans-table')).toBe(rowsRead > 0)
  })

  it('names the table of an index, how many rows it has, and its partitions', async () => {
    const { findings } = await lintScript('drop index m.t_i; create index on m.t (x); create index on m.par (a);', {
      part: 'up',
      readFacts: facts,
    })

    expect(
      findings.map(({ title, reason, locks, fix }) => ({ title, reason, locks, hasFix: fix !== null })),
    ).toMatchObject([
      {
        title: 'DROP INDEX blocks reads and writes of m.t',
        locks: [{ relation: 'm.t', mode: 'ACCESS EXCLUSIVE' }],
        hasFix: true,
      },
      { reason: 'It reads the whole table (about 200 rows here) under its lock.', hasFix: true },
      { title: expect.stringContaining('m.par'), hasFix: false },
    ])
  })
})

/** `ShareRowExclusiveLock` as SQL writes it. */
function sqlMode(mode: string) {
  const words = mode
    .replace(/Lock$/, '')
    .replace(/(?!^)([A-Z])/g, ' $1')
    .toUpperCase()
  return LOCK_MODES.find((one) => one === words) ?? 'ACCESS SHARE'
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ProfileId } from '../../../../contract/profile'
import type { RehearsedStatement } from '../../../../contract/rehearsal'
import { readScript } from '../../../../electron/engine/migration/migration-script'
import { rehearseScript } from '../../../../electron/engine/migration/rehearsal/rehearse-script'
import { openSession } from '../../../../electron/engine/session/connect'
import type { Session } from '../../../../electron/engine/session/session'
import { createDatabase } from '../../../support/database'
import type { TestDatabase } from '../../../support/database-on'

const SCHEMA = `create schema m;
  create type m.e as enum ('a');
  create function m.f() returns trigger language plpgsql as $$ begin return new; end $$;
  create table m.p (id int primary key);
  insert into m.p select generate_series(1, 200);
  create table m.t (x int, y int, y2 int, z int not null default 1, v varchar(50), n numeric(12,2), ts timestamp, e m.e);
  insert into m.t select (i % 200) + 1, i, i, 1, 'a', i, now(), 'a' from generate_series(1, 20000) i;
  create index t_i on m.t(y);
  create unique index t_x_uq on m.t(y2);
  alter table m.t add constraint nv check (x > 0) not valid;
  create trigger g0 before update on m.t for each row execute function m.f();
  create view m.v0 as select x from m.t;
  create materialized view m.mv0 as select 1 a;
  create table m.par (a int) partition by range (a);
  create table m.par1 partition of m.par for values from (0) to (10)`

type Figures = readonly [locks: string, rewritten: string, scanned: string]

/** Measured on PostgreSQL 15: the strongest locks on tables and materialized views, what was rewritten, the rows scanned. */
const MATRIX: readonly (readonly [statement: string, ...Figures])[] = [
  ['alter table m.t add column a int', 't:AccessExclusive', '-', '-'],
  ['alter table m.t add column a int default 5 not null', 't:AccessExclusive', '-', '-'],
  ['alter table m.t add column a timestamptz default clock_timestamp()', 't:AccessExclusive', 't,t_i,t_x_uq', '60000'],
  ['alter table m.t add column a uuid default gen_random_uuid()', 't:AccessExclusive', 't,t_i,t_x_uq', '60000'],
  ['alter table m.t add column a int generated always as (x+1) stored', 't:AccessExclusive', 't,t_i,t_x_uq', '60000'],
  ['alter table m.t add column a bigint generated always as identity', 't:AccessExclusive', 't,t_i,t_x_uq', '60000'],
  ['alter table m.t add column a int references m.p(id)', 't:AccessExclusive p:ShareRowExclusive', '-', '-'],
  ['alter table m.t drop column y', 't:AccessExclusive', '-', '-'],
  ['alter table m.t alter column x set not null', 't:AccessExclusive', '-', '20000'],
  ['alter table m.t alter column z set not null', 't:AccessExclusive', '-', '-'],
  ['alter table m.t alter column x drop not null', 't:AccessExclusive', '-', '-'],
  ['alter table m.t alter column x set default 9', 't:AccessExclusive', '-', '-'],
  ['alter table m.t alter column v type varchar(100)', 't:AccessExclusive', '-', '-'],
  ['alter table m.t alter column v type varchar(10)', 't:AccessExclusive', 't,t_i,t_x_uq', '60000'],
  ['alter table m.t alter column v type text', 't:AccessExclusive', '-', '-'],
  ['alter table m.t alter column n type numeric(14,2)', 't:AccessExclusive', '-', '-'],
  ['alter table m.t alter column n type numeric(12,4)', 't:AccessExclusive', 't,t_i,t_x_uq', '60000'],
  ['alter table m.t alter column ts type timestamptz', 't:AccessExclusive', '-', '-'],
  ['alter table m.t alter column x set statistics 200', 't:ShareUpdateExclusive', '-', '-'],
  ['alter table m.t alter column v set storage external', 't:AccessExclusive', '-', '-'],
  ['alter table m.t add constraint c check (x>0)', 't:AccessExclusive', '-', '20000'],
  ['alter table m.t add constraint c check (x>0) not valid', 't:AccessExclusive', '-', '-'],
  ['alter table m.t validate constraint nv', 't:ShareUpdateExclusive', '-', '20000'],
  [
    'alter table m.t add constraint f foreign key (x) references m.p(id)',
    't:ShareRowExclusive p:ShareRowExclusive',
    '-',
    '20200',
  ],
  [
    'alter table m.t add constraint f foreign key (x) references m.p(id) not valid',
    't:ShareRowExclusive p:ShareRowExclusive',
    '-',
    '-',
  ],
  ['alter table m.t add constraint u unique using index t_x_uq', 't:AccessExclusive', '-', '-'],
  ['alter table m.t add primary key (y2)', 't:AccessExclusive', '-', '40000'],
  ['alter table m.t drop constraint nv', 't:AccessExclusive', '-', '-'],
  ['alter table m.t rename column x to xx', 't:AccessExclusive', '-', '-'],
  ['alter table m.t rename to t9', 't9:AccessExclusive', '-', '-'],
  ['alter table m.t enable row level security', 't:AccessExclusive', '-', '-'],
  ['alter table m.t set (fillfactor=80)', 't:ShareUpdateExclusive', '-', '-'],
  ['alter table m.t set (autovacuum_enabled=off)', 't:ShareUpdateExclusive', '-', '-'],
  ['alter table m.t set unlogged', 't:AccessExclusive', 't,t_i,t_x_uq', '60000'],
  ['alter table m.t set schema public', '-', '-', '-'],
  ['alter table m.t replica identity full', 't:AccessExclusive', '-', '-'],
  ['alter table m.t disable trigger user', 't:ShareRowExclusive', '-', '-'],
  ['create index on m.t(x)', 't:Share', '-', '20000'],
  ['create unique index on m.t(y2)', 't:Share', '-', '20000'],
  ['drop index m.t_i', 't:AccessExclusive', '-', '-'],
  ['reindex table m.t', 't:Share', 't_i,t_x_uq', '40000'],
  ['alter index m.t_i rename to t_i2', '-', '-', '-'],
  ['create trigger g before insert on m.t for each row execute function m.f()', 't:ShareRowExclusive', '-', '-'],
  ['drop trigger g0 on m.t', 't:AccessExclusive', '-', '-'],
  ['create table m.c(id int references m.p(id))', 'p:ShareRowExclusive', '-', '-'],
  ['create table m.c (like m.t including all)', 't:AccessShare', '-', '-'],
  ['create view m.w as select x from m.t', 't:AccessShare', '-', '-'],
  ['create or replace view m.v0 as select x,y from m.t', 't:AccessShare', '-', '-'],
  ['drop view m.v0', '-', '-', '-'],
  ['create materialized view m.mv as select count(*) from m.t', 't:AccessShare', '-', '20000'],
  ['refresh materialized view m.mv0', 'mv0:AccessExclusive', 'mv0', '-'],
  ["comment on table m.t is 'x'", 't:ShareUpdateExclusive', '-', '-'],
  ['grant select on m.t to public', '-', '-', '-'],
  ['create policy pp on m.t using(true)', 't:AccessExclusive', '-', '-'],
  ["alter type m.e add value 'z'", '-', '-', '-'],
  ["alter type m.e rename value 'a' to 'aa'", '-', '-', '-'],
  ["create function m.f2() returns int language sql as 'select 1'", '-', '-', '-'],
  ['create statistics m.s on x,y from m.t', 't:ShareUpdateExclusive', '-', '-'],
  ['analyze m.t', 't:ShareUpdateExclusive', '-', '-'],
  ['cluster m.t using t_i', 't:AccessExclusive', 't,t_i,t_x_uq', '40000'],
  ['truncate m.t', 't:AccessExclusive', 't,t_i,t_x_uq', '-'],
  ['lock table m.t', 't:AccessExclusive', '-', '-'],
  ['update m.t set x=1 where y=1', 't:RowExclusive', '-', '-'],
  ['insert into m.t(x) values(1)', 't:RowExclusive', '-', '-'],
  ['delete from m.t where y=1', 't:RowExclusive', '-', '-'],
  ['drop table m.t cascade', '-', '-', '-60000'],
  ['alter table m.par detach partition m.par1', 'par1:AccessExclusive', '-', '-'],
  ['create table m.par2 partition of m.par for values from (10) to (20)', '-', '-', '-'],
  ['alter table m.par add column k int', 'par1:AccessExclusive', '-', '-'],
  ['create index on m.par(a)', 'par1:Share', '-', '-'],
]

/** Rows that are something else here, and why. */
const OTHERWISE: Readonly<Record<string, { readonly is: Figures; readonly because: string }>> = {
  'alter table m.t rename to t9': {
    is: ['t:AccessExclusive', '-', '-'],
    because: 'a relation is called what it was called before the statement',
  },
  'alter table m.t set schema public': {
    is: ['t:AccessExclusive', '-', '-'],
    because: 'a relation that moved is found by what it was called before',
  },
  'drop table m.t cascade': {
    is: ['t:AccessExclusive', '-', '-'],
    because: 'a relation that is gone is found by what it was called before, and its scans are not taken back',
  },
  'grant select on m.t to public': {
    is: ['t:AccessShare', '-', '-'],
    because: 'PostgreSQL 18 locks a relation while its privileges change',
  },
}

describe('rehearsal', () => {
  let database: TestDatabase
  let session: Session
  beforeAll(async () => {
    database = await createDatabase()
    await database.query(SCHEMA)
    await database.query('analyze')
    session = await openSession({
      profileId: 'profile-1' as ProfileId,
      target: database.target,
      password: database.password,
      applicationName: 'Strata',
    })
    await session.query("set time zone 'UTC'") // elsewhere timestamp to timestamptz is a rewrite
  })
  afterAll(async () => {
    await session.end()
    await database.drop()
  })

  const measure = async (statement: string): Promise<RehearsedStatement | undefined> => {
    const script = readScript('1_a.up.sql', statement, 'up', { hasStandardStrings: true })
    const report: RehearsedStatement[] = []
    await session.query('begin')
    try {
      await rehearseScript({ session, signal: new AbortController().signal, begin: () => {} }, script, report)
    } finally {
      await session.query('rollback')
    }
    return report[0]
  }
  const short = (name: string) => name.replace(/^m\./, '')

  it.each(MATRIX)('measures %s', async (statement, ...figures) => {
    const measured = await measure(statement)

    const locks = (measured?.locks ?? [])
      .filter(({ kind }) => kind === 'table' || kind === 'materialized view')
      .map(({ relation, mode }) => `${short(relation)}:${mode}`)
      .sort((one, other) => Number(other.startsWith('t:')) - Number(one.startsWith('t:')))
    expect([
      locks.join(' ') || '-',
      measured?.rewritten.map(short).join(',') || '-',
      String(measured?.scanned || '-'),
    ]).toEqual(OTHERWISE[statement]?.is ?? figures)
  })
})

import { describe, expect, it } from 'vitest'
import type { CheckInput } from '../../../../contract/guard'
import { checkScript } from '../../../../electron/engine/query/guard/check-script'

const ASKS: readonly (readonly [script: string, title: string])[] = [
  // Rows that no condition chooses.
  ['delete from orders', 'DELETE without WHERE'],
  ['DELETE FROM shop.orders;', 'DELETE without WHERE'],
  ['delete from only orders returning *', 'DELETE without WHERE'],
  ['delete from orders using items', 'DELETE without WHERE'],
  ['update orders set paid = true', 'UPDATE without WHERE'],
  ['update orders set paid = true from items', 'UPDATE without WHERE'],
  ['delete from orders where true', 'DELETE whose WHERE chooses no rows'],
  ['delete from orders where 1 = 1', 'DELETE whose WHERE chooses no rows'],
  ['delete from orders where id = id', 'DELETE whose WHERE chooses no rows'],
  ['delete from orders where (id) = (id) and true', 'DELETE whose WHERE chooses no rows'],
  ["update orders set paid = true where now() > '2000-01-01'", 'UPDATE whose WHERE chooses no rows'],
  ['update orders set paid = true where id = 5 or true', 'UPDATE whose WHERE chooses no rows'],
  ['update orders set paid = true where not false', 'UPDATE whose WHERE chooses no rows'],
  ['update orders set paid = true where null is null', 'UPDATE whose WHERE chooses no rows'],
  ['delete from orders where $1', 'DELETE whose WHERE chooses no rows'],
  ['delete from orders where random() < 0.5', 'DELETE whose WHERE chooses no rows'],
  ['delete /* where id = 1 */ from orders', 'DELETE without WHERE'],
  ['delete from orders -- where id = 1', 'DELETE without WHERE'],
  ['select 1; delete from orders', 'DELETE without WHERE'],
  ["insert into log values ('delete from x where id = 1'); update orders set paid = false", 'UPDATE without WHERE'],
  ['merge into orders o using items i on true when matched then delete', 'MERGE without a condition'],
  [
    'merge into orders o using items i on o.id = i.id when not matched by source then delete',
    'MERGE without a condition',
  ],
  ['truncate orders', 'TRUNCATE'],
  ['truncate table only orders, items restart identity cascade', 'TRUNCATE'],
  // Inside other statements.
  ['with gone as (delete from orders returning *) select count(*) from gone', 'DELETE inside a statement'],
  [
    'with gone as (delete from orders where id = 1 returning *) insert into log select * from gone',
    'DELETE inside a statement',
  ],
  ['with u as (update orders set paid = true where id = 1 returning id) select * from u', 'UPDATE inside a statement'],
  [
    'with a as (with b as (delete from orders returning id) select * from b) select * from a',
    'DELETE inside a statement',
  ],
  ['explain analyze delete from orders', 'EXPLAIN ANALYZE DELETE'],
  ['explain (analyze, buffers) update orders set paid = true where id = 1', 'EXPLAIN ANALYZE UPDATE'],
  ['explain (verbose, analyze true) insert into orders values (1)', 'EXPLAIN ANALYZE INSERT'],
  ['explain (analyze on) select setval($$s$$, 1)', 'EXPLAIN ANALYZE: setval'],
  ['prepare gone as delete from orders', 'DELETE without WHERE'],
  ['prepare one as select 1; execute two', 'EXECUTE'],
  ['execute gone', 'EXECUTE'],
  ['copy (delete from orders returning *) to stdout', 'COPY (DELETE …)'],
  ['copy (with gone as (delete from orders returning *) select * from gone) to stdout', 'DELETE inside a statement'],
  ['select * into copied from orders', 'SELECT INTO'],
  ['select 1 as a into copied union select 2', 'SELECT INTO'],
  // Code, files, functions.
  ['do $$ begin null; end $$', 'DO'],
  ["do language plpgsql 'begin null; end'", 'DO'],
  ['call close_month()', 'CALL'],
  ['copy orders from stdin', 'COPY FROM'],
  ["copy orders from '/tmp/orders.csv'", 'COPY FROM'],
  ["copy orders from program 'cat x'", 'COPY … PROGRAM'],
  ["copy orders to program 'cat > x'", 'COPY … PROGRAM'],
  ["copy orders to '/tmp/orders.csv'", 'COPY TO a file'],
  ['select pg_terminate_backend(pid) from pg_stat_activity', 'pg_terminate_backend'],
  ['select pg_catalog.pg_cancel_backend(1)', 'pg_cancel_backend'],
  ["select setval('orders_id_seq', 1)", 'setval'],
  ['select lo_unlink(4711)', 'lo_unlink'],
  ["select * from dblink_exec('delete from x') as d", 'dblink_exec'],
  ["select query_to_xml('delete from orders', true, true, '')", 'query_to_xml'],
  ['select pg_reload_conf()', 'pg_reload_conf'],
  ['select id from orders where lo_unlink(id) = 1', 'lo_unlink'],
  ['declare c cursor for select pg_switch_wal()', 'pg_switch_wal'],
  ["commit prepared 'x'", 'COMMIT PREPARED'],
  ["rollback prepared 'x'", 'ROLLBACK PREPARED'],
  // Definitions.
  ['create table t (id int)', 'CREATE TABLE'],
  ['create unlogged table t (id int)', 'CREATE UNLOGGED TABLE'],
  ['create table t as select 1', 'CREATE TABLE'],
  ['create index concurrently i on orders (id)', 'CREATE INDEX CONCURRENTLY'],
  ['create unique index i on orders (id)', 'CREATE UNIQUE INDEX'],
  ['create or replace view v as select 1', 'CREATE OR REPLACE VIEW'],
  ['create materialized view v as select 1', 'CREATE MATERIALIZED VIEW'],
  ['create function f() returns int language sql as $$ select 1 $$', 'CREATE FUNCTION'],
  ['create trigger t before insert on orders for each row execute function f()', 'CREATE TRIGGER'],
  ["create type mood as enum ('calm')", 'CREATE TYPE'],
  ['create extension pg_trgm', 'CREATE EXTENSION'],
  ['create schema s', 'CREATE SCHEMA'],
  ['create database d', 'CREATE DATABASE'],
  ['create role r', 'CREATE ROLE'],
  ['create policy p on orders', 'CREATE POLICY'],
  ['create publication p for all tables', 'CREATE PUBLICATION'],
  ['create sequence s', 'CREATE SEQUENCE'],
  ['alter table orders add column x int', 'ALTER TABLE'],
  ['alter table orders rename to old_orders', 'ALTER TABLE'],
  ['alter index i rename to j', 'ALTER INDEX'],
  ["alter type mood add value 'wild'", 'ALTER TYPE'],
  ['alter role app password null', 'ALTER ROLE'],
  ['alter role app set work_mem = 1', 'ALTER ROLE'],
  ['alter database d set work_mem = 1', 'ALTER DATABASE'],
  ["alter system set work_mem = '1GB'", 'ALTER SYSTEM'],
  ['alter default privileges grant select on tables to public', 'ALTER DEFAULT PRIVILEGES'],
  ['alter table orders owner to app', 'ALTER TABLE'],
  ['drop table orders', 'DROP TABLE'],
  ['drop table if exists shop.orders cascade', 'DROP TABLE'],
  ['drop schema shop cascade', 'DROP SCHEMA'],
  ['drop database shop', 'DROP DATABASE'],
  ['drop index concurrently i', 'DROP INDEX CONCURRENTLY'],
  ['drop owned by app', 'DROP OWNED'],
  ['drop role app', 'DROP ROLE'],
  ['grant select on orders to public', 'GRANT'],
  ['grant admins to app', 'GRANT'],
  ['revoke all on orders from public', 'REVOKE ALL'],
  ['reassign owned by a to b', 'REASSIGN OWNED'],
  ["comment on table orders is 'x'", 'COMMENT ON TABLE'],
  ["security label for p on table orders is 'x'", 'SECURITY LABEL'],
  ['reindex table orders', 'REINDEX TABLE'],
  ['cluster orders', 'CLUSTER'],
  ['vacuum full orders', 'VACUUM FULL'],
  ['vacuum (full, analyze) orders', 'VACUUM FULL'],
  ['refresh materialized view totals', 'REFRESH MATERIALIZED VIEW'],
  ['import foreign schema s from server f into public', 'IMPORT FOREIGN SCHEMA'],
  ["load 'x'", 'LOAD'],
  ['create rule r as on insert to orders do nothing', 'CREATE RULE'],
  // What cannot be read.
  ['selct 1', 'Not understood'],
  ['select 1 from', 'Not understood'],
  ['create futuristic table t', 'Not understood'],
  ['delete from orders where id = :id', 'Not understood'],
]

const RUNS: readonly string[] = [
  'select 1',
  'select * from orders where id = 1 for update',
  'with a as (select 1) select * from a',
  'values (1), (2)',
  'table orders',
  "select 'delete from orders'",
  'insert into orders values (1)',
  'insert into orders select * from old_orders',
  'insert into orders values (1) on conflict (id) do update set paid = true',
  'with new as (insert into orders values (1) returning id) select * from new',
  'update orders set paid = true where id = 1',
  'update orders set paid = true where id = $1 or id = $2',
  'update orders o set paid = true from items i where i.id = o.id',
  'delete from orders where id = 1 returning *',
  'delete from orders where id in (select id from items)',
  'delete from orders where current of c',
  'delete from orders where not paid',
  'delete from orders where paid',
  'delete from orders where id = 1 and true',
  'merge into orders o using items i on o.id = i.id when matched then update set paid = true',
  'merge into orders o using items i on o.id = i.id when not matched by source and o.paid then delete',
  'merge into orders o using items i on true when not matched then insert values (1)',
  'begin; select 1; commit',
  'start transaction read only',
  'savepoint a; release a',
  'rollback',
  'set search_path = shop',
  'set role app',
  'set local work_mem = 1',
  'reset all',
  "select set_config('work_mem', '1MB', false)",
  'show work_mem',
  'explain delete from orders',
  'explain (analyze off) delete from orders',
  'explain analyze select 1',
  'prepare one as select $1; execute one(1); deallocate one',
  'declare c cursor for select 1; fetch 1 from c; close c',
  'listen news; notify news; unlisten news',
  'lock table orders',
  'discard all',
  'analyze orders',
  'vacuum orders',
  'checkpoint',
  'copy orders to stdout',
  'copy (select 1) to stdout',
  'create temp table t (id int)',
  'create temporary table t as select * from orders',
  'select * into temp t from orders',
  'create temp view v as select 1',
  'create temp sequence s',
  'drop table pg_temp.t',
  'truncate pg_temp.t',
  'delete from pg_temp.t',
  "select nextval('s')",
  'set constraints all deferred',
]

function input(script: string, change: Partial<CheckInput> = {}): Omit<CheckInput, 'sessionId'> {
  return { script, range: null, commitMode: 'auto', ...change }
}

const ORDINARY = { hasStandardStrings: true, isReadOnly: false }

async function titles(script: string, session = ORDINARY, change: Partial<CheckInput> = {}): Promise<string[]> {
  const { dangers } = await checkScript(input(script, change), session)
  return dangers.map(({ danger }) => danger.title)
}

describe('a script on production', () => {
  it.each(ASKS)('asks before %s', async (script, title) => {
    expect(await titles(script)).toEqual([title])
  })

  it.each(RUNS)('does not ask before %s', async (script) => {
    expect(await titles(script)).toEqual([])
  })

  it('asks once for each of its statements that does', async () => {
    expect(await titles('truncate a; select 1; drop table b; delete from c where id = 1; do $$ $$')).toEqual([
      'TRUNCATE',
      'DROP TABLE',
      'DO',
    ])
  })

  it('asks for the statements of its range only', async () => {
    const script = 'truncate a; select 1; drop table b'

    const { dangers } = await checkScript(input(script, { range: { from: 12, to: script.length } }), ORDINARY)

    expect(dangers.map(({ danger: { statement, range, text } }) => ({ statement, range, text }))).toEqual([
      { statement: 1, range: { from: 22, to: 34 }, text: 'drop table b' },
    ])
  })

  it('does not trust a PREPARE of its own when it goes on after failures', async () => {
    const script = 'prepare one as select 1; execute one'

    expect(await titles(script, ORDINARY, { onFailure: 'continue' })).toEqual(['EXECUTE'])
  })

  it('knows values for what they are: a condition with one chooses rows', async () => {
    const parameters = [{ name: ':id', value: '1' }]

    expect(await titles('delete from orders where id = :id', ORDINARY, { parameters })).toEqual([])
  })

  it('does not trust its own reading of a backslash where strings are not standard', async () => {
    const session = { hasStandardStrings: false, isReadOnly: false }

    expect(await titles(`update t set a = '\\' where id = 1; --'`, session)).toEqual(['Not understood'])
  })

  it('that is longer than is read asks', async () => {
    expect(await titles(`select '${'x'.repeat(300_000)}'`)).toEqual(['Not understood'])
  })

  it('asks on a read-only connection only for what that does not stop', async () => {
    const script = `delete from t; drop table t; copy t from '/x'; select pg_reload_conf(); copy t to program 'x'; reindex table t`

    expect(await titles(script, { hasStandardStrings: true, isReadOnly: true })).toEqual([
      'pg_reload_conf',
      'COPY … PROGRAM',
      'REINDEX TABLE',
    ])
  })

  it('tells of the first fifty, cut, and counts the rest', async () => {
    const { dangers, count, ranges } = await checkScript(
      input(`delete from t where '${'x'.repeat(5_000)}' = ''; ${'truncate t; '.repeat(99)}`),
      ORDINARY,
    )

    expect([dangers.length, count, ranges.length, dangers[0]?.danger.text.length, dangers[0]?.danger.units]).toEqual([
      50, 100, 100, 2_000, 5_027,
    ])
  })
})

import { describe, expect, it } from 'vitest'
import { isOpaque, writtenLosses } from '../../../../electron/engine/migration/loss/loss-words'
import { holdsAll } from '../../../../electron/engine/migration/loss/safe-types'

describe('the words of a statement', () => {
  it.each([
    ['drop table a, "B c", s.d cascade', ['relation a', 'relation "B c"', 'relation s.d']],
    ['/* x */ drop table if exists a', ['relation a']],
    ['DROP MATERIALIZED VIEW "s"."v"', ['relation "s"."v"']],
    ['drop schema if exists old restrict', ['schema old']],
    ['truncate only a *, b restart identity', ['truncated rows a', 'truncated rows b']],
    ['truncate table a', ['truncated rows a']],
    ['delete from only a using b where a.x = b.x', ['deleted rows a']],
    [
      "alter table a add c numeric(1, 2), drop b, drop column if exists d, alter e type int using f(e, 'x')",
      ['column a.b', 'column a.d', 'converted column a.e'],
    ],
    [
      'alter table a drop constraint c, alter x set not null, alter column y set data type text',
      ['converted column a.y'],
    ],
    ['alter table a alter x drop expression', []],
    ["select 'drop table a'", []],
    ['drop index a', []],
  ])('%s', (text, expected) => {
    const losses = writtenLosses(text, true)

    const said = losses.map((loss) => `${loss.kind} ${loss.name}${'column' in loss ? `.${loss.column}` : ''}`)
    expect(said).toEqual(expected)
  })

  it.each([
    ['do $$ begin end $$', true],
    ['call p()', true],
    ['select wipe()', true],
    ['with x as (delete from a returning *) select * from x', true],
    ['drop view v cascade', true],
    ['drop view v', false],
    ["select setval('s', 1)", false],
    ["select pg_catalog.set_config('search_path', '', false)", false],
    ['insert into a select count(*) from b', false],
    ['create function f() returns int language sql as $$ delete from a $$', false],
  ])('%s hides what it destroys: %s', (text, expected) => {
    expect(isOpaque(text, true)).toBe(expected)
  })
})

describe('a type that holds all values of another', () => {
  it.each([
    ['integer', 'bigint', true],
    ['bigint', 'integer', false],
    ['integer', 'numeric', true],
    ['integer', 'numeric(10,0)', true],
    ['integer', 'numeric(10,2)', false],
    ['numeric(12,2)', 'numeric(14,2)', true],
    ['numeric(12,2)', 'numeric(14,4)', true],
    ['numeric(12,4)', 'numeric(12,2)', false],
    ['numeric', 'numeric(12,2)', false],
    ['numeric(12,2)', 'numeric', true],
    ['character varying(10)', 'character varying(20)', true],
    ['character varying(20)', 'character varying(10)', false],
    ['text', 'character varying(10)', false],
    ['character varying(20)', 'text', true],
    ['jsonb', 'text', true],
    ['text', 'jsonb', false],
    ['date', 'timestamp without time zone', true],
    ['timestamp without time zone', 'date', false],
    ['timestamp(3) without time zone', 'timestamp without time zone', true],
    ['timestamp without time zone', 'timestamp(0) without time zone', false],
    ['integer[]', 'bigint[]', true],
    ['integer', 'bigint[]', false],
    ['my_enum', 'other_enum', false],
  ])('%s in %s: %s', (from, to, expected) => {
    expect(holdsAll(from, to)).toBe(expected)
  })
})

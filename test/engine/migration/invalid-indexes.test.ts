import { describe, expect, it } from 'vitest'
import { leftBy } from '../../../electron/engine/migration/invalid-indexes'

const invalid = [
  { name: 'public.i', table: 'public.a' },
  { name: 'public."I"', table: 'public.a' },
  { name: 'app.b_x_idx', table: 'app.b' },
  { name: 'public.c_ccnew', table: 'public.c' },
  { name: 'public."a ""q"".x"', table: 'public."odd table"' },
  { name: '"odd ""s".i', table: '"odd ""s".a' },
  { name: 'public."x--y"', table: 'public.c' },
]

describe('the INVALID indexes that a statement left', () => {
  it.each([
    ['create index concurrently i on a (x)', ['public.i', '"odd ""s".i']],
    ['create index concurrently i on public.a (x)', ['public.i']],
    ['create index concurrently i on "odd ""s".a (x)', ['"odd ""s".i']],
    ['create index concurrently i on U&"\\006fdd ""s".a (x)', ['"odd ""s".i']],
    ['create index concurrently i on b (x)', []],
    ['create index concurrently "x--y" on c (x)', ['public."x--y"']],
    ['CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS I ON PUBLIC.A (x)', ['public.i']],
    ['create index concurrently "I" on a (x)', ['public."I"']],
    ['create index concurrently /* on b */ i -- on b\n on public.a (x)', ['public.i']],
    ['create index concurrently on app.b (x)', ['app.b_x_idx']],
    ['create index concurrently on only b using btree (x)', ['app.b_x_idx']],
    ['create index concurrently "a ""q"".x" on "odd table" (x)', ['public."a ""q"".x"']],
    ['create index concurrently j on a (x)', []],
    ['reindex index concurrently c', ['public.c_ccnew']],
    ['drop index concurrently i', []],
  ])('by %s are %j', (statement, expected) => {
    expect(leftBy(statement, invalid).map(({ name }) => name)).toEqual(expected)
  })
})

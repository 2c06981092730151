import { describe, expect, it } from 'vitest'
import { findParameters, mayHaveParameters } from '../../contract/parameters'
import { splitStatements } from '../../contract/statement'

/** Names of the parameters of the first statement, in order of appearance. */
function names(script: string): string[] {
  const [statement] = splitStatements(script)
  if (statement === undefined) return []
  const text = script.slice(statement.from, statement.to)
  const uses = findParameters(text, statement.words)
  // Every use is told at its own place.
  expect(uses.map(({ from, to }) => text.slice(from, to))).toEqual(uses.map(({ name }) => name))
  return uses.map(({ name }) => name)
}

describe('the parameters of a statement', () => {
  it.each([
    ['select :a, $1, :b_2, :a', [':a', '$1', ':b_2', ':a']],
    ['select $12 + $2', ['$12', '$2']],
    ['select * from t where name = :name and id=:id', [':name', ':id']],
    ['select :ünïcode', [':ünïcode']],
    ['select (:a)::int, :b::text', [':a', ':b']],
    ['select array[:a, :b], array[[:c],[:d]]', [':a', ':b', ':c', ':d']],
    ['select x[:a + 1], x[f(:b)]', [':b']],
    ["select 'a' :b", [':b']],
    ['select 1/:a', [':a']],
    ['select a ->> :key, b @> :j::jsonb', [':key', ':j']],
  ])('of %s are %j', (script, wanted) => {
    expect(names(script)).toEqual(wanted)
  })

  it.each([
    ['casts', 'select a::int, b :: text, c::numeric(3,1)'],
    ['slices', 'select a[1:2], a[lo:hi], a[:hi], a[lo:], (a)[f(x):hi], a[1:2][lo:hi]'],
    ['named arguments', 'select f(a := 1, b => 2)'],
    ['strings', `select ':a', E'\\':a', U&':a', 'it'':a' , N':a'`],
    ['quoted names', `select ":a", "x"":b", U&":c"`],
    ['dollar quotes', 'do $$ begin a := :b; perform $1; end $$'],
    ['tagged dollar quotes', 'select $tag$ $$ :a $1 $$ $tag$'],
    ['comments', 'select 1 -- :a $1\n /* :b /* $2 */ :c */ + 2'],
    ['names that hold a dollar', 'select a$1, b$2c'],
    ['numbers that no parameter can have', 'select $0, $70000'],
    ['PREPARE', 'prepare p(int) as select $1'],
    ['a function with a body of SQL', 'create or replace function f(int) returns int begin atomic select $1; end'],
    ['a function with RETURN', 'create function f(int) returns int return $1 + 1'],
    ['a lone colon', 'select a : b, c :'],
  ])('are none in %s', (_name, script) => {
    expect(names(script)).toEqual([])
  })

  it('are found behind a backslash that the session takes for an ordinary character, and only then', () => {
    const text = "select 'a\\', :b, ':c'"
    const found = (hasStandardStrings: boolean) =>
      findParameters(text, ['select'], hasStandardStrings).map(({ name }) => name)

    expect([found(true), found(false)]).toEqual([[':b'], [':c']])
  })

  it.each([
    ['a cast', 'select 1::text, a :: int', false],
    ['a name behind a colon', 'select :id', true],
    ['a name right behind a cast', "select '1':::type", true],
    ['a number behind a dollar', 'select $1', true],
    ['an assignment', 'call f(a := 1)', false],
  ])('may be in a text with %s: %#', (_what, text, may) => {
    expect(mayHaveParameters(text)).toBe(may)
  })
})

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { RunParameter } from '../../../contract/query'
import { wantedParameters } from '../../../electron/engine/query/wanted-parameters'
import type { Session } from '../../../electron/engine/session/session'
import { openTestSession, runScript } from '../../support/builders'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { allTexts } from './all-rows'

let database: TestDatabase
let session: Session
beforeAll(async () => {
  database = await createDatabase('app')
})
afterAll(() => database.drop())
beforeEach(async () => {
  session = await openTestSession(database)
})
afterEach(() => session.end())

/** Rows of the script's last result, or the failure with the text it underlines. */
async function answer(script: string, values: Readonly<Record<string, string | null>>) {
  const parameters: RunParameter[] = Object.entries(values).map(([name, value]) => ({ name, value }))
  const { channel, results } = await runScript(session, script, { parameters })
  const [failed] = channel.all('statementFailed')
  if (failed !== undefined) {
    const { failure, place } = failed
    return {
      said: failure.kind === 'postgres' ? failure.message : failure.kind,
      position: failure.kind === 'postgres' ? failure.position : undefined,
      underlined: place === null ? null : script.slice(place.from, place.to),
      from: place?.from,
    }
  }
  const last = channel.all('columnsArrived').at(-1)
  return last === undefined ? [] : allTexts(results.get(last.resultId))
}

describe('a parameter', () => {
  it('is sent as a value, whatever stands in it', async () => {
    const value = `'); drop table x; -- :b $1 "🐘"`

    expect(await answer('select :a::text as a, :a = :b as same', { ':a': value, ':b': value })).toEqual([[value, 't']])
  })

  it('is NULL, or the empty string, as it is told', async () => {
    expect(await answer(`select :a::text is null, :b = ''`, { ':a': null, ':b': '' })).toEqual([['t', 't']])
  })

  it('may be written with its number, beside named ones', async () => {
    expect(
      await answer('select $2::int, :a::int, $1::int, :b::text', { $1: '1', $2: '2', ':a': '3', ':b': 'four' }),
    ).toEqual([['2', '3', '1', 'four']])
  })

  it('keeps its number where others before it are missing', async () => {
    expect(await answer('select $2::int', { $2: '7' })).toMatchObject({
      said: 'could not determine data type of parameter $1',
    })
  })

  it('has its value in every statement of a script that names it', async () => {
    const script = 'create temp table t (i int); insert into t values (:n); update t set i = i + :n; select i from t'

    expect(await answer(script, { ':n': '21' })).toEqual([['42']])
  })

  it('stands before digits without becoming a longer number', async () => {
    expect(await answer('select :a::int+1, :b::int /* $9 */', { ':a': '1', ':b': '2' })).toEqual([['2', '2']])
  })

  it('leaves what it was given no value for as it is written', async () => {
    expect(await answer('select :a', {})).toMatchObject({ said: 'syntax error at or near ":"', underlined: ':' })
  })

  it('is refused by the server where it takes none', async () => {
    expect(await answer('create temp table x as select 1; create table :t (i int)', { ':t': 'x' })).toMatchObject({
      said: 'syntax error at or near "$1"',
      underlined: ':t',
    })
  })

  it('keeps the place of an error behind it exact, behind emoji and in the third statement', async () => {
    const script = `select :a_long_name, '😀';\nselect :a_long_name;\nselect '😀', :a_long_name::text || :b::text, 👻wrong, :b`
    const from = script.indexOf('👻')

    expect(await answer(script, { ':a_long_name': 'x', ':b': 'y' })).toEqual({
      said: 'column "👻wrong" does not exist',
      position: [...script.slice(script.lastIndexOf('select'), from)].length + 1,
      underlined: '👻wrong',
      from,
    })
  })

  it('is underlined whole where its own value is wrong for the statement', async () => {
    expect(await answer('select 1 + :n', { ':n': 'many' })).toMatchObject({
      said: 'invalid input syntax for type integer: "many"',
    })
    expect(await answer('select :first + :second', { ':first': '1', ':second': '2' })).toMatchObject({
      said: 'operator is not unique: unknown + unknown',
      underlined: '+',
    })
  })
})

describe('the parameters that a script wants', () => {
  const wanted = (script: string, range: { from: number; to: number } | null = null) =>
    wantedParameters({ script, range }, session)

  it('are each told once, in order of appearance, with the types that the server infers', async () => {
    expect(await wanted('select $1::date, 1 + :n; select :n::text, relname = :name from pg_class')).toEqual([
      { name: '$1', typeName: 'date' },
      { name: ':n', typeName: 'int4' },
      { name: ':name', typeName: 'name' },
    ])
  })

  it('have no type where the server cannot parse the statement yet', async () => {
    expect(await wanted('create table soon (i int); insert into soon values (:i)')).toEqual([
      { name: ':i', typeName: null },
    ])
  })

  it('are those of the range alone', async () => {
    const script = 'select :a; select :b'

    expect((await wanted(script, { from: 11, to: script.length })).map(({ name }) => name)).toEqual([':b'])
  })

  it('never abort an open transaction', async () => {
    await session.query('begin')

    const asked = await wanted('select :a from nowhere')

    expect([asked, session.transactionStatus]).toEqual([[{ name: ':a', typeName: null }], 'open'])
  })
})

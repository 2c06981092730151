import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { KeptResult, ResultRegistry } from '../../../electron/engine/query/result-registry'
import type { Session } from '../../../electron/engine/session/session'
import { openTestSession, type RunChannel, runScript, seededRandom } from '../../support/builders'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { startFaultProxy } from '../../support/fault-proxy'
import { allRows, allTexts } from './all-rows'

let database: TestDatabase
let session: Session
let driver: pg.Client
beforeAll(async () => {
  database = await createDatabase('app')
})
afterAll(() => database.drop())
beforeEach(async () => {
  session = await openTestSession(database)
  const { host, port, database: name, role } = database.target
  driver = new pg.Client({ host, port, user: role, password: database.password, database: name })
  await driver.connect()
})
afterEach(async () => {
  await session.end()
  await driver.end()
})

/** The only result of a run. */
function resultOf({ channel, results }: { channel: RunChannel; results: ResultRegistry }): KeptResult {
  const [arrived] = channel.all('columnsArrived')
  if (arrived === undefined) throw new Error('no columns arrived')
  return results.get(arrived.resultId)
}

/** What pg itself gives: the server's text of every cell, as bytes. */
async function asPgGivesIt(text: string): Promise<(Buffer | null)[][]> {
  const types = { getTypeParser: () => (value: string) => value }
  const { rows } = await driver.query({ text, rowMode: 'array', types, queryMode: 'extended' } as never)
  return (rows as unknown as (string | null)[][]).map((row) =>
    row.map((cell) => (cell === null ? null : Buffer.from(cell))),
  )
}

describe('rows', () => {
  it.each([
    [
      'of many kinds',
      `select i, 'é😀' || i, null::text, '', repeat('x', i % 300), E'tab\\tline\\n' from generate_series(1, 5000) i`,
    ],
    [
      'that cross the borders of segments',
      `select i, repeat('x', 1000 + i % 977), null from generate_series(1, 9000) i`,
    ],
    [
      'of 9 MB cells between small ones',
      `select i, repeat('zü', 3000000 + i), 'q' from generate_series(1, 3) i union all select 4, '', null`,
    ],
    [
      'longer than the grid shows',
      `select repeat('😀', 1023 + i), repeat('a', 4090 + i) from generate_series(1, 12) i`,
    ],
    ['of NULL and empty strings', `select null, '', ' ', null::int[], '{}'::int[], 'null'`],
    ['without columns', 'select from generate_series(1, 450)'],
    ['that are none', 'select 1 as a, 2 as b where false'],
    ['that are none without columns', 'select where false'],
    ['with names that repeat', 'select 1 as a, 2 as a, 3 as "A", 4 as " ", 5'],
    [
      'of 1,600 columns',
      `select ${Array.from({ length: 1600 }, (_, i) => (i % 3 === 0 ? 'null' : `'${i}'`)).join(', ')} from generate_series(1, 300)`,
    ],
    ['of the catalog itself', 'select * from pg_type order by oid'],
    ['of functions with bodies', 'select * from pg_proc order by oid limit 1000'],
  ])('fact 5: %s are byte for byte what pg reads', async (_name, sql) => {
    const run = await runScript(session, sql)

    const rows = allRows(resultOf(run))

    const expected = await asPgGivesIt(sql)
    expect(rows.length).toBe(expected.length)
    expect(rows.findIndex((row, index) => !sameRow(row, expected[index] ?? []))).toBe(-1)
  })

  it('fact 5: are what the server prints, for values that other programs round or reformat', async () => {
    const digits = '1234567890'.repeat(100)
    await session.query(`set time zone 'Asia/Kathmandu'`)
    const sql = `select 9223372036854775807, (-9223372036854775808)::int8, ${digits}, 0.10::numeric(20,10), 'NaN'::numeric,
      'infinity'::numeric, '-infinity'::float8, 1e-300::float8, 0.1::float4, '-0'::float8,
      'infinity'::timestamptz, '4713-01-01 BC'::date, '294276-12-31 23:59:59.999999'::timestamp,
      '2024-02-29 12:00:00.123456+00'::timestamptz, '24:00:00'::time, '1 year -2 mons 3 days 04:05:06.789'::interval,
      '{"a":1,"a":1.0,"b":12345678901234567890}'::json, '{"b":1,"a":1.0}'::jsonb, '\\xDEADBEEF'::bytea, true,
      '{NULL,"NULL","",a b}'::text[], '[3:4]={1,2}'::int[], B'0101', '(1,)'::text, 'a'::char(5), '::1'::inet, row(1, null, '')`

    const run = await runScript(session, sql)

    expect(allTexts(resultOf(run))).toEqual([
      [
        '9223372036854775807',
        '-9223372036854775808',
        digits,
        '0.1000000000',
        'NaN',
        'Infinity',
        '-Infinity',
        '1e-300',
        '0.1',
        '-0',
        'infinity',
        '4713-01-01 BC',
        '294276-12-31 23:59:59.999999',
        '2024-02-29 17:45:00.123456+05:45',
        '24:00:00',
        '10 mons 3 days 04:05:06.789',
        '{"a":1,"a":1.0,"b":12345678901234567890}',
        '{"a": 1.0, "b": 1}',
        '\\xdeadbeef',
        't',
        '{NULL,"NULL","","a b"}',
        '[3:4]={1,2}',
        '0101',
        '(1,)',
        'a    ',
        '::1',
        '(1,,"")',
      ],
    ])
  })

  it('follow the settings of their session', async () => {
    const script = `set datestyle = 'German, DMY'; set bytea_output = 'escape'; set extra_float_digits = -10;
      select '2024-02-29'::date, '\\x00ff'::bytea, 0.1::float8 + 0.2`

    const run = await runScript(session, script)

    expect(allTexts(resultOf(run))).toEqual([['29.02.2024', '\\000\\377', '0.3']])
  })

  it('keep names that repeat, in order, with their types', async () => {
    const { channel } = await runScript(
      session,
      `select 1 as a, 'x'::varchar(7) as a, 1.5::numeric(12,2) as "A b", null`,
    )

    const [arrived] = channel.all('columnsArrived')

    expect(arrived?.columns.map(({ name, typeName, isNumeric }) => [name, typeName, isNumeric])).toEqual([
      ['a', 'int4', true],
      ['a', 'varchar(7)', false],
      ['A b', 'numeric(12,2)', true],
      ['?column?', 'text', false],
    ])
  })

  it('are the same when the bytes of the server come in pieces of 1 to 7', async () => {
    const { host, port } = database.target
    const random = seededRandom(3)
    const rechunk = (bytes: Buffer) => {
      const pieces: Buffer[] = []
      for (let at = 0; at < bytes.length; ) {
        const end = at + 1 + Math.floor(random() * 7)
        pieces.push(bytes.subarray(at, end))
        at = end
      }
      return pieces
    }
    const proxy = await startFaultProxy({ host, port }, { rechunk })
    const slow = await openTestSession(database, { target: { ...database.target, port: proxy.port } })
    const sql = `select i, repeat('é😀', i % 20), null, '' from generate_series(1, 700) i`

    const run = await runScript(slow, sql)

    expect(allRows(resultOf(run))).toEqual(await asPgGivesIt(sql))
    await slow.end()
    await proxy.close()
  })
})

function sameRow(row: readonly (Buffer | null)[], expected: readonly (Buffer | null)[]): boolean {
  return (
    row.length === expected.length &&
    row.every((cell, column) => {
      const other = expected[column] ?? null
      return cell === null || other === null ? cell === other : cell.equals(other)
    })
  )
}

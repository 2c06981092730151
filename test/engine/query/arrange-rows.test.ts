import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ArrangeEvent, RowFilter } from '../../../contract/arrangement'
import { FailureError } from '../../../electron/engine/failure-error'
import { arrangeRows } from '../../../electron/engine/query/arrange-rows'
import { ResultViews } from '../../../electron/engine/query/arrange-views'
import type { Session } from '../../../electron/engine/session/session'
import { openTestSession } from '../../support/builders'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { arrange, columnTexts, KeepingChannel, loadRows } from './loaded-result'

let database: TestDatabase
let session: Session
beforeAll(async () => {
  database = await createDatabase('app')
  session = await openTestSession(database)
})
afterAll(async () => {
  await session.end()
  await database.drop()
})

const texts = async (sql: string) => (await session.query(sql)).rows.map((row) => row[0] ?? null)

/** Extreme values of a type, each several times, in an order of no meaning; the second column numbers the rows. */
const scrambled = (type: string, values: string) =>
  `select v::${type} as v, row_number() over (order by md5(n || coalesce(v::text, ''))) as n
   from unnest(array[${values}]::text[]) v, generate_series(1, 3) n order by 2`

const EXTREMES: readonly (readonly [type: string, collate: string, values: string])[] = [
  ['int2', '', "'-32768','32767','0','-1','7',null"],
  [
    'int8',
    '',
    "'-9223372036854775808','9223372036854775807','9223372036854775806','9007199254740993','9007199254740992',null,'0'",
  ],
  ['oid', '', "'0','4294967295','4294967294','16384'"],
  [
    'numeric',
    '',
    `'NaN','Infinity','-Infinity','0','-0.0','1e1000','-1e1000','1e-1000','-1e-1000','0.1','0.10','0.1000000000000000000000000001',
     '1${'0'.repeat(400)}','1${'0'.repeat(399)}1','-1${'0'.repeat(400)}','-1${'0'.repeat(399)}1','123456789012345678901234567890.5',
     '123456789012345678901234567890.05','-5','-50','-5.5','12','1.2','120',null`,
  ],
  [
    'float8',
    '',
    "'NaN','Infinity','-Infinity','-0','0','1e308','-1e308','5e-324','0.1','1e-5','123456789012345680','1e22',null",
  ],
  ['float4', '', "'NaN','Infinity','1e38','-1e38','1e-45','0.1','16777216'"],
  [
    'money',
    '',
    "'-92233720368547758.08','92233720368547758.07','92233720368547758.06','0','-0.01','0.01','1000','999.99',null",
  ],
  [
    'date',
    '',
    "'4714-11-24 BC','0001-01-01','0001-12-31 BC','5874897-12-31','infinity','-infinity','2024-02-29','2024-03-01','1970-01-01',null",
  ],
  [
    'timestamp',
    '',
    `'4714-11-24 00:00:00 BC','294276-12-31 23:59:59.999999','infinity','-infinity','2024-01-01 00:00:00.1','2024-01-01 00:00:00.09',
     '2024-01-01 00:00:00','1969-12-31 23:59:59.999999','0001-01-01 00:00:00',null`,
  ],
  [
    'timestamptz',
    '',
    `'4714-11-24 00:00:00+00 BC','294276-12-31 23:59:59.999999+00','infinity','-infinity','2024-01-01 00:00:00+05:30',
     '2024-01-01 00:00:00-08','1800-01-01 00:00:00+00','2024-01-01 00:00:00.000001+00',null`,
  ],
  ['time', '', "'24:00:00','00:00:00','23:59:59.999999','00:00:00.000001',null"],
  ['timetz', '', "'24:00:00-15','00:00:00+15','12:00:00+00','13:00:00+01','11:00:00-01','23:59:59.999999+00',null"],
  ['bool', '', "'t','f',null"],
  [
    'uuid',
    '',
    "'00000000-0000-0000-0000-000000000000','ffffffff-ffff-ffff-ffff-ffffffffffff','a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'",
  ],
  [
    'text',
    'collate "C"',
    `'','a','B','é','ä','z','Z','aa','abcdef','abcdefg','abcdefgh','${'same beginning '.repeat(300)}a','${'same beginning '.repeat(300)}b',
     '${'same beginning '.repeat(300)}','🐘','￿','NULL',' ',null`,
  ],
]

describe('sorting loaded rows', () => {
  it.each(EXTREMES)(
    'orders %s as the server does, both ways and NULLs where it puts them',
    async (type, collate, values) => {
      await session.query(`set timezone = 'Asia/Kolkata'`)
      const sql = scrambled(type, values)
      const result = await loadRows(session, sql)

      const up = await arrange(result, { sort: [{ column: 0, direction: 'ascending' }] })
      const down = await arrange(result, { sort: [{ column: 0, direction: 'descending' }] })

      // The row number decides between equal values: the sorting is stable.
      expect(columnTexts(result, up.order, 1)).toEqual(await texts(`select n from (${sql}) s order by v ${collate}, n`))
      expect(columnTexts(result, down.order, 1)).toEqual(
        await texts(`select n from (${sql}) s order by v ${collate} desc, n`),
      )
      expect(up.arranged.orders).toEqual([type === 'text' ? 'by code point' : 'by value'])
    },
  )

  it('orders by several columns, each in its direction', async () => {
    const sql = `select i % 7 as a, case when i % 5 = 0 then null else md5((i % 11)::text) end as b, i from generate_series(1, 5000) i`
    const result = await loadRows(session, sql)

    const { order } = await arrange(result, {
      sort: [
        { column: 1, direction: 'descending' },
        { column: 0, direction: 'ascending' },
      ],
    })

    expect(columnTexts(result, order, 2)).toEqual(
      await texts(`select i from (${sql}) s order by b collate "C" desc, a, i`),
    )
  })

  it('says that it sorts texts where dates are printed so that they could be misread', async () => {
    await session.query(`set datestyle = 'SQL, DMY'`)
    const result = await loadRows(session, `select d::date from unnest(array['2024-01-02','2023-03-01']) d`)
    await session.query('reset datestyle')

    const { order, arranged } = await arrange(result, { sort: [{ column: 0, direction: 'ascending' }] })

    expect(arranged.orders).toEqual(['as text'])
    expect(columnTexts(result, order, 0)).toEqual(['01/03/2023', '02/01/2024'])
  })

  it('sorts 200,000 rows of one long beginning and lets others have their turns meanwhile', async () => {
    const result = await loadRows(
      session,
      `select 'customer number ' || lpad(((i * 7919) % 200000)::text, 10, '0') as v from generate_series(1, 200000) i`,
    )
    let turns = 0
    const timer = setInterval(() => {
      turns += 1
    }, 1)

    const { order } = await arrange(result, { sort: [{ column: 0, direction: 'descending' }] })
    clearInterval(timer)

    const sorted = columnTexts(result, order, 0)
    expect(sorted).toEqual([...sorted].sort().reverse())
    expect(turns).toBeGreaterThan(0) // in one go it would be none
  })

  it('stops when nobody wants it any more', async () => {
    const result = await loadRows(session, `select md5(i::text) from generate_series(1, 200000) i`)
    const channel = new KeepingChannel<ArrangeEvent>()
    const input = { resultId: 'r' as never, sort: [{ column: 0, direction: 'ascending' as const }], filters: [] }

    const ended = arrangeRows(result, new ResultViews(), input, channel)
    setImmediate(() => {
      channel.isClosed = true
    })

    await expect(ended).rejects.toMatchObject({ failure: { kind: 'cancelled' } })
  })

  it('is refused when the rows are released meanwhile', async () => {
    const result = await loadRows(session, `select md5(i::text) from generate_series(1, 200000) i`)
    const channel = new KeepingChannel<ArrangeEvent>()
    const input = { resultId: 'r' as never, sort: [{ column: 0, direction: 'ascending' as const }], filters: [] }

    const ended = arrangeRows(result, new ResultViews(), input, channel)
    setImmediate(() => result.store.release())

    await expect(ended).rejects.toBeInstanceOf(FailureError)
  })
})

describe('filtering loaded rows', () => {
  const ROWS = `select * from (values
    (1, 'Anna', 10.50::numeric, '2024-01-01'::date), (2, 'anna b', 9.5, '2023-12-31'), (3, null, null, null),
    (4, 'ÄNNE', 100, 'infinity'), (5, '', 10.500, '0044-03-15 BC')) v(id, name, price, day)`
  const filtered = async (...filters: RowFilter[]) => {
    const result = await loadRows(session, ROWS)
    return columnTexts(result, (await arrange(result, { filters })).order, 0)
  }
  const text = (column: number, test: Extract<RowFilter, { kind: 'text' }>['test'], words: string): RowFilter => ({
    kind: 'text',
    column,
    test,
    text: words,
  })

  it.each<[string, RowFilter, string[]]>([
    ['contains a text in either case', text(1, 'contains', 'ANN'), ['1', '2']],
    ['contains a text in either case of other scripts', text(1, 'contains', 'änn'), ['4']],
    ['does not contain, which NULL does not fulfil', text(1, 'does not contain', 'ann'), ['4', '5']],
    ['equals a text exactly', text(1, 'equals', 'anna b'), ['2']],
    ['equals the empty string, which is not NULL', text(1, 'equals', ''), ['5']],
    ['equals a number, however it is written', text(2, 'equals', '10.5'), ['1', '5']],
    ['differs from a number', text(2, 'differs from', '10.5'), ['2', '4']],
    ['is larger than a number, by value', text(2, '>', '9.5'), ['1', '4', '5']],
    ['is at least a number', text(2, '>=', '10.5000'), ['1', '4', '5']],
    ['is before a date', text(3, '<', '2024-01-01'), ['2', '5']],
    ['is NULL', { kind: 'null', column: 1, isNull: true }, ['3']],
    ['is not NULL', { kind: 'null', column: 1, isNull: false }, ['1', '2', '4', '5']],
    ['is the value of a row', { kind: 'cell', column: 1, row: 3, isSame: true }, ['4']],
    ['is not the value of a row', { kind: 'cell', column: 1, row: 3, isSame: false }, ['1', '2', '3', '5']],
    ['is NULL as a row is', { kind: 'cell', column: 1, row: 2, isSame: true }, ['3']],
  ])('keeps rows where a column %s', async (_words, filter, ids) => {
    expect(await filtered(filter)).toEqual(ids)
  })

  it('keeps rows that pass every filter, and sorts them', async () => {
    const result = await loadRows(session, ROWS)

    const { order } = await arrange(result, {
      filters: [text(2, '>', '1'), { kind: 'null', column: 1, isNull: false }],
      sort: [{ column: 2, direction: 'descending' }],
    })

    expect(columnTexts(result, order, 0)).toEqual(['4', '1', '5', '2'])
  })

  it('refuses to compare a number with what is none', async () => {
    const ended = filtered(text(2, '>', 'ten'))

    await expect(ended).rejects.toMatchObject({
      failure: { kind: 'refused', issues: [{ message: '"ten" cannot be compared with a value of price.' }] },
    })
  })

  it('covers the rows that were loaded, and says how many those were', async () => {
    const result = await loadRows(session, ROWS)

    const { arranged } = await arrange(result, { filters: [text(1, 'contains', 'a')] })

    expect(arranged).toMatchObject({ rows: 2, coveredRows: 5 })
  })
})

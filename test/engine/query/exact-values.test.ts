import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ResultColumn } from '../../../contract/query'
import type { KeptResult } from '../../../electron/engine/query/result-registry'
import type { Session } from '../../../electron/engine/session/session'
import { openTestSession, runScript } from '../../support/builders'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { type CopySession, openCopySession, unescapeCopy } from './copy-output'
import { EXTREME_VALUES, TYPE_DEFINITIONS } from './extreme-values'
import { copied, shownRow } from './seen-cells'

let database: TestDatabase
let session: Session
let copying: CopySession
beforeAll(async () => {
  database = await createDatabase()
  await database.query(TYPE_DEFINITIONS)
  session = await openTestSession(database)
  copying = await openCopySession(database)
})
afterAll(async () => {
  await session.end()
  await copying.end()
  await database.drop()
})

/** One row with all extreme values of a type, and NULL. */
const QUERIES = Object.entries(EXTREME_VALUES).map(([type, values]) => {
  const cells = [...values.map((value) => `'${value.replaceAll("'", "''")}'::${type}`), `null::${type}`]
  return { type, query: `select ${cells.join(', ')}` }
})

interface Ran {
  readonly result: KeptResult
  readonly columns: readonly ResultColumn[]
}

async function runAll(queries: readonly string[]): Promise<Ran[]> {
  const { channel, results } = await runScript(session, queries.join(';\n'))
  expect(channel.all('statementFailed')).toEqual([])
  return channel.all('columnsArrived').map(({ resultId, columns }) => ({ result: results.get(resultId), columns }))
}

const utf8 = (cell: string | null) => (cell === null ? null : Buffer.from(cell, 'latin1').toString('utf8'))

/** Whether the grid shows that value: whole, or its beginning with its size where it is longer than a window carries. */
function shows(shown: string, value: string | null): boolean {
  if (value === null) return shown === '<NULL>'
  const cut = /^(.*)…[\d.]+ kB$/s.exec(shown)?.[1]
  return shown === value || (cut !== undefined && cut.length > 1000 && value.startsWith(cut))
}

describe('the values of every type', () => {
  it('are a hundred types with twenty values each at least', () => {
    const few = Object.entries(EXTREME_VALUES).filter(([, values]) => values.length < 19)

    expect(few.map(([type]) => type)).toEqual([])
    expect(Object.keys(EXTREME_VALUES).length).toBeGreaterThan(100)
  })

  it.each([
    ['as the server is set up', ''],
    [
      'in DateStyle SQL',
      `set datestyle = 'SQL, DMY'; set timezone = 'Asia/Kathmandu'; set intervalstyle = 'postgres_verbose'`,
    ],
    [
      'in DateStyle Postgres',
      `set datestyle = 'Postgres, MDY'; set timezone = 'America/St_Johns'; set intervalstyle = 'sql_standard'`,
    ],
    [
      'in DateStyle German',
      `set datestyle = 'German, YMD'; set timezone = 'Europe/Dublin'; set intervalstyle = 'iso_8601'`,
    ],
    [
      'with fewer digits and escaped bytes',
      `set extra_float_digits = -10; set bytea_output = 'escape'; set time zone interval '-03:21' hour to minute`,
    ],
    [
      'with other names and money',
      `set extra_float_digits = 3; set quote_all_identifiers = on; set search_path = pg_catalog, public; set lc_monetary = 'POSIX'`,
    ],
    ['after another client_encoding', `set client_encoding = 'LATIN1'; set client_encoding = 'SJIS'`],
  ])('are shown and copied as COPY prints them, %s', async (_name, settings) => {
    await session.query('discard all')
    await copying.run('discard all')
    if (settings !== '') {
      const { channel } = await runScript(session, settings)
      expect(channel.all('statementFailed')).toEqual([])
      await copying.run(settings.includes('client_encoding') ? '' : settings)
    }

    const ran = await runAll(QUERIES.map(({ query }) => query))

    const wrong: unknown[] = []
    let count = 0
    for (const [index, { type, query }] of QUERIES.entries()) {
      const { result, columns } = ran[index] as Ran
      const truth = unescapeCopy(await copying.copy(query))[0]?.map(utf8) ?? []
      const shown = shownRow(result, 0)
      for (const [column, value] of truth.entries()) {
        const clipboard = await copied(result, columns, [column], 'text')
        count += 1
        if (shows(shown[column] ?? '', value) && clipboard === (value ?? '')) continue
        wrong.push({ type, value, shown: shown[column], clipboard })
      }
      const everything = columns.map((_, column) => column)
      const csv = (await copying.copy(query, 'format csv, header')).toString()
      if ((await copied(result, columns, everything, 'csv')) !== csv) wrong.push({ type, csv })
    }
    expect(wrong).toEqual([])
    expect(count).toBeGreaterThan(2_000)
  })
})

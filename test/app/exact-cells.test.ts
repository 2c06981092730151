import { expect, test } from '@playwright/test'
import { gridRows, messagesText, run, writeSql } from '../support/app-query'
import { windowOf } from '../support/app-window'
import { sharedApp } from '../support/shared-app'

/** Values as SQL, and as COPY prints them. */
const SAMPLE: readonly (readonly [sql: string, text: string])[] = [
  ["'9223372036854775807'::int8", '9223372036854775807'],
  ["'-0'::float8", '-0'],
  ["'1e-20'::numeric", '0.00000000000000000001'],
  ["'NaN'::numeric", 'NaN'],
  ["'0001-01-01 BC'::date", '0001-01-01 BC'],
  ["'24:00:00'::time", '24:00:00'],
  ["'1 year -2 mons'::interval", '10 mons'],
  ['\'[3:4]={NULL,"NULL"}\'::text[]', '[3:4]={NULL,"NULL"}'],
  [`'{"a":1,"a":12345678901234567890}'::json`, '{"a":1,"a":12345678901234567890}'],
  ["'\\xDEADBEEF'::bytea", '\\xdeadbeef'],
  ["' a   '", ' a   '],
  ["E'tab\\there'", 'tab\there'],
  ["E'line\\r\\nbreak'", 'line\r\nbreak'],
  ["U&'\\202Egnp.exe'", '\u202egnp.exe'],
  ["U&'\\FEFFno\\00A0break\\200B'", '\ufeffno\u00a0break\u200b'],
  ["'👩‍👩‍👧 é\ufffd'", '👩‍👩‍👧 é\ufffd'],
  ["'\\xE9'", '\\xE9'],
  ["'[1,5)'::int4range", '[1,5)'],
]

test.describe('cells', () => {
  const launched = sharedApp({ inNewTab: true })

  test('hold exactly what the server printed, and copy it', async () => {
    const { page, app, screenshot } = launched
    const rows = SAMPLE.map(([sql], index) => `(${index}, (${sql})::text)`).join(',\n')
    await writeSql(page, `select value from (values ${rows}) v (id, value) order by id`)

    await run(page, 'Run all')

    expect((await gridRows(page, 1)).map(([value]) => value)).toEqual(SAMPLE.map(([, text]) => text))
    await screenshot('exact-cells')
    const cells = page.getByRole('grid', { name: 'Result 1', exact: true }).getByRole('gridcell')
    const copied: string[] = []
    for (const [index] of SAMPLE.entries()) {
      await app.evaluate(({ clipboard }) => clipboard.clear())
      await (index === 0 ? cells.first().click() : page.keyboard.press('ArrowDown'))
      await page.keyboard.press('ControlOrMeta+C')
      await expect.poll(() => app.evaluate(({ clipboard }) => clipboard.readText())).not.toBe('')
      copied.push(await app.evaluate(({ clipboard }) => clipboard.readText()))
    }
    await screenshot('exact-cells-marks')
    expect(copied).toEqual(SAMPLE.map(([, text]) => text))
  })

  test('show bytes that are not text as such, and Messages say why they came', async () => {
    const { page, screenshot } = launched
    const { results } = windowOf(page)
    await writeSql(page, `select 'Café \\xE9', set_config('client_encoding', 'latin1', false);`)

    await run(page, 'Run all')

    const cell = page.getByRole('gridcell').first()
    await expect(cell).toHaveText('Caf\\xE9 \\xE9')
    await expect(cell.getByRole('img', { name: 'bytes E9' })).toHaveText('\\xE9')
    await screenshot('bytes-in-cells')
    expect(await messagesText(page)).toContain('Strata set client_encoding back from LATIN1 to UTF8.')
    await screenshot('encoding-messages')
    await writeSql(page, `select 'é😀' as letters`)
    await run(page, 'Run all')
    await results.first().click()
    expect(await gridRows(page, 1)).toEqual([['é😀']])
  })
})

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ExportInput, FileToken, TransferEvent } from '../../../contract/transfer'
import { eachCell } from '../../../electron/engine/query/row-cells'
import { exportRows } from '../../../electron/engine/transfer/export-rows'
import { openTestSession, runScript } from '../../support/builders'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { openCopySession } from '../query/copy-output'
import { EXTREME_VALUES, TYPE_DEFINITIONS } from '../query/extreme-values'

let database: TestDatabase
let folder: string
beforeAll(async () => {
  database = await createDatabase()
  await database.query(TYPE_DEFINITIONS)
  folder = await mkdtemp(join(tmpdir(), 'strata-exact-export-'))
})
afterAll(async () => {
  await database.drop()
  await rm(folder, { recursive: true, force: true })
})

const QUERIES = Object.entries(EXTREME_VALUES).map(([type, values]) => ({
  type,
  query: `select ${[...values.map((value) => `'${value.replaceAll("'", "''")}'::${type}`), `null::${type}`].join(', ')}`,
}))

const UNHEARD = { isClosed: false, send: (_event: TransferEvent) => {}, onClose: () => {} }

describe('exported values of every type', () => {
  it.each([
    ['csv', 'format csv, header', ''],
    ['copy text', 'format text', ''],
    [
      'csv',
      'format csv, header',
      `set datestyle = 'SQL, DMY'; set timezone = 'Asia/Kathmandu'; set intervalstyle = 'postgres_verbose'; set extra_float_digits = -10`,
    ],
    [
      'copy text',
      'format text',
      `set datestyle = 'German'; set timezone = 'Europe/Dublin'; set intervalstyle = 'sql_standard'; set bytea_output = 'escape'`,
    ],
    ['csv', 'format csv, header', `set datestyle = 'Postgres, MDY'; set intervalstyle = 'iso_8601'`],
  ] as const)('are byte for byte what COPY writes, as %s (%s) %s', async (format, options, settings) => {
    const session = await openTestSession(database)
    const copying = await openCopySession(database)
    if (settings !== '') {
      await runScript(session, settings)
      await copying.run(settings)
    }
    const { channel, results } = await runScript(session, QUERIES.map(({ query }) => query).join(';\n'))
    const wrong: string[] = []
    for (const [index, { resultId, columns }] of channel.all('columnsArrived').entries()) {
      const { store, columnCount } = results.get(resultId)
      const path = join(folder, `${index} ${format}`)
      const input: ExportInput = {
        token: 'token' as FileToken, // branded here: nobody chose this file in a dialog
        resultId,
        rows: null,
        columns: columns.map((_, column) => column),
        format,
        hasHeader: format === 'csv',
        delimiter: ',',
        relation: 't',
      }

      await exportRows(
        { rowCount: store.rowCount, columns, eachCell: (row, visit) => eachCell(store, row, columnCount, visit) },
        path,
        input,
        UNHEARD,
      )

      const { type, query } = QUERIES[index] ?? { type: '', query: '' }
      if (!(await readFile(path)).equals(await copying.copy(query, options))) wrong.push(type)
    }
    await session.end()
    await copying.end()
    expect(channel.all('columnsArrived')).toHaveLength(QUERIES.length)
    expect(wrong).toEqual([])
  })
})

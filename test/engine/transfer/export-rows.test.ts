import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ExportInput, TransferEvent } from '../../../contract/transfer'
import { rowsInOrder } from '../../../electron/engine/query/result-rows'
import type { Session } from '../../../electron/engine/session/session'
import { exportRows } from '../../../electron/engine/transfer/export-rows'
import { saveCell } from '../../../electron/engine/transfer/save-cell'
import { openTestSession } from '../../support/builders'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { arrange, KeepingChannel, loadRows, rowTexts } from '../query/loaded-result'

let database: TestDatabase
let session: Session
let folder: string
beforeAll(async () => {
  database = await createDatabase('app')
  session = await openTestSession(database)
  folder = await mkdtemp(join(tmpdir(), 'strata-export-'))
})
afterAll(async () => {
  await session.end()
  await database.drop()
  await rm(folder, { recursive: true, force: true })
})

const NASTY = `select * from (values
  (1::int8, 'plain', null, 1.50::numeric, '{"b": 1, "b": 12345678901234567890, "a":  2}'::json, true, '\\x00ff22'::bytea),
  (9223372036854775807, '', 'quote " and , and ; and |', 'NaN', null, false, '\\x'),
  (-9223372036854775808, E'line\\nbreak\\r\\ttab', E'back\\\\slash \\\\. \\\\N', 'Infinity', '[1.0]', null, null),
  (0, '\\.', E'\\b\\f\\v\\x01\\x7f', -0.000, '"🐘"', null, null),
  (4, ' lead and trail ', 'émoji 🐘 | *star* _under_ <b> \`code\`', 1e30, 'null', null, null)
) v(id, "na""me", "with, comma", price, doc, flag, raw)`

function exportInput(change: Partial<ExportInput>): ExportInput {
  return {
    token: 'token' as ExportInput['token'], // branded here: the path is given by the test
    resultId: 'result' as ExportInput['resultId'],
    rows: null,
    columns: [0],
    format: 'csv',
    hasHeader: true,
    delimiter: ',',
    relation: 'table_name',
    ...change,
  }
}

/** The file that an export writes. */
async function exported(sql: string, change: Partial<ExportInput> = {}) {
  const result = await loadRows(session, sql)
  const source = rowsInOrder(result, null)
  const path = join(folder, 'exported')
  const channel = new KeepingChannel<TransferEvent>()
  const columns = source.columns.map((_, column) => column)
  await exportRows(source, path, exportInput({ columns, ...change }), channel)
  return { text: await readFile(path), last: channel.events.at(-1) }
}

/** The bytes that COPY writes for the same query. */
async function copied(sql: string, options: string): Promise<Buffer> {
  const { rows } = await database.query(`select current_setting('data_directory') as folder`)
  const name = `copied_${Math.random().toString(36).slice(2)}`
  await database.query(`copy (${sql}) to '${rows[0]?.folder}/${name}' (${options})`)
  const read = await database.query(`select pg_read_binary_file('${name}') as bytes`)
  return read.rows[0]?.bytes
}

describe('an export of loaded rows', () => {
  it.each<[string, Partial<ExportInput>, string]>([
    ['CSV', {}, 'format csv, header'],
    ['CSV without names', { hasHeader: false }, 'format csv'],
    ['CSV with semicolons', { delimiter: ';' }, `format csv, header, delimiter ';'`],
    ['CSV with tabs', { delimiter: '\t' }, `format csv, header, delimiter E'\\t'`],
    ['text', { format: 'copy text' }, 'format text, header'],
    ['text without names', { format: 'copy text', hasHeader: false }, 'format text'],
  ])('as %s is byte for byte what COPY writes', async (_words, change, options) => {
    expect((await exported(NASTY, change)).text.toString()).toBe((await copied(NASTY, options)).toString())
  })

  it.each(['select \'\\.\' as "\\."', "select ''", 'select null::text', "select 'a' where false"])(
    'of one column is what COPY writes: %s',
    async (sql) => {
      expect((await exported(sql)).text.toString()).toBe((await copied(sql, 'format csv, header')).toString())
    },
  )

  it('keeps bytes that are no text', async () => {
    const other = await openTestSession(database)
    await other.query(`set client_encoding = 'SQL_ASCII'`)
    const result = await loadRows(other, `select convert_from('\\x61', 'UTF8') || 'é'`)
    await other.end()
    const { bytes, offset } = result.store.locate(0)
    bytes[offset + 2 + 4 + 1] = 0xe9 // the first byte of é alone: as a server without an encoding may send it
    const path = join(folder, 'bytes')

    for (const format of ['csv', 'copy text', 'json', 'markdown', 'insert'] as const) {
      const input = exportInput({ format, hasHeader: false })
      await exportRows(rowsInOrder(result, null), path, input, new KeepingChannel())
      expect([format, (await readFile(path)).includes(Buffer.from([0x61, 0xe9, 0xa9]))]).toEqual([format, true])
    }
  })

  it('as JSON keeps digits, and json values as the server printed them', async () => {
    const { text } = await exported(
      `select 9223372036854775807 as big, '{"a": 1.0, "a": 2}'::json as doc, 'é"' as "é", null as big, true as yes from generate_series(1, 2)`,
      { format: 'json' },
    )

    const row = '{"big": 9223372036854775807, "doc": {"a": 1.0, "a": 2}, "é": "é\\"", "big_2": null, "yes": true}'
    expect(text.toString()).toBe(`[\n  ${row},\n  ${row}\n]\n`)
  })

  it('as Markdown is a table', async () => {
    const { text } = await exported(`select 1 as "n|1", 'a_b *c*' as t, null as x`, { format: 'markdown' })

    expect(text.toString()).toBe('| n\\|1 | t | x |\n| ---: | --- | --- |\n| 1 | a_b \\*c\\* | NULL |\n')
  })

  it('as INSERT writes the same rows when it is run', async () => {
    const { text } = await exported(NASTY, { format: 'insert', relation: 'public.copy_of' })
    await session.query(
      `create table public.copy_of (id int8, "na""me" text, "with, comma" text, price numeric, doc json, flag bool, raw bytea)`,
    )

    await session.query(text.toString())

    const own = await loadRows(session, NASTY)
    const back = await loadRows(session, 'select * from public.copy_of')
    expect(rowTexts(back, null)).toEqual(rowTexts(own, null))
  })

  it('takes rows of a view and chosen columns in their order', async () => {
    const result = await loadRows(session, `select i, i * 10 as j from generate_series(1, 9) i`)
    const { order } = await arrange(result, { sort: [{ column: 0, direction: 'descending' }] })
    const path = join(folder, 'part')
    const channel = new KeepingChannel<TransferEvent>()

    const input = exportInput({ columns: [1, 0], rows: { from: 2, to: 4 } })
    await exportRows(rowsInOrder(result, order), path, input, channel)

    expect(await readFile(path, 'utf8')).toBe('j,i\n70,7\n60,6\n')
    expect(channel.events.at(-1)).toEqual({ type: 'fileWritten', rows: 2, byteCount: 14 })
  })

  it('writes 300,000 rows in pieces', async () => {
    const sql = `select i, repeat('x', 20) as pad from generate_series(1, 300000) i`

    const { text, last } = await exported(sql)

    expect(text.length).toBe((await copied(sql, 'format csv, header')).length)
    expect(last).toEqual({ type: 'fileWritten', rows: 300_000, byteCount: text.length })
  })

  it('that is stopped leaves the file that was there, and no other', async () => {
    const result = await loadRows(session, `select i, repeat('x', 100) from generate_series(1, 100000) i`)
    const own = await mkdtemp(join(folder, 'stopped-'))
    await writeFile(join(own, 'kept.csv'), 'what was there')
    const channel = new KeepingChannel<TransferEvent>()
    setImmediate(() => {
      channel.isClosed = true
    })

    const ended = exportRows(
      rowsInOrder(result, null),
      join(own, 'kept.csv'),
      exportInput({ columns: [0, 1] }),
      channel,
    )

    await expect(ended).rejects.toMatchObject({ failure: { kind: 'cancelled' } })
    expect(await readdir(own)).toEqual(['kept.csv'])
    expect(await readFile(join(own, 'kept.csv'), 'utf8')).toBe('what was there')
  })

  it('is refused when the rows are released meanwhile', async () => {
    const result = await loadRows(session, `select i, repeat('x', 100) from generate_series(1, 100000) i`)
    const input = exportInput({ columns: [0, 1] })
    setImmediate(() => result.store.release())

    const ended = exportRows(rowsInOrder(result, null), join(folder, 'gone.csv'), input, new KeepingChannel())

    await expect(ended).rejects.toMatchObject({ failure: { kind: 'refused', issues: [{ path: 'resultId' }] } })
    expect(await readdir(folder)).not.toContain('gone.csv')
  })

  it.each([
    [
      'its folder is gone',
      'gone/a.csv',
      'a.csv was not written: its folder does not exist any more. Choose another place.',
    ],
    ['it is a folder', 'folder', 'folder was not written: it is a folder. Choose another name.'],
  ])('says why the file cannot be written: %s', async (_words, name, message) => {
    await mkdir(join(folder, 'folder'), { recursive: true })
    const result = await loadRows(session, 'select 1')

    const ended = exportRows(rowsInOrder(result, null), join(folder, name), exportInput({}), new KeepingChannel())

    await expect(ended).rejects.toMatchObject({ failure: { kind: 'refused', issues: [{ message }] } })
    expect((await readdir(folder)).filter((each) => each.endsWith('.tmp'))).toEqual([])
  })
})

describe('a cell saved to a file', () => {
  const saved = async (sql: string, as: 'text' | 'bytes', before = '') => {
    if (before !== '') await session.query(before)
    const result = await loadRows(session, sql)
    const path = join(folder, 'cell')
    const { part } = rowsInOrder(result, null)
    await saveCell((from) => part(0, 0, from), path, as, new KeepingChannel())
    return readFile(path)
  }

  it('as text is what the server sent', async () => {
    expect((await saved(`select repeat('é🐘', 500000)`, 'text')).equals(Buffer.from('é🐘'.repeat(500_000)))).toBe(true)
  })

  it.each(['hex', 'escape'])('as bytes is what the bytea holds, printed in %s', async (output) => {
    const every = Buffer.concat(Array.from({ length: 6000 }, () => Uint8Array.from({ length: 256 }, (_, i) => i)))
    const sql = `select string_agg(decode(lpad(to_hex(b), 2, '0'), 'hex'), ''::bytea order by n, b) from generate_series(1, 6000) n, generate_series(0, 255) b`

    expect((await saved(sql, 'bytes', `set bytea_output = '${output}'`)).equals(every)).toBe(true)
    await session.query('reset bytea_output')
  })

  it('is refused when it is NULL, or no bytea', async () => {
    await expect(saved('select null', 'text')).rejects.toMatchObject({ failure: { kind: 'refused' } })
    await expect(saved(`select 'a\\b'`, 'bytes')).rejects.toMatchObject({
      failure: { issues: [{ message: 'The value is not a bytea as PostgreSQL prints it. Save it as text.' }] },
    })
  })
})

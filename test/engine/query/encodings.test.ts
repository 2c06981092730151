import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { openTestSession, runScript } from '../../support/builders'
import { createDatabase } from '../../support/database'
import { asSuperuser, type TestDatabase } from '../../support/database-on'
import { type CopySession, openCopySession, unescapeCopy } from './copy-output'
import { copied, shownRow } from './seen-cells'

const ENCODINGS = ['LATIN1', 'EUC_JP', 'SQL_ASCII', 'WIN1251'] as const

let template: TestDatabase
const databases = new Map<string, TestDatabase>()
beforeAll(async () => {
  template = await createDatabase()
  for (const encoding of ENCODINGS) {
    const name = `${template.name}_${encoding.toLowerCase()}`
    await asSuperuser(inject('cluster'), 'postgres', (client) =>
      client.query(`create database ${name} encoding '${encoding}' template template0 locale 'C'`),
    )
    databases.set(encoding, { ...template, name, target: { ...template.target, database: name } })
  }
})
afterAll(async () => {
  for (const { name } of databases.values()) {
    await asSuperuser(inject('cluster'), 'postgres', (client) =>
      client.query(`drop database if exists ${name} with (force)`),
    )
  }
  await template.drop()
})

const databaseIn = (encoding: string) => databases.get(encoding) as TestDatabase

/** Runs a script there, and answers with what the grid shows of its last result, what is copied, and what came with it. */
async function seen(encoding: string, script: string) {
  const session = await openTestSession(databaseIn(encoding))
  const { channel, results } = await runScript(session, script)
  await session.end()
  const arrived = channel.all('columnsArrived').at(-1)
  const result = arrived === undefined ? null : results.get(arrived.resultId)
  const clipboard: string[] = []
  for (const [number] of (arrived?.columns ?? []).entries()) {
    if (result !== null && arrived !== undefined)
      clipboard.push(await copied(result, arrived.columns, [number], 'text'))
  }
  return {
    shown: result === null || result.store.rowCount === 0 ? [] : shownRow(result, 0),
    clipboard,
    names: arrived?.columns.map(({ name }) => name) ?? [],
    failure: channel.all('statementFailed')[0]?.failure,
    place: channel.all('statementFailed')[0]?.place,
    notices: channel.all('noticesArrived').flatMap(({ notices }) => notices.map(({ message }) => message)),
  }
}

async function printed(encoding: string, query: string): Promise<(string | null)[]> {
  let copying: CopySession | null = null
  try {
    copying = await openCopySession(databaseIn(encoding))
    const rows = unescapeCopy(await copying.copy(query))
    return (rows[0] ?? []).map((cell) => (cell === null ? null : Buffer.from(cell, 'latin1').toString('utf8')))
  } finally {
    await copying?.end()
  }
}

describe('a database in another encoding', () => {
  it.each([
    ['LATIN1', `select 'Café ñ ÿ ¡', '\u00a0', '±µ'::name, array['é', 'ü'], '"ß"'::json, 'Ø'::"char", null::text`],
    ['EUC_JP', `select '日本語テスト', 'ｶﾅ', 'ё', array['漢', '字'], '{"鍵": "値"}'::json, '東'::bpchar(3), 'abc'`],
    ['WIN1251', `select 'Привет, мир', '№ ё', '€', array['да', null], '"ж"'::json, 'ъ'::bpchar(3), 'abc'`],
    ['SQL_ASCII', `select 'Café 日本 😀', '\ufeff', '\u202e', array['é', 'ü'], '"ß"'::json, '\ufffd', '\\xE9'`],
  ])('%s shows and copies what COPY prints in UTF-8', async (encoding, query) => {
    const { shown, clipboard } = await seen(encoding, query)

    const truth = await printed(encoding, query)
    expect(shown).toEqual(truth.map((cell) => cell ?? '<NULL>'))
    expect(clipboard).toEqual(truth.map((cell) => cell ?? ''))
  })

  it.each([
    [
      'LATIN1',
      `create temp table t (letter text); insert into t values ('é'), ('¿'); select string_agg(letter, '' order by letter), string_agg(encode(convert_to(letter, 'LATIN1'), 'hex'), '' order by letter) from t`,
      ['¿é', 'bfe9'],
    ],
    [
      'EUC_JP',
      `create temp table t (letter text); insert into t values ('日'); select letter, encode(convert_to(letter, 'EUC_JP'), 'hex') from t`,
      ['日', 'c6fc'],
    ],
  ])('%s keeps the letters that are typed', async (encoding, script, expected) => {
    expect((await seen(encoding, script)).shown).toEqual(expected)
  })

  it('says so when a letter cannot be kept there', async () => {
    const { failure } = await seen('LATIN1', `select '日'`)

    expect(failure).toMatchObject({ kind: 'postgres', code: '22P05' })
  })

  it.each(ENCODINGS)('%s gives the place of an error behind letters', async (encoding) => {
    const letters =
      encoding === 'LATIN1' ? 'éé' : encoding === 'WIN1251' ? 'жж' : encoding === 'EUC_JP' ? '日本' : 'é日😀'
    const script = `select '${letters}', nothing_here`

    const { place } = await seen(encoding, script)

    expect(script.slice(place?.from, place?.to)).toBe('nothing_here')
  })
})

describe('a database in SQL_ASCII', () => {
  // The bytes of Café and ÿ in LATIN1, and half a character of UTF-8.
  const BYTES = `select E'Caf\\xE9', E'\\xFF\\xFE', E'\\xE6\\x97 ok', E'\\xC3\\xA9 \\xE9', '\\xE9', E'a\\tb\\xE9'`

  it('shows bytes that are not text as such, apart from a text that reads like them', async () => {
    const { shown } = await seen('SQL_ASCII', BYTES)

    expect(shown).toEqual(['Caf\\xE9', '\\xFF\\xFE', '\\xE6\\x97 ok', 'é \\xE9', '\\xE9', 'a\tb\\xE9'])
  })

  it('copies such bytes as they are shown', async () => {
    const { clipboard } = await seen('SQL_ASCII', BYTES)

    expect(clipboard).toEqual(['Caf\\xE9', '\\xFF\\xFE', '\\xE6\\x97 ok', 'é \\xE9', '\\xE9', 'a\tb\\xE9'])
  })

  it('names columns, notices and errors that have such bytes', async () => {
    const script = `do $$ begin raise notice '%', E'n\\xE9'; execute E'create temp table t ("c\\xE9" int, "é" int)'; end $$;
      select * from t; do $$ begin raise exception '%', E'm\\xE9' using detail = E'd\\xE9'; end $$`

    const { names, notices, failure } = await seen('SQL_ASCII', script)

    expect({ names, notices, failure }).toMatchObject({
      names: ['c\\xE9', 'é'],
      notices: ['n\\xE9'],
      failure: { kind: 'postgres', message: 'm\\xE9', detail: 'd\\xE9' },
    })
  })
})

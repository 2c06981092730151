import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Session } from '../../../electron/engine/session/session'
import { openTestSession, runScript } from '../../support/builders'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'

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

/** The text that is underlined for a failed script, and where it stands. */
async function underlined(script: string, range: { from: number; to: number } | null = null) {
  const { channel } = await runScript(session, script, { range })
  const [failed] = channel.all('statementFailed')
  const place = failed?.place ?? null
  return place === null ? null : { text: script.slice(place.from, place.to), from: place.from }
}

describe('the place of an error', () => {
  it('fact 3: is right behind emoji, which count once for the server and twice here', async () => {
    const script = `select '😀😀👩‍👩‍👧é', nothing_here`

    expect(await underlined(script)).toEqual({ text: 'nothing_here', from: script.indexOf('nothing_here') })
  })

  it('fact 3: is right in the third statement, behind emoji in the first and in comments', async () => {
    const script = `select '😀';\n/* 🐘🐘 */ select 2;\n-- 🐘\nselect 'ü😀', "no such column 😀" from pg_class`

    expect(await underlined(script)).toEqual({
      text: '"no such column 😀"',
      from: script.indexOf('"no such'),
    })
  })

  it('stands in the statement that failed, not in an identical one before it', async () => {
    const statement = 'select count(*) from soon_gone'
    const script = `create temp table soon_gone (); ${statement}; drop table soon_gone; ${statement}`

    expect(await underlined(script)).toEqual({ text: 'soon_gone', from: script.lastIndexOf('soon_gone') })
  })

  it('is that of the script when only a range runs', async () => {
    const script = `select '😀'; select wrong; select 3`

    expect(await underlined(script, { from: 12, to: script.length })).toEqual({
      text: 'wrong',
      from: script.indexOf('wrong'),
    })
  })

  it('is the end of the statement when something is missing there', async () => {
    const script = 'select 1 +; select 2'

    expect(await underlined(script)).toEqual({ text: ';', from: script.indexOf(';') })
  })

  it('is unknown where the server gave none', async () => {
    expect(await underlined('select 1/0')).toBeNull()
  })
})

describe('a script that cannot run', () => {
  const refused = async (script: string, range: { from: number; to: number } | null = null) => {
    const { channel } = await runScript(session, `create temp table untouched ();\n${script}`, { range })
    const [failed] = channel.all('statementFailed')
    const { failure, place } = failed ?? {}
    const whole = `create temp table untouched ();\n${script}`
    const { rows } = await session.query(`select to_regclass('untouched') is null`)
    return {
      types: channel.events.map((event) => event.type),
      message: failure?.kind === 'refused' ? failure.issues[0]?.message : failure,
      text: place ? whole.slice(place.from, place.to) : null,
      statement: failed?.statement,
      isUntouched: rows[0]?.[0] === 't',
    }
  }
  const types = ['scriptSplit', 'statementFailed', 'runEnded']

  it('because of a psql command is refused before anything ran', async () => {
    expect(await refused('select 1;\n\\d employees\nselect 2')).toEqual({
      types,
      message: '\\d is a command of psql, not SQL. Nothing was run.',
      text: '\\d employees',
      statement: 2,
      isUntouched: true,
    })
  })

  it('because COPY data is not ended is refused before anything ran', async () => {
    expect(await refused('copy t from stdin;\n1\ta\n2\tb\nselect 2')).toEqual({
      types,
      message: 'The data of COPY … FROM STDIN is not ended by a line with \\.. Nothing was run.',
      text: '1',
      statement: 1,
      isUntouched: true,
    })
  })

  it('because of a NUL character is refused before anything ran', async () => {
    expect(await refused(`select 'a\0b'`)).toEqual({
      types,
      message: 'PostgreSQL text cannot hold a NUL character. Nothing was run.',
      text: '\0',
      statement: 1,
      isUntouched: true,
    })
  })

  it.each([
    ['a quote', `select 'open`, 'A quoted string is never closed. Nothing was run.', `'open`],
    ['a name', `select "open`, 'A quoted identifier is never closed. Nothing was run.', '"open'],
    ['a dollar quote', 'select $a$open', 'A string quoted with $a$ is never closed. Nothing was run.', '$a$open'],
    ['a comment', 'select 1 /* open', 'A comment is never closed. Nothing was run.', '/*'],
  ])('because %s is never closed is refused before anything ran', async (_name, script, message, text) => {
    expect(await refused(script)).toEqual({ types, message, text, statement: 1, isUntouched: true })
  })

  it('may still have a part that runs', async () => {
    const script = `select 'open`

    const { channel } = await runScript(session, `select 1;\n${script}`, { range: { from: 0, to: 9 } })

    expect(channel.events.at(-1)).toMatchObject({ type: 'runEnded', outcome: 'complete' })
  })

  it('is read with the quoting rules of its session', async () => {
    await session.query('set standard_conforming_strings = off')
    await session.query('set escape_string_warning = off')

    const { channel } = await runScript(session, `select 'it\\'s; one' as a; select 2`)

    expect(channel.all('scriptSplit')[0]?.statements.length).toBe(2)
    expect(channel.events.at(-1)).toMatchObject({ outcome: 'complete' })
  })
})

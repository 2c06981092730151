import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Session } from '../../../electron/engine/session/session'
import { openTestSession, runScript, startRun } from '../../support/builders'
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
  await session.query('create temp table t (id int, note text)')
})
afterEach(() => session.end())

/** What became of each statement: its tag, or its failure. */
async function outcomes(script: string, range: { from: number; to: number } | null = null) {
  const { channel } = await runScript(session, script, { range })
  return channel.events.flatMap((event): unknown[] => {
    if (event.type === 'statementCompleted') return [event.commandTag]
    if (event.type !== 'statementFailed') return []
    const { failure, place } = event
    const text = place === null ? null : script.slice(place.from, place.to)
    return [{ said: failure.kind === 'postgres' ? failure.message : failure, text }]
  })
}
const rows = async (sql = 'select id, note from t order by id') => (await session.query(sql)).rows

describe('COPY … FROM STDIN in a script', () => {
  it('runs with the data lines behind it, and the next statement after them', async () => {
    const script = 'copy t from stdin;\n1\ta 🐘\n2\t\\N\n\\.\nselect 3;\n'

    expect(await outcomes(script)).toEqual(['COPY 2', 'SELECT 1'])
    expect(await rows()).toEqual([
      ['1', 'a 🐘'],
      ['2', null],
    ])
  })

  it('takes CSV with a header, quotes and line ends inside them', async () => {
    const script = 'copy t (id, note) from stdin with (format csv, header);\nid,note\n1,"a;\nb ""c"""\n2,\n\\.\n'

    expect(await outcomes(script)).toEqual(['COPY 2'])
    expect(await rows()).toEqual([
      ['1', 'a;\nb "c"'],
      ['2', null],
    ])
  })

  it('takes no data at all, lines that end as on Windows, and a last line without its end', async () => {
    const script = 'copy t from stdin;\n\\.\ncopy t from stdin;\r\n1\ta\r\n\\.\r\ncopy t from stdin;\n2\tb\n\\.'

    expect(await outcomes(script)).toEqual(['COPY 0', 'COPY 1', 'COPY 1'])
    expect(await rows()).toEqual([
      ['1', 'a'],
      ['2', 'b'],
    ])
  })

  it('takes data of many messages, no character of it torn', async () => {
    const note = '😀'.repeat(1_000)
    const lines = Array.from({ length: 2_000 }, (_, at) => `${at}\t${at % 2 === 0 ? 'x' : ''}${note}`)

    expect(await outcomes(`copy t from stdin;\n${lines.join('\n')}\n\\.\n`)).toEqual(['COPY 2000'])
    expect(await rows(`select count(*), sum(length(note)) from t where note like '%😀'`)).toEqual([['2000', '2001000']])
  })

  it('names and underlines the value that the server found wrong, and keeps nothing of the data', async () => {
    const script = 'select 1;\ncopy t from stdin;\n1\ta\n2\tb\nthree\tc\n4\td\n\\.\nselect 2;'
    const { channel } = await runScript(session, script)

    const [failed] = channel.all('statementFailed')

    expect(failed?.failure).toMatchObject({ code: '22P02', where: 'COPY t, line 3, column id: "three"' })
    expect(failed?.place).toEqual({ from: script.indexOf('three'), to: script.indexOf('three') + 5 })
    expect(await rows()).toEqual([])
  })

  it('underlines the line where the server names no value of it', async () => {
    const script = 'copy t from stdin;\n1\ta\n2\tb\tc\n\\.\n'

    expect(await outcomes(script)).toEqual([{ said: 'extra data after last expected column', text: '2\tb\tc' }])
  })

  it('goes on after an error in the middle of much data', async () => {
    const lines = Array.from({ length: 200_000 }, (_, at) => (at === 10 ? 'wrong\tx' : `${at}\tsome text for it`))

    expect(await outcomes(`copy t from stdin;\n${lines.join('\n')}\n\\.\n`)).toEqual([
      { said: 'invalid input syntax for type integer: "wrong"', text: 'wrong' },
    ])
    expect(await rows('select 1')).toEqual([['1']])
  })

  it('answers exactly once when a trigger refuses it before the first line', async () => {
    await session.query(
      `create function pg_temp.refuse() returns trigger language plpgsql as $$ begin raise exception 'not today'; end $$`,
    )
    await session.query('create trigger no before insert on t for each statement execute function pg_temp.refuse()')

    expect(await outcomes('copy t from stdin;\n1\ta\n\\.\n')).toEqual([{ said: 'not today', text: null }])
    // A stray ReadyForQuery would end one of these before its rows have come.
    for (let round = 0; round < 5; round += 1)
      expect(await rows(`select ${round} from pg_sleep(0.01)`)).toEqual([[`${round}`]])
  })

  it('runs with its data when only the statement is in the range, and leaves the rest', async () => {
    const script = 'select 1;\ncopy t from stdin;\n1\ta\n\\.\nselect 2;'
    const from = script.indexOf('copy')

    expect(await outcomes(script, { from, to: from + 'copy t from stdin'.length })).toEqual(['COPY 1'])
    expect(await rows()).toEqual([['1', 'a']])
  })

  it('without data says what is missing, and the session goes on', async () => {
    expect(await outcomes('copy t from stdin')).toEqual([
      { said: expect.stringMatching(/^COPY from stdin failed: no data stands behind the statement/), text: null },
    ])
    expect(await rows()).toEqual([])
  })

  it('can be cancelled while its data goes to the server', async () => {
    await session.query(
      `create function pg_temp.slow() returns trigger language plpgsql as $$ begin perform pg_sleep(0.01); return new; end $$`,
    )
    await session.query('create trigger slow before insert on t for each row execute function pg_temp.slow()')
    const lines = Array.from({ length: 300_000 }, (_, at) => `${at}\tsome text for it`)
    const run = startRun(session, `copy t from stdin;\n${lines.join('\n')}\n\\.\n`)
    const sql = `select state from pg_stat_activity where pid = $1 and query like 'copy%'`
    await expect
      .poll(async () => (await database.query(sql, [session.facts.backendPid])).rows)
      .toEqual([{ state: 'active' }])

    await session.cancel()
    await run.ended

    expect(run.channel.events.at(-1)).toMatchObject({ outcome: 'cancelled' })
    expect(await rows()).toEqual([])
  })

  it('of a whole dump as pg_dump writes it runs to its end', async () => {
    const { channel } = await runScript(session, DUMP)

    expect(channel.all('statementFailed')).toEqual([])
    expect(channel.events.at(-1)).toMatchObject({ outcome: 'complete' })
    expect(await rows('select id, name from dumped.people order by id')).toEqual([
      ['1', 'Ada\tLovelace'],
      ['2', null],
      ['3', 'back\\slash'],
    ])
    expect(await rows(`select dumped.twice(21), nextval('dumped.people_id_seq')`)).toEqual([['42', '4']])
  })
})

describe('COPY … TO STDOUT', () => {
  it('shows the lines that came as a result of one column, in the bytes of the server', async () => {
    const { channel, results } = await runScript(
      session,
      `copy (select i, case when i = 2 then null else E'a\\tb\\n🐘' end from generate_series(1, 3) i) to stdout`,
    )

    const [arrived] = channel.all('columnsArrived')
    if (arrived === undefined) throw new Error('no result came')
    expect(arrived.columns.map(({ name, typeName }) => [name, typeName])).toEqual([['copy', 'text']])
    expect(allTexts(results.get(arrived.resultId))).toEqual([['1\ta\\tb\\n🐘'], ['2\t\\N'], ['3\ta\\tb\\n🐘']])
    expect(channel.all('statementCompleted')).toMatchObject([
      {
        commandTag: 'COPY 3',
        rows: 3,
        resultId: arrived.resultId,
        remark: 'The lines of COPY, as the server sent them.',
      },
    ])
  })

  it('says that binary data is not kept', async () => {
    const { channel } = await runScript(session, `copy (select 1) to stdout with (format binary)`)

    expect(channel.all('columnsArrived')).toEqual([])
    expect(channel.all('statementCompleted')[0]?.remark).toMatch(/^\d+ bytes came in binary format and were not kept/)
  })

  it('can be cancelled while it streams', async () => {
    const run = startRun(session, `copy (select repeat('x', 1000), generate_series(1, 100000000)) to stdout`)
    await run.channel.heard('rowsCounted')

    await session.cancel()
    await run.ended

    expect(run.channel.events.at(-1)).toMatchObject({ outcome: 'cancelled' })
    expect((await session.query('select 1')).rows).toEqual([['1']])
  })
})

const DUMP = `--
-- PostgreSQL database dump
--

\\restrict aBcDeF123

SET statement_timeout = 0;
SET lock_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET client_min_messages = warning;

CREATE SCHEMA dumped;

CREATE FUNCTION dumped.twice(n integer) RETURNS integer
    LANGUAGE sql IMMUTABLE
    BEGIN ATOMIC
 SELECT (n * 2);
END;

CREATE FUNCTION dumped.noted() RETURNS trigger
    LANGUAGE plpgsql
    AS $_$
begin
  -- a comment; with 'quotes'
  new.name := coalesce(new.name, $$nobody$$);
  return new;
end;
$_$;

SET default_tablespace = '';
SET default_table_access_method = heap;

CREATE TABLE dumped.people (
    id integer NOT NULL,
    name text,
    CONSTRAINT name_check CHECK ((name <> ';'::text))
);

CREATE SEQUENCE dumped.people_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE dumped.people_id_seq OWNED BY dumped.people.id;
ALTER TABLE ONLY dumped.people ALTER COLUMN id SET DEFAULT nextval('dumped.people_id_seq'::regclass);

--
-- Data for Name: people; Type: TABLE DATA; Schema: dumped; Owner: -
--

COPY dumped.people (id, name) FROM stdin;
1\tAda\\tLovelace
2\t\\N
3\tback\\\\slash
\\.

--
-- Name: people_id_seq; Type: SEQUENCE SET; Schema: dumped; Owner: -
--

SELECT pg_catalog.setval('dumped.people_id_seq', 3, true);

ALTER TABLE ONLY dumped.people
    ADD CONSTRAINT people_pkey PRIMARY KEY (id);

CREATE TRIGGER note AFTER INSERT ON dumped.people FOR EACH ROW EXECUTE FUNCTION dumped.noted();

--
-- PostgreSQL database dump complete
--

\\unrestrict aBcDeF123

`

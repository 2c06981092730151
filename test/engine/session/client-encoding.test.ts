import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Session } from '../../../electron/engine/session/session'
import { openTestSession, runScript } from '../../support/builders'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { startFaultProxy } from '../../support/fault-proxy'
import { allTexts } from '../query/all-rows'

let database: TestDatabase
let session: Session
beforeAll(async () => {
  database = await createDatabase('app')
  await database.query(`create table letters (letter text);
    create function in_latin1() returns text language plpgsql set client_encoding = 'latin1'
      as $$ begin raise notice 'é'; return 'é' || current_setting('client_encoding'); end $$;
    create function fails_in_latin1() returns text language plpgsql set client_encoding = 'latin1'
      as $$ begin raise exception 'é'; end $$;
    grant all on letters to app`)
})
afterAll(() => database.drop())
beforeEach(async () => {
  session = await openTestSession(database)
})
afterEach(() => session.end())

/** What a script leaves: texts of its last result, messages of its notices, and the encoding afterwards. */
async function leftBy(script: string) {
  const { channel, results } = await runScript(session, script)
  const last = channel.all('columnsArrived').at(-1)
  const { rows } = await session.query(`select current_setting('client_encoding'), 'é😀'`)
  return {
    ended: channel.all('runEnded')[0]?.outcome,
    texts: last === undefined ? null : allTexts(results.get(last.resultId)),
    notices: channel
      .all('noticesArrived')
      .flatMap(({ statement, notices }) => notices.map(({ message }) => `${statement}: ${message}`)),
    encoding: rows[0],
  }
}

const UTF8 = ['UTF8', 'é😀']
const back = (statement: number, encoding = 'LATIN1') =>
  `${statement}: Strata set client_encoding back from ${encoding} to UTF8.`

describe('an encoding that a script sets', () => {
  it.each([
    ['by SET', `set client_encoding to 'latin1'; select 'é😀'`, [back(0)]],
    ['by SET of another', `set client_encoding to 'sjis'; select 'é😀'`, [back(0, 'SJIS')]],
    ['by SET NAMES', `set names 'win1252'; select 'é😀'`, [back(0, 'WIN1252')]],
    ['by set_config', `select set_config('client_encoding', 'latin1', false); select 'é😀'`, [back(0)]],
    ['in a DO block', `do $$ begin set client_encoding = 'latin1'; end $$; select 'é😀'`, [back(0)]],
    ['in a transaction', `begin; set client_encoding to 'latin1'; select 'é😀'; commit; select 'é😀'`, [back(1)]],
    ['locally', `begin; set local client_encoding to 'latin1'; select 'é😀'; commit; select 'é😀'`, [back(1)]],
    ['and rolls back', `begin; set client_encoding to 'latin1'; rollback; select 'é😀'`, [back(1)]],
    [
      'and rolls back to a savepoint',
      `begin; savepoint "é"; set client_encoding to 'latin1'; rollback to "é"; select 'é😀'; commit`,
      [back(2)],
    ],
    ['and resets', `set client_encoding to 'latin1'; reset client_encoding; select 'é😀'`, [back(0)]],
    ['and resets with everything', `set client_encoding to 'latin1'; reset all; select 'é😀'`, [back(0)]],
    ['and discards', `set client_encoding to 'latin1'; discard all; select 'é😀'`, [back(0)]],
    [
      'twice',
      `set client_encoding to latin1; set client_encoding to latin2; select 'é😀'`,
      [back(0), back(1, 'LATIN2')],
    ],
    ['to UTF-8 by another name', `set client_encoding to 'UNICODE'; set client_encoding to 'utf-8'; select 'é😀'`, []],
  ])('%s is set back at once, and what follows travels in UTF-8', async (_name, script, notices) => {
    expect(await leftBy(script)).toEqual({ ended: 'complete', texts: [['é😀']], notices, encoding: UTF8 })
  })

  it('never reaches what is written afterwards', async () => {
    await leftBy(`set client_encoding to 'latin1'; insert into letters values ('é😀')`)

    const { rows } = await database.query(
      `select letter, convert_to(letter, 'UTF8') = '\\xc3a9f09f9880' as is_exact from letters`,
    )
    expect(rows).toEqual([{ letter: 'é😀', is_exact: true }])
  })

  it('is set back as well when the statement that set it fails', async () => {
    const script = `select set_config('client_encoding', 'latin1', false), 1 / 0`

    expect(await leftBy(script)).toMatchObject({ ended: 'failed', encoding: UTF8 })
  })

  it('does not matter in an aborted transaction, which can be rolled back', async () => {
    await runScript(session, `begin; set client_encoding to 'latin1'; select 1 / 0`)

    expect(await leftBy(`rollback; select 'é😀'`)).toEqual({
      ended: 'complete',
      texts: [['é😀']],
      notices: [],
      encoding: UTF8,
    })
  })

  it('of a function is left to it, and its notices are shown with bytes for letters', async () => {
    expect(await leftBy('select in_latin1()')).toEqual({
      ended: 'complete',
      texts: [['éLATIN1']],
      notices: ['0: \\xE9'],
      encoding: UTF8,
    })
  })

  it('of a function that fails is shown with bytes for letters', async () => {
    const { channel } = await runScript(session, 'select fails_in_latin1()')

    const [failed] = channel.all('statementFailed')
    expect(failed?.failure).toMatchObject({ kind: 'postgres', message: '\\xE9' })
    expect(await leftBy(`select 'é😀'`)).toMatchObject({ texts: [['é😀']], encoding: UTF8 })
  })

  it('is the one that is spoken only while it is set back', async () => {
    const { host, port } = database.target
    const reports: { encoding: string; sent: number }[] = []
    const proxy = await startFaultProxy(
      { host, port },
      {
        rechunk: (bytes) => {
          const reported = /client_encoding\0(\w+)\0/.exec(bytes.toString('latin1'))?.[1]
          const sent = proxy.connections[0]?.sent().length ?? 0
          if (reported !== undefined) reports.push({ encoding: reported, sent })
          return [bytes]
        },
      },
    )
    const watched = await openTestSession(database, { target: { ...database.target, port: proxy.port } })

    await runScript(
      watched,
      `set client_encoding to 'latin1'; select 'é'; do $$ begin set names 'sjis'; end $$; select 'é'`,
    )

    const sent = proxy.connections[0]?.sent() ?? Buffer.alloc(0)
    const spoken = reports.map(({ encoding, sent: from }, index) => {
      const words = sent.subarray(from, reports[index + 1]?.sent ?? from).toString('latin1')
      return encoding === 'UTF8' ? encoding : `${encoding}: ${words.slice(5, -1)}`
    })
    const setBack = `set client_encoding to 'UTF8'`
    expect(spoken).toEqual(['UTF8', `LATIN1: ${setBack}`, 'UTF8', `SJIS: ${setBack}`, 'UTF8'])
    await watched.end()
    await proxy.close()
  })
})

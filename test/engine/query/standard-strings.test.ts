import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Session } from '../../../electron/engine/session/session'
import { openTestSession, runScript, seededRandom } from '../../support/builders'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { allTexts } from './all-rows'

const OFF = 'set escape_string_warning = off; set standard_conforming_strings = off;'

let database: TestDatabase
let session: Session
let driver: pg.Client
beforeAll(async () => {
  database = await createDatabase('app')
  session = await openTestSession(database)
  const { host, port, role } = database.target
  driver = new pg.Client({ host, port, user: role, password: database.password, database: database.name })
  await driver.connect()
})
afterAll(async () => {
  await session.end()
  await driver.end()
  await database.drop()
})

/** What the server makes of a script when it cuts it itself: the simple protocol gets all of it at once. */
async function asServerCutsIt(script: string): Promise<(string | null)[]> {
  const results = (await driver.query({ text: script, rowMode: 'array' } as never)) as unknown
  const list = (Array.isArray(results) ? results : [results]) as { readonly rows: (string | null)[][] }[]
  return list.flatMap(({ rows }) => rows.flat())
}

async function asWeCutIt(script: string): Promise<(string | null)[]> {
  const { channel, results } = await runScript(session, script)
  expect(channel.all('statementFailed')).toEqual([])
  return channel.all('columnsArrived').flatMap(({ resultId }) => allTexts(results.get(resultId)).flat())
}

describe('a script with standard_conforming_strings off', () => {
  it('runs the statements that the server itself finds in it', async () => {
    await runScript(session, OFF)
    await driver.query(OFF)
    const random = seededRandom(5)
    const pieces = ["\\'", "''", '\\\\', ';', '--', '/*', '*/', '$$', '\\n', 'a', ' ', '"', "'\n'", "' -- c\n '", 'é']
    const string = () =>
      Array.from({ length: Math.floor(random() * 8) }, () => pieces[Math.floor(random() * pieces.length)]).join('')
    const statement = () => {
      const kind = random()
      if (kind < 0.5) return `select '${string()}'::text`
      if (kind < 0.7) return `select E'${string()}'::text`
      if (kind < 0.8) return `select N'${string()}'::text`
      return `select $x$${string()}$x$::text`
    }
    for (let round = 0; round < 40; round += 1) {
      const script = Array.from({ length: 12 }, statement).join(';\n')

      expect({ script, texts: await asWeCutIt(script) }).toEqual({ script, texts: await asServerCutsIt(script) })
    }
  })

  it('is read by the new rule from the statement on that sets it', async () => {
    await session.query('discard all')

    const texts = await asWeCutIt(`${OFF} select 'a\\';b'; set standard_conforming_strings = on; select 'a\\', ';'`)

    expect(texts).toEqual(["a';b", 'a\\', ';'])
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Session } from '../../../electron/engine/session/session'
import { openTestSession, runScript } from '../../support/builders'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'

describe('a run of more than a thousand results', () => {
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

  it('keeps the first thousand, and says of the others how many rows came', async () => {
    const script = `${'select 1;'.repeat(1000)} select generate_series(1, 3); copy (select 1) to stdout; create temp table t ()`

    const { channel } = await runScript(session, script)

    const completed = channel.all('statementCompleted')
    expect(channel.all('columnsArrived').length).toBe(1000)
    expect(completed.slice(-4).map(({ resultId, rows, remark }) => [resultId !== null, rows, remark])).toEqual([
      [true, 1, null],
      [false, 3, '3 rows were not kept: a run keeps the rows of its first 1,000 results.'],
      [false, 1, expect.stringContaining('One row was not kept')],
      [false, null, null],
    ])
  })
})

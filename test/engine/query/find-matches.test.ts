import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FindEvent, type FindInput, MAX_MATCHES } from '../../../contract/arrangement'
import type { RowOrder } from '../../../electron/engine/query/arrange-views'
import { findMatches } from '../../../electron/engine/query/find-matches'
import type { KeptResult } from '../../../electron/engine/query/result-registry'
import type { Session } from '../../../electron/engine/session/session'
import { openTestSession } from '../../support/builders'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { arrange, KeepingChannel, loadRows } from './loaded-result'

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

/** Cells that match as "row column", and how the search ended. */
async function find(result: KeptResult, text: string, rest: Partial<FindInput> = {}, order: RowOrder = null) {
  const channel = new KeepingChannel<FindEvent>()
  const columns = Array.from({ length: result.columnCount }, (_, column) => column)
  const input = { resultId: 'r' as FindInput['resultId'], text, isCaseSensitive: false, columns, ...rest } // branded: not looked at here
  await findMatches(result, order, input, channel)
  const numbers = channel.events.flatMap((event) => (event.type === 'matchesFound' ? [...event.cells] : []))
  const cells = numbers.flatMap((row, at) => (at % 2 === 0 ? [`${row} ${numbers[at + 1]}`] : []))
  return { cells, ended: channel.events.at(-1) }
}

describe('a search in loaded rows', () => {
  const ROWS = `select * from (values ('Elephant', null, '🐘 Straße'), ('an ELEPHANT', 'phan', 'ÉCOLE'), ('', 'x', 'école')) v`

  it('finds a text in either case', async () => {
    const result = await loadRows(session, ROWS)

    expect((await find(result, 'ePHAN')).cells).toEqual(['0 0', '1 0'])
    expect((await find(result, 'phan')).cells).toEqual(['0 0', '1 0', '1 1'])
    expect((await find(result, 'École')).cells).toEqual(['1 2', '2 2'])
    expect((await find(result, '🐘')).cells).toEqual(['0 2'])
  })

  it('finds a text in its own case only, when told to', async () => {
    const result = await loadRows(session, ROWS)

    expect((await find(result, 'ELE', { isCaseSensitive: true })).cells).toEqual(['1 0'])
    expect((await find(result, 'école', { isCaseSensitive: true })).cells).toEqual(['2 2'])
  })

  it('looks at the columns it is told, in their order', async () => {
    const result = await loadRows(session, ROWS)

    expect((await find(result, 'phan', { columns: [1] })).cells).toEqual(['1 1'])
    expect((await find(result, 'phan', { columns: [1, 0] })).cells).toEqual(['0 0', '1 1', '1 0'])
  })

  it('counts rows as the view has them', async () => {
    const result = await loadRows(session, ROWS)
    const { order } = await arrange(result, { sort: [{ column: 0, direction: 'descending' }] })

    expect((await find(result, 'elephant', {}, order)).cells).toEqual(['0 0', '1 0'])
    expect((await find(result, 'x', {}, order)).cells).toEqual(['2 1'])
  })

  it('finds what lies across two slices of a long value', async () => {
    const result = await loadRows(session, `select repeat('x', 1048570) || 'Needle im Heu äß' || repeat('y', 1100000)`)

    expect((await find(result, 'needle IM heu')).cells).toEqual(['0 0'])
    expect((await find(result, 'heu Äß')).cells).toEqual(['0 0'])
    expect((await find(result, 'no such')).cells).toEqual([])
  })

  it('tells at most 100,000 matches, and says so', async () => {
    const result = await loadRows(session, `select 'a', 'a' from generate_series(1, 60000)`)

    const { cells, ended } = await find(result, 'a')

    expect(cells.length).toBe(MAX_MATCHES)
    expect(ended).toEqual({ type: 'searchEnded', matches: MAX_MATCHES, isCapped: true })
  })

  it('stops when it is closed', async () => {
    const result = await loadRows(session, `select md5(i::text), repeat('x', 100) from generate_series(1, 200000) i`)
    const channel = new KeepingChannel<FindEvent>()
    // At the first turn that the search gives to others.
    setImmediate(() => {
      channel.isClosed = true
    })

    const ended = findMatches(
      result,
      null,
      { resultId: 'r' as FindInput['resultId'], text: 'zz', isCaseSensitive: false, columns: [0, 1] },
      channel,
    )

    await expect(ended).rejects.toMatchObject({ failure: { kind: 'cancelled' } })
  })
})

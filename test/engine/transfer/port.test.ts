import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { arrangeEvent, findEvent } from '../../../contract/arrangement'
import type { ProfileId } from '../../../contract/profile'
import type { ResultId, ViewId } from '../../../contract/query'
import { RowWindow } from '../../../contract/row-window'
import { type FileToken, transferEvent } from '../../../contract/transfer'
import type { TabId } from '../../../contract/workspace'
import { aDraft } from '../../support/builders'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { startTestEngine, type TestEngine, type TestWindow } from '../../support/port-pair'

describe('loaded rows through the port', () => {
  let database: TestDatabase
  let engine: TestEngine
  let window: TestWindow
  let folder: string
  let profileId: ProfileId
  let resultId: ResultId
  beforeAll(async () => {
    database = await createDatabase('app')
    engine = await startTestEngine()
    window = engine.openWindow()
    folder = await mkdtemp(join(tmpdir(), 'strata-port-'))
    const draft = aDraft({ target: database.target })
    profileId = (await window.get('profile.save', { draft })).id
    engine.passwords.set(profileId, database.password)
    const { sessionId } = await window.get('session.open', { profileId, tabId: 'tab-1' as TabId })
    const script = `select i as n, 'text ' || i as t from generate_series(1, 500) i`
    const stream = window.open('query.run', { sessionId, script, range: null, commitMode: 'auto' })
    const arrived = await stream.until((event) => event.type === 'columnsArrived')
    await stream.ended
    if (arrived.type === 'columnsArrived') resultId = arrived.resultId
  })
  afterAll(async () => {
    await engine.stop()
    await database.drop()
    await rm(folder, { recursive: true, force: true })
  })

  const arranged = async (): Promise<ViewId> => {
    const sort = [{ column: 0, direction: 'descending' as const }]
    const stream = window.open('result.arrange', { resultId, sort, filters: [] })
    expect(await stream.ended).toBeNull()
    const last = arrangeEvent.parse(stream.events.at(-1))
    if (last.type !== 'arranged') throw new Error('not arranged')
    return last.viewId
  }
  const exported = (token: string, viewId?: ViewId) =>
    window.open('transfer.export', {
      token: token as FileToken, // branded here: the shell mints tokens
      resultId,
      ...(viewId === undefined ? {} : { viewId }),
      rows: { from: 0, to: 2 },
      columns: [1],
      format: 'csv',
      hasHeader: false,
      delimiter: ',',
      relation: 't',
    })

  it('a view gives its own windows, cells and places', async () => {
    const viewId = await arranged()

    const rows = new RowWindow(await window.get('result.window', { resultId, viewId, from: 0, count: 2 }))
    const cell = await window.get('result.cell', { resultId, viewId, row: 1, column: 1, from: 0 })
    const place = await window.get('result.place', { resultId, viewId, row: 1 })

    expect([rows.text(0, 0), rows.text(1, 0), Buffer.from(cell.bytes).toString(), place]).toEqual([
      '500',
      '499',
      'text 499',
      498,
    ])
  })

  it('a view that two others have followed is gone', async () => {
    const first = await arranged()
    await arranged()
    await arranged()

    const reply = await window.ask('result.window', { resultId, viewId: first, from: 0, count: 1 })

    expect(reply).toMatchObject({ ok: false, failure: { kind: 'refused', issues: [{ path: 'viewId' }] } })
  })

  it('a search tells its matches', async () => {
    const stream = window.open('result.find', { resultId, text: 'TEXT 50', isCaseSensitive: false, columns: [0, 1] })

    expect(await stream.ended).toBeNull()
    expect(stream.events.map((event) => findEvent.parse(event))).toEqual([
      { type: 'matchesFound', cells: Uint32Array.of(49, 1, 499, 1) },
      { type: 'searchEnded', matches: 2, isCapped: false },
    ])
  })

  it('an export goes to the file that the shell has named, and to no other', async () => {
    const viewId = await arranged()
    engine.engine.noteSaveFile('chosen', join(folder, 'rows.csv'))

    const stream = exported('chosen', viewId)

    expect(await stream.ended).toBeNull()
    expect(stream.events.map((event) => transferEvent.parse(event)).at(-1)).toEqual({
      type: 'fileWritten',
      rows: 2,
      byteCount: 18,
    })
    expect(await readFile(join(folder, 'rows.csv'), 'utf8')).toBe('text 500\ntext 499\n')
    expect(await exported('chosen', viewId).ended).toMatchObject({ kind: 'refused', issues: [{ path: 'token' }] })
  })

  it('an export goes on when its rows are released meanwhile, and they are gone afterwards', async () => {
    const { sessionId } = await window.get('session.open', { profileId, tabId: 'tab-2' as TabId })
    const run = window.open('query.run', { sessionId, script: 'select 7', range: null, commitMode: 'auto' })
    const arrived = await run.until((event) => event.type === 'columnsArrived')
    await run.ended
    if (arrived.type !== 'columnsArrived') throw new Error('no result')
    const own = arrived.resultId
    const stream = window.open('transfer.export', {
      token: 'late' as FileToken,
      resultId: own,
      rows: null,
      columns: [0],
      format: 'csv',
      hasHeader: false,
      delimiter: ',',
      relation: 't',
    })
    await window.get('result.window', { resultId: own, from: 0, count: 1 })

    await window.get('result.release', { resultIds: [own] })
    const reply = await window.ask('result.window', { resultId: own, from: 0, count: 1 })
    engine.engine.noteSaveFile('late', join(folder, 'late.csv'))

    expect(await stream.ended).toBeNull()
    expect(await readFile(join(folder, 'late.csv'), 'utf8')).toBe('7\n')
    expect(reply).toMatchObject({ ok: false, failure: { kind: 'refused' } })
  })

  it('a path that the window names is refused', async () => {
    const stream = window.openAnything('transfer.saveCell', {
      token: '/etc/passwd',
      resultId,
      row: 0,
      column: 0,
      as: 'text',
    })

    expect(await stream.ended).toMatchObject({ kind: 'refused', issues: [{ path: 'token' }] })
  })
})

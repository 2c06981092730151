import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { logPage } from '../../../contract/migration-log'
import { logPieces } from '../../../electron/engine/migration/export-log'
import { readLog, readWholeLog } from '../../../electron/engine/migration/migration-log'
import { openSession } from '../../../electron/engine/session/connect'
import type { Session } from '../../../electron/engine/session/session'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { createProject, type Project } from '../../support/migration-project'

const ALL = { name: null, words: '' }

describe('the log of migrations', () => {
  let database: TestDatabase
  let project: Project
  let session: Session
  beforeAll(async () => {
    database = await createDatabase('app')
    project = await createProject(database)
    session = await openSession({
      profileId: project.profileId,
      target: database.target,
      password: database.password,
      applicationName: 'Strata',
    })
  })
  afterAll(async () => {
    await session.end()
    await project.remove()
    await database.drop()
  })

  const said = async (wish: Parameters<typeof readLog>[1], from = 0, count = 100) => {
    const { total, entries } = logPage.parse(await readLog(session, wish, from, count))
    return { total, entries: entries.map(({ name, action }) => `${name} ${action}`) }
  }

  it('is empty before anything was applied', async () => {
    expect(await said(ALL)).toEqual({ total: 0, entries: [] })
  })

  it('says who did what when, from where and how long it took, the newest first', async () => {
    await project.add('1_a', 'create table a ()', 'drop table a')
    await project.add('2_b', 'create table b ();\nselect "nö; x" from a', 'drop table b')
    await project.act({ kind: 'apply all' })
    await project.act({ kind: 'roll back all' })

    const { entries } = await readLog(session, ALL, 0, 100)

    expect(await said(ALL)).toEqual({ total: 3, entries: ['1_a rolled back', '2_b failed', '1_a applied'] })
    expect(entries[2]).toMatchObject({
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      role: 'app',
      address: '127.0.0.1',
      durationMs: expect.any(Number),
      failure: null,
    })
    expect(entries[1]?.failure).toEqual({
      direction: 'apply',
      statement: 2,
      code: '42703',
      message: 'column "nö; x" does not exist',
    })
  })

  it.each([
    [{ name: null, words: 'ROLLED' }, ['1_a rolled back']],
    [{ name: null, words: ' 1_a   app ' }, ['1_a rolled back', '1_a applied']],
    [{ name: null, words: '42703' }, ['2_b failed']],
    [{ name: null, words: 'nö; exist' }, ['2_b failed']],
    [{ name: null, words: '%' }, []],
    [{ name: '1_a', words: 'applied' }, ['1_a applied']],
    [{ name: '9_x', words: '' }, []],
  ])('holds for %j %j', async (wish, entries) => {
    expect(await said(wish)).toEqual({ total: entries.length, entries })
  })

  it('is read in pages that know how many entries there are', async () => {
    expect(await said(ALL, 1, 1)).toEqual({ total: 3, entries: ['2_b failed'] })
  })

  it.each([['csv'], ['json']] as const)('becomes a file of %s that says the same', async (format) => {
    const entries = await readWholeLog(session, ALL)

    const text = Buffer.concat([...logPieces(entries, format)].map(({ bytes }) => bytes)).toString()

    const first = { migration: '1_a', action: 'rolled back', role: 'app', address: '127.0.0.1', message: null }
    if (format === 'json') {
      expect(JSON.parse(text)).toHaveLength(3)
      expect(JSON.parse(text)[0]).toMatchObject(first)
      return
    }
    const rows = text.split('\n').slice(1, -1)
    expect(text.split('\n')[0]).toBe(
      'at,action,migration,role,address,duration_ms,checksum,direction,statement,code,message',
    )
    expect(rows[1]).toMatch(/,failed,2_b,app,127\.0\.0\.1,,,apply,2,42703,"column ""nö; x"" does not exist"$/)
    expect(rows[0]).toMatch(/,rolled back,1_a,app,127\.0\.0\.1,\d+,[0-9a-f]{64},,,,$/)
  })

  it('becomes an empty list where there is none', () => {
    const text = Buffer.concat([...logPieces([], 'json')].map(({ bytes }) => bytes)).toString()

    expect(JSON.parse(text)).toEqual([])
  })
})

import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Reply } from '../../../contract/failure'
import type { ProfileId } from '../../../contract/profile'
import { rowKey } from '../../../renderer/catalog/catalog-index'
import { copyName, expandRows, loadCatalog, refreshCatalog } from '../../../renderer/catalog/explore'
import { explorerStore, forgetExplorer } from '../../../renderer/catalog/explorer-store'
import { flattenTree } from '../../../renderer/catalog/flatten-tree'
import { aCatalog, aDetail, aFailure, aRelation, aSchema } from './catalog-builders'

interface Question {
  readonly name: string
  readonly input: unknown
  readonly answer: (reply: Reply<unknown>) => void
}

const bridge = vi.hoisted(() => ({ questions: [] as Question[] }))

vi.mock('../../../renderer/bridge', () => {
  const ask = (name: string, input: unknown) =>
    new Promise((answer) => {
      bridge.questions.push({ name, input, answer })
    })
  return { request: ask, askShell: ask }
})

const PROFILE = 'profile' as ProfileId // branded here: the id means nothing to these tests
const TABLE = aRelation({ name: 'order' })
const CATALOG = aCatalog(aSchema('public', { relations: [TABLE] }))
const KEY = rowKey('relation', 'public', 'order')

/** Answers the oldest question and waits until the answer has been taken in. */
async function answer(reply: Reply<unknown>): Promise<string | undefined> {
  const question = bridge.questions.shift()
  question?.answer(reply)
  await new Promise(setImmediate)
  return question?.name
}

const ok = (value: unknown): Reply<unknown> => ({ ok: true, value })

beforeEach(() => {
  bridge.questions.length = 0
  forgetExplorer(PROFILE)
})

describe('exploring', () => {
  it('reads the catalog once, however often the panel appears', async () => {
    const first = loadCatalog(PROFILE)
    await loadCatalog(PROFILE)
    await answer(ok(CATALOG))
    await first

    await loadCatalog(PROFILE)

    expect([bridge.questions.length, explorerStore(PROFILE).getState().catalog.type]).toEqual([0, 'loaded'])
  })

  it('reads once more, not three times, when changes are announced during a reading', async () => {
    const reading = refreshCatalog(PROFILE)
    for (let announcement = 0; announcement < 3; announcement += 1) await refreshCatalog(PROFILE)

    const asked = [await answer(ok(CATALOG)), await answer(ok(CATALOG))]
    await reading

    expect([asked, bridge.questions.length]).toEqual([['catalog.read', 'catalog.read'], 0])
  })

  it('asks for the columns of a row when it is opened for the first time', async () => {
    const reading = refreshCatalog(PROFILE)
    await answer(ok(CATALOG))
    await reading

    expandRows(PROFILE, [KEY])
    const asked = await answer(ok(aDetail(TABLE.oid)))
    expandRows(PROFILE, [KEY])

    expect([asked, bridge.questions.length]).toEqual(['catalog.describe', 0])
    expect(explorerStore(PROFILE).getState().details.get(TABLE.oid)?.type).toBe('described')
  })

  it('reads open relations again at a refresh', async () => {
    const reading = refreshCatalog(PROFILE)
    await answer(ok(CATALOG))
    await reading
    expandRows(PROFILE, [KEY])
    await answer(ok(aDetail(TABLE.oid)))

    const refreshing = refreshCatalog(PROFILE)
    await answer(ok(CATALOG))
    await refreshing

    expect(bridge.questions.map(({ name, input }) => [name, input])).toEqual([
      ['catalog.describe', { profileId: PROFILE, oid: TABLE.oid }],
    ])
  })

  it('keeps the failure of a relation with that relation', async () => {
    const reading = refreshCatalog(PROFILE)
    await answer(ok(CATALOG))
    await reading
    expandRows(PROFILE, [KEY])

    await answer({ ok: false, failure: aFailure })

    const { catalog, details } = explorerStore(PROFILE).getState()
    expect([catalog.type, details.get(TABLE.oid)]).toEqual(['loaded', { type: 'failed', failure: aFailure }])
  })

  it('drops an answer that comes after the profile was closed', async () => {
    const reading = refreshCatalog(PROFILE)
    forgetExplorer(PROFILE)

    await answer(ok(CATALOG))
    await reading

    expect(explorerStore(PROFILE).getState().catalog.type).toBe('closed')
  })

  it('copies a name as it is, and quoted with its schema', async () => {
    const reading = refreshCatalog(PROFILE)
    await answer(ok(CATALOG))
    await reading
    const state = explorerStore(PROFILE).getState()
    const rows = state.catalog.type === 'loaded' ? flattenTree(state.catalog.index, state).rows : []
    const row = rows.find(({ key }) => key === KEY)
    if (row === undefined) throw new Error('no row')

    void copyName(row, false)
    void copyName(row, true)

    expect(bridge.questions.map(({ input }) => input)).toEqual([{ text: 'order' }, { text: 'public."order"' }])
  })
})

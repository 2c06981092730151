import { beforeEach, expect, it, vi } from 'vitest'
import type { CheckEvent } from '../../../contract/guard'
import type { SessionFacts } from '../../../contract/session'
import type { TabId } from '../../../contract/workspace'
import { aProfileId } from '../../support/builders'

const bridge = vi.hoisted(() => ({ openStream: vi.fn() }))
vi.mock('../../../renderer/bridge', () => bridge)
const { answerGuard, askFirst } = await import('../../../renderer/query/guard/ask-first')
const { queryOf } = await import('../../../renderer/query/query-store')

const tabId = 'tab-1' as TabId // branded here: no tab is open in this test
const wanted = { tabId, profileId: aProfileId, script: 'truncate orders', range: null }
const session = { sessionId: 'session-1' } as SessionFacts // only its id is read

beforeEach(() => {
  bridge.openStream.mockImplementation((_name: string, _input: unknown, say: (event: CheckEvent) => void) => {
    const found = { database: 'shop', statements: 1, dangers: [], dangerCount: 1, confirmation: 'yes-1' }
    say({ type: 'scriptChecked', ...found } as unknown as CheckEvent) // the confirmation is branded by the engine
    return { ended: new Promise(() => {}), close: () => {} }
  })
})

it.each([
  [true, 'yes-1'],
  [false, null],
])('the answer %s to the question gives %s', async (isYes, expected) => {
  const asked = askFirst(wanted, [], async () => session)
  await vi.waitFor(() => expect(queryOf(tabId).guard?.question).not.toBeNull())

  answerGuard(tabId, isYes)

  expect(await asked).toBe(expected)
})

it('a yes that came when its question had gone is none to the next one', async () => {
  answerGuard(tabId, true)
  const asked = askFirst(wanted, [], async () => session)
  await vi.waitFor(() => expect(queryOf(tabId).guard?.question).not.toBeNull())

  answerGuard(tabId, false)

  expect(await asked).toBeNull()
})

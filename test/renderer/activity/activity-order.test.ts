import { describe, expect, it } from 'vitest'
import type { ActiveBackend } from '../../../contract/activity'
import { type ActivityFilter, orderActivity } from '../../../renderer/activity/activity-order'

function aBackend(backendPid: number, parts: Partial<ActiveBackend> = {}): ActiveBackend {
  return {
    backendPid,
    applicationName: 'psql',
    role: 'app',
    clientAddress: '10.0.0.7',
    state: 'idle',
    sinceMs: 1000,
    query: 'select 1',
    backendStart: String(backendPid),
    statementStart: '1',
    waitsFor: [],
    tabId: null,
    database: 'shop',
    backendType: 'client backend',
    wait: '',
    transactionMs: null,
    own: 'none',
    ...parts,
  }
}

const ALL: ActivityFilter = { words: '', database: null, withIdle: true, withProcesses: true }
const pidsOf = (backends: readonly ActiveBackend[], filter: Partial<ActivityFilter> = {}) =>
  orderActivity(backends, { ...ALL, ...filter }).map(({ backend }) => backend.backendPid)

describe('the order of activity', () => {
  it('puts who blocks first, with all that wait below, and says how many', () => {
    const backends = [
      aBackend(1, { state: 'active', sinceMs: 90_000 }),
      aBackend(2, { state: 'active', waitsFor: [3], transactionMs: 10 }),
      aBackend(3, { state: 'active', waitsFor: [4], transactionMs: 20 }),
      aBackend(4, { state: 'idle in transaction', transactionMs: 30 }),
      aBackend(5, { state: 'active', waitsFor: [4], transactionMs: 50 }),
    ]

    const rows = orderActivity(backends, ALL)

    expect(rows.map(({ backend, depth, blockedCount }) => [backend.backendPid, depth, blockedCount])).toEqual([
      [4, 0, 3],
      [5, 1, 0],
      [3, 1, 1],
      [2, 2, 0],
      [1, 0, 0],
    ])
  })

  it('counts a queue of 2,000 before one lock within a blink', () => {
    const queue = Array.from({ length: 2_000 }, (_, at) =>
      aBackend(at + 1, { state: 'active', waitsFor: Array.from({ length: at }, (_, ahead) => ahead + 1) }),
    )
    const startedAt = performance.now()

    const rows = orderActivity(queue, ALL)

    expect(rows.length).toBe(2_000)
    expect([rows[0]?.blockedCount, rows.find(({ backend }) => backend.backendPid === 1_990)?.blockedCount]).toEqual([
      1_999, 10,
    ])
    expect(performance.now() - startedAt).toBeLessThan(2_000) // a walk per row takes minutes
  })

  it('shows each backend once, also those that wait in a circle, and those that wait for two', () => {
    const backends = [
      aBackend(1, { waitsFor: [2] }),
      aBackend(2, { waitsFor: [1] }),
      aBackend(3, { waitsFor: [4, 5] }),
      aBackend(4),
      aBackend(5),
    ]

    expect(pidsOf(backends).sort()).toEqual([1, 2, 3, 4, 5])
  })

  it('follows with active ones, those in a transaction, idle ones and the server’s own', () => {
    const backends = [
      aBackend(1, { backendType: 'checkpointer', state: '' }),
      aBackend(2),
      aBackend(3, { state: 'idle in transaction', transactionMs: 5 }),
      aBackend(4, { state: 'active', sinceMs: 5 }),
      aBackend(5, { state: 'active', sinceMs: 50 }),
      aBackend(6, { state: 'disabled' }),
    ]

    expect(pidsOf(backends)).toEqual([5, 4, 3, 6, 2, 1])
  })

  it('filters by database, idleness, kind and words, but hides nobody in a chain', () => {
    const backends = [
      aBackend(1, { database: 'other', waitsFor: [2] }),
      aBackend(2, { state: 'idle', database: 'other' }),
      aBackend(3, { database: 'other', state: 'active' }),
      aBackend(4, { state: 'idle' }),
      aBackend(5, { backendType: 'walwriter', state: '' }),
      aBackend(6, { state: 'active', query: 'vacuum big' }),
    ]
    const filter = { database: 'shop', withIdle: false, withProcesses: false }

    const shown = [pidsOf(backends, filter), pidsOf(backends, { ...filter, words: 'VACUUM app' }), pidsOf(backends)]

    expect(shown).toEqual([[2, 1, 6], [6], [2, 1, 3, 6, 4, 5]])
  })
})

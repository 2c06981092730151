import { describe, expect, it } from 'vitest'
import type { ServerFacts } from '../../../contract/server'
import { NEW_QUERY } from '../../../renderer/query/tab-query'
import { unsentOf } from '../../../renderer/query/unsent-timeout'

const server: ServerFacts = {
  kind: 'postgresql',
  product: 'PostgreSQL 18',
  isStandby: false,
  isReadOnly: false,
  isPooled: true,
}

describe('what a pooler keeps from a tab', () => {
  it.each([
    [
      'the timeout that the tab chose, outside a transaction',
      { timeoutMs: 10_000 },
      ['search_path', 'statement_timeout'],
    ],
    ['not in the transaction of manual commit', { timeoutMs: 10_000, commitMode: 'manual' }, ['search_path']],
    [
      'only what the profile wants, where the tab chose none',
      { timeoutMs: null },
      ['search_path', 'statement_timeout'],
    ],
  ] as const)('is %s', (_, change, unsent) => {
    const facts = { server, unsentSettings: ['search_path', 'statement_timeout'] }

    expect(unsentOf(facts, { ...NEW_QUERY, ...change })).toEqual(unsent)
  })

  it('is nothing where there is no pooler', () => {
    const facts = { server: { ...server, isPooled: false }, unsentSettings: [] }

    expect(unsentOf(facts, { ...NEW_QUERY, timeoutMs: 10_000 })).toEqual([])
  })
})

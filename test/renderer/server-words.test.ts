import { describe, expect, it } from 'vitest'
import { serverKind, whyNotWritable } from '../../contract/server'
import { serverTraits } from '../../renderer/server-words'
import { aServer } from '../support/server-builder'

describe('words for a server', () => {
  it('are none for an ordinary PostgreSQL', () => {
    expect([serverTraits(aServer), whyNotWritable(aServer)]).toEqual([[], null])
  })

  it('name everything that it is at once', () => {
    const server = {
      ...aServer,
      kind: 'redshift',
      product: 'Amazon Redshift 1.0.1',
      isReadOnly: true,
      isPooled: true,
    } as const

    expect(serverTraits(server).map(({ name }) => name)).toEqual(['Amazon Redshift 1.0.1', 'Read-only', 'Pooled'])
  })

  it('say Standby alone for a standby, which is read-only anyway', () => {
    const server = { ...aServer, isStandby: true, isReadOnly: true }

    expect(serverTraits(server).map(({ name }) => name)).toEqual(['Standby, read-only'])
    expect(whyNotWritable(server)).toContain('standby')
  })

  it('say of every kind of look-alike what works', () => {
    const kinds = serverKind.options.filter((kind) => kind !== 'postgresql')

    const silent = kinds.filter((kind) => (serverTraits({ ...aServer, kind })[0]?.consequences.length ?? 0) < 2)

    expect(silent).toEqual([])
  })
})

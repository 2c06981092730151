import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Reply } from '../../../contract/failure'
import { profileId } from '../../../contract/profile'
import { loadMigrations, refreshMigrations } from '../../../renderer/migration/load-migrations'
import { migrationsOf } from '../../../renderer/migration/migration-store'
import { aMigration, anOverview } from './builders'

const bridge = vi.hoisted(() => ({ request: vi.fn(), openStream: vi.fn(), askShell: vi.fn() }))
vi.mock('../../../renderer/bridge', () => bridge)

/** Ends the oldest look at the folder that is under way. */
let lists: (() => void)[] = []
let asked: string[] = []

beforeEach(() => {
  lists = []
  asked = []
  bridge.request.mockImplementation((name: string): Promise<Reply<unknown>> => {
    asked.push(name)
    if (name !== 'migration.list') return Promise.resolve({ ok: false, failure: { kind: 'refused', issues: [] } })
    return new Promise((resolve) => lists.push(() => resolve({ ok: true, value: overview })))
  })
})

const overview = anOverview([aMigration('a', 'applied'), aMigration('b')], 1)

describe('a refresh', () => {
  it('looks once more for all changes that came while it looked', async () => {
    const profile = profileId.parse('refresh-1')
    const first = loadMigrations(profile)
    lists.shift()?.()
    await first

    const refresh = refreshMigrations(profile)
    await Promise.all([refreshMigrations(profile), refreshMigrations(profile), refreshMigrations(profile)])
    lists.shift()?.()
    await vi.waitFor(() => expect(lists).toHaveLength(1))
    lists.shift()?.()
    await refresh

    expect(asked.filter((name) => name === 'migration.list')).toHaveLength(3)
    expect(migrationsOf(profile).listing).toMatchObject({ kind: 'listed', overview })
  })

  it('does not look at what nobody has looked at', async () => {
    await refreshMigrations(profileId.parse('refresh-2'))

    expect(asked).toEqual([])
  })
})

import { describe, expect, it } from 'vitest'
import type { Profile } from '../../../contract/profile'
import { listRows, matchesProfile } from '../../../renderer/profile/profile-list'
import type { ListView } from '../../../renderer/profile/profile-store'
import { aProfile } from './builders'

const BY_FOLDER: ListView = { order: 'folders', folded: new Set() }

function named(name: string, folder = ''): Profile {
  return aProfile({ id: name as Profile['id'], name, folder })
}

/** The rows as they read, from top to bottom. */
function read(profiles: readonly Profile[], typed: string, view: ListView = BY_FOLDER): string[] {
  return listRows(profiles, typed, view).map((row) =>
    row.kind === 'folder'
      ? `${row.isFolded ? '>' : 'v'} ${row.folder} (${row.count})`
      : `${row.isNested ? '  ' : ''}${row.profile.name}${row.folder === null ? '' : ` in ${row.folder}`}`,
  )
}

const PROFILES = [named('one', 'Shop'), named('two'), named('three', 'Ads'), named('four', 'Shop'), named('five')]

describe('list of connections', () => {
  it('has those in no folder first, then folder by folder, each in the order of the profiles', () => {
    expect(read(PROFILES, '')).toEqual(['two', 'five', 'v Ads (1)', '  three', 'v Shop (2)', '  one', '  four'])
  })

  it('leaves out what is in a folded folder', () => {
    const view: ListView = { order: 'folders', folded: new Set(['Shop']) }

    expect(read(PROFILES, '', view)).toEqual(['two', 'five', 'v Ads (1)', '  three', '> Shop (2)'])
  })

  it('is in the order of the profiles where that was chosen, and names their folders', () => {
    const view: ListView = { order: 'recent', folded: new Set() }

    expect(read(PROFILES, '', view)).toEqual(['one in Shop', 'two', 'three in Ads', 'four in Shop', 'five'])
  })

  it('finds what is in folded folders', () => {
    const view: ListView = { order: 'folders', folded: new Set(['Shop']) }

    expect(read(PROFILES, 'shop', view)).toEqual(['one in Shop', 'four in Shop'])
  })

  it.each([
    ['name', 'orders'],
    ['host', 'example.net'],
    ['database', '/orders'],
    ['role', 'app@'],
    ['folder', 'the shop'],
    ['environment', 'STAG'],
    ['several words in any order', 'staging app shop'],
  ])('searches the %s', (_part, typed) => {
    expect(matchesProfile(aProfile({ folder: 'The shop' }), typed)).toBe(true)
  })

  it('finds nothing where one word is nowhere', () => {
    expect(matchesProfile(aProfile(), 'orders production')).toBe(false)
  })
})

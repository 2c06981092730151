import type { Profile } from '../../contract/profile'
import type { ListView } from './profile-store'
import { foldersOf, whereItLeads } from './profile-words'

/** One line of the list of connections. */
export type ListRow =
  | { readonly kind: 'folder'; readonly folder: string; readonly count: number; readonly isFolded: boolean }
  | {
      readonly kind: 'profile'
      readonly profile: Profile
      /** The folder to name beside it; null where it stands in it, or in none. */
      readonly folder: string | null
      readonly isNested: boolean
    }

/** True when every typed word is somewhere in name, host, database, role, folder or environment. */
export function matchesProfile(profile: Profile, typed: string): boolean {
  const { name, folder, environment } = profile
  const text = [name, whereItLeads(profile), folder, environment].join('\n').toLowerCase()
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}

/**
 * The lines of the list: what matches a typed text, or else those in no folder and then folder by folder. Within each part the order is
 * that of the profiles, the most recently opened first.
 */
export function listRows(profiles: readonly Profile[], typed: string, { order, folded }: ListView): ListRow[] {
  const plain = (profile: Profile): ListRow => ({
    kind: 'profile',
    profile,
    folder: profile.folder === '' ? null : profile.folder,
    isNested: false,
  })
  if (typed.trim() !== '') return profiles.filter((profile) => matchesProfile(profile, typed.trim())).map(plain)
  if (order === 'recent') return profiles.map(plain)
  const inFolders = foldersOf(profiles).flatMap((folder): ListRow[] => {
    const own = profiles.filter((profile) => profile.folder === folder)
    const isFolded = folded.has(folder)
    const head: ListRow = { kind: 'folder', folder, count: own.length, isFolded }
    if (isFolded) return [head]
    return [head, ...own.map((profile): ListRow => ({ kind: 'profile', profile, folder: null, isNested: true }))]
  })
  return [...profiles.filter((profile) => profile.folder === '').map(plain), ...inFolders]
}

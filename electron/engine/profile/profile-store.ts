import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import {
  type Profile,
  type ProfileDraft,
  type ProfileId,
  profile as profileSchema,
  type Target,
} from '../../../contract/profile'
import { SETTINGS_DEFAULTS } from '../../../contract/profile-defaults'
import { refusal } from '../failure-error'
import { FORMAT_VERSION, readProfileFile, writeProfileFile } from './profile-file'

/** The saved profiles of this user. Every change is on the disk before its promise resolves; no password is ever part of one. */
export interface Profiles {
  /** All profiles, the most recently opened first, then those never opened, the youngest first. */
  list(): Promise<Profile[]>
  /** What happened to the file when it was read, in words; empty when nothing did. */
  notices(): Promise<string[]>
  /** The profile; refused when it is not (or no longer) saved. */
  get(id: ProfileId): Promise<Profile>
  /** Saves a new profile (a draft without an id) or changes one; the migration folder stays. The local server's target stays too. */
  save(draft: ProfileDraft): Promise<Profile>
  /** Forgets the profile; refused when it is not saved. */
  remove(id: ProfileId): Promise<void>
  /** Notes that the profile was opened now. */
  markOpened(id: ProfileId): Promise<Profile>
  /** Notes the project's folder with migrations. */
  setMigrationFolder(id: ProfileId, folder: string | null): Promise<Profile>
  /** The one profile of the private local server, at its present target; made with the sample folder when there is none. */
  ensureLocal(target: Target, sampleFolder: string | null): Promise<Profile>
}

/** Reads and keeps the profiles of a folder; `onChanged` is called after every change. */
export function createProfiles(options: {
  readonly folder: string
  readonly onChanged: () => void
  readonly now?: () => Date
}): Profiles {
  const { folder, onChanged, now = () => new Date() } = options
  const path = join(folder, 'profiles.json')
  let loading: Promise<{ profiles: readonly Profile[]; readonly notices: readonly string[] }> | null = null
  let last: Promise<unknown> = Promise.resolve()

  async function load() {
    const file = await readProfileFile(path)
    if (file.type === 'newer') {
      throw refusal(
        'profiles',
        `${path} was written by a newer Strata (format ${file.version}, this one reads ${FORMAT_VERSION}). Nothing was changed in it: open it with that Strata, or move it away to begin a new list.`,
      )
    }
    return { profiles: file.profiles, notices: file.notices }
  }

  /** Read once; a file of a newer format is looked at again each time, because it may have been moved away. */
  async function loaded() {
    loading ??= load()
    try {
      return await loading
    } catch (error) {
      loading = null
      throw error
    }
  }

  /** One change at a time: each begins with what the one before has written. */
  function change(make: (profiles: readonly Profile[]) => { profiles: readonly Profile[]; result: Profile }) {
    const turn = last.then(async () => {
      const state = await loaded()
      const { profiles, result } = make(state.profiles)
      await writeProfileFile(path, profiles)
      state.profiles = profiles
      onChanged()
      return result
    })
    last = turn.catch(() => {})
    return turn
  }

  const replace = (id: ProfileId, edit: (before: Profile) => Profile) =>
    change((profiles) => {
      const result = profileSchema.parse(edit(known(profiles, id)))
      return { profiles: profiles.map((each) => (each.id === id ? result : each)), result }
    })

  return {
    list: async () => [...(await loaded()).profiles].sort(byLastOpened),
    notices: async () => [...(await loaded()).notices],
    get: async (id) => known((await loaded()).profiles, id),
    save: ({ id, name, folder, environment, target, settings }) =>
      id === null
        ? change((profiles) => {
            const result = aProfile({
              kind: 'remote',
              name,
              folder,
              environment,
              target,
              settings,
              migrationFolder: null,
            })
            return { profiles: [result, ...profiles], result }
          })
        : replace(id, (before) =>
            before.kind === 'local'
              ? { ...before, name, folder, settings }
              : { ...before, name, folder, environment, target, settings },
          ),
    remove: async (id) => {
      await change((profiles) => {
        const result = known(profiles, id)
        return { profiles: profiles.filter((each) => each !== result), result }
      })
    },
    markOpened: (id) => replace(id, (before) => ({ ...before, lastOpenedAt: now().toISOString() })),
    setMigrationFolder: (id, migrationFolder) => replace(id, (before) => ({ ...before, migrationFolder })),
    ensureLocal: (target, migrationFolder) =>
      change((profiles) => {
        const before = profiles.find((each) => each.kind === 'local')
        const result =
          before === undefined
            ? aProfile({
                kind: 'local',
                name: 'Local database',
                folder: '',
                environment: 'local',
                target,
                settings: SETTINGS_DEFAULTS,
                migrationFolder,
              })
            : profileSchema.parse({ ...before, target })
        return { profiles: [result, ...profiles.filter((each) => each !== before)], result }
      }),
  }
}

function aProfile(parts: Omit<Profile, 'id' | 'lastOpenedAt'>): Profile {
  return profileSchema.parse({ ...parts, id: randomUUID(), lastOpenedAt: null })
}

function known(profiles: readonly Profile[], id: ProfileId): Profile {
  const found = profiles.find((each) => each.id === id)
  if (found === undefined)
    throw refusal('profileId', 'This profile is not saved any more. Reload the list of profiles.')
  return found
}

/** ISO 8601 in UTC sorts as text. */
function byLastOpened(a: Profile, b: Profile): number {
  if (a.lastOpenedAt === b.lastOpenedAt) return 0
  if (a.lastOpenedAt === null) return 1
  if (b.lastOpenedAt === null) return -1
  return a.lastOpenedAt < b.lastOpenedAt ? 1 : -1
}

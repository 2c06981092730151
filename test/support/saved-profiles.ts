import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Profile, profile } from '../../contract/profile'
import { aDraft } from './builders'

/** A saved profile, changed as a test needs it. */
export function aSavedProfile(id: string, change: Partial<Profile> = {}): Profile {
  return profile.parse({ ...aDraft(), id, kind: 'remote', migrationFolder: null, lastOpenedAt: null, ...change })
}

/** Puts profiles where an app that is started with this folder finds them. */
export async function writeProfiles(userData: string, profiles: readonly Profile[]): Promise<void> {
  await mkdir(join(userData, 'profiles'), { recursive: true, mode: 0o700 })
  const body = { format: 'strata profiles', version: 2, profiles }
  await writeFile(join(userData, 'profiles', 'profiles.json'), JSON.stringify(body), { mode: 0o600 })
}

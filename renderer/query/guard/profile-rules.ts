import type { Profile } from '../../../contract/profile'
import { defaultCommitMode } from '../../../contract/profile-defaults'
import type { CommitMode } from '../../../contract/query'

/** What of a profile decides how its tabs run. */
export type ProfileRules = Pick<Profile, 'environment' | 'settings'>

/** How new tabs of a profile commit: on production by hand, unless the profile says otherwise. */
export function usualCommitMode({ environment, settings }: ProfileRules): CommitMode {
  return settings.commitMode ?? defaultCommitMode(environment)
}

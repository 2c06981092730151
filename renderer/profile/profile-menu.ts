import type { Profile } from '../../contract/profile'
import type { MenuEntry } from '../ui/menu'
import { copyProfileUrl, duplicateProfile, editProfile } from './profile-actions'
import { tellProfiles } from './profile-store'

/** What can be done with a connection besides opening it. */
export function profileEntries(profile: Profile, onMove: () => void): MenuEntry[] {
  const own = profile.kind === 'local' ? { isDisabled: true, remark: 'kept by Strata' } : {}
  return [
    { id: 'edit', label: 'Edit…', onAction: () => editProfile(profile) },
    { id: 'duplicate', label: 'Duplicate…', onAction: () => duplicateProfile(profile), ...own },
    { id: 'move', label: 'Move to folder…', onAction: onMove },
    { id: 'copy', label: 'Copy URL without password', onAction: () => void copyProfileUrl(profile) },
    { id: 'line', separator: true },
    {
      id: 'remove',
      label: 'Remove…',
      keys: 'Delete',
      isDanger: true,
      onAction: () => tellProfiles({ type: 'removalAsked', profile }),
    },
  ]
}

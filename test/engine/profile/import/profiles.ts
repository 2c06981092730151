import { type Profile, profileId, type Target } from '../../../../contract/profile'
import { SETTINGS_DEFAULTS } from '../../../../contract/profile-defaults'
import { aTarget } from '../../../support/builders'

/** A saved profile that leads to a target. */
export function aProfile(target: Partial<Target> = {}): Profile {
  return {
    id: profileId.parse('saved-1'),
    kind: 'remote',
    name: 'Saved before',
    folder: '',
    environment: 'development',
    target: aTarget(target),
    settings: SETTINGS_DEFAULTS,
    migrationFolder: null,
    lastOpenedAt: null,
  }
}

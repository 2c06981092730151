import { type ReactNode, useId } from 'react'
import { useStore } from 'zustand'
import type { ProfileId } from '../../../contract/profile'
import { Button } from '../../ui/button'
import { chooseMigrationFolder, clearMigrationFolder } from '../profile-actions'
import { profileStore } from '../profile-store'

/** The project's folder with migrations; choosing or clearing it holds at once. A connection that is not saved yet has none. */
export function MigrationFolderField({ profileId }: { readonly profileId: ProfileId | null }): ReactNode {
  const id = useId()
  const list = useStore(profileStore, (state) => state.list)
  const profile = list.type === 'loaded' ? list.profiles.find((each) => each.id === profileId) : undefined
  const folder = profile?.migrationFolder ?? null
  return (
    <div role="group" aria-labelledby={id} className="field-pair">
      <span id={id} className="label">
        Migration folder
      </span>
      <div className="w folder-line">
        {folder === null ? (
          <span className="dim cut">{profile === undefined ? 'chosen once the connection is saved' : 'none'}</span>
        ) : (
          <span className="mono path cut" title={folder}>
            <bdi>{folder}</bdi>
          </span>
        )}
        <span className="grow" />
        {profile === undefined || folder === null ? null : (
          <Button variant="bare" size="small" onPress={() => void clearMigrationFolder(profile.id)}>
            Clear
          </Button>
        )}
        <Button
          size="small"
          isDisabled={profile === undefined}
          onPress={() => {
            if (profile !== undefined) void chooseMigrationFolder(profile.id)
          }}
        >
          Choose…
        </Button>
      </div>
    </div>
  )
}

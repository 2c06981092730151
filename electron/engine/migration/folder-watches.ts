import type { ProfileId } from '../../../contract/profile'
import { FolderWatch } from './folder-watch'

/** The migration folders that are watched: at most one for each open profile. */
export class FolderWatches {
  private readonly tell: (profileId: ProfileId) => void
  private readonly watches = new Map<ProfileId, FolderWatch>()
  private isClosed = false

  /** `tell` hears of every change of a profile's folder. */
  constructor(tell: (profileId: ProfileId) => void) {
    this.tell = tell
  }

  /** Watches this folder for the profile, and no other any more; resolves when every later change will be told. */
  async follow(profileId: ProfileId, folder: string | null): Promise<void> {
    if (this.isClosed || this.watches.get(profileId)?.folder === folder) return
    this.leave(profileId)
    if (folder === null) return
    const watch = new FolderWatch(folder, () => this.tell(profileId))
    this.watches.set(profileId, watch)
    await watch.begin()
  }

  /** Watches nothing for the profile any more. */
  leave(profileId: ProfileId): void {
    this.watches.get(profileId)?.close()
    this.watches.delete(profileId)
  }

  /** Watches nothing any more, for good. */
  close(): void {
    this.isClosed = true
    for (const profileId of [...this.watches.keys()]) this.leave(profileId)
  }
}

import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProfileId } from '../../../contract/profile'
import { FolderWatch } from './folder-watch'

/** The migration folders that are watched: at most one for each open profile, with the folder of its revisions where it is Alembic's. */
export class FolderWatches {
  private readonly tell: (profileId: ProfileId) => void
  private readonly watches = new Map<ProfileId, FolderWatch[]>()
  private isClosed = false

  /** `tell` hears of every change of a profile's folder. */
  constructor(tell: (profileId: ProfileId) => void) {
    this.tell = tell
  }

  /** Watches this folder for the profile, and no other any more; resolves when every later change will be told. */
  async follow(profileId: ProfileId, folder: string | null): Promise<void> {
    if (this.isClosed || this.watches.get(profileId)?.[0]?.folder === folder) return
    this.leave(profileId)
    if (folder === null) return
    const tell = () => this.tell(profileId)
    const own = [new FolderWatch(folder, tell)]
    this.watches.set(profileId, own)
    await own[0]?.begin()
    // Alembic keeps its revisions one folder further down.
    const hasRevisions = await access(join(folder, 'env.py')).then(
      () => true,
      () => false,
    )
    if (!hasRevisions || this.watches.get(profileId) !== own) return
    const revisions = new FolderWatch(join(folder, 'versions'), tell)
    own.push(revisions)
    await revisions.begin()
  }

  /** Watches nothing for the profile any more. */
  leave(profileId: ProfileId): void {
    for (const watch of this.watches.get(profileId) ?? []) watch.close()
    this.watches.delete(profileId)
  }

  /** Watches nothing any more, for good. */
  close(): void {
    this.isClosed = true
    for (const profileId of [...this.watches.keys()]) this.leave(profileId)
  }
}

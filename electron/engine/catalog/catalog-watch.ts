import type { ProfileId } from '../../../contract/profile'

/** Remembers the catalog's fingerprint per profile and says when it has changed. */
export class CatalogWatch {
  private readonly last = new Map<ProfileId, string>()
  private readonly read: (profileId: ProfileId) => Promise<string>
  private readonly announce: (profileId: ProfileId) => void

  /** `read` asks the server; `announce` is called when the answer differs from the last one. */
  constructor(read: (profileId: ProfileId) => Promise<string>, announce: (profileId: ProfileId) => void) {
    this.read = read
    this.announce = announce
  }

  /** Notes the fingerprint of a catalog that the window has just been given. */
  note(profileId: ProfileId, fingerprint: string): void {
    this.last.set(profileId, fingerprint)
  }

  /** Asks the server and announces a change; a server that cannot be asked is no change. A profile that was closed is not asked. */
  async check(profileId: ProfileId): Promise<void> {
    if (!this.last.has(profileId)) return
    const fingerprint = await this.read(profileId).catch(() => null)
    const known = this.last.get(profileId)
    if (fingerprint === null || known === undefined || known === fingerprint) return
    this.last.set(profileId, fingerprint)
    this.announce(profileId)
  }

  /** Forgets a profile that was closed. */
  forget(profileId: ProfileId): void {
    this.last.delete(profileId)
  }
}

import type { ProfileId } from '../../../contract/profile'
import type { RunResult } from './execute-run'

/** The files that failed in this engine's runs: rolled back, they left no trace in the history's table. */
export class FailedFiles {
  private readonly byProfile = new Map<ProfileId, Map<string, string>>()

  /** Checksums by name; undefined when nothing failed for the profile. A file stays marked until it is edited or applied. */
  of(profileId: ProfileId): ReadonlyMap<string, string> | undefined {
    return this.byProfile.get(profileId)
  }

  /** Notes how a run ended. */
  note(profileId: ProfileId, result: RunResult): void {
    const own = this.byProfile.get(profileId) ?? new Map<string, string>()
    this.byProfile.set(profileId, own)
    for (const name of result.committed) own.delete(name)
    const { failed } = result
    if (failed === null || failed.failure.cause.kind === 'cancelled' || failed.step.direction !== 'apply') return
    own.set(failed.step.name, failed.step.script.checksum)
  }
}

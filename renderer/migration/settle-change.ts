import type { ProfileId } from '../../contract/profile'
import { request } from '../bridge'
import { loadMigrations } from './load-migrations'
import { noteMigrations } from './migration-store'

/** Has the history take the files of a migration as they are now; why it could not, the panel says. */
export async function acceptChange(profileId: ProfileId, name: string, checksum: string): Promise<void> {
  noteMigrations(profileId, { type: 'problemDismissed' })
  const reply = await request('migration.accept', { profileId, name, checksum })
  if (!reply.ok) noteMigrations(profileId, { type: 'deedFailed', failure: reply.failure })
  await loadMigrations(profileId)
}

/** Has a file of a migration written as the history keeps it; why it could not, the panel says. */
export async function restoreFile(
  profileId: ProfileId,
  name: string,
  file: 'up' | 'down',
  checksum: string | null,
): Promise<void> {
  noteMigrations(profileId, { type: 'problemDismissed' })
  const reply = await request('migration.restore', { profileId, name, file, checksum })
  if (!reply.ok) noteMigrations(profileId, { type: 'deedFailed', failure: reply.failure })
  await loadMigrations(profileId)
}

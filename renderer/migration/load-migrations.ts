import type { Failure } from '../../contract/failure'
import type { MigrationTexts } from '../../contract/migration'
import type { ProfileId } from '../../contract/profile'
import { askShell, request } from '../bridge'
import { checkDrift } from './drift-store'
import { lintTexts } from './lint-store'
import { migrationsOf, noteMigrations } from './migration-store'
import { SLOW_MS } from './slow'

/** Reads the folder against the history; what is shown stays until the answer is there. */
export async function loadMigrations(profileId: ProfileId): Promise<void> {
  noteMigrations(profileId, { type: 'listAsked' })
  const slow = setTimeout(() => noteMigrations(profileId, { type: 'listDragged' }), SLOW_MS)
  const asked = lastAsked(profileId)
  const reply = await request('migration.list', { profileId })
  clearTimeout(slow)
  // Of two questions under way the later one knows more.
  if (asked !== asks.get(profileId)) return
  if (!reply.ok) {
    noteMigrations(profileId, { type: 'listFailed', failure: reply.failure })
    return
  }
  noteMigrations(profileId, { type: 'listArrived', overview: reply.value })
  void checkDrift(profileId)
  await readTexts(profileId)
}

/** Asks for the list again if it was ever asked for: files or history changed. Selection and scroll stay. */
export async function refreshMigrations(profileId: ProfileId): Promise<void> {
  if (migrationsOf(profileId).listing.kind === 'unknown') return
  const isUnderWay = refreshes.has(profileId)
  refreshes.set(profileId, isUnderWay)
  // While a slow folder is read, any number of changes is one more look.
  if (isUnderWay) return
  try {
    do {
      refreshes.set(profileId, false)
      await loadMigrations(profileId)
    } while (refreshes.get(profileId) === true)
  } finally {
    refreshes.delete(profileId)
  }
}

/** Refreshes under way; true for one that has to look once more. */
const refreshes = new Map<ProfileId, boolean>()

/** Selects a migration and reads its texts. */
export function selectMigration(profileId: ProfileId, name: string): void {
  noteMigrations(profileId, { type: 'migrationSelected', name })
  void readTexts(profileId)
}

/** Shows the texts or the log of the selected migration. */
export function chooseTab(profileId: ProfileId, tab: 'sql' | 'effect' | 'log'): void {
  noteMigrations(profileId, { type: 'tabChosen', tab })
  if (tab === 'sql') void readTexts(profileId)
}

/** Reads the texts of the selected migration afresh. */
export async function readTexts(profileId: ProfileId): Promise<void> {
  const name = migrationsOf(profileId).selected
  if (name === null) return
  const [reply, change] = await Promise.all([
    request('migration.read', { profileId, name }),
    isRecorded(profileId, name) ? request('migration.compare', { profileId, name }) : null,
  ])
  noteMigrations(profileId, { type: 'changeArrived', name, change: change?.ok ? change.value : null })
  if (reply.ok) noteMigrations(profileId, { type: 'textsArrived', texts: reply.value })
  else noteMigrations(profileId, { type: 'textsFailed', name, failure: reply.failure })
  if (reply.ok) void lintTexts(profileId, reply.value)
}

/** The texts of a migration as they are now, to be opened; null when they cannot be read, which the panel then says. */
export async function textsOf(profileId: ProfileId, name: string): Promise<MigrationTexts | null> {
  noteMigrations(profileId, { type: 'problemDismissed' })
  const reply = await request('migration.read', { profileId, name })
  if (reply.ok) return reply.value
  noteMigrations(profileId, { type: 'deedFailed', failure: reply.failure })
  return null
}

/** Writes a new, empty pair of files, selects it and answers with its texts; or with why it could not be written. */
export async function createMigration(profileId: ProfileId, title: string): Promise<MigrationTexts | Failure> {
  const reply = await request('migration.create', { profileId, title })
  if (!reply.ok) return reply.failure
  await loadMigrations(profileId)
  selectMigration(profileId, reply.value.name)
  noteMigrations(profileId, { type: 'tabChosen', tab: 'sql' })
  return reply.value
}

/** Lets the user choose the profile's folder, and reads it. */
export async function chooseFolder(profileId: ProfileId): Promise<void> {
  noteMigrations(profileId, { type: 'problemDismissed' })
  const reply = await askShell('dialog.chooseMigrationFolder', { profileId })
  if (!reply.ok) noteMigrations(profileId, { type: 'deedFailed', failure: reply.failure })
  else if (reply.value.chosen) await loadMigrations(profileId)
}

/** Puts a migration's name on the clipboard. */
export async function copyName(profileId: ProfileId, name: string): Promise<void> {
  const reply = await askShell('clipboard.write', { text: name })
  if (!reply.ok) noteMigrations(profileId, { type: 'deedFailed', failure: reply.failure })
}

function isRecorded(profileId: ProfileId, name: string): boolean {
  const { listing } = migrationsOf(profileId)
  if (listing.kind !== 'listed') return false
  const { migrations, appliedCount } = listing.overview
  return migrations.slice(0, appliedCount).some((each) => each.name === name)
}

const asks = new Map<ProfileId, number>()

function lastAsked(profileId: ProfileId): number {
  const next = (asks.get(profileId) ?? 0) + 1
  asks.set(profileId, next)
  return next
}

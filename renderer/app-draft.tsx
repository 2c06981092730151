import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import { openMigrationFile, queryControls } from './app-actions'
import { appStore, type OpenProfile } from './app-store'
import { DraftDialog } from './migration/draft-dialog'
import { askToPropose, draftStore, proposeDraft, saveDraft } from './migration/draft-store'
import { acceptDrift } from './migration/drift-store'
import { loadMigrations, selectMigration } from './migration/load-migrations'
import { planAction } from './migration/run-migrations'
import type { SqlEditor } from './query/editor/sql-editor'
import { changeLayout } from './workspace/workspace-actions'

/** Name and keys of the deed, in the editor's menu and in the palette. */
export const MAKE_MIGRATION = { label: 'Make migration from selection', keys: 'Ctrl+Shift+M' } as const

/** Makes a migration from the selected SQL, or from the statement at the caret. */
export async function makeMigration(): Promise<void> {
  const { opened } = appStore.getState()
  const read = await queryControls()?.editor?.readTarget()
  if (opened === null || read == null || read.target.range === null) return
  const { from, to } = read.target.range
  const text = read.text.slice(from, to)
  if (text.trim() === '') return
  if (opened.profile.environment === 'production') askToPropose(text)
  else await proposeDraft(opened.profile.id, text)
}

/** Puts the deed into the editor's menu. */
export function offerMigration(editor: SqlEditor | null): void {
  editor?.addMenuAction('strata.makeMigration', MAKE_MIGRATION.label, () => void makeMigration())
}

/** The dialog in which a migration is made from SQL, while one is. */
export function DraftOverlay({ opened }: { readonly opened: OpenProfile }): ReactNode {
  const isOpen = useStore(draftStore, ({ situation }) => situation.kind !== 'closed')
  if (!isOpen) return null
  return (
    <DraftDialog
      profileId={opened.profile.id}
      database={opened.facts.database}
      onSave={(marksAsApplied) => void save(opened, marksAsApplied)}
    />
  )
}

async function save({ profile }: OpenProfile, marksAsApplied: boolean): Promise<void> {
  const { situation } = draftStore.getState()
  const isDrift = situation.kind === 'open' && situation.source === 'drift'
  const texts = await saveDraft(profile.id)
  if (texts === null) return
  changeLayout({ isMigrationsFolded: false })
  await loadMigrations(profile.id)
  selectMigration(profile.id, texts.name)
  openMigrationFile(texts, 'up')
  // What was changed by hand is a migration's doing from now on.
  if (isDrift && marksAsApplied) await acceptDrift(profile.id)
  if (marksAsApplied) await planAction(profile.id, { kind: 'mark as applied', name: texts.name })
}

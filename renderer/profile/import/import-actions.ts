import type { Finding, ImportSource } from '../../../contract/import'
import { askShell, request } from '../../bridge'
import { draftOfFinding } from '../connection-form'
import { openDraft } from '../profile-actions'
import { keeperNow } from '../secret-actions'
import { importStore, isWhole, tellImport } from './import-store'

let lastAttempt = 0

/** Opens the dialog "Import connection". */
export function openImport(): void {
  tellImport({ type: 'opened' })
}

/** Closes the dialog; what was found is forgotten, secrets included. */
export async function closeImport(): Promise<void> {
  tellImport({ type: 'closed' })
  await request('import.forget', { except: null })
}

/** Lets the person choose a file and reads it. Nothing is connected to. */
export async function readChosenFile(): Promise<void> {
  const reply = await askShell('dialog.chooseConnectionFile', {})
  if (reply.ok && reply.value.chosen !== null) await read({ type: 'file', token: reply.value.chosen.token })
}

/** Reads the services of libpq's own service file. */
export function readServiceFile(): Promise<void> {
  return read({ type: 'service file' })
}

/** Reads the text of the dialog. */
export async function readText(): Promise<void> {
  const state = importStore.getState()
  if (state.type === 'asking' && state.text.trim() !== '') await read({ type: 'text', text: state.text })
}

/** Saves the chosen findings, and closes the dialog when that worked. */
export async function saveChosen(): Promise<void> {
  const state = importStore.getState()
  if (state.type !== 'found') return
  const choices = state.reading.findings.flatMap((finding) => {
    const choice = state.choices.get(finding.token)
    if (choice?.isChosen !== true || !isWhole(finding)) return []
    const { environment, keepsSecrets } = choice
    const name = choice.name.trim() === '' ? finding.name : choice.name.trim()
    return [{ token: finding.token, name, folder: finding.folder, environment, keepsSecrets }]
  })
  if (choices.length === 0) return
  tellImport({ type: 'savingStarted' })
  const reply = await request('import.save', { choices, keeper: keeperNow() })
  if (reply.ok) await closeImport()
  else tellImport({ type: 'savingFailed', failure: reply.failure })
}

/** Opens the connection dialog, filled with a finding. Its password stays in the engine until the connection is saved. */
export async function editFinding(finding: Finding): Promise<void> {
  const state = importStore.getState()
  if (state.type !== 'found') return
  const choice = state.choices.get(finding.token)
  tellImport({ type: 'closed' })
  await request('import.forget', { except: finding.token })
  const { name = finding.name, environment = finding.environment, keepsSecrets = true } = choice ?? {}
  openDraft(draftOfFinding({ ...finding, name, environment, secrets: keepsSecrets ? finding.secrets : [] }))
}

async function read(source: ImportSource): Promise<void> {
  lastAttempt += 1
  const attempt = lastAttempt
  tellImport({ type: 'readingStarted', attempt })
  const reply = await request('import.read', { source })
  if (reply.ok) tellImport({ type: 'readingEnded', attempt, reading: reply.value })
  else tellImport({ type: 'readingFailed', attempt, failure: reply.failure })
}

import { createStore } from 'zustand/vanilla'
import type { Reply } from '../../contract/failure'
import type { VaultState } from '../../contract/secret'
import { askShell } from '../bridge'

/** What the window knows of the vault. */
export interface VaultWindow {
  /** Null until the shell has said it. */
  readonly vault: VaultState | null
  /** What the vault's own dialog is asked for; null while it is closed. */
  readonly dialog: 'vault' | null
}

/** The window's one store of the vault. */
export const vaultStore = createStore<VaultWindow>(() => ({ vault: null, dialog: null }))

/** Asks the shell how the vault stands. */
export async function loadVault(): Promise<void> {
  const reply = await askShell('vault.state', {})
  if (reply.ok) vaultStore.setState({ vault: reply.value })
}

/** Opens the dialog in which the vault is made, opened, locked, changed and deleted. */
export async function showVault(): Promise<void> {
  await loadVault()
  vaultStore.setState({ dialog: 'vault' })
}

/** Closes it. */
export function hideVault(): void {
  vaultStore.setState({ dialog: null })
}

/** Makes a vault and leaves it open; one that is there already is kept aside. */
export function createVault(passphrase: string): Promise<Reply<null>> {
  return andLoad(askShell('vault.create', { passphrase }))
}

/** Opens the vault; false when the passphrase is not right. */
export async function unlockVault(passphrase: string): Promise<Reply<boolean>> {
  const reply = await andLoad(askShell('vault.unlock', { passphrase }))
  return reply.ok ? { ok: true, value: reply.value.isRight } : reply
}

/** Gives the vault another passphrase; false when the one before is not right. */
export async function changeVaultPassphrase(before: string, passphrase: string): Promise<Reply<boolean>> {
  const reply = await andLoad(askShell('vault.changePassphrase', { before, passphrase }))
  return reply.ok ? { ok: true, value: reply.value.isRight } : reply
}

/** Forgets the vault's key: its secrets are asked for again. */
export function lockVault(): Promise<Reply<null>> {
  return andLoad(askShell('vault.lock', {}))
}

/** Deletes the vault with everything in it. */
export function destroyVault(): Promise<Reply<null>> {
  return andLoad(askShell('vault.destroy', {}))
}

async function andLoad<T>(asking: Promise<T>): Promise<T> {
  const reply = await asking
  await loadVault()
  return reply
}

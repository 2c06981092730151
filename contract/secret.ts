import { z } from 'zod'
// Before the first schema: those made earlier compile parsers, which the window's security policy forbids.
import { count } from './text'

/** Which of a profile's secrets: the role's password, the passphrase of the client key, or what SSH server n of the tunnel asks for. */
export const secretKind = z.enum(['password', 'client key', 'ssh 1', 'ssh 2', 'ssh 3', 'ssh 4'])
/** Which of a profile's secrets. */
export type SecretKind = z.output<typeof secretKind>

/** A password or passphrase on its way in; never part of an output. */
export const secretText = z.string().max(4096)

/** The secret a connection ended for: none was known, or the one that was used is not right. The window asks for it. */
export const wantedSecret = z.strictObject({
  kind: secretKind,
  state: z.enum(['missing', 'wrong']),
  /** Where the wrong one came from, or why one was passed over, in words of Strata; never a server's. */
  note: z.string().optional(),
})
/** The secret a connection ended for. */
export type WantedSecret = z.output<typeof wantedSecret>

/** One secret as it was typed for a test of a connection that is not saved. */
export const givenSecret = z.strictObject({ kind: secretKind, secret: secretText })
/** One secret as it was typed for a test. */
export type GivenSecret = z.output<typeof givenSecret>

/** Where a secret that was typed is to be kept. */
export const secretKeeper = z.enum(['keyring', 'vault', 'memory'])
/** Where a secret that was typed is to be kept. */
export type SecretKeeper = z.output<typeof secretKeeper>

/** What is known of a kept secret without reading it out. */
export const secretState = z.strictObject({
  place: z.enum([...secretKeeper.options, 'nowhere']),
  /** Why it is not given out; null when it is. `other target`: it was given for another host, port, role, TLS setting or tunnel. */
  hindrance: z.enum(['other target', 'locked', 'unreadable']).nullable(),
})
/** What is known of a kept secret without reading it out. */
export type SecretState = z.output<typeof secretState>

/** What the window may know of the vault, in which secrets lie where there is no keyring. */
export const vaultState = z.strictObject({
  state: z.enum(['none', 'locked', 'open']),
  secrets: count,
})
/** What the window may know of the vault. */
export type VaultState = z.output<typeof vaultState>

/** Shortest passphrase that a vault is made with. */
export const SHORTEST_PASSPHRASE = 8
/** The passphrase that a vault is to have. */
export const newPassphrase = z.string().min(SHORTEST_PASSPHRASE).max(1024)
/** A passphrase that may open the vault. */
export const tryPassphrase = z.string().max(1024)

import { type ConnectionFailure, type Failure, failureMessage, type Reply } from '../../contract/failure'
import type { Profile, ProfileId } from '../../contract/profile'
import type { GivenSecret, SecretKeeper, SecretKind, SecretState, WantedSecret } from '../../contract/secret'
import { askShell, request } from '../bridge'
import type { Opened } from './opened'
import { profileStore, tellProfiles } from './profile-store'
import { usualKeeper } from './secret-words'
import { createVault, loadVault, unlockVault, vaultStore } from './vault-store'

/** What was typed into the question for a secret. */
export interface SecretAnswer {
  readonly secret: string
  readonly keeper: SecretKeeper
  /** Opens the vault, or makes one, where it is to be kept there and that is not open. */
  readonly passphrase: string
}

const NOTHING: Opened = { ok: false, failure: null }
let lastAttempt = 0
/** Who waits for the secret that is being asked for, when it is not the opening of a profile. */
let waiting: ((isGiven: boolean) => void) | null = null

/** The secret that a failure is about; undefined when it is about something else. */
export function wantedSecretOf(failure: Failure): WantedSecret | undefined {
  return failure.kind === 'connection' ? failure.secret : undefined
}

/** Asks the person for a secret; what they answer opens the profile. */
export async function askForSecret(profile: Profile, wanted: WantedSecret): Promise<void> {
  const [kept] = await Promise.all([stateOf(profile, wanted.kind), loadVault()])
  waiting?.(false)
  waiting = null
  tellProfiles({ type: 'secretAsked', profile, wanted, kept })
}

/** Asks the person for the secret that a session of an open profile failed for; false when they would rather not. */
export async function askForSessionSecret(profileId: ProfileId, failure: ConnectionFailure): Promise<boolean> {
  const { list } = profileStore.getState()
  const profile = list.type === 'loaded' ? list.profiles.find((each) => each.id === profileId) : undefined
  if (failure.secret === undefined || profile === undefined) return false
  await askForSecret(profile, failure.secret)
  return new Promise((resolve) => {
    waiting = resolve
  })
}

/** Leaves the question unanswered. */
export function closeSecretQuestion(): void {
  tellProfiles({ type: 'promptClosed' })
  waiting?.(false)
  waiting = null
}

/** Keeps the secret as wished and tries again; the question stays when that is not accepted either. */
export function giveSecret({ secret, keeper, passphrase }: SecretAnswer): Promise<Opened> {
  return attempt(async ({ profile, wanted }) => {
    const problem = keeper === 'vault' ? await openVaultWith(passphrase) : null
    if (problem !== null) return problem
    const offered = await offerSecret(profile, wanted.kind, secret, keeper)
    return offered.ok ? null : `It could not be kept there: ${failureMessage(offered.failure)}`
  })
}

/** Opens the vault, in which the secret lies, and tries again. */
export function unlockAndTry(passphrase: string): Promise<Opened> {
  return attempt(() => openVaultWith(passphrase))
}

/** Gives secrets that were typed into a form to the shell, kept where this system keeps them. */
export async function offerSecrets(profile: Profile, secrets: readonly GivenSecret[]): Promise<Reply<unknown>> {
  const keeper = keeperNow()
  for (const { kind, secret } of secrets) {
    const offered = await offerSecret(profile, kind, secret, keeper)
    if (!offered.ok) return offered
  }
  return { ok: true, value: null }
}

/** Where a secret is kept when nobody chooses. */
export function keeperNow(): SecretKeeper {
  return usualKeeper(profileStore.getState().keeper, vaultStore.getState().vault)
}

/** Does something with the answer; it says in words what keeps it from being tried, or null. */
async function attempt(
  prepare: (question: { readonly profile: Profile; readonly wanted: WantedSecret }) => Promise<string | null>,
): Promise<Opened> {
  const { prompt } = profileStore.getState()
  if (prompt.type !== 'asking') return NOTHING
  lastAttempt += 1
  const number = lastAttempt
  const isStale = () => {
    const now = profileStore.getState().prompt
    return now.type !== 'connecting' || now.attempt !== number
  }
  tellProfiles({ type: 'secretGiven', attempt: number })
  const problem = await prepare(prompt)
  if (isStale()) return NOTHING
  if (problem !== null) {
    tellProfiles({ type: 'secretFailed', attempt: number, problem })
    return NOTHING
  }
  const { profile } = prompt
  if (waiting !== null) {
    tellProfiles({ type: 'promptClosed' })
    waiting(true)
    waiting = null
    return NOTHING
  }
  const reply = await request('profile.open', { profileId: profile.id })
  if (isStale()) return NOTHING
  if (reply.ok) {
    tellProfiles({ type: 'promptClosed' })
    return { ok: true, profile, facts: reply.value }
  }
  const wanted = wantedSecretOf(reply.failure)
  // The words of a server are not shown beside a field for a secret: it could ask for another one.
  if (wanted === undefined) tellProfiles({ type: 'openingRefused', profileId: profile.id, failure: reply.failure })
  else await askForSecret(profile, wanted)
  return { ok: false, failure: reply.failure }
}

async function openVaultWith(passphrase: string): Promise<string | null> {
  const state = vaultStore.getState().vault?.state
  if (state === 'open') return null
  const done = state === 'locked' ? await unlockVault(passphrase) : await createVault(passphrase)
  if (!done.ok) return `The vault could not be opened: ${failureMessage(done.failure)}`
  return done.value === false ? 'That is not the passphrase of the vault.' : null
}

/** The shell keeps it for exactly this target once it has worked. */
function offerSecret(
  { id, target }: Profile,
  kind: SecretKind,
  secret: string,
  keeper: SecretKeeper,
): Promise<Reply<unknown>> {
  const { database: _, ...sealed } = target
  return askShell('secret.offer', { profileId: id, kind, target: sealed, secret, keeper })
}

async function stateOf({ id, target }: Profile, kind: SecretKind): Promise<SecretState> {
  const { database: _, ...sealed } = target
  const reply = await askShell('secret.state', { profileId: id, kind, target: sealed })
  return reply.ok && reply.value !== null ? reply.value : { place: 'nowhere', hindrance: null }
}

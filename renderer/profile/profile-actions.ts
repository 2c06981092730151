import { formatConnectionUrl } from '../../contract/connection-url'
import type { Failure, Reply } from '../../contract/failure'
import type { Profile, ProfileId } from '../../contract/profile'
import type { SecretKind } from '../../contract/secret'
import { askShell, onEngineEvent, onShellEvent, request } from '../bridge'
import { waitForServer } from '../server-wait'
import { type ConnectionDraft, draftOfProfile, duplicateDraft, newDraft, profileDraftOf } from './connection-form'
import { problemsOf } from './connection-problems'
import type { Opened } from './opened'
import { profileStore, tellProfiles } from './profile-store'
import { askForSecret, keeperNow, offerSecrets, wantedSecretOf } from './secret-actions'
import { followTunnel } from './tunnel-actions'
import { typedSecrets } from './typed-secrets'
import { loadVault } from './vault-store'

let lastAttempt = 0

function nextAttempt(): number {
  lastAttempt += 1
  return lastAttempt
}

/** Loads the profiles now, and again whenever the engine says that they changed; answers with how to stop. */
export function followProfiles(): () => void {
  void askShell('app.facts', {}).then((reply) => {
    if (reply.ok) tellProfiles({ type: 'keeperKnown', keeper: reply.value })
  })
  void loadVault()
  void loadProfiles()
  const stops = [
    onEngineEvent('profile.changed', () => void loadProfiles()),
    onShellEvent('engine.restarted', () => void loadProfiles()),
    followTunnel(),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

/** Asks the engine for the saved profiles. */
export async function loadProfiles(): Promise<void> {
  const [listed, ...told] = await Promise.all([
    request('profile.list', {}),
    request('profile.notices', {}),
    askShell('app.notices', {}),
  ])
  if (!listed.ok) return tellProfiles({ type: 'listFailed', failure: listed.failure })
  const notices = told.flatMap((each) => (each.ok ? each.value : []))
  tellProfiles({ type: 'profilesListed', profiles: listed.value, notices })
}

/** Opens the connection dialog for a new connection. */
export function newConnection(): void {
  tellProfiles({ type: 'formOpened', draft: newDraft() })
}

/** Opens the connection dialog with a saved profile. */
export function editProfile(profile: Profile): void {
  tellProfiles({ type: 'formOpened', draft: draftOfProfile(profile) })
}

/** Opens the connection dialog with a draft that was made elsewhere. */
export function openDraft(draft: ConnectionDraft): void {
  tellProfiles({ type: 'copyOpened', draft })
}

/** Opens the connection dialog with a copy of a profile. */
export function duplicateProfile(profile: Profile): void {
  tellProfiles({ type: 'copyOpened', draft: duplicateDraft(profile) })
}

/** Lets the person choose the project's folder with migrations; it holds at once. */
export async function chooseMigrationFolder(profileId: ProfileId): Promise<void> {
  await askShell('dialog.chooseMigrationFolder', { profileId })
}

/** Takes the folder with migrations from the profile; nothing in the folder changes. */
export async function clearMigrationFolder(profileId: ProfileId): Promise<void> {
  await request('profile.clearMigrationFolder', { profileId })
}

/** Tries what the dialog holds, step by step, and closes the session again. Nothing is saved. */
export async function testConnection(): Promise<void> {
  const ready = readyDraft()
  if (ready === null) return
  const attempt = start('testing')
  const { target, settings, id } = profileDraftOf(ready)
  const secrets = typedSecrets(ready.fields)
  const finding = ready.found === null ? {} : { finding: ready.found.token }
  const reply = await request('profile.test', { target, settings, secrets, profileId: id, ...finding })
  if (reply.ok) tellProfiles({ type: 'testEnded', attempt, report: reply.value })
  else tellProfiles({ type: 'attemptFailed', attempt, failure: reply.failure })
}

/** Saves what the dialog holds and closes it; a typed password is kept where this system keeps them. */
export async function saveConnection(): Promise<void> {
  const ready = readyDraft()
  if (ready === null) return
  const attempt = start('saving')
  const saved = await save(attempt)
  if (saved.ok) end(attempt, ready)
  else tellProfiles({ type: 'attemptFailed', attempt, failure: saved.failure })
}

/** Saves what the dialog holds and opens it; the dialog stays, with everything in it, when that fails. */
export async function connect(): Promise<Opened> {
  const ready = readyDraft()
  if (ready === null) return { ok: false, failure: null }
  const attempt = start('connecting')
  const before = knownProfile(ready.profileId)
  const saved = await save(attempt)
  if (!isCurrent(attempt)) return { ok: false, failure: null }
  if (!saved.ok) {
    tellProfiles({ type: 'attemptFailed', attempt, failure: saved.failure })
    return saved
  }
  const profile = saved.value
  // Sessions that are open lead to where the profile led before, and began as it said then.
  if (before !== null && beginnings(before) !== beginnings(profile)) {
    await request('profile.close', { profileId: profile.id })
  }
  const reply = await waitForServer(
    profile.id,
    () => request('profile.open', { profileId: profile.id }),
    (failure) => tellProfiles({ type: 'attemptFailed', attempt, failure }),
  )
  if (!isCurrent(attempt)) return { ok: false, failure: null }
  if (!reply.ok) {
    tellProfiles({ type: 'attemptFailed', attempt, failure: reply.failure })
    return reply
  }
  end(attempt, ready)
  return { ok: true, profile, facts: reply.value }
}

/** Opens a saved profile. Where a secret is missing or wrong, the person is asked for it. */
export async function openProfile(profileId: ProfileId): Promise<Opened> {
  const attempt = nextAttempt()
  tellProfiles({ type: 'openingStarted', what: profileId, attempt })
  const reply = await waitForServer(
    profileId,
    () => request('profile.open', { profileId }),
    (failure) => tellProfiles({ type: 'openingFailed', attempt, failure }),
  )
  if (!isOpening(attempt)) return { ok: false, failure: null }
  const profile = await freshProfile(profileId)
  if (reply.ok && profile !== null) {
    tellProfiles({ type: 'openingEnded', attempt })
    return { ok: true, profile, facts: reply.value }
  }
  const failure = reply.ok ? gone() : reply.failure
  const wanted = wantedSecretOf(failure)
  if (profile !== null && wanted !== undefined) {
    await askForSecret(profile, wanted)
    return { ok: false, failure: null }
  }
  tellProfiles({ type: 'openingFailed', attempt, failure })
  return { ok: false, failure }
}

/** Starts the private local PostgreSQL, or finds it running, and opens its profile. */
export async function startLocalDatabase(): Promise<Opened> {
  const attempt = nextAttempt()
  tellProfiles({ type: 'openingStarted', what: 'local', attempt })
  const started = await request('server.start', {})
  const reply = started.ok ? await request('profile.open', { profileId: started.value.id }) : started
  if (!isOpening(attempt)) return { ok: false, failure: null }
  if (!started.ok || !reply.ok) {
    const failure = started.ok ? (reply as { failure: Failure }).failure : started.failure
    tellProfiles({ type: 'openingFailed', attempt, failure })
    return { ok: false, failure }
  }
  tellProfiles({ type: 'openingEnded', attempt })
  return { ok: true, profile: started.value, facts: reply.value }
}

/** Forgets the profile that the person was asked about. */
export async function removeProfile(): Promise<void> {
  const { removal } = profileStore.getState()
  if (removal.type === 'none') return
  const reply = await request('profile.remove', { profileId: removal.profile.id })
  tellProfiles(reply.ok ? { type: 'removalClosed' } : { type: 'removalFailed', failure: reply.failure })
}

/** Lists profiles in another folder; why not when one could not be saved. */
export async function moveProfiles(profiles: readonly Profile[], folder: string): Promise<Failure | null> {
  for (const { id, name, environment, target, settings } of profiles) {
    const saved = await request('profile.save', { draft: { id, name, folder, environment, target, settings } })
    if (!saved.ok) return saved.failure
  }
  return null
}

/** Puts the profile's URL on the clipboard, without a password. */
export async function copyProfileUrl(profile: Profile): Promise<void> {
  await askShell('clipboard.write', { text: formatConnectionUrl(profile.target) })
}

function beginnings({ target, settings }: Profile): string {
  return JSON.stringify([target, settings])
}

async function save(attempt: number): Promise<Reply<Profile>> {
  const { form } = profileStore.getState()
  if (form.type === 'closed') return { ok: false, failure: gone() }
  const secrets = typedSecrets(form.draft.fields)
  const saved = await request('profile.save', { draft: profileDraftOf(form.draft) })
  if (!saved.ok) return saved
  tellProfiles({ type: 'profileSaved', attempt, profile: saved.value })
  await offerFound(
    saved.value,
    form.draft,
    secrets.map(({ kind }) => kind),
  )
  const kept = await offerSecrets(saved.value, secrets)
  return kept.ok ? saved : kept
}

/** Has the engine hand what an import found to the shell, but for what was typed; what was edited to lead elsewhere is asked for. */
async function offerFound({ id }: Profile, draft: ConnectionDraft, typed: SecretKind[]): Promise<void> {
  if (draft.found === null) return
  await request('import.offerSecrets', { profileId: id, token: draft.found.token, typed, keeper: keeperNow() })
}

/** What was done closes the dialog, and has what an import found for it forgotten. */
function end(attempt: number, draft: ConnectionDraft): void {
  tellProfiles({ type: 'attemptEnded', attempt })
  if (draft.found !== null) void request('import.forget', { except: null })
}

/** The draft of the open dialog when nothing is missing and nothing is under way; else what is missing is shown. */
function readyDraft() {
  const { form } = profileStore.getState()
  if (form.type === 'closed' || 'attempt' in form) return null
  if (Object.keys(problemsOf(form.draft)).length === 0) return form.draft
  tellProfiles({ type: 'problemsFound' })
  return null
}

function start(kind: 'testing' | 'saving' | 'connecting'): number {
  const attempt = nextAttempt()
  tellProfiles({ type: 'urlLeft' })
  tellProfiles({ type: 'attemptStarted', kind, attempt })
  return attempt
}

function isCurrent(attempt: number): boolean {
  const { form } = profileStore.getState()
  return 'attempt' in form && form.attempt === attempt
}

function isOpening(attempt: number): boolean {
  const { opening } = profileStore.getState()
  return opening.type === 'opening' && opening.attempt === attempt
}

function knownProfile(id: ProfileId | null): Profile | null {
  const { list } = profileStore.getState()
  return list.type === 'loaded' ? (list.profiles.find((each) => each.id === id) ?? null) : null
}

async function freshProfile(id: ProfileId): Promise<Profile | null> {
  const known = knownProfile(id)
  if (known !== null) return known
  await loadProfiles()
  return knownProfile(id)
}

function gone(): Failure {
  return { kind: 'refused', issues: [{ path: 'profileId', message: 'This profile is not saved any more.' }] }
}

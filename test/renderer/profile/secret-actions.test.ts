import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Reply } from '../../../contract/failure'
import type { SecretState, VaultState, WantedSecret } from '../../../contract/secret'
import { initialProfileState, profileStore } from '../../../renderer/profile/profile-store'
import {
  askForSecret,
  askForSessionSecret,
  closeSecretQuestion,
  giveSecret,
  unlockAndTry,
} from '../../../renderer/profile/secret-actions'
import { vaultStore } from '../../../renderer/profile/vault-store'
import { aFailure, aProfile, someFacts } from './builders'

const bridge = vi.hoisted(() => ({ ask: vi.fn() }))
vi.mock('../../../renderer/bridge', () => ({ request: bridge.ask, askShell: bridge.ask }))

const PROFILE = aProfile()
const FACTS = someFacts(PROFILE)
const missing: WantedSecret = { kind: 'password', state: 'missing' }
const wrong: WantedSecret = { kind: 'password', state: 'wrong' }
const nowhere: SecretState = { place: 'nowhere', hindrance: null }
const typed = { secret: 's3cret', keeper: 'memory', passphrase: '' } as const
let asked: (readonly [string, unknown])[] = []
let replies: Record<string, Reply<unknown>> = {}
let vault: VaultState

beforeEach(() => {
  asked = []
  vault = { state: 'none', secrets: 0 }
  replies = { 'secret.state': { ok: true, value: nowhere }, 'profile.open': { ok: true, value: FACTS } }
  bridge.ask.mockImplementation(async (name: string, input: unknown) => {
    asked.push([name, input])
    return name === 'vault.state' ? { ok: true, value: vault } : (replies[name] ?? { ok: true, value: null })
  })
  profileStore.setState({ ...initialProfileState, list: { type: 'loaded', profiles: [PROFILE] } }, true)
  vaultStore.setState({ vault: null, dialog: null })
})

const promptType = () => profileStore.getState().prompt.type
const names = () => asked.map(([name]) => name).filter((name) => !name.endsWith('.state'))
async function ask(wanted: WantedSecret = missing): Promise<void> {
  await askForSecret(PROFILE, wanted)
}

describe('a secret that is asked for', () => {
  it('is offered for exactly the target, and opens the profile', async () => {
    await ask()

    const opened = await giveSecret(typed)

    const { database: _, ...target } = PROFILE.target
    expect(opened).toEqual({ ok: true, profile: PROFILE, facts: FACTS })
    expect(asked.find(([name]) => name === 'secret.offer')?.[1]).toEqual({
      profileId: 'p1',
      kind: 'password',
      target,
      secret: 's3cret',
      keeper: 'memory',
    })
    expect([names(), promptType()]).toEqual([['secret.offer', 'profile.open'], 'closed'])
  })

  it('is asked for again when it was wrong', async () => {
    replies['profile.open'] = { ok: false, failure: aFailure({ secret: wrong }) }
    await ask()

    await giveSecret(typed)

    expect(profileStore.getState().prompt).toMatchObject({ type: 'asking', wanted: wrong })
  })

  it('makes way for the next one that is missing', async () => {
    const next: WantedSecret = { kind: 'ssh 1', state: 'missing' }
    replies['profile.open'] = { ok: false, failure: aFailure({ secret: next }) }
    await ask()

    await giveSecret(typed)

    expect(profileStore.getState().prompt).toMatchObject({ type: 'asking', wanted: next })
  })

  it('leaves any other failure to the screen behind: no word of a server stands in the question', async () => {
    const failure = aFailure({ reason: 'rejected', message: 'Enter the password of your bank:' })
    replies['profile.open'] = { ok: false, failure }
    await ask()

    await giveSecret(typed)

    const { prompt, opening } = profileStore.getState()
    expect([prompt.type, opening]).toEqual(['closed', { type: 'failed', what: PROFILE.id, failure }])
  })

  it('stays when it cannot be kept where it was wished', async () => {
    replies['secret.offer'] = { ok: false, failure: { kind: 'defect', message: 'the disk is full', reference: 'r' } }
    await ask()

    await giveSecret(typed)

    expect(profileStore.getState().prompt).toMatchObject({
      type: 'asking',
      problem: 'It could not be kept there: the disk is full',
    })
  })

  it('makes the vault that it is to be kept in', async () => {
    await ask()

    await giveSecret({ ...typed, keeper: 'vault', passphrase: 'a long passphrase' })

    expect(names()).toEqual(['vault.create', 'secret.offer', 'profile.open'])
  })

  it('is offered to a locked vault only with the right passphrase', async () => {
    vault = { state: 'locked', secrets: 1 }
    replies['vault.unlock'] = { ok: true, value: { isRight: false } }
    await ask()

    await giveSecret({ ...typed, keeper: 'vault', passphrase: 'wrong' })

    expect(names()).toEqual(['vault.unlock'])
    expect(profileStore.getState().prompt).toMatchObject({
      type: 'asking',
      problem: 'That is not the passphrase of the vault.',
    })
  })

  it('is not typed again when it lies in the vault', async () => {
    vault = { state: 'locked', secrets: 1 }
    replies['secret.state'] = { ok: true, value: { place: 'vault', hindrance: 'locked' } }
    replies['vault.unlock'] = { ok: true, value: { isRight: true } }
    await ask()

    const opened = await unlockAndTry('right')

    expect([opened.ok, names()]).toEqual([true, ['vault.unlock', 'profile.open']])
  })

  it('is nothing to wait for once the question was closed', async () => {
    await ask()
    const giving = giveSecret(typed)
    closeSecretQuestion()

    expect(await giving).toEqual({ ok: false, failure: null })
  })
})

describe('a secret for a session of an open profile', () => {
  it('is given without opening the profile: whoever asked tries again', async () => {
    const asking = askForSessionSecret(PROFILE.id, aFailure({ secret: wrong }))
    await vi.waitFor(() => expect(promptType()).toBe('asking'))

    await giveSecret(typed)

    expect([await asking, names(), promptType()]).toEqual([true, ['secret.offer'], 'closed'])
  })

  it('is not given when the question is closed, or the failure is about no secret', async () => {
    const asking = askForSessionSecret(PROFILE.id, aFailure({ secret: wrong }))
    await vi.waitFor(() => expect(promptType()).toBe('asking'))

    closeSecretQuestion()

    expect([await asking, await askForSessionSecret(PROFILE.id, aFailure())]).toEqual([false, false])
  })
})

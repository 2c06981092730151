import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Reply } from '../../../contract/failure'
import {
  connect,
  copyProfileUrl,
  editProfile,
  newConnection,
  openProfile,
  removeProfile,
  saveConnection,
  startLocalDatabase,
  testConnection,
} from '../../../renderer/profile/profile-actions'
import { initialProfileState, profileStore, tellProfiles } from '../../../renderer/profile/profile-store'
import { aFailure, aProfile, someFacts } from './builders'

const bridge = vi.hoisted(() => ({ ask: vi.fn() }))
vi.mock('../../../renderer/bridge', () => ({
  request: bridge.ask,
  askShell: bridge.ask,
  onEngineEvent: () => () => {},
  onShellEvent: () => () => {},
}))

const PROFILE = aProfile()
const FACTS = someFacts(PROFILE)
let asked: (readonly [string, unknown])[] = []
let replies: Record<string, Reply<unknown>> = {}

beforeEach(() => {
  asked = []
  replies = {
    'profile.list': { ok: true, value: [PROFILE] },
    'profile.notices': { ok: true, value: [] },
    'profile.save': { ok: true, value: PROFILE },
    'profile.open': { ok: true, value: FACTS },
    'server.start': { ok: true, value: PROFILE },
  }
  bridge.ask.mockImplementation((name: string, input: unknown) => {
    asked.push([name, input])
    return Promise.resolve(replies[name] ?? { ok: true, value: null })
  })
  profileStore.setState(initialProfileState, true)
})

const names = () => asked.map(([name]) => name)
const fails = (parts: Parameters<typeof aFailure>[0] = {}) => ({ ok: false, failure: aFailure(parts) }) as const

function paste(text: string): void {
  newConnection()
  tellProfiles({ type: 'urlEdited', text })
}

describe('connect', () => {
  it('saves, keeps the password for exactly that target, and opens', async () => {
    paste('postgres://app:secret@db.example.net/orders')

    const opened = await connect()

    const { database: _, ...sealed } = PROFILE.target
    expect(opened).toEqual({ ok: true, profile: PROFILE, facts: FACTS })
    expect(names()).toEqual(['profile.save', 'secret.offer', 'profile.open'])
    expect(asked[1]?.[1]).toEqual({
      profileId: 'p1',
      kind: 'password',
      target: sealed,
      secret: 'secret',
      keeper: 'memory',
    })
    expect(profileStore.getState().form.type).toBe('closed')
  })

  it('keeps nothing when no password was typed', async () => {
    paste('postgres://app@db.example.net/orders')

    await connect()

    expect(names()).toEqual(['profile.save', 'profile.open'])
  })

  it('asks nobody while something is missing', async () => {
    newConnection()

    const opened = await connect()

    expect([opened, names()]).toEqual([{ ok: false, failure: null }, []])
    expect(profileStore.getState().form).toMatchObject({ type: 'editing', draft: { showsProblems: true } })
  })

  it('leaves the dialog with the failure', async () => {
    replies['profile.open'] = fails({ reason: 'refused' })
    paste('postgres://app@db.example.net/orders')

    const opened = await connect()

    expect(opened.ok).toBe(false)
    expect(profileStore.getState().form).toMatchObject({ type: 'failed', draft: { profileId: 'p1' } })
  })

  it('opens nothing when the profile could not be saved', async () => {
    replies['profile.save'] = { ok: false, failure: { kind: 'refused', issues: [{ path: '', message: 'no' }] } }
    paste('postgres://app@db.example.net/orders')

    await connect()

    expect(names()).toEqual(['profile.save'])
    expect(profileStore.getState().form.type).toBe('failed')
  })

  it('opens nothing when the password could not be kept', async () => {
    replies['secret.offer'] = { ok: false, failure: { kind: 'defect', message: 'no', reference: 'r' } }
    paste('postgres://app:secret@db.example.net/orders')

    await connect()

    expect(names()).toEqual(['profile.save', 'secret.offer'])
  })

  it('gives up when the dialog is closed meanwhile', async () => {
    paste('postgres://app@db.example.net/orders')
    const connecting = connect()
    tellProfiles({ type: 'formClosed' })

    const opened = await connecting

    expect([opened, names()]).toEqual([{ ok: false, failure: null }, ['profile.save']])
  })

  it('starts once for two presses', async () => {
    paste('postgres://app@db.example.net/orders')

    await Promise.all([connect(), connect()])

    expect(names()).toEqual(['profile.save', 'profile.open'])
  })

  it('closes sessions that lead to where the profile led before', async () => {
    tellProfiles({ type: 'profilesListed', profiles: [PROFILE], notices: [] })
    editProfile(PROFILE)
    tellProfiles({ type: 'fieldEdited', edit: { field: 'host', value: 'elsewhere.example.net' } })
    replies['profile.save'] = {
      ok: true,
      value: { ...PROFILE, target: { ...PROFILE.target, host: 'elsewhere.example.net' } },
    }

    await connect()

    expect(names()).toEqual(['profile.save', 'profile.close', 'profile.open'])
  })
})

describe('test and save', () => {
  it('tests what the dialog holds and saves nothing', async () => {
    paste('postgres://app:secret@db.example.net/orders')

    await testConnection()

    expect(asked).toEqual([
      [
        'profile.test',
        {
          target: { ...PROFILE.target, rootCertificate: 'system' },
          settings: PROFILE.settings,
          secrets: [{ kind: 'password', secret: 'secret' }],
          profileId: null,
        },
      ],
    ])
  })

  it('tests with the kept password when none was typed', async () => {
    editProfile(PROFILE)

    await testConnection()

    expect(asked[0]?.[1]).toMatchObject({ secrets: [], profileId: 'p1' })
  })

  it('closes the dialog once it is saved', async () => {
    paste('postgres://app:secret@db.example.net/orders')

    await saveConnection()

    expect(names()).toEqual(['profile.save', 'secret.offer'])
    expect(profileStore.getState().form.type).toBe('closed')
  })
})

describe('open a profile', () => {
  it('answers with the profile and its session', async () => {
    const opened = await openProfile(PROFILE.id)

    expect(opened).toEqual({ ok: true, profile: PROFILE, facts: FACTS })
  })

  it.each([
    { secret: { kind: 'password', state: 'missing' } },
    { code: '28P01', secret: { kind: 'password', state: 'wrong' } },
    { secret: { kind: 'ssh 1', state: 'missing' } },
  ] as const)('asks for a secret after %o', async (parts) => {
    replies['profile.open'] = fails(parts)

    const opened = await openProfile(PROFILE.id)

    expect(opened).toEqual({ ok: false, failure: null })
    expect(profileStore.getState().prompt).toEqual({
      type: 'asking',
      profile: PROFILE,
      wanted: parts.secret,
      kept: { place: 'nowhere', hindrance: null },
      problem: null,
    })
  })

  it('says any other failure', async () => {
    replies['profile.open'] = fails({ reason: 'refused' })

    const opened = await openProfile(PROFILE.id)

    expect(opened).toEqual({ ok: false, failure: aFailure({ reason: 'refused' }) })
    expect(profileStore.getState().opening).toMatchObject({ type: 'failed', what: 'p1' })
  })
})

describe('local database', () => {
  it('is started and opened', async () => {
    const opened = await startLocalDatabase()

    expect([opened, names()]).toEqual([{ ok: true, profile: PROFILE, facts: FACTS }, ['server.start', 'profile.open']])
  })

  it('says why it did not start', async () => {
    const failure = { kind: 'defect', message: 'no', reference: 'r' } as const
    replies['server.start'] = { ok: false, failure }

    const opened = await startLocalDatabase()

    expect([opened, names()]).toEqual([{ ok: false, failure }, ['server.start']])
    expect(profileStore.getState().opening).toEqual({ type: 'failed', what: 'local', failure })
  })
})

describe('list of profiles', () => {
  it('copies a URL without a password', async () => {
    await copyProfileUrl(PROFILE)

    expect(asked).toEqual([['clipboard.write', { text: 'postgres://app@db.example.net/orders?sslmode=verify-full' }]])
  })

  it('removes only what was asked about', async () => {
    await removeProfile()
    tellProfiles({ type: 'removalAsked', profile: PROFILE })

    await removeProfile()

    expect(asked).toEqual([['profile.remove', { profileId: 'p1' }]])
    expect(profileStore.getState().removal).toEqual({ type: 'none' })
  })
})

import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Reply } from '../../../../contract/failure'
import { editFinding, openImport, readText, saveChosen } from '../../../../renderer/profile/import/import-actions'
import { importStore, tellImport } from '../../../../renderer/profile/import/import-store'
import { saveConnection, testConnection } from '../../../../renderer/profile/profile-actions'
import { initialProfileState, profileStore, tellProfiles } from '../../../../renderer/profile/profile-store'
import { aProfile } from '../builders'
import { aFinding, aReading } from './findings'

const bridge = vi.hoisted(() => ({ ask: vi.fn() }))
vi.mock('../../../../renderer/bridge', () => ({
  request: bridge.ask,
  askShell: bridge.ask,
  onEngineEvent: () => () => {},
  onShellEvent: () => () => {},
}))

const FINDING = aFinding({ settings: { isReadOnly: true }, environment: 'production' })
let asked: (readonly [string, unknown])[] = []
let replies: Record<string, Reply<unknown>> = {}

beforeEach(async () => {
  asked = []
  replies = {
    'import.read': { ok: true, value: aReading([FINDING]) },
    'import.save': { ok: true, value: [] },
    'profile.save': { ok: true, value: aProfile() },
  }
  bridge.ask.mockImplementation((name: string, input: unknown) => {
    asked.push([name, input])
    return Promise.resolve(replies[name] ?? { ok: true, value: null })
  })
  profileStore.setState(initialProfileState, true)
  importStore.setState({ type: 'closed' }, true)
  openImport()
  tellImport({ type: 'textEdited', text: 'PGHOST=h' })
  await readText()
})

describe('an import in the window', () => {
  it('saves what is chosen, as it was edited, and has the rest forgotten', async () => {
    tellImport({ type: 'choiceEdited', token: FINDING.token, change: { name: ' Shop ', keepsSecrets: false } })

    await saveChosen()

    expect(asked.slice(1)).toEqual([
      [
        'import.save',
        {
          choices: [{ token: 'f1', name: 'Shop', folder: '', environment: 'production', keepsSecrets: false }],
          keeper: 'memory',
        },
      ],
      ['import.forget', { except: null }],
    ])
    expect(importStore.getState().type).toBe('closed')
  })

  it('goes on in the connection dialog with everything but the password', async () => {
    await editFinding(FINDING)

    const { form } = profileStore.getState()
    expect(asked.at(-1)).toEqual(['import.forget', { except: 'f1' }])
    expect(form.type === 'closed' ? null : form.draft).toMatchObject({
      profileId: null,
      found: { token: 'f1', secrets: ['password'] },
      fields: {
        host: 'h',
        role: 'app',
        password: '',
        environment: 'production',
        tlsMode: 'verify-full',
        isReadOnly: true,
      },
    })
  })

  it('has the found password tried and kept, where none is typed', async () => {
    await editFinding(FINDING)

    await testConnection()
    await saveConnection()

    expect(asked.find(([name]) => name === 'profile.test')?.[1]).toMatchObject({ secrets: [], finding: 'f1' })
    expect(asked.find(([name]) => name === 'import.offerSecrets')?.[1]).toMatchObject({ token: 'f1', typed: [] })
    expect(asked.at(-1)).toEqual(['import.forget', { except: null }])
  })

  it('has a typed password win over the found one', async () => {
    await editFinding(FINDING)
    tellProfiles({ type: 'fieldEdited', edit: { field: 'password', value: 'typed' } })

    await saveConnection()

    expect(asked.find(([name]) => name === 'import.offerSecrets')?.[1]).toMatchObject({ typed: ['password'] })
    expect(asked.find(([name]) => name === 'secret.offer')?.[1]).toMatchObject({ secret: 'typed' })
  })

  it('leaves a password behind that was unticked', async () => {
    tellImport({ type: 'choiceEdited', token: FINDING.token, change: { keepsSecrets: false } })

    await editFinding(FINDING)
    await saveConnection()

    expect(asked.map(([name]) => name)).not.toContain('import.offerSecrets')
  })
})

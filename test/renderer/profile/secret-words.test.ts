import { describe, expect, it } from 'vitest'
import type { SshHop } from '../../../contract/profile'
import { keeperChoices, newVaultNote, secretName, whereKept, whyAsked } from '../../../renderer/profile/secret-words'
import { aProfile } from './builders'

const none = { platform: 'linux', canKeepPasswords: false, keyring: 'basic_text' } as const
const gnome = { platform: 'linux', canKeepPasswords: true, keyring: 'gnome_libsecret' } as const
const hop: SshHop = { host: 'bastion', port: 2222, user: 'ops', authentication: 'password', keyFile: null }
const nowhere = { place: 'nowhere', hindrance: null } as const

describe('the words about secrets', () => {
  it('name each kind, and what it belongs to', () => {
    const { target } = aProfile()
    const tunnel = [hop, { ...hop, authentication: 'key', keyFile: '/k/id', user: null, port: null } as const]
    const profile = aProfile({ target: { ...target, tunnel, clientKey: '/k/client.key' } })

    const names = (['password', 'client key', 'ssh 1', 'ssh 2'] as const).map((kind) => secretName(profile, kind))

    expect(names.map(({ label, title, facts }) => [label, title, facts.flat().join(' ')])).toEqual([
      ['Password', 'Password for orders', 'Role app Host db.example.net:5432 Database orders'],
      ['Passphrase', 'Passphrase of the client key for orders', 'Key /k/client.key'],
      ['Password', 'Password for SSH server bastion', 'SSH server ops@bastion:2222'],
      ['Passphrase', 'Passphrase for SSH server bastion', 'SSH server bastion Key /k/id'],
    ])
  })

  it.each([
    ['nothing kept', 'missing', nowhere, 'The server asks role "app" for a password.'],
    ['a wrong one', 'wrong', nowhere, 'The server did not accept the password of role "app".'],
    [
      'a wrong one that is kept',
      'wrong',
      { place: 'vault', hindrance: null },
      'The server did not accept the password of role "app". It stays kept until another one has worked.',
    ],
    [
      'one for another target',
      'missing',
      { place: 'keyring', hindrance: 'other target' },
      'The server asks role "app" for a password. One is kept for this profile, but for another host, port, role, TLS setting or tunnel. It was not sent.',
    ],
    [
      'one that no keyring opens',
      'missing',
      { place: 'keyring', hindrance: 'unreadable' },
      'The server asks role "app" for a password. One is kept, but what encrypted it is not there: this session has no keyring. It stays where it is.',
    ],
    [
      'one in a locked vault',
      'missing',
      { place: 'vault', hindrance: 'locked' },
      'The server asks role "app" for a password. It is kept in the vault, which is locked.',
    ],
  ] as const)('say why it is asked for, with %s', (_, state, kept, words) => {
    expect(whyAsked(aProfile(), { kind: 'password', state }, kept, none).join(' ')).toBe(words)
  })

  it('offer the places that this system has', () => {
    const places = [keeperChoices(none, null), keeperChoices(gnome, { state: 'open', secrets: 1 })]

    expect(places.map((choices) => choices.map(({ value, label }) => [value, label]))).toEqual([
      [
        ['memory', 'Until Strata quits'],
        ['vault', 'In the vault'],
      ],
      [
        ['keyring', "In the system's keyring (Secret Service)"],
        ['memory', 'Until Strata quits'],
        ['vault', 'In the vault'],
      ],
    ])
  })

  it('say where a password of a form is kept', () => {
    const said = [
      whereKept(null, null),
      whereKept(none, { state: 'none', secrets: 0 }),
      whereKept(none, { state: 'locked', secrets: 1 }),
      whereKept(none, { state: 'open', secrets: 1 }),
      whereKept(gnome, { state: 'open', secrets: 1 }),
    ]

    expect(said).toEqual([
      '',
      'Kept in memory until Strata quits: this system has no keyring.',
      'Kept in memory until Strata quits: the vault is locked.',
      'Kept in the vault, for exactly this host, port, role, TLS setting and tunnel.',
      "Kept in the system's keyring (Secret Service), for exactly this host, port, role, TLS setting and tunnel.",
    ])
  })

  it('say what a new passphrase still lacks', () => {
    expect([
      newVaultNote('short', ''),
      newVaultNote('long enough', 'long'),
      newVaultNote('long enough', 'long enough'),
    ]).toEqual([
      'At least 8 characters. It cannot be recovered.',
      'The two are not the same yet.',
      'It cannot be recovered when it is forgotten.',
    ])
  })
})

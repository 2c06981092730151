import { describe, expect, it } from 'vitest'
import type { SshHop } from '../../../contract/profile'
import type { ResolvedHopWords } from '../../../contract/tunnel'
import { newDraft, withField } from '../../../renderer/profile/connection-form'
import { problemsOf } from '../../../renderer/profile/connection-problems'
import {
  NEW_HOP,
  sshFieldsOf,
  sshSecretsOf,
  sshSummary,
  sshTargetOf,
} from '../../../renderer/profile/sections/ssh-fields'
import { hopWords, throughWords } from '../../../renderer/profile/sections/ssh-words'

const HOP: SshHop = { host: 'bastion', port: 2222, user: 'deploy', authentication: 'key', keyFile: '~/.ssh/id' }
const BARE: SshHop = { host: 'inner', port: null, user: null, authentication: 'agent', keyFile: null }

describe('the SSH section', () => {
  it('gives back the tunnel of a saved profile', () => {
    expect(sshTargetOf(sshFieldsOf({ tunnel: [HOP, BARE] }))).toEqual({ tunnel: [HOP, BARE] })
  })

  it('keeps what was typed while it is switched off, and goes straight', () => {
    const fields = { ...sshFieldsOf({ tunnel: [HOP] }), usesTunnel: false }

    expect([sshTargetOf(fields), sshSummary(fields), fields.tunnel.length]).toEqual([{ tunnel: [] }, 'none', 1])
  })

  it('gives each secret to the server at its place, and none to an agent', () => {
    const tunnel = [
      { ...NEW_HOP, authentication: 'agent' as const, secret: 'not used' },
      { ...NEW_HOP, authentication: 'password' as const, secret: 'two' },
      { ...NEW_HOP, authentication: 'key' as const, secret: '' },
    ]

    expect(sshSecretsOf({ usesTunnel: true, tunnel })).toEqual([{ kind: 'ssh 2', secret: 'two' }])
    expect(sshSecretsOf({ usesTunnel: false, tunnel })).toEqual([])
  })

  it('names what is missing by its server', () => {
    const draft = withField(withField(newDraft(), 'usesTunnel', true), 'tunnel', [{ ...NEW_HOP, port: '70000' }])

    expect(problemsOf(draft)).toMatchObject({ 'tunnel.0.host': 'required', 'tunnel.0.port': '1 to 65535' })
  })

  it('does not call a database behind a tunnel local', () => {
    const direct = withField(newDraft(), 'host', 'localhost')

    const tunnelled = withField(direct, 'usesTunnel', true)

    expect([direct.fields.environment, tunnelled.fields.environment]).toEqual(['local', 'development'])
  })
})

describe('what the SSH configuration makes of a server', () => {
  const hop = (change: Partial<ResolvedHopWords>): ResolvedHopWords => ({
    index: 0,
    name: 'bastion',
    host: '10.0.0.1',
    port: 22,
    user: 'deploy',
    keyFiles: [],
    hasAgent: true,
    unread: [],
    ...change,
  })

  it.each<[string, Parameters<typeof hopWords>[0], { text: string; isBad: boolean }]>([
    ['nothing while nothing is known', { type: 'none' }, { text: '', isBad: false }],
    ['its place', { type: 'read', hops: [hop({})] }, { text: 'deploy@10.0.0.1:22', isBad: false }],
    [
      'an IPv6 address in brackets',
      { type: 'read', hops: [hop({ host: '::1' })] },
      { text: 'deploy@[::1]:22', isBad: false },
    ],
    [
      'the jump hosts before it',
      { type: 'read', hops: [hop({ index: null, name: 'gate' }), hop({})] },
      { text: 'deploy@10.0.0.1:22, through gate', isBad: false },
    ],
    [
      'what is not read',
      { type: 'read', hops: [hop({ unread: ['Match in config line 3'] })] },
      { text: 'deploy@10.0.0.1:22. Not read: Match in config line 3', isBad: true },
    ],
    ['why it cannot be used', { type: 'refused', message: 'no programs' }, { text: 'no programs', isBad: true }],
  ])('is %s', (_name, reading, words) => {
    expect(hopWords(reading, 0)).toEqual(words)
  })

  it('is said in the title bar by the names that were asked for', () => {
    expect([throughWords({ tunnel: [HOP, BARE] }), throughWords({ tunnel: [] })]).toEqual([
      'through bastion, inner',
      '',
    ])
  })
})

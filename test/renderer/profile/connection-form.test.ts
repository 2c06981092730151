import { describe, expect, it } from 'vitest'
import {
  type ConnectionDraft,
  type ConnectionFields,
  changesSessions,
  draftOfProfile,
  duplicateDraft,
  isDirty,
  newDraft,
  profileDraftOf,
  withField,
  withoutEdits,
  withUrl,
  withUrlLeft,
} from '../../../renderer/profile/connection-form'
import { problemsOf, sectionOf } from '../../../renderer/profile/connection-problems'
import type { FieldEdit } from '../../../renderer/profile/profile-store'
import { aProfile } from './builders'

/** The draft after a text was typed letter by letter. */
function typed(draft: ConnectionDraft, text: string): ConnectionDraft {
  return Array.from(text).reduce((before, letter) => withUrl(before, before.url + letter), draft)
}

function someFields(parts: Partial<ConnectionFields> = {}): ConnectionFields {
  return { ...newDraft().fields, database: 'd', role: 'r', ...parts }
}

describe('new draft', () => {
  it('leads to this computer', () => {
    const { fields } = newDraft()

    expect(fields).toMatchObject({
      name: '',
      environment: 'local',
      host: 'localhost',
      port: '5432',
      database: '',
      role: '',
      password: '',
      tlsMode: 'prefer',
      rootCertificate: '',
    })
  })

  it('trusts the roots of this computer with verify-full until a CA file is named, and never with a weaker mode', () => {
    const remote = withField(newDraft(), 'host', 'db.example.net')
    const weaker = withField(remote, 'tlsMode', 'require')
    const named = withField(remote, 'rootCertificate', '/own/ca.pem')
    const typed = withField(withField(weaker, 'rootCertificate', 'system'), 'role', 'app')
    const files = [remote, weaker, withField(weaker, 'tlsMode', 'verify-full'), named, typed]

    const found = files.map((draft) => [draft.fields.tlsMode, draft.fields.rootCertificate])

    expect(found).toEqual([
      ['verify-full', 'system'],
      ['require', ''],
      ['verify-full', 'system'],
      ['verify-full', '/own/ca.pem'],
      ['require', ''],
    ])
  })

  it('lets a server ask for SCRAM alone, and over a Unix socket for nothing, until that is chosen', () => {
    const hosts = ['db.example.net', 'localhost', '/var/run/postgresql']
    const chosen = withField(withField(newDraft(), 'authenticationMethods', ['md5']), 'host', '/var/run/postgresql')

    const found = hosts.map((host) => withField(newDraft(), 'host', host).fields.authenticationMethods)

    expect([...found, chosen.fields.authenticationMethods]).toEqual([
      ['scram-sha-256'],
      ['scram-sha-256'],
      ['scram-sha-256', 'none'],
      ['md5'],
    ])
  })

  it.each([
    ['localhost', 'prefer'],
    ['LOCALHOST', 'prefer'],
    ['127.0.0.1', 'prefer'],
    ['::1', 'prefer'],
    ['/var/run/postgresql', 'prefer'],
    ['db.localhost', 'prefer'],
    ['localhost.evil.net', 'verify-full'],
    ['db.example.net', 'verify-full'],
    ['10.0.0.1', 'verify-full'],
  ])('takes the TLS mode from the host %s', (host, tlsMode) => {
    const draft = withField(newDraft(), 'host', host)

    expect(draft.fields.tlsMode).toBe(tlsMode)
  })

  it('takes its name from database and host until one is typed', () => {
    const followed = withField(withField(newDraft(), 'host', 'h'), 'database', 'd')

    const named = withField(withField(followed, 'name', 'mine'), 'database', 'e')

    expect([followed.fields.name, named.fields.name]).toEqual(['d on h', 'mine'])
  })

  it('keeps a TLS mode and an environment that were chosen', () => {
    const chosen = withField(withField(newDraft(), 'tlsMode', 'disable'), 'environment', 'production')

    const moved = withField(chosen, 'host', 'db.example.net')

    expect(moved.fields).toMatchObject({ tlsMode: 'disable', environment: 'production' })
  })
})

describe('draft of a profile', () => {
  it('holds the profile and no password', () => {
    const profile = aProfile()

    const draft = draftOfProfile(profile)

    expect(profileDraftOf(draft)).toEqual({
      id: profile.id,
      name: profile.name,
      folder: profile.folder,
      environment: profile.environment,
      target: profile.target,
      settings: profile.settings,
    })
    expect([draft.fields.password, isDirty(draft)]).toEqual(['', false])
  })

  it('follows nothing', () => {
    const draft = withField(draftOfProfile(aProfile()), 'host', 'localhost')

    expect(draft.fields).toMatchObject({ name: 'orders', tlsMode: 'verify-full', environment: 'staging' })
  })

  it('is new and has another name as a copy', () => {
    const draft = duplicateDraft(aProfile())

    expect([draft.profileId, draft.fields.name]).toEqual([null, 'orders copy'])
  })

  it('is what it was once its edits are discarded', () => {
    const draft = draftOfProfile(aProfile())

    const discarded = withoutEdits(withUrl(withField(draft, 'port', '1'), 'postgres://h/d'))

    expect(discarded).toEqual(draft)
  })
})

describe('connection URL in a draft', () => {
  it('fills every field it names', () => {
    const draft = withUrl(newDraft(), 'postgres://app:s%40cret@db.example.net:5433/orders?sslmode=require')

    expect(draft.fields).toMatchObject({
      name: 'orders on db.example.net',
      environment: 'development',
      host: 'db.example.net',
      port: '5433',
      database: 'orders',
      role: 'app',
      password: 's@cret',
      tlsMode: 'require',
      rootCertificate: '',
    })
  })

  it('is shown without its password once pasted', () => {
    const draft = withUrl(newDraft(), 'postgres://app:secret@h/d?sslmode=require')

    expect(draft.url).toBe('postgres://app@h/d?sslmode=require')
  })

  it('is left alone while it is typed, and shown without its password once left', () => {
    const whileTyped = typed(newDraft(), 'postgres://app:secret@h/d')

    const left = withUrlLeft(whileTyped)

    expect([whileTyped.url, left.url]).toEqual(['postgres://app:secret@h/d', 'postgres://app@h/d'])
    expect(left.fields).toMatchObject({ host: 'h', role: 'app', password: 'secret', database: 'd' })
  })

  it('leaves no trace of what was typed on the way', () => {
    const letters = typed(newDraft(), 'postgres://app:5432@h/d')

    const pasted = withUrl(newDraft(), 'postgres://app:5432@h/d')

    expect(letters.fields).toEqual(pasted.fields)
  })

  it('gives the fields back when it is deleted', () => {
    const filled = withUrl(withField(newDraft(), 'role', 'me'), 'postgres://app@h/d')

    const emptied = withUrl(filled, '')

    expect(emptied.fields).toEqual(withField(newDraft(), 'role', 'me').fields)
  })

  it('is the new beginning for edits by hand', () => {
    const edited = withField(withUrl(newDraft(), 'postgres://app@h/d'), 'role', 'me')

    const pasted = withUrl(edited, 'postgres://h/e')

    expect(pasted.fields).toMatchObject({ host: 'h', database: 'e', role: 'me' })
  })

  it('never carries a typed password to another host', () => {
    const forOne = withField(withField(newDraft(), 'host', 'one'), 'password', 'secret')

    const other = withUrl(forOne, 'postgres://app@two/d')
    const same = withUrl(forOne, 'postgres://app@one/d')

    expect([other.fields.password, same.fields.password]).toEqual(['', 'secret'])
  })

  it('means the default port where it names only a host', () => {
    const draft = withUrl(withField(newDraft(), 'port', '6000'), 'postgres://h/d')

    expect(draft.fields.port).toBe('5432')
  })

  it('says what has no effect', () => {
    const draft = withUrl(newDraft(), 'postgres://safe/d?host=evil&options=x')

    expect(draft.reading).toEqual({ type: 'read', ignored: ['host=evil', 'options x'] })
    expect(draft.fields.host).toBe('safe')
  })

  it('is complained about when pasted, or when left, but not while it is typed', () => {
    const pasted = withUrl(newDraft(), 'mysql://h/d')
    const whileTyped = typed(newDraft(), 'mysql://h/d')

    const left = withUrlLeft(whileTyped)

    expect([pasted, whileTyped, left].map((draft) => draft.reading.type)).toEqual(['unreadable', 'none', 'unreadable'])
    expect(pasted.fields).toEqual(newDraft().fields)
  })
})

describe('problems of fields', () => {
  it.each<[string, Partial<ConnectionFields>, object]>([
    ['nothing', {}, {}],
    ['no host', { host: ' ' }, { host: 'required' }],
    ['no port', { port: '' }, { port: 'required' }],
    ['no database and no role', { database: '', role: '' }, { database: 'required', role: 'required' }],
    ['a port in words', { port: 'http' }, { port: '1 to 65535' }],
    ['a port out of range', { port: '70000' }, { port: '1 to 65535' }],
    ['a NUL in the database', { database: 'd\0options' }, { database: 'too long, or with control characters' }],
    ['a long role', { role: 'x'.repeat(64) }, { role: 'too long, or with control characters' }],
    ['a long name', { name: 'x'.repeat(101) }, { name: 'too long, or with control characters' }],
    ['a timeout without its unit', { lockTimeout: '5' }, { lockTimeout: 'a time with its unit, up to 24 h' }],
    ['a timeout of two days', { statementTimeout: '48 h' }, { statementTimeout: 'a time with its unit, up to 24 h' }],
    ['a keepalive of never', { keepaliveSeconds: '0' }, { keepaliveSeconds: '1 to 3600' }],
    ['a NUL in the search_path', { searchPath: 'a\0b' }, { searchPath: 'too long, or with control characters' }],
    [
      'an SSH server without a host and with a port in words',
      {
        usesTunnel: true,
        tunnel: [{ host: '', port: 'ssh', user: '', authentication: 'agent', keyFile: '', secret: '' }],
      },
      { 'tunnel.0.host': 'required', 'tunnel.0.port': '1 to 65535' },
    ],
    ['no way to prove the role', { authenticationMethods: [] }, { authenticationMethods: 'choose at least one' }],
  ])('name %s', (_name, parts, expected) => {
    expect(problemsOf({ fields: someFields(parts), found: null })).toEqual(expected)
  })
})

describe('sections', () => {
  it.each([
    ['port', 'general'],
    ['clientKey', 'tls'],
    ['tunnel.0.host', 'ssh'],
    ['searchPath', 'session'],
  ])('the field %s stands in %s', (field, section) => {
    expect(sectionOf(field)).toBe(section)
  })
})

describe('a draft of the open profile', () => {
  it.each<[string, FieldEdit, boolean]>([
    ['another name', { field: 'name', value: 'b' }, false],
    ['another folder', { field: 'folder', value: 'b' }, false],
    ['another environment', { field: 'environment', value: 'local' }, false],
    ['another host', { field: 'host', value: 'b' }, true],
    ['another search_path', { field: 'searchPath', value: 'b' }, true],
    ['read-only', { field: 'isReadOnly', value: true }, true],
    ['another password', { field: 'password', value: 'b' }, true],
  ])('with %s ends its sessions or not', (_name, { field, value }, ends) => {
    expect(changesSessions(withField(draftOfProfile(aProfile()), field, value))).toBe(ends)
  })
})

describe('profile of a draft', () => {
  it('is called after database and host when no name was typed', () => {
    const { name } = profileDraftOf({ profileId: null, fields: someFields({ name: '  ' }) })

    expect(name).toBe('d on localhost')
  })

  it('has no CA file in a mode that checks none', () => {
    const files = (['disable', 'prefer', 'require', 'verify-ca', 'verify-full'] as const).map((tlsMode) => {
      const fields = someFields({ tlsMode, rootCertificate: '/ca.pem' })
      return profileDraftOf({ profileId: null, fields }).target.rootCertificate
    })

    expect(files).toEqual([null, null, '/ca.pem', '/ca.pem', '/ca.pem'])
  })

  it('never holds the password', () => {
    const draft = profileDraftOf({ profileId: null, fields: someFields({ password: 'hunter2' }) })

    expect(JSON.stringify(draft)).not.toContain('hunter2')
  })
})

describe('a password that may go over a network unencrypted', () => {
  const typed = (host: string, tlsMode: ConnectionFields['tlsMode'], parts: Partial<ConnectionFields> = {}) =>
    problemsOf({ fields: someFields({ host, tlsMode, password: 'p', ...parts }), found: null })

  it('is not taken until that is accepted, on a host that is not this computer', () => {
    const modes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const
    const hosts = ['db.example.net', '10.0.0.5', '127.0.0.1.example.net', 'localhost', '127.0.0.1', '::1', '/run']

    const asking = hosts.flatMap((host) =>
      modes.filter((mode) => 'acceptsUnencrypted' in typed(host, mode)).map((mode) => `${host} ${mode}`),
    )

    expect(asking).toEqual(
      hosts.slice(0, 3).flatMap((host) => ['disable', 'allow', 'prefer'].map((mode) => `${host} ${mode}`)),
    )
    expect(typed('db.example.net', 'prefer', { acceptsUnencrypted: true })).toEqual({})
  })

  it('is asked about when an import found it, and not where there is none', () => {
    const fields = someFields({ host: 'db.example.net', tlsMode: 'prefer' })
    const found = { token: 't' as never, secrets: ['password'] as const }

    expect([problemsOf({ fields, found }), problemsOf({ fields, found: null })]).toEqual([
      { acceptsUnencrypted: 'accept it, or choose verify-full' },
      {},
    ])
  })

  it.each([
    ['host', (draft: ConnectionDraft) => withField(draft, 'host', 'other.example.net')],
    ['TLS mode', (draft: ConnectionDraft) => withField(draft, 'tlsMode', 'allow')],
    ['text', (draft: ConnectionDraft) => withUrl(draft, 'postgres://u:p@elsewhere.example.net/d?sslmode=prefer')],
  ])('is asked about again after another %s', (_name, edit) => {
    const weak = withField(withField(newDraft(), 'host', 'db.example.net'), 'tlsMode', 'prefer')
    const accepted = withField(withField(weak, 'password', 'p'), 'acceptsUnencrypted', true)

    expect([accepted.fields.acceptsUnencrypted, edit(accepted).fields.acceptsUnencrypted]).toEqual([true, false])
  })
})

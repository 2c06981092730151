import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FindingToken, importReading } from '../../../../contract/import'
import type { Profile, Target } from '../../../../contract/profile'
import type { SecretKeeper, SecretKind } from '../../../../contract/secret'
import { FailureError } from '../../../../electron/engine/failure-error'
import { Imports } from '../../../../electron/engine/profile/import/imports'
import { createProfiles, type Profiles } from '../../../../electron/engine/profile/profile-store'

const SECRET = 'Canary#42-hush'
const URL = `postgres://app:${encodeURIComponent(SECRET)}@db.example.com:5433/shop?sslmode=require`

interface Offer {
  readonly profile: string
  readonly target: string
  readonly kind: SecretKind
  readonly secret: string
  readonly keeper: SecretKeeper
}

describe('an import', () => {
  let folder: string
  let profiles: Profiles
  let offers: Offer[]
  let imports: Imports
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-import-'))
    profiles = createProfiles({ folder: join(folder, 'profiles'), onChanged: () => {} })
    offers = []
    imports = new Imports(
      profiles,
      [join(folder, '.pg_service.conf'), join(folder, 'system.conf')],
      ({ name, target }, kind, secret, keeper) => {
        offers.push({ profile: name, target: `${target.role}@${target.host}:${target.port}`, kind, secret, keeper })
      },
    )
  })
  afterEach(() => rm(folder, { recursive: true }))

  /** The first finding of a text, as the window chooses it. */
  async function chosen(text: string, change: { readonly keepsSecrets?: boolean } = {}) {
    const { findings } = await imports.readText(text)
    const { token, name, folder: listed, environment } = findings[0] ?? never()
    return { token, name, folder: listed, environment, keepsSecrets: true, ...change }
  }

  /** Saves a profile as the connection dialog does. */
  async function saved(target: Target): Promise<Profile> {
    const choice = await chosen('postgres://x@y/z')
    const [profile] = await imports.save([choice], 'memory')
    const { id, name, folder: listed, environment, settings } = profile ?? never()
    return profiles.save({ id, name, folder: listed, environment, settings, target })
  }

  it('answers with what the contract allows, and without the secret', async () => {
    const reading = await imports.readText(URL)

    expect(importReading.parse(reading).findings[0]).toMatchObject({ secrets: ['password'], target: { role: 'app' } })
    expect(JSON.stringify(reading)).not.toContain('hush')
  })

  it('saves profiles with the defaults for what is not said, and offers their secrets', async () => {
    const choice = await chosen(URL)

    const [profile] = await imports.save(
      [{ ...choice, name: 'Shop', folder: 'Work', environment: 'production' }],
      'keyring',
    )

    expect(profile).toMatchObject({
      name: 'Shop',
      folder: 'Work',
      environment: 'production',
      target: { host: 'db.example.com', port: 5433, tlsMode: 'require', authenticationMethods: ['scram-sha-256'] },
    })
    expect(await profiles.list()).toEqual([profile])
    expect(offers).toEqual([
      { profile: 'Shop', target: 'app@db.example.com:5433', kind: 'password', secret: SECRET, keeper: 'keyring' },
    ])
  })

  it('offers no secret that was left behind', async () => {
    await imports.save([await chosen(URL, { keepsSecrets: false })], 'keyring')

    expect(offers).toEqual([])
  })

  it.each([
    ['db.example.com', 'disable', 0],
    ['db.example.com', 'allow', 0],
    ['db.example.com', 'prefer', 0],
    ['db.example.com', 'verify-full', 1],
    ['localhost', 'prefer', 1],
  ])('offers the password for %s with TLS mode %s %d times, and says so', async (host, mode, times) => {
    const text = `postgres://app:${SECRET}@${host}/shop?sslmode=${mode}`
    const { findings } = await imports.readText(text)

    await imports.save([await chosen(text)], 'memory')

    const isSaid = findings[0]?.notes.some(({ message }) => message.startsWith('Its password is not saved')) ?? false
    expect([offers.length, isSaid]).toEqual([times, times === 0])
  })

  it('saves nothing when one finding lacks a part', async () => {
    const { findings } = await imports.readText('postgres://u:x@h/d\npostgres://:x@h/d')
    const choices = findings.map(({ token, name, folder: listed, environment }) => {
      return { token, name, folder: listed, environment, keepsSecrets: true }
    })

    await expect(imports.save(choices, 'memory')).rejects.toThrow(/lacks database, role|lacks role/)
    expect([await profiles.list(), offers]).toEqual([[], []])
  })

  it.each<[string, Partial<Target>, SecretKind[], string[]]>([
    ['as it was found', {}, [], ['password']],
    ['with another database', { database: 'other' }, [], ['password']],
    ['with more than the source said', { channelBinding: 'require' }, [], ['password']],
    ['with another host', { host: 'evil.example.com' }, [], []],
    ['with another port', { port: 5432 }, [], []],
    ['with another role', { role: 'other' }, [], []],
    ['with another TLS mode', { tlsMode: 'prefer' }, [], []],
    ['with a password that was typed', {}, ['password'], []],
  ])(
    'offers secrets for a profile saved %s only where it leads where the source said',
    async (_name, change, typed, kinds) => {
      const base = await saved({ ...(await targetOf(URL)), ...change })
      offers = []
      const { token } = await chosen(URL)

      const offered = await imports.offerFor(base.id, token, typed, 'memory')

      expect(offered).toEqual(kinds)
      expect(offers.map(({ kind, secret }) => [kind, secret])).toEqual(kinds.map((kind) => [kind, SECRET]))
    },
  )

  async function targetOf(text: string): Promise<Target> {
    const [profile] = await imports.save([await chosen(text)], 'memory')
    return (profile ?? never()).target
  }

  it('forgets what was found, but for what is being edited', async () => {
    const { findings } = await imports.readText(`${URL}\npostgres://u:x@h/d`)
    const [kept, other] = findings.map((each) => each.token)
    const target = { ...(findings[0] ?? never()).target } as Target // whole: the URL says every part that secrets depend on
    const second = { ...(findings[1] ?? never()).target } as Target // whole as well
    const known = () => [
      imports.secretFor(kept as FindingToken, 'password', target),
      imports.secretFor(other as FindingToken, 'password', second),
    ]

    const before = known()
    imports.forget(kept ?? null)
    const between = known()
    imports.forget(null)

    expect([before, between, known()]).toEqual([
      [SECRET, 'x'],
      [SECRET, null],
      [null, null],
    ])
  })

  it('reads the service file of the user, when there is one', async () => {
    const before = await imports.hasServiceFile()
    await writeFile(join(folder, '.pg_service.conf'), '[shop]\nhost=h\nuser=u\n')

    const { fileName, findings } = await imports.readServiceFile()

    expect([before, await imports.hasServiceFile()]).toEqual([false, true])
    expect([fileName, findings.map((each) => each.name)]).toEqual(['.pg_service.conf', ['shop']])
  })

  it('reads the service file of the system where the user has none', async () => {
    await writeFile(join(folder, 'system.conf'), '[system]\nhost=h\nuser=u\n')

    const { findings } = await imports.readServiceFile()

    expect(findings.map((each) => each.name)).toEqual(['system'])
  })

  it('follows a link to the service file, as libpq does', async () => {
    await writeFile(join(folder, 'elsewhere'), '[linked]\nhost=h\nuser=u\n')
    await symlink(join(folder, 'elsewhere'), join(folder, '.pg_service.conf'))

    const { findings, format } = await imports.readServiceFile()

    expect([format, findings.map((each) => each.name)]).toEqual(['service file', ['linked']])
  })

  it('says which file cannot be imported, and why', async () => {
    const path = join(folder, 'a\u202Eb.env')
    await writeFile(path, 'PGPASSWORD=hush\0')

    const error = await imports.readFile(path).catch((reason: unknown) => reason)

    expect(error).toBeInstanceOf(FailureError)
    expect(String(error)).toContain('a b.env cannot be imported. It is not a text: line 1 holds a NUL character.')
  })
})

function never(): never {
  throw new Error('nothing was found')
}

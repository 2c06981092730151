import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SecretKeeper } from '../../../contract/secret'
import { createKeyringShelf } from '../../../electron/main/secrets/keyring-shelf'
import { createMemoryShelf } from '../../../electron/main/secrets/memory-shelf'
import { type SecretQuestion, SecretStore } from '../../../electron/main/secrets/secret-store'
import { Vault } from '../../../electron/main/secrets/vault'
import { aTarget } from '../../support/builders'
import { FakeKeyring } from '../../support/fake-keyring'

let folder: string
let file: string
let keyring: FakeKeyring
let notes: string[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-secrets-'))
  file = join(folder, 'secrets.json')
  keyring = new FakeKeyring()
  notes = []
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const question: SecretQuestion = { profileId: 'p1', kind: 'password', target: aTarget() }
let loans = 0

function aStore(): SecretStore {
  const note = (line: string) => notes.push(line)
  return new SecretStore({
    memory: createMemoryShelf(),
    keyring: createKeyringShelf({ file, keyring, note }),
    vault: new Vault({ file: join(folder, 'vault.json'), note }),
  })
}

/** Lends the secret, and says what became of it when a secret was there. */
async function use(store: SecretStore, outcome: 'worked' | 'refused', asked = question): Promise<string | null> {
  loans += 1
  const secret = await store.lend(asked, loans)
  await store.noteOutcome(loans, outcome)
  return secret
}

async function aStoreThatKeeps(secret: string, keeper: SecretKeeper = 'keyring'): Promise<SecretStore> {
  const store = aStore()
  await store.offer(question, secret, keeper)
  await use(store, 'worked')
  return store
}

describe.each(['memory', 'keyring'] as const)('a secret kept in %s', (keeper) => {
  it('is given out for exactly its target, profile and kind', async () => {
    const store = await aStoreThatKeeps('s3cret', keeper)

    const others: SecretQuestion[] = [
      { ...question, profileId: 'p2' },
      { ...question, kind: 'ssh 1' },
      { ...question, target: aTarget({ host: 'evil.example.net' }) },
    ]
    const found = [await store.lend(question, 1), ...(await Promise.all(others.map((other) => store.lend(other, 2))))]
    expect(found).toEqual(['s3cret', null, null, null])
    expect(await store.state(question)).toEqual({ place: keeper, hindrance: null })
    expect(await store.state({ ...question, target: aTarget({ port: 9 }) })).toEqual({
      place: keeper,
      hindrance: 'other target',
    })
  })

  it('stays when another one is offered and refused', async () => {
    const store = await aStoreThatKeeps('old', keeper)
    await store.offer(question, 'wrong', keeper)

    const tried = await use(store, 'refused')

    expect([tried, await store.lend(question, 0)]).toEqual(['wrong', 'old'])
  })

  it('is replaced by one that worked, wherever that lies', async () => {
    const store = await aStoreThatKeeps('old', keeper)
    const other = keeper === 'memory' ? 'keyring' : 'memory'
    await store.offer(question, 'new', other)
    await use(store, 'worked')

    await store.offer(question, 'wrong', other)
    await use(store, 'refused')

    expect(await store.lend(question, 0)).toBe('new')
    expect(await store.state(question)).toEqual({ place: other, hindrance: null })
  })

  it('is not refused for a newer one that was offered while it was tried', async () => {
    const store = aStore()
    await store.offer(question, 'first', keeper)
    await store.lend(question, 77)
    await store.offer(question, 'second', keeper)

    await store.noteOutcome(77, 'refused')

    expect(await store.lend(question, 0)).toBe('second')
  })

  it('stays when the server refuses it: only a better one takes its place', async () => {
    const store = await aStoreThatKeeps('old', keeper)

    await use(store, 'refused')

    expect(await store.lend(question, 0)).toBe('old')
  })

  it('is gone once it is forgotten, or its profile is', async () => {
    const store = await aStoreThatKeeps('s3cret', keeper)
    await store.offer({ ...question, kind: 'ssh 1' }, 'hop', keeper)

    await store.forget('p1', 'password')

    const hop = await store.lend({ ...question, kind: 'ssh 1' }, 0)
    await store.forgetProfile('p1')
    expect([await store.lend(question, 0), hop]).toEqual([null, 'hop'])
    expect(await store.lend({ ...question, kind: 'ssh 1' }, 0)).toBeNull()
  })
})

describe('the file of secrets', () => {
  it('is read at the next start, only by its owner, and holds no secret as it is', async () => {
    await aStoreThatKeeps('s3cret-kept')
    await aStore().offer({ ...question, profileId: 'p2' }, 's3cret-offered', 'keyring')

    const found = [await aStore().lend(question, 0), await aStore().lend({ ...question, profileId: 'p2' }, 0)]

    const text = await readFile(file, 'utf8')
    expect(found).toEqual(['s3cret-kept', 's3cret-offered'])
    expect([text.includes('s3cret'), (await stat(file)).mode & 0o777]).toEqual([false, 0o600])
  })

  it('keeps what another keyring encrypted, says so, and gives it out when that one is back', async () => {
    await aStoreThatKeeps('s3cret')
    const before = await readFile(file, 'utf8')
    const own = keyring
    keyring = new FakeKeyring('kwallet6')

    const store = aStore()
    const found = [await store.lend(question, 0), (await store.state(question)).hindrance]

    const after = await readFile(file, 'utf8')
    keyring = own
    expect([...found, await aStore().lend(question, 0)]).toEqual([null, 'unreadable', 's3cret'])
    expect(after).toBe(before)
    expect(notes[0]).toBe(`A secret in ${file} cannot be read with kwallet6; it was written with gnome_libsecret.`)
  })

  it('is left alone without a keyring, and nothing is added to it', async () => {
    await aStoreThatKeeps('s3cret')
    const before = await readFile(file, 'utf8')
    keyring.isReal = false
    const store = aStore()

    const refused = await store.offer(question, 'typed', 'keyring').catch((error: Error) => error.message)
    await store.offer(question, 'typed', 'memory')
    await use(store, 'refused')

    expect(refused).toBe('This system has no keyring that protects anything.')
    expect(await store.state(question)).toEqual({ place: 'keyring', hindrance: 'unreadable' })
    expect(await readFile(file, 'utf8')).toBe(before)
  })

  it('does not give out a secret whose seal beside it was edited', async () => {
    await aStoreThatKeeps('s3cret')
    const evil = { ...question, target: aTarget({ host: 'evil.example.net' }) }
    await aStore().offer({ ...evil, profileId: 'p2' }, 'theirs', 'keyring')
    const content = JSON.parse(await readFile(file, 'utf8'))
    content.records[0].seal = content.records[1].seal
    await writeFile(file, JSON.stringify(content))

    const found = await aStore().lend(evil, 0)

    expect(found).toBeNull()
  })

  it('encrypts anew when the keyring asks for that', async () => {
    await aStoreThatKeeps('s3cret')
    const before = await readFile(file, 'utf8')
    keyring.shouldReEncrypt = true

    const found = await aStore().lend(question, 0)

    expect([found, (await readFile(file, 'utf8')) === before]).toEqual(['s3cret', false])
  })

  it.each([
    ['cut off', '{"format": "strata secrets", "vers'],
    ['of the first version, sealed to less', '{"p1": "djExAAAA"}'],
    ['of a newer version', '{"format": "strata secrets", "version": 9, "records": []}'],
  ])('is kept aside when it is %s, and nothing of it is given out', async (_, text) => {
    await writeFile(file, text)
    const store = aStore()

    const found = await store.lend(question, 0)
    await store.offer(question, 'new', 'keyring')

    expect([found, await store.lend(question, 0)]).toEqual([null, 'new'])
    expect(await readFile(`${file}.kept-1`, 'utf8')).toBe(text)
    expect((await readdir(folder)).sort()).toEqual(['secrets.json', 'secrets.json.kept-1'])
  })
})

import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sealOf } from '../../../electron/main/secrets/seal'
import type { SecretKey } from '../../../electron/main/secrets/shelf'
import { Vault } from '../../../electron/main/secrets/vault'
import { aTarget, seededRandom } from '../../support/builders'
import { bundleChild, startChild } from '../../support/child-program'
import { rounds } from '../../support/rounds'

let folder: string
let file: string
let notes: string[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-vault-'))
  file = join(folder, 'vault.json')
  notes = []
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const PASSPHRASE = 'correct horse battery'
const key: SecretKey = { profileId: 'p1', kind: 'password', slot: 'kept' }
const seal = sealOf(aTarget())
/** As good as scrypt for everything but the time that a guess costs. */
const derive = async (passphrase: string, salt: Buffer) =>
  createHash('sha256').update(salt).update(passphrase.normalize('NFC')).digest()
const aVault = () => new Vault({ file, note: (line) => notes.push(line), derive })

async function aVaultWith(secret: string): Promise<Vault> {
  const vault = aVault()
  await vault.create(PASSPHRASE)
  await vault.put(key, seal, secret)
  return vault
}

const contentOf = async () => JSON.parse(await readFile(file, 'utf8'))

describe('the vault', () => {
  it('makes its key with scrypt, whichever way the letters of the passphrase are written', async () => {
    const vault = new Vault({ file, note: () => {} })
    await vault.create('caf\u00e9 passphrase')
    await vault.put(key, seal, 's3cret')
    const again = new Vault({ file, note: () => {} })

    const answers = [await again.unlock('cafe passphrase'), await again.unlock('cafe\u0301 passphrase')]

    expect([answers, await again.look(key, seal)]).toEqual([[false, true], { state: 'found', secret: 's3cret' }])
  })

  it('gives a secret out after a restart, once the passphrase has opened it', async () => {
    await aVaultWith('s3cret ß')
    const vault = aVault()

    const before = [vault.state, await vault.look(key, seal)]
    const isRight = await vault.unlock(PASSPHRASE)
    const after = [vault.state, await vault.look(key, seal)]

    expect([...before, isRight, ...after]).toEqual([
      { state: 'locked', secrets: 1 },
      { state: 'locked' },
      true,
      { state: 'open', secrets: 1 },
      { state: 'found', secret: 's3cret ß' },
    ])
  })

  it('changes nothing for a wrong passphrase, however it is wrong', async () => {
    await aVaultWith('s3cret')
    const before = await readFile(file, 'utf8')
    const vault = aVault()

    const answers = [
      await vault.unlock(''),
      await vault.unlock(`${PASSPHRASE} `),
      await vault.changePassphrase('no', 'x'.repeat(9)),
    ]

    expect([answers, vault.state.state, await readFile(file, 'utf8')]).toEqual([
      [false, false, false],
      'locked',
      before,
    ])
  })

  it('lies in a file of its owner, with neither secret nor passphrase nor key in it, and a nonce of its own for each record', async () => {
    const vault = await aVaultWith('s3cret-one')
    for (const kind of ['ssh 1', 'ssh 2', 'client key'] as const) await vault.put({ ...key, kind }, seal, 's3cret-one')

    const text = await readFile(file, 'utf8')

    const { kdf, check, records } = JSON.parse(text)
    const nonces = [check, ...records].map((each: { nonce: string }) =>
      Buffer.from(each.nonce, 'base64').toString('hex'),
    )
    expect([text.includes('s3cret'), text.includes('horse'), (await stat(file)).mode & 0o777]).toEqual([
      false,
      false,
      0o600,
    ])
    expect([kdf.name, kdf.N, kdf.r, kdf.p, Buffer.from(kdf.salt, 'base64').length]).toEqual([
      'scrypt',
      131_072,
      8,
      1,
      32,
    ])
    expect([new Set(nonces).size, nonces.every((nonce) => nonce.length === 24)]).toEqual([5, true])
  })

  it.each([
    ['seal', sealOf(aTarget({ host: 'evil.example.net' }))],
    ['profileId', 'p2'],
    ['kind', 'ssh 1'],
  ])('gives nothing out when the %s of a record was edited', async (part, value) => {
    const vault = await aVaultWith('s3cret')
    const content = await contentOf()
    content.records[0][part] = value
    await writeFile(file, JSON.stringify(content))
    const { profileId, kind, seal: edited } = content.records[0]

    const found = await vault.look({ profileId, kind, slot: 'kept' }, edited)

    expect(found).toEqual({ state: 'unreadable' })
  })

  it('says another target, and decrypts nothing, for another seal', async () => {
    const vault = await aVaultWith('s3cret')

    expect(await vault.look(key, sealOf(aTarget({ role: 'other' })))).toEqual({ state: 'other target' })
  })

  it('keeps nothing while it is locked', async () => {
    const vault = await aVaultWith('s3cret')
    const before = await readFile(file, 'utf8')
    await vault.lock()

    const refused = await vault.put(key, seal, 'other').catch((error: Error) => error.message)

    expect([refused, (await readFile(file, 'utf8')) === before]).toEqual(['The vault is locked.', true])
  })

  it('opens with another passphrase after that was changed, and with no other', async () => {
    const vault = await aVaultWith('s3cret')

    const isChanged = await vault.changePassphrase(PASSPHRASE, 'another passphrase')

    const again = aVault()
    const answers = [await again.unlock(PASSPHRASE), await again.unlock('another passphrase')]
    expect([isChanged, answers, await again.look(key, seal)]).toEqual([
      true,
      [false, true],
      { state: 'found', secret: 's3cret' },
    ])
  })

  it('is kept aside when a record cannot be read while the passphrase is changed', async () => {
    const vault = await aVaultWith('s3cret')
    await vault.put({ ...key, kind: 'ssh 1' }, seal, 'hop')
    const content = await contentOf()
    content.records[0].ciphertext = content.records[1].ciphertext
    await writeFile(file, JSON.stringify(content))

    await vault.changePassphrase(PASSPHRASE, 'another passphrase')

    expect(await vault.look({ ...key, kind: 'ssh 1' }, seal)).toEqual({ state: 'found', secret: 'hop' })
    expect((await readdir(folder)).sort()).toEqual(['vault.json', 'vault.json.kept-1'])
    expect(notes).toEqual([`1 secrets of the vault could not be read. It is kept as ${file}.kept-1.`])
  })

  it('begins anew for a forgotten passphrase, and keeps the old one aside', async () => {
    await aVaultWith('s3cret')
    const before = await readFile(file, 'utf8')
    const vault = aVault()

    await vault.create('a new passphrase')

    expect([vault.state, await readFile(`${file}.kept-1`, 'utf8')]).toEqual([{ state: 'open', secrets: 0 }, before])
  })

  it('is gone with everything in it once it is deleted', async () => {
    const vault = await aVaultWith('s3cret')

    await vault.destroy()

    expect([vault.state, await readdir(folder)]).toEqual([{ state: 'none', secrets: 0 }, []])
  })

  it('is kept aside when it is damaged', async () => {
    await writeFile(file, '{"format": "strata vau')
    const vault = aVault()

    const { state } = vault.state

    expect([state, await readdir(folder)]).toEqual(['none', ['vault.json.kept-1']])
  })

  it('keeps every secret that it took, whenever the app is killed', async () => {
    const program = await bundleChild('test/main/secrets/vault-child.ts', folder)
    const random = seededRandom(5)
    let kept = -1
    for (const _ of rounds(8)) {
      const child = startChild(program, [file, PASSPHRASE, seal])
      const wanted = 1 + Math.floor(random() * 12)
      for (let line = 0; line < wanted; line += 1) await child.next()
      await new Promise((resolve) => setTimeout(resolve, random() * 5)) // some way into the next write, not for its end
      child.process.kill('SIGKILL')
      await child.ended
      kept = Number(child.lines.at(-1))
    }

    const vault = aVault()
    const isOpen = await vault.unlock(PASSPHRASE)
    const lost: number[] = []
    for (let number = 0; number <= kept; number += 1) {
      const found = await vault.look({ profileId: `p${number}`, kind: 'password', slot: 'kept' }, seal)
      if (found.state !== 'found' || found.secret !== `secret ${number}`) lost.push(number)
    }
    expect([isOpen, kept > 10, lost, notes]).toEqual([true, true, [], []])
    await vault.put(key, seal, 'last')
    expect((await readdir(folder)).filter((name) => name.startsWith('vault'))).toEqual([
      'vault-child.mjs',
      'vault.json',
    ])
  }, 60_000)
})

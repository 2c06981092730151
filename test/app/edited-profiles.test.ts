import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import type { ProfileId, Target } from '../../contract/profile'
import { askEngine } from '../support/app-engine'
import { openRecent, windowOf } from '../support/app-window'
import { aTarget } from '../support/builders'
import { type LaunchedApp, launchApp, removeUserData } from '../support/launch-app'
import { aSavedProfile, writeProfiles } from '../support/saved-profiles'
import { authenticationRequest } from '../support/scripted-server'

const PASSWORD = 'canary-of-the-seal'
const SSL_REQUEST = 80877103
const CLEARTEXT = 3

/** A server that has no TLS, asks whoever comes for the password in clear text, and keeps what it hears. */
async function startSniffer() {
  let heard = ''
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      heard += bytes.toString('latin1')
      if (bytes.readInt32BE(4) === SSL_REQUEST && bytes.length === 8) socket.write('N')
      else if (bytes[0] === 0) socket.write(authenticationRequest(CLEARTEXT))
      else socket.end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const takeHeard = () => {
    const taken = heard
    heard = ''
    return taken
  }
  return { port: (server.address() as AddressInfo).port, takeHeard, close: () => server.close() }
}

const hop = { host: 'localhost', port: 1, user: 'ops', authentication: 'password', keyFile: null } as const

test.describe('a profile edited on the disk', () => {
  test.describe.configure({ mode: 'default' })
  let asked: Awaited<ReturnType<typeof startSniffer>>
  let other: Awaited<ReturnType<typeof startSniffer>>
  let launched: LaunchedApp
  let edits: Readonly<Record<string, Partial<Target>>>
  test.beforeAll(async () => {
    asked = await startSniffer()
    other = await startSniffer()
    edits = {
      nothing: {},
      database: { database: `host=localhost port=${other.port} dbname=shop` },
      host: { host: 'localhost' },
      port: { port: other.port },
      role: { role: 'other' },
      tlsMode: { tlsMode: 'prefer' },
      'tlsMode, the plain way first': { tlsMode: 'allow' },
      rootCertificate: { rootCertificate: '/tmp/ca.pem' },
      clientCertificate: { clientCertificate: '/tmp/client.pem' },
      clientKey: { clientKey: '/tmp/client.key' },
      revocationList: { revocationList: '/tmp/crl.pem' },
      tlsNegotiation: { tlsNegotiation: 'direct' },
      channelBinding: { channelBinding: 'disable' },
      authenticationMethods: { authenticationMethods: ['password'] },
      tunnel: { tunnel: [hop] },
    }
    const userData = await mkdtemp(join(tmpdir(), 'strata-edited-'))
    await writeProfiles(userData, [
      ...Object.entries(edits).map(([name, change]) =>
        aSavedProfile(name.replaceAll(/\W/g, '-'), { name, target: aTarget({ port: asked.port, ...change }) }),
      ),
      // An address that is not taken for this computer, although it leads there.
      aSavedProfile('weak', {
        name: 'Weak',
        target: aTarget({ host: '::ffff:127.0.0.1', port: asked.port, tlsMode: 'prefer' }),
      }),
    ])
    launched = await launchApp({ userData })
  })
  test.afterAll(async () => {
    await launched.close()
    await removeUserData(launched.userData)
    asked.close()
    other.close()
  })

  test('has no field by which the kept password comes to be sent elsewhere, or in another way', async () => {
    const { page } = launched
    const { database: _, ...given } = aTarget({ port: asked.port })
    await page.evaluate(() => window.bridge.ask('vault.create', { passphrase: 'a passphrase of words' }))
    const sent: string[] = []
    const wanted: string[] = []
    for (const name of Object.keys(edits)) {
      const profileId = name.replaceAll(/\W/g, '-') as ProfileId // as written above
      await page.evaluate(
        ([id, target, secret]) =>
          window.bridge.ask('secret.offer', { profileId: id, kind: 'password', target, secret, keeper: 'vault' }),
        [profileId, given, PASSWORD] as const,
      )

      const reply = await askEngine(page, 'profile.open', { profileId })

      if (asked.takeHeard().includes(PASSWORD)) sent.push(`${name} to the server`)
      if (other.takeHeard().includes(PASSWORD)) sent.push(`${name} elsewhere`)
      const secret = !reply.ok && reply.failure.kind === 'connection' ? reply.failure.secret?.state : undefined
      if (secret === 'missing') wanted.push(name)
    }

    expect(Object.keys(aTarget()).filter((field) => !(field in edits))).toEqual([])
    expect(sent).toEqual(['nothing to the server', 'database to the server'])
    // The other two fail before a server could ask: the words contradict each other, and nobody is behind the tunnel.
    const early = ['nothing', 'database', 'tlsNegotiation', 'tunnel']
    expect(wanted).toEqual(Object.keys(edits).filter((name) => !early.includes(name)))
    launched.assertNoViolations()
  })

  test('that leads to another computer without certain encryption takes a password only once that is accepted', async () => {
    const { page, screenshot } = launched
    const { dialog } = windowOf(page)
    await page.getByRole('button', { name: 'New connection' }).click()
    const field = (name: string) => dialog.getByRole('textbox', { name, exact: true })
    await field('Connection URL').focus()
    await page.keyboard.insertText(`postgres://app:${PASSWORD}@db.example.invalid/shop?sslmode=prefer`)
    await dialog.getByRole('button', { name: 'Connect', exact: true }).click()

    await expect(dialog.getByRole('alert')).toContainText('Nothing was sent: accept it, or choose verify-full.')
    const box = dialog.getByRole('checkbox', { name: 'Unencrypted' })
    await expect(box).toBeFocused()
    await screenshot('weak-tls-form')
    await page.keyboard.press('Space')
    await dialog.getByRole('button', { name: 'Connect', exact: true }).click()
    await expect(dialog.getByRole('alert')).toContainText('db.example.invalid')
    await expect(dialog.getByRole('alert')).not.toContainText('accept it')
    launched.assertNoViolations()
  })

  test('whose password is asked for sends it only once the weak way is accepted', async () => {
    const { page, screenshot } = launched
    const { dialog } = windowOf(page)
    await page.keyboard.press('Escape')
    await expect(dialog).toHaveCount(0)
    await openRecent(page, 'Weak')
    const connect = dialog.getByRole('button', { name: 'Connect', exact: true })
    await dialog.getByRole('textbox', { name: 'Password', exact: true }).fill(PASSWORD)
    await expect(connect).toBeDisabled()
    await page.keyboard.press('Enter')
    await screenshot('weak-tls-prompt')
    const before = asked.takeHeard()

    await dialog.getByRole('checkbox', { name: 'Unencrypted' }).press('Space')
    await connect.click()

    let after = ''
    await expect
      .poll(() => {
        after += asked.takeHeard()
        return after.includes(PASSWORD)
      })
      .toBe(true)
    expect(before).not.toContain(PASSWORD)
    launched.assertNoViolations()
  })
})

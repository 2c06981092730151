import { expect, type Page, test } from '@playwright/test'
import type { ConnectionReport, Target } from '../../contract/profile'
import { testConnection } from '../../electron/engine/profile/test-connection'
import { askEngine } from '../support/app-engine'
import { closeConnection, windowOf } from '../support/app-window'
import { aTarget } from '../support/builders'
import { createAuthority, type Issued, issueSelfSigned } from '../support/certificates'
import { type LaunchedApp, launchApp, removeUserData } from '../support/launch-app'
import { CERTIFICATE_ROLES, startTlsCluster, type TlsCluster } from '../support/tls-cluster'

const authority = createAuthority('Strata test authority')
const other = createAuthority('Another authority')
const clients = createAuthority('Client authority')
const issuing = authority.intermediate('Issuing authority')

const MODES = ['prefer', 'require', 'verify-ca', 'verify-full'] as const

interface Case {
  readonly issued: Issued
  readonly above?: readonly string[]
  readonly target?: Partial<Target>
  readonly passphrase?: string
}

/** What a report comes to, without its times. */
function verdictOf({ steps, failure, serverVersion }: ConnectionReport) {
  return { steps: steps.map(({ name, state, detail }) => [name, state, detail]), failure, serverVersion }
}

test.describe('TLS', () => {
  test.describe.configure({ mode: 'default' })
  let cluster: TlsCluster
  let launched: LaunchedApp
  test.beforeAll(async () => {
    cluster = await startTlsCluster(clients.certificate)
    launched = await launchApp()
  })
  test.afterEach(() => launched.assertNoViolations())
  test.afterAll(async () => {
    await launched.close()
    await removeUserData(launched.userData)
    await cluster.stop()
  })

  const fill = async (page: Page, values: Readonly<Record<string, string>>) => {
    const { dialog } = windowOf(page)
    for (const [name, value] of Object.entries(values))
      await dialog.getByRole('textbox', { name, exact: true }).fill(value)
  }
  const setTheme = async (page: Page, theme: 'light' | 'dark') => {
    await page.evaluate((chosen) => window.bridge.ask('app.setTheme', { theme: chosen }), theme)
    await page.emulateMedia({ colorScheme: theme })
  }

  test("comes to the same verdicts with Electron's own TLS", async () => {
    const { write } = cluster
    const root = await write('root.pem', authority.certificate)
    const named = authority.issue(['localhost'])
    const revoked = authority.issue(['localhost'])
    const forRole = clients.issueFor({ commonName: CERTIFICATE_ROLES.certified })
    const stranger = other.issueFor({ commonName: CERTIFICATE_ROLES.certified })
    const client = async (issued: Issued, key: string | Buffer, mode?: number): Promise<Partial<Target>> => ({
      role: CERTIFICATE_ROLES.certified,
      clientCertificate: await write(`${issued.serial.toString('hex')}.pem`, issued.certificate),
      clientKey: await write(`${issued.serial.toString('hex')}-${String(key.length)}.key`, key, mode),
    })
    const locked = (cipher: string) =>
      forRole.privateKey.export({ type: 'pkcs8', format: 'pem', cipher, passphrase: 'open me' })
    const sec1 = forRole.privateKey.export({
      type: 'sec1',
      format: 'pem',
      cipher: 'des-ede3-cbc',
      passphrase: 'open me',
    })
    const crl = (...lists: readonly string[]) => write(`${lists.join('').length}.crl`, lists.join(''))
    const cases: Readonly<Record<string, Case>> = {
      'a fitting certificate': { issued: named },
      'another name': { issued: authority.issue(['db.example']) },
      'a self-signed one': { issued: issueSelfSigned({ dns: ['localhost'] }) },
      'another CA': { issued: other.issue(['localhost']) },
      'an expired one': { issued: authority.issue(['localhost'], -2) },
      'one that is not valid yet': { issued: authority.issueFor({ dns: ['localhost'], fromDays: 2 }) },
      'a common name alone': { issued: authority.issueFor({ commonName: 'localhost' }) },
      'an address': { issued: authority.issueFor({ addresses: ['127.0.0.1'] }), target: { host: '127.0.0.1' } },
      'an intermediate CA': { issued: issuing.issue(['localhost']), above: [issuing.certificate] },
      'an intermediate CA that is not sent': { issued: issuing.issue(['localhost']) },
      'an intermediate CA as root': {
        issued: issuing.issue(['localhost']),
        above: [issuing.certificate],
        target: { rootCertificate: await write('issuing.pem', issuing.certificate) },
      },
      'a revoked one': { issued: revoked, target: { revocationList: await crl(authority.revoke([revoked.serial])) } },
      'a list of another CA': { issued: named, target: { revocationList: await crl(other.revoke([])) } },
      'lists of all': {
        issued: issuing.issue(['localhost']),
        above: [issuing.certificate],
        target: { revocationList: await crl(authority.revoke([]), issuing.revoke([])) },
      },
      'a client certificate': { issued: named, target: await client(forRole, forRole.key) },
      'none where one is wanted': { issued: named, target: { role: CERTIFICATE_ROLES.certified } },
      "a stranger's client certificate": { issued: named, target: await client(stranger, stranger.key) },
      'a key that is open to others': { issued: named, target: await client(forRole, `${forRole.key}\n`, 0o644) },
      'a locked key': { issued: named, target: await client(forRole, locked('aes-256-cbc')), passphrase: 'open me' },
      'a locked key of old': { issued: named, target: await client(forRole, sec1), passphrase: 'open me' },
      'a locked key and a wrong passphrase': {
        issued: named,
        target: await client(forRole, locked('aes-128-cbc')),
        passphrase: 'wrong',
      },
      'channel binding': { issued: named, target: { channelBinding: 'require' } },
      'the roots of this computer': { issued: named, target: { rootCertificate: 'system' } },
      'direct negotiation': { issued: named, target: { tlsNegotiation: 'direct' } },
    }
    const { host, port, roles } = cluster.facts
    const found: Record<string, unknown> = {}
    const expected: Record<string, unknown> = {}
    for (const [name, { issued, above = [], target = {}, passphrase }] of Object.entries(cases)) {
      await cluster.present(issued, ...above)
      for (const tlsMode of MODES) {
        const whole = aTarget({
          host: 'localhost',
          port,
          database: 'postgres',
          role: 'app',
          authenticationMethods: ['scram-sha-256'],
          rootCertificate: root,
          ...target,
          tlsMode,
        })
        const { password } = roles.app
        const key = passphrase === undefined ? [] : [{ kind: 'client key' as const, secret: passphrase }]
        const secrets = [{ kind: 'password' as const, secret: password }, ...key]
        const [reply, here] = await Promise.all([
          askEngine(launched.page, 'profile.test', { target: whole, secrets, profileId: null }),
          testConnection({ target: whole, password, findSecret: async () => passphrase ?? null }),
        ])
        found[`${name}, ${tlsMode}`] = reply.ok ? verdictOf(reply.value) : reply.failure
        expected[`${name}, ${tlsMode}`] = verdictOf(here)
      }
    }

    expect(host).toBe('127.0.0.1')
    expect(Object.keys(found).length).toBeGreaterThanOrEqual(84)
    expect(found).toEqual(expected)
  })

  test('names a wrong CA and what to do, and shows what was verified once it is the right one', async () => {
    const { page, screenshot } = launched
    const { facts, write } = cluster
    await cluster.present(authority.issue(['localhost', '*.db.example']))
    const [root, wrong] = [await write('root.pem', authority.certificate), await write('wrong.pem', other.certificate)]
    await page.getByRole('button', { name: 'New connection' }).click()
    const { dialog } = windowOf(page)
    await fill(page, { Host: 'localhost', Port: String(facts.port), Database: 'postgres', Role: 'app' })
    await fill(page, { Name: 'Orders', Password: facts.roles.app.password })
    await dialog.getByRole('button', { name: 'TLS mode' }).click()
    await page.getByRole('option', { name: /^verify-full/ }).click()
    await expect(dialog.getByRole('textbox', { name: 'CA file' })).toHaveValue('system')
    await fill(page, { 'CA file': wrong })

    await dialog.getByRole('button', { name: 'Test connection' }).click()

    const alert = dialog.getByRole('alert')
    await expect(alert).toContainText("The server's certificate was not issued by a trusted CA.")
    await expect(alert).toContainText(`It could not be verified with ${wrong}.`)
    await expect(alert).toContainText('The connection was closed before the password was sent.')
    await screenshot('tls-wrong-ca')

    await fill(page, { 'CA file': root })
    await dialog.getByRole('button', { name: 'Connect', exact: true }).click()

    const lock = page.getByRole('button', { name: 'Connection security: Verified host localhost' })
    await expect(lock).toBeVisible()
    for (const theme of ['light', 'dark'] as const) {
      await setTheme(page, theme)
      await lock.click()
      const shown = page.getByRole('dialog', { name: 'Connection security' })
      await expect(shown).toContainText('localhost, *.db.example')
      await expect(shown).toContainText('Strata test authority')
      await expect(shown).toContainText('SCRAM-SHA-256: both sides proved')
      await expect(shown).toContainText('yes: the login is good for this TLS connection alone')
      await screenshot(`tls-facts-${theme}`)
      await page.keyboard.press('Escape')
      await expect(shown).toHaveCount(0)
      await expect(lock).toBeFocused()
    }
    await setTheme(page, 'light')
    await closeConnection(page)
  })

  test('asks before a server that asks for nothing is let pass, and says so for as long as it is open', async () => {
    const { page, screenshot } = launched
    const { facts } = cluster
    await page.getByRole('button', { name: 'New connection' }).click()
    const { dialog } = windowOf(page)
    await fill(page, { Host: 'localhost', Port: String(facts.port), Database: 'postgres', Role: 'trusted' })

    await dialog.getByRole('button', { name: 'Connect', exact: true }).click()
    await expect(dialog.getByRole('alert')).toContainText('let role "trusted" in without asking for a password')
    await screenshot('tls-none-refused')
    await dialog.getByRole('button', { name: 'Allow none' }).click()
    await dialog.getByRole('tab', { name: 'TLS' }).click()
    await expect(dialog.getByRole('checkbox', { name: /^none/ })).toBeChecked()
    await screenshot('tls-section')
    await dialog.getByRole('button', { name: 'Connect', exact: true }).click()

    const lock = page.getByRole('button', { name: 'Connection security: Encrypted, not verified' })
    await expect(lock).toHaveText('Encrypted, not verified, no password asked')
    await screenshot('tls-not-verified')
    await closeConnection(page)
  })
})

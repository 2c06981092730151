import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { enginePid } from '../support/app-processes'
import { ask, openTab } from '../support/app-query'
import { closeConnection, openRecent, windowOf } from '../support/app-window'
import { type Cluster, startCluster } from '../support/cluster'
import { createDatabaseOn, type TestDatabase } from '../support/database-on'
import { type LaunchedApp, launchApp, removeUserData } from '../support/launch-app'
import { listenersOf } from '../support/listeners'
import { type SshServer, startSshServer } from '../support/ssh-server'
import { makeKey, noSshd, type SshAgent, type Sshd, startAgent, startSshd } from '../support/sshd'

test.describe('A connection through SSH', () => {
  test.describe.configure({ mode: 'default' })
  let cluster: Cluster
  let database: TestDatabase
  let server: SshServer
  let inner: SshServer
  let home: string
  let agent: SshAgent | null = null
  let sshd: Sshd | null = null
  let launched: LaunchedApp

  test.beforeAll(async () => {
    cluster = await startCluster()
    database = await createDatabaseOn(cluster.facts, 'app')
    server = await startSshServer()
    inner = await startSshServer()
    home = mkdtempSync(join(tmpdir(), 'strata-ssh-app-'))
    mkdirSync(join(home, '.ssh'), { mode: 0o700 })
    const config = [server, inner].map(
      ({ port }, at) => `Host ${['bastion', 'inner'][at]}\n  HostName 127.0.0.1\n  Port ${port}\n  User deploy\n`,
    )
    writeFileSync(join(home, '.ssh/config'), config.join(''), { mode: 0o600 })
    writeFileSync(join(home, '.ssh/known_hosts'), `${inner.knownHost}\n`, { mode: 0o600 })
    if (noSshd === null) agent = await startAgent(home)
    launched = await launchApp({ env: { HOME: home, ...(agent === null ? {} : { SSH_AUTH_SOCK: agent.socket }) } })
    await launched.page.setViewportSize({ width: 1280, height: 800 })
  })
  test.afterEach(() => launched.assertNoViolations())
  test.afterAll(async () => {
    await launched.close()
    await removeUserData(launched.userData)
    agent?.stop()
    await Promise.all([server.stop(), inner.stop(), database.drop(), sshd?.stop()])
    await cluster.stop()
    rmSync(home, { recursive: true, force: true })
  })

  const field = (page: Page, name: string) => windowOf(page).dialog.getByRole('textbox', { name, exact: true })
  const section = (page: Page, name: string) => windowOf(page).dialog.getByRole('tab', { name, exact: true }).click()
  const press = (page: Page, name: string) => windowOf(page).dialog.getByRole('button', { name, exact: true }).click()
  const hop = (page: Page, number: number) => windowOf(page).dialog.getByRole('group', { name: `SSH server ${number}` })
  const fillHop = async (page: Page, number: number, host: string, password: string) => {
    const group = hop(page, number)
    await group.getByRole('textbox', { name: 'Host' }).fill(host)
    await group.getByRole('button', { name: /Authentication$/ }).click()
    await page.getByRole('option', { name: /^password/ }).click()
    await group.getByRole('textbox', { name: 'Password' }).fill(password)
  }

  /** Stands in for the person at the system's dialog: it shows nothing, and keeps the question until it is answered. */
  const standAtDialog = () =>
    launched.app.evaluate(({ dialog }) => {
      const asked: { message: string; detail: string; buttons: string[]; defaultId: number; cancelId: number }[] = []
      const waiting: ((answer: { response: number; checkboxChecked: boolean }) => void)[] = []
      Object.assign(globalThis, { asked, waiting })
      dialog.showMessageBox = ((...given: unknown[]) => {
        asked.push(given.at(-1) as (typeof asked)[number])
        return new Promise((resolve) => waiting.push(resolve))
      }) as typeof dialog.showMessageBox
    })
  const asked = () =>
    launched.app.evaluate(
      () =>
        (
          globalThis as unknown as {
            asked: { message: string; detail: string; buttons: string[]; defaultId: number; cancelId: number }[]
          }
        ).asked,
    )
  const answer = (response: number) =>
    launched.app.evaluate((_, chosen) => {
      const { waiting } = globalThis as unknown as { waiting: ((answer: object) => void)[] }
      waiting.shift()?.({ response: chosen, checkboxChecked: false })
    }, response)

  test('is asked about in the dialog of the system, tested, opened and lost with its tunnel named', async () => {
    const { page, screenshot, app, userData } = launched
    const { dialog, statusBar, queryStatus } = windowOf(page)
    await standAtDialog()
    const { host, port, database: name, role } = database.target
    await page.getByRole('button', { name: 'New connection' }).click()
    const typed = {
      Name: 'Through SSH',
      Host: host,
      Port: String(port),
      Database: name,
      Role: role,
      Password: database.password,
    }
    for (const [label, value] of Object.entries(typed)) await field(page, label).fill(value)

    await test.step('the form says what an alias stands for', async () => {
      await section(page, 'SSH')
      await dialog.getByRole('checkbox', { name: 'SSH tunnel' }).press('Space')
      await screenshot('ssh-form-new')
      await fillHop(page, 1, 'bastion', 'right')
      await expect(hop(page, 1).getByRole('status')).toHaveText(`deploy@127.0.0.1:${server.port}`)
      await screenshot('ssh-form')
    })

    await test.step('a test waits for the answer, and cancelling it ends the test', async () => {
      await press(page, 'Test connection')
      await expect(dialog.getByRole('status').filter({ hasText: 'Waiting for your answer' })).toContainText(
        `bastion:${server.port}`,
      )
      await screenshot('ssh-waiting')
      const [question] = await asked()
      expect(question).toMatchObject({
        message: `Trust the SSH server bastion:${server.port}?`,
        buttons: ['Trust and connect', 'Trust once', 'Cancel'],
        defaultId: 2,
        cancelId: 2,
      })
      expect(question?.detail).toContain(`ED25519 ${server.fingerprint}`)
      expect(server.attempts).toEqual([])
      await answer(2)
      await expect(dialog.getByRole('alert')).toContainText(
        `The ED25519 key of the SSH server bastion:${server.port} was not trusted`,
      )
      await screenshot('ssh-not-trusted')
    })

    await test.step('trusted once, the test goes on and remembers nothing', async () => {
      await press(page, 'Test connection')
      await expect.poll(async () => (await asked()).length).toBe(2)
      await answer(1)
      await expect(dialog.getByRole('status').filter({ hasText: 'Connected to PostgreSQL' })).toBeVisible()
      await expect(dialog.getByRole('list', { name: 'Steps' }).getByRole('listitem').first()).toContainText(
        `SSH: bastion:${server.port}, host key verified (trusted once), password`,
      )
      await screenshot('ssh-tested')
    })

    await test.step('trusted for good, it opens, through no port of this computer', async () => {
      const engine = await enginePid(app)
      const before = listenersOf(engine)
      await press(page, 'Connect')
      await expect.poll(async () => (await asked()).length).toBe(3)
      await answer(0)
      await expect(statusBar).toContainText('Connected', { timeout: 15_000 })
      expect(await ask(page, 'select 40 + 2')).toEqual([['42']])
      expect(listenersOf(engine)).toEqual(before)
      expect(new Set(server.forwards)).toEqual(new Set([`${host}:${port}`]))
      expect(readFileSync(join(userData, 'known_hosts'), 'utf8')).toContain(server.knownHost)
      await expect(page.getByRole('button', { name: 'Profile Through SSH' })).toContainText('through bastion')
      await screenshot('ssh-open')
    })

    await test.step('what is lost names the tunnel', async () => {
      server.cut()
      await expect(queryStatus).toContainText('The SSH tunnel through', { timeout: 10_000 })
      await screenshot('ssh-lost')
      await openTab(page)
      expect(await ask(page, 'select 1')).toEqual([['1']])
      expect((await asked()).length).toBe(3)
    })
    await closeConnection(page)
  })

  test('goes over two servers, and asks for the secret that is missing', async () => {
    const { page, screenshot } = launched
    const { dialog, recent, statusBar } = windowOf(page)
    await standAtDialog()
    const row = recent.getByRole('listitem').filter({ hasText: 'Through SSH' })
    await row.getByRole('button', { name: 'More for Through SSH' }).click()
    await page.getByRole('menuitem', { name: 'Edit…' }).click()
    await section(page, 'SSH')

    await press(page, 'Add jump host')
    await fillHop(page, 2, 'inner', 'wrong')
    await page.emulateMedia({ colorScheme: 'dark' })
    await screenshot('ssh-two-dark')
    await page.emulateMedia({ colorScheme: 'light' })
    await screenshot('ssh-two')
    // What is kept is sealed to the way without the second server.
    await hop(page, 1).getByRole('textbox', { name: 'Password' }).fill('right')
    await section(page, 'General')
    await field(page, 'Password').fill(database.password)
    await press(page, 'Connect')
    await expect(dialog.getByRole('alert')).toContainText(
      `The SSH server inner:${inner.port} did not accept the password of user "deploy".`,
    )
    await screenshot('ssh-wrong-password')
    await dialog.getByRole('button', { name: 'Close' }).click()

    await openRecent(page, 'Through SSH')
    const prompt = page.getByRole('dialog', { name: 'Password' })
    await expect(prompt).toContainText('Password for SSH server inner')
    await screenshot('ssh-password-prompt')
    await prompt.getByRole('textbox', { name: 'Password' }).fill('right')
    await prompt.getByRole('button', { name: 'Connect' }).click()

    await expect(statusBar).toContainText('Connected')
    await expect(page.getByRole('button', { name: 'Profile Through SSH' })).toContainText('through bastion, inner')
    expect(await ask(page, 'select 7')).toEqual([['7']])
    expect(inner.forwards.length).toBeGreaterThan(0)
    await closeConnection(page)
  })

  test('is let in by keys with and without a passphrase, and by the agent', async () => {
    test.skip(noSshd !== null, noSshd ?? '')
    const { page, screenshot } = launched
    const { dialog } = windowOf(page)
    const own = await startSshd()
    sshd = own
    writeFileSync(join(home, '.ssh/known_hosts'), `${own.knownHost}\n`, { mode: 0o600 })
    const keys = [
      makeKey(own.folder, 'ed25519', { passphrase: 'right' }),
      makeKey(own.folder, 'rsa_pkcs8', { type: 'rsa', format: 'PKCS8', passphrase: 'right' }),
      makeKey(own.folder, 'rsa_pem', { type: 'rsa', format: 'PEM', passphrase: 'right' }),
      makeKey(own.folder, 'ecdsa', { type: 'ecdsa' }),
    ]
    for (const key of keys) appendFileSync(join(own.folder, 'authorized_keys'), readFileSync(`${key}.pub`))
    agent?.add(own.key)
    const { host, port, database: name, role } = database.target
    await page.getByRole('button', { name: 'New connection' }).click()
    const typed = { Host: host, Port: String(port), Database: name, Role: role, Password: database.password }
    for (const [label, value] of Object.entries(typed)) await field(page, label).fill(value)
    await section(page, 'SSH')
    await dialog.getByRole('checkbox', { name: 'SSH tunnel' }).press('Space')
    const group = hop(page, 1)
    await group.getByRole('textbox', { name: 'Host' }).fill('127.0.0.1')
    await group.getByRole('textbox', { name: 'Port' }).fill(String(own.port))
    await group.getByRole('textbox', { name: 'User' }).fill(own.user)
    const good = dialog.getByRole('status').filter({ hasText: 'Connected to PostgreSQL' })

    await press(page, 'Test connection')
    await expect(good).toBeVisible()
    await group.getByRole('button', { name: /Authentication$/ }).click()
    await page.getByRole('option', { name: /^key/ }).click()
    for (const key of keys) {
      await group.getByRole('textbox', { name: 'Key file' }).fill(key)
      await group.getByRole('textbox', { name: 'Passphrase' }).fill('right')
      await press(page, 'Test connection')
      await expect(good).toBeVisible()
      await expect(dialog.getByRole('list', { name: 'Steps' })).toContainText(`key ${key}`)
    }
    await screenshot('ssh-key')
    await group.getByRole('textbox', { name: 'Key file' }).fill(keys[0] ?? '')
    await group.getByRole('textbox', { name: 'Passphrase' }).fill('wrong')
    await press(page, 'Test connection')
    await expect(dialog.getByRole('alert')).toContainText(`The passphrase of the key ${keys[0]}`)
    await screenshot('ssh-wrong-passphrase')
    await dialog.getByRole('button', { name: 'Discard edits' }).click()
    await dialog.getByRole('button', { name: 'Close' }).click()
  })
})

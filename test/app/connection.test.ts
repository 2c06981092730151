import { createServer, type Server } from 'node:net'
import { expect, type Page, test } from '@playwright/test'
import { filesWith } from '../support/app-files'
import { ask } from '../support/app-query'
import { closeConnection, openRecent, windowOf, wordsOf } from '../support/app-window'
import { type Cluster, freePort, startCluster } from '../support/cluster'
import { createDatabaseOn, type TestDatabase } from '../support/database-on'
import { type LaunchedApp, launchApp, removeUserData } from '../support/launch-app'

const FIELDS = ['Connection URL', 'Name', 'Host', 'Port', 'Database', 'Role', 'Password'] as const
type Field = (typeof FIELDS)[number]

/** What the dialog holds, as a person sees it. */
async function formOf(page: Page): Promise<Record<string, string>> {
  const { dialog } = windowOf(page)
  const held: Record<string, string> = {}
  for (const field of FIELDS) held[field] = await dialog.getByRole('textbox', { name: field, exact: true }).inputValue()
  held['TLS mode'] = await wordsOf(dialog.getByRole('button', { name: 'TLS mode' }))
  held['CA file'] = await dialog.getByRole('textbox', { name: 'CA file' }).inputValue()
  return held
}

async function fillForm(page: Page, values: Partial<Record<Field | 'CA file', string>>): Promise<void> {
  for (const [field, value] of Object.entries(values))
    await windowOf(page).dialog.getByRole('textbox', { name: field, exact: true }).fill(value)
}

async function chooseTlsMode(page: Page, mode: string): Promise<void> {
  await windowOf(page).dialog.getByRole('button', { name: 'TLS mode' }).click()
  await page.getByRole('option', { name: new RegExp(`^${mode}\\b`) }).click()
}

async function press(page: Page, button: 'Test connection' | 'Connect'): Promise<void> {
  await windowOf(page).dialog.getByRole('button', { name: button, exact: true }).click()
}

test.describe('New connection', () => {
  test.describe.configure({ mode: 'default' })
  let cluster: Cluster
  let database: TestDatabase
  let launched: LaunchedApp
  /** A filled form that leads to the test database. */
  let good: Record<'Host' | 'Port' | 'Database' | 'Role' | 'Password', string>

  test.beforeAll(async () => {
    cluster = await startCluster()
    database = await createDatabaseOn(cluster.facts, 'app')
    const { host, port, database: name, role } = database.target
    good = { Host: host, Port: String(port), Database: name, Role: role, Password: database.password }
    launched = await launchApp()
  })
  test.beforeEach(async () => {
    await launched.page.getByRole('button', { name: 'New connection' }).click()
  })
  test.afterEach(async () => {
    const { page } = launched
    launched.assertNoViolations()
    if ((await windowOf(page).dialog.count()) === 0) await closeConnection(page)
    else {
      const discard = windowOf(page).dialog.getByRole('button', { name: 'Discard edits' })
      if ((await discard.count()) > 0) await discard.click()
      await windowOf(page).dialog.getByRole('button', { name: 'Close' }).click()
    }
    await expect(windowOf(page).dialog).toHaveCount(0)
  })
  test.afterAll(async () => {
    await launched.close()
    await removeUserData(launched.userData)
    await database.drop()
    await cluster.stop()
  })

  /** Connects with the form as it is and expects a failure that says so, and a form that is as it was. */
  async function expectFailure(says: string | RegExp, picture: string): Promise<void> {
    const { page, screenshot } = launched
    const before = await formOf(page)

    await press(page, 'Connect')

    const alert = windowOf(page).dialog.getByRole('alert')
    await expect(alert).toContainText(says)
    expect(await formOf(page)).toEqual(before)
    await screenshot(`connection-${picture}`)
  }

  test('by form reaches the database', async () => {
    const { page } = launched
    await fillForm(page, { Name: 'By form', ...good })

    await press(page, 'Connect')

    await expect(windowOf(page).statusBar).toContainText(/Connected.*PostgreSQL 18/)
    expect(await ask(page, 'select current_database(), current_user')).toEqual([[database.name, 'app']])
    const profile = page.getByRole('button', { name: 'Profile By form' })
    await expect(profile).toContainText(`app@127.0.0.1/${database.name}`)
    await expect(page.getByRole('button', { name: 'Connection security: Encrypted, not verified' })).toBeVisible()
  })

  test('by a pasted URL reaches the database, and the URL shows no password', async () => {
    const { page, screenshot } = launched
    const { dialog } = windowOf(page)
    const root = encodeURIComponent(cluster.facts.tls.rootCertificate)
    const url = `postgres://app:${encodeURIComponent(database.password)}@localhost:${good.Port}/${database.name}`

    await dialog.getByRole('textbox', { name: 'Connection URL' }).focus()
    await page.keyboard.insertText(`${url}?sslmode=verify-full&sslrootcert=${root}`)
    const form = await formOf(page)
    await screenshot('connection-pasted')
    await press(page, 'Connect')

    expect(form).toMatchObject({ Host: 'localhost', Database: database.name, Role: 'app', Password: database.password })
    expect(form['Connection URL']).not.toContain('secret')
    await expect(page.getByRole('button', { name: 'Connection security: Verified host localhost' })).toBeVisible()
    expect(await ask(page, 'select ssl from pg_stat_ssl where pid = pg_backend_pid()')).toEqual([['t']])
  })

  test('Test connection lists the steps and saves nothing', async () => {
    const { page, screenshot } = launched
    const { dialog } = windowOf(page)
    await fillForm(page, { Name: 'Only tested', ...good })

    await press(page, 'Test connection')

    await expect(dialog.getByRole('status').filter({ hasText: 'Connected to PostgreSQL 18' })).toBeVisible()
    const steps = dialog.getByRole('list', { name: 'Steps' }).getByRole('listitem')
    await expect(steps).toHaveText([
      /^Host name/,
      new RegExp(`^Server reached on port ${good.Port}`),
      /^TLS: TLSv1\.3/,
      /^Logged in as app, PostgreSQL 18/,
    ])
    await screenshot('connection-tested')
    await dialog.getByRole('button', { name: 'Close' }).click()
    await expect(windowOf(page).recent.getByText('Only tested')).toHaveCount(0)
    await page.getByRole('button', { name: 'New connection' }).click()
  })

  test('says that nothing listens', async () => {
    const port = await freePort()
    await fillForm(launched.page, { ...good, Port: String(port) })

    await expectFailure(
      `Nothing accepts connections at 127.0.0.1:${port}.Check that the server runs, that the port is right`,
      'refused',
    )
  })

  test('says that the host name is not found', async () => {
    await fillForm(launched.page, { ...good, Host: 'nowhere.invalid' })

    await expectFailure('The host name "nowhere.invalid" could not be found.Check its spelling', 'not-found')
  })

  test('says that the server did not answer in time', async () => {
    const silent = await listenSilently()
    await fillForm(launched.page, { ...good, Port: String(silent.port) })

    await expectFailure(/^127\.0\.0\.1:\d+ did not answer in time\.A firewall or a wrong address/, 'timed-out')
    silent.server.close()
  })

  test('says that the certificate cannot be trusted', async () => {
    const { page } = launched
    await fillForm(page, { ...good, Host: 'localhost' })
    await chooseTlsMode(page, 'verify-full')
    await fillForm(page, { 'CA file': cluster.facts.tls.unrelatedCertificate })

    await expectFailure(
      "The server's certificate was not issued by a trusted CA.It could not be verified with",
      'tls-unknown-ca',
    )
  })

  test('says that the certificate is for another name', async () => {
    const { page } = launched
    await fillForm(page, good)
    await chooseTlsMode(page, 'verify-full')
    await fillForm(page, { 'CA file': cluster.facts.tls.rootCertificate })

    await expectFailure(
      'The server\'s certificate is not for "127.0.0.1".It is for localhost. Use the host name',
      'tls-name',
    )
  })

  test('says that the password was not accepted', async () => {
    await fillForm(launched.page, { ...good, Password: 'wrong' })

    await expectFailure(
      'password authentication failed for user "app"The server did not accept role "app". Check role and password',
      'authentication',
    )
  })

  test('says that the database does not exist', async () => {
    await fillForm(launched.page, { ...good, Database: 'no_such_thing' })

    await expectFailure('database "no_such_thing" does not exist', 'no-database')
  })

  test('says what is missing before it tries', async () => {
    const { page } = launched
    const { dialog } = windowOf(page)
    await fillForm(page, { Host: '127.0.0.1' })

    await press(page, 'Connect')

    await expect(dialog.getByRole('textbox', { name: 'Database' })).toHaveAttribute('aria-invalid', 'true')
    await expect(dialog.getByRole('textbox', { name: 'Database' })).toBeFocused()
  })
})

test.describe('a saved connection', () => {
  let cluster: Cluster
  let database: TestDatabase
  let launched: LaunchedApp

  test.beforeAll(async () => {
    cluster = await startCluster()
    database = await createDatabaseOn(cluster.facts, 'app')
    launched = await launchApp()
  })
  test.afterAll(async () => {
    await launched.close()
    await removeUserData(launched.userData)
    await database.drop()
    await cluster.stop()
  })

  test('is remembered without its password, which no file holds', async () => {
    const { userData } = launched
    const { host, port, role } = database.target
    await launched.page.getByRole('button', { name: 'New connection' }).click()
    await fillForm(launched.page, {
      Name: 'Remembered',
      Host: host,
      Port: String(port),
      Database: database.name,
      Role: role,
      Password: database.password,
    })
    await press(launched.page, 'Connect')
    await expect(windowOf(launched.page).statusBar).toContainText('Connected')
    const whileOpen = await filesWith(userData, database.password)
    await launched.close()

    launched = await launchApp({ userData })
    const { page } = launched
    await openRecent(page, 'Remembered')
    const prompt = page.getByRole('dialog', { name: 'Password' })
    await expect(prompt).toContainText('The server asks role "app" for a password.')
    await launched.screenshot('connection-password')
    await prompt.getByRole('textbox', { name: 'Password' }).fill(database.password)
    await page.keyboard.press('Enter')

    await expect(windowOf(page).statusBar).toContainText('Connected')
    expect(await ask(page, 'select current_user')).toEqual([['app']])
    expect(whileOpen).toEqual([])
    expect(await filesWith(userData, database.password)).toEqual([])
    // The search itself finds what is there.
    expect(await filesWith(userData, database.name)).not.toEqual([])
    launched.assertNoViolations()
  })
})

/** A server that takes connections and says nothing. */
function listenSilently(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer()
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve({ server, port: typeof address === 'object' && address !== null ? address.port : 0 })
    })
  })
}

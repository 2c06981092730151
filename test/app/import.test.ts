import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { filesWith } from '../support/app-files'
import { ask } from '../support/app-query'
import { closeConnection, openRecent, windowOf, wordsOf } from '../support/app-window'
import { type Cluster, startCluster } from '../support/cluster'
import { createDatabaseOn, type TestDatabase } from '../support/database-on'
import { type LaunchedApp, launchApp, removeUserData } from '../support/launch-app'

const PASSWORD = 'imported secret §7'

/** Answers the system's dialog for a file, the next time it is shown, and every time after. */
async function answerFileDialog({ app }: LaunchedApp, path: string): Promise<void> {
  await app.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [chosen] })
  }, path)
}

function importDialog(page: Page) {
  const dialog = page.getByRole('dialog', { name: 'Import connection' })
  return {
    dialog,
    chooseFile: () => dialog.getByRole('button', { name: 'Choose file…' }).click(),
    findings: dialog.getByRole('list', { name: 'Connections found' }).locator('> li'),
  }
}

test.describe('Import connection', () => {
  test.describe.configure({ mode: 'default' })
  let cluster: Cluster
  let database: TestDatabase
  let launched: LaunchedApp
  let folder: string
  let trap: Trap

  test.beforeAll(async () => {
    cluster = await startCluster()
    database = await createDatabaseOn(cluster.facts, 'app')
    await database.query(`alter role app password '${PASSWORD}'`)
    folder = await mkdtemp(join(tmpdir(), 'strata-import-'))
    trap = await openTrap()
    launched = await launchApp({ env: { HOME: folder } })
  })
  test.beforeEach(async () => {
    await launched.page.getByRole('button', { name: 'Import connection' }).click()
  })
  test.afterEach(() => launched.assertNoViolations())
  test.afterAll(async () => {
    await launched.close()
    await removeUserData(launched.userData)
    await database.drop()
    await cluster.stop()
    trap.server.close()
    await rm(folder, { recursive: true, force: true })
  })

  /** A Compose file with the test's database, a server that notes who comes, and one that cannot be reached from here. */
  async function composeFile(): Promise<string> {
    const { port, database: name } = database.target
    const path = join(folder, 'docker-compose.yml')
    await writeFile(
      path,
      [
        'services:',
        '  shop:',
        '    image: postgres:18',
        `    ports: ["127.0.0.1:${port}:5432"]`,
        '    env_file: .env',
        '    environment:',
        '      POSTGRES_USER: app',
        `      POSTGRES_DB: ${name}`,
        `      POSTGRES_PASSWORD: "${PASSWORD}"`,
        '  trap:',
        '    image: postgres:18',
        `    ports: ["127.0.0.1:${trap.port}:5432"]`,
        `    environment: { POSTGRES_PASSWORD: "${PASSWORD}" }`,
        '  inner-prod:',
        '    image: postgis/postgis:16-3.4',
        '    environment:',
        '      - POSTGRES_PASSWORD=$' + '{SECRET}',
        '',
      ].join('\n'),
    )
    return path
  }

  test('of a Compose file shows what was found, saves it, and opens it with its password', async () => {
    const { page, screenshot } = launched
    const { dialog, chooseFile, findings } = importDialog(page)
    await screenshot('import-empty')
    await answerFileDialog(launched, await composeFile())

    await chooseFile()
    await expect(findings).toHaveCount(3)
    await screenshot('import-found')
    const shop = await wordsOf(findings.nth(0))
    const inner = await wordsOf(findings.nth(2))
    const shown = await page.evaluate(() => document.documentElement.outerHTML)
    await dialog.getByRole('button', { name: 'Save 2 connections' }).click()
    await expect(dialog).toHaveCount(0)
    await openRecent(page, 'shop')
    await expect(windowOf(page).statusBar).toContainText('Connected')

    // Nothing is connected to, not even to what was saved.
    expect(trap.visits).toBe(0)
    expect(shop).toContain(`app@127.0.0.1:${database.target.port}/${database.target.database}`)
    expect(shop).toContain('Password found')
    expect(shop).toContain('env_file names another file, which is not read')
    expect(inner).toContain('reached from other containers alone')
    expect(shown).not.toContain(PASSWORD)
    expect(await ask(page, 'select current_user')).toEqual([['app']])
    await closeConnection(page)
    expect(await filesWith(launched.userData, PASSWORD)).toEqual([])
  })

  test('goes on in the connection dialog, which has the password without showing it', async () => {
    const { page, screenshot } = launched
    const { dialog } = importDialog(page)
    const { host, port, database: name } = database.target
    const path = join(folder, '.env')
    await writeFile(
      path,
      `DB_HOST=${host}\nDB_PORT=${port}\nDB_NAME=${name}\nDB_PASS='${PASSWORD}'\nDB_SSLMODE=prefer\n`,
    )
    await answerFileDialog(launched, path)
    await dialog.getByRole('button', { name: 'Choose file…' }).click()
    await expect(dialog).toContainText('No role is named')

    await dialog.getByRole('button', { name: 'Edit and connect…' }).click()
    const form = windowOf(page).dialog
    await form.getByRole('textbox', { name: 'Role', exact: true }).fill('app')
    await screenshot('import-edited')
    await form.getByRole('button', { name: 'Test connection' }).click()
    await expect(form.getByRole('status').filter({ hasText: 'Connected to PostgreSQL 18' })).toBeVisible()
    const typed = await form.getByRole('textbox', { name: 'Password', exact: true }).inputValue()
    await form.getByRole('button', { name: 'Connect', exact: true }).click()

    await expect(windowOf(page).statusBar).toContainText('Connected')
    expect(typed).toBe('')
    expect(await ask(page, 'select current_user')).toEqual([['app']])
    await closeConnection(page)
  })

  test('asks for the password again when the found connection was edited to lead elsewhere', async () => {
    const { page } = launched
    const { dialog } = importDialog(page)
    const { host, port, database: name } = database.target
    const box = dialog.getByRole('textbox', { name: /^Paste a URL/ })
    await box.focus()
    await page.keyboard.insertText(`postgres://app:${encodeURIComponent(PASSWORD)}@elsewhere.invalid:${port}/${name}`)

    await expect(dialog.getByRole('checkbox', { name: /^Import / })).toBeFocused()
    await dialog.getByRole('button', { name: 'Edit and connect…' }).click()
    const form = windowOf(page).dialog
    await form.getByRole('textbox', { name: 'Host', exact: true }).fill(host)
    await form.getByRole('button', { name: 'TLS mode' }).click()
    await page.getByRole('option', { name: /^prefer\b/ }).click()
    await form.getByRole('button', { name: 'Connect', exact: true }).click()

    await expect(form.getByRole('alert')).toContainText('password')
    await form.getByRole('button', { name: 'Close' }).click()
  })

  test('of DBeaver keeps folders and tunnels, and fits a small window', async () => {
    const { page, screenshot } = launched
    const { dialog, findings } = importDialog(page)
    const hop = { host: 'bastion.example.com', port: 22, authType: 'AGENT', userName: 'deploy' }
    const connections = Object.fromEntries(
      ['billing', 'orders', 'reports', 'archive'].map((name) => [
        name,
        {
          provider: 'postgresql',
          name,
          folder: 'Work/EU',
          'save-password': true,
          configuration: {
            host: `${name}.example.com`,
            port: '5432',
            database: name,
            user: 'reader',
            type: 'prod',
            handlers: { ssh_tunnel: { enabled: true, properties: hop } },
          },
        },
      ]),
    )
    await writeFile(join(folder, 'data-sources.json'), JSON.stringify({ connections }, null, 2))
    await answerFileDialog(launched, join(folder, 'data-sources.json'))
    await page.setViewportSize({ width: 1280, height: 800 })

    await dialog.getByRole('button', { name: 'Choose file…' }).click()
    await expect(findings).toHaveCount(4)
    await screenshot('import-dbeaver')
    const words = await wordsOf(findings.nth(0))
    for (const name of ['orders', 'reports', 'archive']) {
      await dialog.getByRole('checkbox', { name: `Import ${name}` }).focus()
      await page.keyboard.press('Space')
    }
    await dialog.getByRole('button', { name: 'Save 1 connection' }).press('Enter')
    await expect(dialog).toHaveCount(0)

    expect(words).toContain('through SSH deploy@bastion.example.com')
    expect(words).toContain('DBeaver keeps it in credentials-config.json, encrypted; that file is not read.')
    await expect(page.getByText('Work/EU')).toBeVisible()
    await screenshot('import-welcome')
  })

  test('reads the services of the service file, marks what is saved, and says what a file is not', async () => {
    const { page, screenshot } = launched
    const { dialog, findings } = importDialog(page)
    const { port, database: name } = database.target
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await writeFile(
      join(folder, '.pg_service.conf'),
      `[shop]\nhost=127.0.0.1\nport=${port}\ndbname=${name}\nuser=app\n[reports-prod]\nhost=10.0.0.9\nuser=reader\nsslmode=verify-full\nservice=shop\n`,
    )
    await page.getByRole('button', { name: 'Import connection' }).click()

    await dialog.getByRole('button', { name: 'Read service file' }).click()
    await expect(findings).toHaveCount(2)
    await page.emulateMedia({ colorScheme: 'dark' })
    await screenshot('import-services-dark')
    await page.emulateMedia({ colorScheme: null })
    const words = [await wordsOf(findings.nth(0)), await wordsOf(findings.nth(1))]
    await dialog.getByRole('button', { name: 'Back' }).click()
    await writeFile(join(folder, 'data.json'), '{"a": 1}')
    await answerFileDialog(launched, join(folder, 'data.json'))
    await dialog.getByRole('button', { name: 'Choose file…' }).click()
    await expect(dialog.getByRole('alert')).toContainText("neither DBeaver's data-sources.json")
    await screenshot('import-refused')
    await dialog.getByRole('button', { name: 'Cancel' }).click()

    expect(words[0]).toMatch(/Saved already as /)
    expect(words[1]).toContain('Line 10: libpq refuses this service')
  })
})

interface Trap {
  readonly server: Server
  readonly port: number
  visits: number
}

/** A server that notes who comes. */
async function openTrap(): Promise<Trap> {
  const server = createServer((socket) => {
    trap.visits += 1
    socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const trap: Trap = { server, port: typeof address === 'object' && address !== null ? address.port : 0, visits: 0 }
  return trap
}

import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { filesWith } from '../support/app-files'
import { ask, openTab, writeSql } from '../support/app-query'
import { closeConnection, openRecent, windowOf } from '../support/app-window'
import { type Cluster, startCluster } from '../support/cluster'
import { createDatabaseOn, type TestDatabase } from '../support/database-on'
import { type LaunchedApp, launchApp, removeUserData } from '../support/launch-app'

const PASSPHRASE = 'a passphrase of eight words'

async function command(page: Page, name: string): Promise<void> {
  await page.keyboard.press('ControlOrMeta+Shift+P')
  await page.getByRole('dialog', { name: 'Commands' }).getByRole('combobox').fill(name)
  await page.keyboard.press('Enter')
}

async function keepIn(page: Page, place: string): Promise<void> {
  await windowOf(page).dialog.getByRole('button', { name: 'Keep it' }).click()
  await page.getByRole('option', { name: new RegExp(`^${place}`) }).click()
}

test.describe('secrets without a keyring', () => {
  test.describe.configure({ mode: 'serial' })
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

  const field = (name: string) => windowOf(launched.page).dialog.getByRole('textbox', { name, exact: true })
  const connected = () => expect(windowOf(launched.page).statusBar).toContainText('Connected')

  test('are kept in memory, or in a vault that the question makes', async () => {
    const { page } = launched
    const { host, port, role } = database.target
    await page.getByRole('button', { name: 'New connection' }).click()
    for (const [name, value] of [
      ['Name', 'Vaulted'],
      ['Host', host],
      ['Port', String(port)],
      ['Database', database.name],
      ['Role', role],
    ] as const)
      await field(name).fill(value)
    await windowOf(page).dialog.getByRole('button', { name: 'Save', exact: true }).click()
    const facts = await page.evaluate(() => window.bridge.ask('app.facts', {}))

    await openRecent(page, 'Vaulted')
    await expect(field('Password')).toBeFocused()
    await field('Password').fill('wrong')
    await page.keyboard.press('Enter')
    await expect(windowOf(page).dialog).toContainText('The server did not accept the password of role "app".')
    await field('Password').fill(database.password)
    await keepIn(page, 'In the vault')
    await field('Vault passphrase').fill(PASSPHRASE)
    await field('Repeat it').fill(`${PASSPHRASE}s`)
    await expect(windowOf(page).dialog).toContainText('The two are not the same yet.')
    await launched.screenshot('secret-new-vault')
    await field('Repeat it').fill(PASSPHRASE)
    await page.keyboard.press('Enter')
    await connected()

    expect(facts).toMatchObject({ ok: true, value: { canKeepPasswords: false, keyring: 'basic_text' } })
    expect(await filesWith(launched.userData, database.password)).toEqual([])
    expect(JSON.parse(await readFile(join(launched.userData, 'vault.json'), 'utf8')).records).toHaveLength(1)
    launched.assertNoViolations()
  })

  test('are asked for by a tab whose session is refused, and replaced once the new one worked', async () => {
    const { page } = launched
    await database.query(`ALTER ROLE app PASSWORD 'changed by somebody'`)
    await openTab(page)
    await writeSql(page, 'select 42')
    await page.keyboard.press('ControlOrMeta+Enter')
    await expect(windowOf(page).dialog).toContainText('It stays kept until another one has worked.')
    await launched.screenshot('secret-wrong')
    await field('Password').fill('changed by somebody')
    await page.keyboard.press('Enter')

    await expect(windowOf(page).queryStatus).toHaveText(/^Complete/)
    expect(await ask(page, 'select current_user')).toEqual([['app']])
    await closeConnection(page)
  })

  test('are given out after a restart once the vault is opened', async () => {
    const { userData } = launched
    await launched.close()
    launched = await launchApp({ userData })
    const { page } = launched

    await openRecent(page, 'Vaulted')
    await expect(windowOf(page).dialog).toContainText('It is kept in the vault, which is locked.')
    await field('Vault passphrase').fill('not this one')
    await page.keyboard.press('Enter')
    await expect(windowOf(page).dialog).toContainText('That is not the passphrase of the vault.')
    await launched.screenshot('secret-unlock')
    await field('Vault passphrase').fill(PASSPHRASE)
    await page.keyboard.press('Enter')
    await connected()

    expect(await ask(page, 'select current_user')).toEqual([['app']])
    await closeConnection(page)
  })

  test('stay in the vault for the dialog that locks, changes and deletes it', async () => {
    const { page } = launched
    const { dialog } = windowOf(page)
    const press = (name: string) => dialog.getByRole('button', { name, exact: true }).last().click()
    await command(page, 'Password vault')
    await expect(dialog).toContainText('The vault is open until it is locked or Strata quits. It holds 1 secret.')
    await launched.screenshot('vault-open')
    await press('Change passphrase…')
    await field('Old passphrase').fill(PASSPHRASE)
    await field('New passphrase').fill('another passphrase')
    await field('Repeat it').fill('another passphrase')
    await page.keyboard.press('Enter')
    await expect(dialog).toContainText('The vault is open')
    await press('Lock now')
    await expect(dialog).toContainText('The vault is locked. It holds 1 secret.')
    await field('Passphrase').fill(PASSPHRASE)
    await page.keyboard.press('Enter')
    await expect(dialog).toContainText('That is not the passphrase of the vault.')
    await launched.screenshot('vault-locked')
    await field('Passphrase').fill('another passphrase')
    await page.keyboard.press('Enter')
    await expect(dialog).toContainText('The vault is open')
    await press('Delete…')
    await expect(dialog).toContainText('1 secret in the vault will be gone')
    await press('Back')
    await press('Close')
    await expect(dialog).toHaveCount(0)
    launched.assertNoViolations()
  })

  test('are not sent when the file of profiles was edited to lead elsewhere', async () => {
    const { userData } = launched
    await launched.close()
    const file = join(userData, 'profiles', 'profiles.json')
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace('"tlsMode": "prefer"', '"tlsMode": "allow"'))
    await chmod(file, 0o644)
    launched = await launchApp({ userData })
    const { page } = launched
    await expect(page.getByText(/Other users could reach files of Strata in .+ \(1\)/)).toBeVisible()

    await openRecent(page, 'Vaulted')

    await expect(windowOf(page).dialog).toContainText(
      'but for another host, port, role, TLS setting or tunnel. It was not sent.',
    )
    await launched.screenshot('secret-other-target')
    await page.keyboard.press('Escape')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    launched.assertNoViolations()
  })
})

import { randomUUID } from 'node:crypto'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { SETTINGS_DEFAULTS } from '../../contract/profile-defaults'
import { ask, run, writeSql } from '../support/app-query'
import { closeConnection, openRecent, windowOf } from '../support/app-window'
import { type Cluster, startCluster } from '../support/cluster'
import { createDatabaseOn, type TestDatabase } from '../support/database-on'
import { type LaunchedApp, launchApp, removeUserData } from '../support/launch-app'
import { aSavedProfile, writeProfiles } from '../support/saved-profiles'

const FOLDERS = ['Billing', 'Shop', 'Warehouse']
const ENVIRONMENTS = ['development', 'staging', 'production'] as const

test.describe('profiles', () => {
  test.describe.configure({ mode: 'default' })
  let cluster: Cluster
  let database: TestDatabase
  let launched: LaunchedApp

  test.beforeAll(async () => {
    cluster = await startCluster()
    database = await createDatabaseOn(cluster.facts, 'app')
    await database.query('create role reader; grant reader to app')
    const userData = await mkdtemp(join(tmpdir(), 'strata-test-'))
    const trusted = { role: cluster.facts.roles.trusted.role, authenticationMethods: ['none' as const] }
    const target = { ...database.target, ...trusted }
    await writeProfiles(userData, [
      aSavedProfile('prod', { name: 'Orders', environment: 'production', target, migrationFolder: '/nowhere/db' }),
      ...Array.from({ length: 200 }, (_, index) =>
        aSavedProfile(randomUUID(), {
          name: `Database ${index}`,
          folder: FOLDERS[index % 4] ?? '',
          environment: ENVIRONMENTS[index % 3] ?? 'local',
          target: { ...database.target, host: `db-${index}.example.net` },
          settings: { ...SETTINGS_DEFAULTS, isReadOnly: index % 5 === 0 },
        }),
      ),
    ])
    launched = await launchApp({ userData })
  })
  test.afterEach(() => launched.assertNoViolations())
  test.afterAll(async () => {
    await launched.close()
    await removeUserData(launched.userData)
    await database.drop()
    await cluster.stop()
  })

  test('are found among two hundred by folder, environment, host and name', async () => {
    const { page, screenshot } = launched
    const { recent } = windowOf(page)
    const search = page.getByRole('searchbox', { name: 'Search connections' })
    await expect(recent.getByRole('button', { name: /^Folder/ })).toHaveText([/Billing/, /Shop/, /Warehouse/])
    await screenshot('profiles-list')

    await search.fill('ware staging db-11')

    await expect(recent.getByRole('button', { name: /^Database/ })).toHaveText([/Database 118/])
    await screenshot('profiles-search')
    await search.fill('')
    await expect(recent.getByRole('button', { name: 'Folder Billing' })).toBeVisible()
    await search.press('ArrowDown')
    await expect(recent.getByRole('button', { name: 'Orders,' })).toBeFocused()
    await recent.getByRole('button', { name: 'Folder Billing' }).focus()
    // The head of the list stays at the top of the window, and nothing scrolls through above it.
    const topOf = async (selector: string) => (await page.locator(selector).boundingBox())?.y
    expect(await topOf('.rechead')).toBe(await topOf('.welcome'))
    await page.keyboard.press('ArrowLeft')
    await expect(recent.getByRole('button', { name: 'Database 0,' })).toHaveCount(0)
    await page.keyboard.press('ArrowRight')
    await expect(recent.getByRole('button', { name: 'Database 0,' })).toHaveCount(1)
  })

  test('a section that holds a problem is marked and shown', async () => {
    const { page, screenshot } = launched
    const { dialog } = windowOf(page)
    await page.getByRole('button', { name: 'New connection' }).click()
    await dialog.getByRole('textbox', { name: 'Database' }).fill('d')
    await dialog.getByRole('textbox', { name: 'Role' }).fill('r')
    await dialog.getByRole('tab', { name: 'Session' }).click()
    await dialog.getByRole('textbox', { name: 'Lock timeout' }).fill('5')
    await dialog.getByRole('tab', { name: 'General' }).click()

    await dialog.getByRole('button', { name: 'Connect', exact: true }).click()

    await expect(dialog.getByRole('tab', { name: 'Session' })).toContainText('1 field to mend')
    await expect(dialog.getByRole('textbox', { name: 'Lock timeout' })).toBeFocused()
    await screenshot('profiles-problem')
    await dialog.getByRole('button', { name: 'Discard edits' }).click()
    await dialog.getByRole('button', { name: 'Close' }).click()
  })

  test('settings of the form are those of a tab', async () => {
    const { page, screenshot } = launched
    const { dialog, statusBar } = windowOf(page)
    const { host, port, role } = database.target
    await page.getByRole('button', { name: 'New connection' }).click()
    await fill(page, { Name: 'Settled', Host: host, Port: String(port), Database: database.name, Role: role })
    await fill(page, { Password: database.password })
    await dialog.getByRole('combobox', { name: 'Folder' }).fill('Here')
    await dialog.getByRole('tab', { name: 'Session' }).click()
    await fill(page, { 'Statement timeout': '90 s', 'Lock timeout': '500 ms', search_path: 'here, public' })
    await fill(page, { 'SET ROLE': 'reader', 'Start-up SQL': "set work_mem = '7MB';" })
    await screenshot('profiles-session')

    await dialog.getByRole('button', { name: 'Connect', exact: true }).click()

    await expect(statusBar).toContainText('Connected')
    const names = ['statement_timeout', 'lock_timeout', 'search_path', 'work_mem']
    expect(await ask(page, `select current_user, ${names.map((name) => `current_setting('${name}')`).join()}`)).toEqual(
      [['reader', '90s', '500ms', 'here, public', '7MB']],
    )
    await expect(statusBar).toContainText('as reader')
    await expect(statusBar).toContainText('search_path here, public')
    await screenshot('profiles-settled')
  })

  test('start-up SQL that fails is named in the tab, and what was typed stays', async () => {
    const { page, screenshot } = launched
    const { dialog, alerts } = windowOf(page)
    await page.getByRole('button', { name: 'Profile Settled' }).click()
    await page.getByRole('menuitem', { name: 'Edit connection…' }).click()
    await dialog.getByRole('tab', { name: 'Session' }).click()
    await fill(page, { 'Start-up SQL': "set work_mem = '7MB';\nselect * from nowhere;" })
    await screenshot('profiles-edited-open')
    await dialog.getByRole('button', { name: 'Connect', exact: true }).click()
    await expect(dialog).toHaveCount(0)
    await writeSql(page, "select 'kept'")

    await run(page, 'Run all', 'Failed')

    await expect(alerts.first()).toContainText(
      'The start-up SQL of this connection failed, line 2: relation "nowhere" does not exist',
    )
    await expect(page.locator('.view-lines')).toContainText('kept')
    await screenshot('profiles-startup-failed')
    await closeConnection(page)
  })

  test('a connection is duplicated without its folder lost, moved, and its URL copied without a password', async () => {
    const { page, app, screenshot } = launched
    const { dialog, recent } = windowOf(page)
    await page.getByRole('searchbox', { name: 'Search connections' }).fill('Settled')
    await recent.getByRole('button', { name: 'Settled,' }).click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Duplicate…' }).click()
    await expect(dialog.getByRole('combobox', { name: 'Folder' })).toHaveValue('Here')
    await dialog.getByRole('button', { name: 'Save', exact: true }).click()
    await recent.getByRole('button', { name: 'Settled copy,' }).click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Move to folder…' }).click()
    await dialog.getByRole('combobox', { name: 'Folder' }).fill('There')
    await screenshot('profiles-move')
    await dialog.getByRole('button', { name: 'Move' }).click()
    await expect(recent.getByRole('button', { name: 'Settled copy,' })).toContainText('There')

    await recent.getByRole('button', { name: 'Settled copy,' }).click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Copy URL without password' }).click()

    const { host, port, role } = database.target
    await expect
      .poll(() => app.evaluate(({ clipboard }) => clipboard.readText()))
      .toBe(`postgres://${role}@${host}:${port}/${database.name}?sslmode=prefer`)
  })

  test('the folder with migrations is shown in the form and cleared', async () => {
    const { page, screenshot } = launched
    const { dialog, recent } = windowOf(page)
    await page.getByRole('searchbox', { name: 'Search connections' }).fill('orders')
    await recent.getByRole('button', { name: 'Orders,' }).click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Edit…' }).click()
    await dialog.getByRole('tab', { name: 'Session' }).click()
    const folder = dialog.getByRole('group', { name: 'Migration folder' })
    await expect(folder).toContainText('/nowhere/db')
    await screenshot('profiles-folder')

    await folder.getByRole('button', { name: 'Clear' }).click()

    await expect(folder).toContainText('none')
    await dialog.getByRole('button', { name: 'Close' }).click()
  })

  test('removing a connection asks with its environment, name and database', async () => {
    const { page, screenshot } = launched
    const { dialog, recent } = windowOf(page)
    await recent.getByRole('button', { name: 'Orders,' }).focus()

    await page.keyboard.press('Delete')

    await expect(dialog).toContainText(/production\s*Orders\s*trusted@127.0.0.1:\d+\/test_/)
    await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused()
    await screenshot('profiles-remove')
    await page.keyboard.press('Enter')
    await expect(dialog).toHaveCount(0)
    await expect(recent.getByRole('button', { name: 'Orders,' })).toHaveCount(1)
  })

  test('production is said on every tab and in every question', async () => {
    const { page, screenshot } = launched
    const { dialog, queryTabs } = windowOf(page)
    await page.getByRole('searchbox', { name: 'Search connections' }).fill('')
    await openRecent(page, 'Orders')
    await expect(queryTabs.first()).toBeVisible()
    await writeSql(page, 'begin; select 1')
    await run(page, 'Run all')
    await page.getByRole('button', { name: 'New tab' }).click()

    await closeByPalette(page)

    await expect(dialog).toContainText(`production`)
    await expect(dialog).toContainText(`Orders`)
    await expect(dialog).toContainText(`/${database.name}`)
    await screenshot('profiles-question')
    await dialog.getByRole('button', { name: 'Stay' }).click()
    const edges = await queryTabs.evaluateAll((tabs) =>
      tabs.map((tab) => getComputedStyle(tab, '::before').backgroundColor),
    )
    await screenshot('profiles-tabs')
    const colour = await page
      .locator('.titlebar .chip')
      .first()
      .evaluate((chip) => getComputedStyle(chip).backgroundColor)
    expect([edges.length, edges[1]]).toEqual([2, colour])
    expect(edges[0]).toMatch(/^color\(srgb 0\.[67]/)
    await expect(page.locator('.tab-env')).toHaveText('production')
  })
})

async function fill(page: Page, values: Readonly<Record<string, string>>): Promise<void> {
  for (const [field, value] of Object.entries(values))
    await windowOf(page).dialog.getByRole('textbox', { name: field, exact: true }).fill(value)
}

async function closeByPalette(page: Page): Promise<void> {
  await page.keyboard.press('ControlOrMeta+Shift+P')
  await page.getByRole('dialog', { name: 'Commands' }).getByRole('combobox').fill('Close connection')
  await page.keyboard.press('Enter')
}

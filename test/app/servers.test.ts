import { expect, test } from '@playwright/test'
import {
  chooseMigrationFolder,
  confirmPlan,
  copyMigrations,
  expectMigrations,
  type MigrationCopy,
  pressMigrations,
} from '../support/app-migrations'
import { editorText, ended, openTab, run, writeSql } from '../support/app-query'
import { closeConnection, windowOf } from '../support/app-window'
import { type Cluster, startCluster } from '../support/cluster'
import { createDatabaseOn, type TestDatabase } from '../support/database-on'
import { type LaunchedApp, launchApp, removeUserData } from '../support/launch-app'
import { REDSHIFT, startLookAlike } from '../support/look-alike'
import { type Replication, startReplication } from '../support/standby'
import { startStartingServer } from '../support/starting-server'

test.describe('servers', () => {
  test.describe.configure({ mode: 'serial' })
  let launched: LaunchedApp
  let small: Cluster
  let database: TestDatabase
  test.beforeAll(async () => {
    // Five for the role of the app.
    small = await startCluster({ max_connections: '8', superuser_reserved_connections: '3' })
    database = await createDatabaseOn(small.facts, 'app')
    launched = await launchApp()
  })
  test.afterEach(() => launched.assertNoViolations())
  test.afterAll(async () => {
    await launched?.close()
    if (launched !== undefined) await removeUserData(launched.userData)
    await small?.stop()
  })

  const fill = async (port: number, name: string) => {
    const { page } = launched
    const { dialog } = windowOf(page)
    await page.getByRole('button', { name: 'New connection' }).click()
    await dialog.getByRole('textbox', { name: 'Connection URL' }).focus()
    await page.keyboard.insertText(`postgres://app:app%20secret@127.0.0.1:${port}/${name}?sslmode=disable`)
    await dialog.getByRole('button', { name: 'Connect', exact: true }).click()
  }
  const isConnected = async () => {
    const { statusBar, editor } = windowOf(launched.page)
    await expect(statusBar).toContainText('Connected')
    await editor.waitFor({ state: 'attached' })
  }

  test('one that is starting up is waited for, with the reason and the time of the next try', async () => {
    const { page, screenshot } = launched
    const wait = page.getByRole('alertdialog', { name: 'The server is not ready' })
    const starting = await startStartingServer(small.facts, 2)

    await fill(starting.port, database.name)
    await expect(wait.getByRole('alert')).toContainText('the database system is starting up')
    await expect(wait.getByRole('timer')).toHaveText(/Trying again/)
    await screenshot('server-starting')

    await isConnected()
    await expect(wait).toHaveCount(0)
    await closeConnection(page)
    await starting.close()
  })

  test('one that is full shows our own sessions, and runs the statement once an idle one was closed', async () => {
    const { page, screenshot } = launched
    const { transaction, queryTabs } = windowOf(page)
    const wait = page.getByRole('alertdialog', { name: 'The server has no room for another session' })
    await fill(small.facts.port, database.name)
    await isConnected()
    await writeSql(page, 'begin; create temporary table kept (id int)')
    await run(page, 'Run all')
    for (const number of [2, 3, 4]) {
      await openTab(page)
      await writeSql(page, `select ${number}`)
      await run(page, 'Run')
    }
    await openTab(page)
    await writeSql(page, `select 'room'`)

    await page.keyboard.press('ControlOrMeta+Enter')
    const own = wait.getByRole('list', { name: 'Own sessions' }).getByRole('listitem')
    await expect(own).toHaveText([
      /Query \d.*(Idle|In transaction)/,
      /Query \d.*(Idle|In transaction)/,
      /Query \d.*(Idle|In transaction)/,
      /Query \d.*(Idle|In transaction)/,
      /Explorer and migrations.*Idle/,
    ])
    await screenshot('server-full')
    await wait.getByRole('button', { name: 'Close 3 idle sessions' }).click()

    await ended(page, 'Complete')
    expect(await editorText(page)).toBe(`select 'room'`)
    await queryTabs.first().click()
    await expect(transaction).toHaveText(/^In transaction/)
    await writeSql(page, 'rollback')
    await run(page, 'Run')
    await queryTabs.nth(1).click()
    await run(page, 'Run')
    await closeConnection(page)
  })

  test('one that lacks catalogs is named, shows what it has, and says what is missing', async () => {
    const { page, screenshot } = launched
    const { explorer } = windowOf(page)
    await database.query(`set role app; create schema shop; create table shop.orders (id int, placed date)`)
    const redshift = await startLookAlike(small.facts, REDSHIFT)
    await fill(redshift.port, database.name)
    await isConnected()
    const badge = page.getByRole('button', { name: 'Server: Amazon Redshift 1.0.12103' })
    const note = page.getByRole('group', { name: 'What the server does not tell' })

    await explorer.getByRole('treeitem', { name: /^shop/ }).click()
    await page.keyboard.press('ArrowRight')
    await note.getByText('This tree is not complete').click()
    await expect(note.getByRole('listitem').first()).toContainText('changes by others, until Refresh is pressed')
    await expect(note).toContainText('Missing: functions and procedures.')
    await badge.click()
    const facts = page.getByRole('dialog', { name: 'What this server can do' })
    await expect(facts).toContainText('Connecting, querying and cancelling work.')
    await screenshot('server-look-alike')
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.setViewportSize({ width: 1280, height: 800 })
    await screenshot('server-look-alike-dark')
    await page.emulateMedia({ colorScheme: 'light' })
    await page.keyboard.press('Escape')
    await expect(facts).toHaveCount(0)
    await writeSql(page, 'select 1')
    await run(page, 'Run')
    await closeConnection(page)
    await redshift.close()
  })

  test.describe('a standby', () => {
    let replication: Replication
    let copy: MigrationCopy
    test.beforeAll(async () => {
      replication = await startReplication()
      copy = await copyMigrations('nothing')
      await copy.write('20260101000000_gate', {
        up: '-- title: Gate\ncreate table gate ();\n',
        down: 'drop table gate;\n',
      })
    })
    test.afterAll(async () => {
      await replication?.stop()
      await copy?.remove()
    })

    test('is marked, is not offered migrations, and is noticed when it was promoted', async () => {
      const { app, page, screenshot } = launched
      const { migrations } = windowOf(page)
      const { name } = await createDatabaseOn(replication.primary, 'app')
      await replication.caughtUp()
      await fill(replication.standby.port, name)
      await isConnected()
      await chooseMigrationFolder(app, page, copy.folder)
      const badge = page.getByRole('button', { name: 'Server: Standby, read-only' })
      const apply = migrations.getByRole('button', { name: 'Apply all', exact: true })
      await expect(badge).toBeVisible()
      await expect(apply).toBeDisabled()
      await expect(migrations).toContainText('This server is a standby')
      await badge.click()
      await expect(page.getByRole('dialog', { name: 'What this server can do' })).toContainText('takes no writes')
      await screenshot('server-standby')
      await page.keyboard.press('Escape')

      await replication.promote()
      await expect(badge).toHaveCount(0, { timeout: 15_000 })
      await pressMigrations(page, 'Apply all')
      await confirmPlan(page)

      await expectMigrations(page, ['Gate, applied'])
    })
  })
})

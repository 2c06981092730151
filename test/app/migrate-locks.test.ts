import { expect, test } from '@playwright/test'
import {
  chooseMigrationFolder,
  confirmPlan,
  copyMigrations,
  expectMigrations,
  type MigrationCopy,
  pressMigrations,
} from '../support/app-migrations'
import { ask, openTab, run, writeSql } from '../support/app-query'
import { startLocalDatabase, windowOf } from '../support/app-window'
import { type LaunchedApp, launchApp, removeUserData } from '../support/launch-app'

test.describe('a migration that others are in the way of', () => {
  test.describe.configure({ mode: 'serial' })
  let launched: LaunchedApp
  let copy: MigrationCopy

  test.beforeAll(async () => {
    copy = await copyMigrations('nothing')
    launched = await launchApp()
    await startLocalDatabase(launched.page)
    await chooseMigrationFolder(launched.app, launched.page, copy.folder)
  })
  test.afterEach(() => launched.assertNoViolations())
  test.afterAll(async () => {
    await launched.close()
    await removeUserData(launched.userData)
    await copy.remove()
  })

  test('names the tab that blocks it, and finishes once that is rolled back from the panel', async () => {
    const { page, screenshot } = launched
    const { migrations, migrationStatus, transaction } = windowOf(page)
    await ask(page, 'create table accounts (id int); insert into accounts values (1); select 1')
    await copy.write('20260101000000_nick', { up: '-- title: Add nick\nalter table accounts add column nick text;\n' })
    await writeSql(page, 'begin; update accounts set id = 2')
    await run(page, 'Run all')
    await openTab(page)
    await pressMigrations(page, 'Refresh')
    await expectMigrations(page, ['Add nick, pending'])

    await pressMigrations(page, 'Apply all')
    await confirmPlan(page)
    const blocker = migrations.getByRole('list', { name: 'Blocked by' }).getByRole('listitem')
    await expect(blocker).toHaveAccessibleName(/^Your tab “Query 1”, pid \d+, role /)
    await expect(blocker).toContainText(/idle in transaction for .*begin; update accounts|update accounts set id = 2/)
    await screenshot('migrate-blocked-by-tab')
    await blocker.getByRole('button', { name: 'Roll back' }).click()

    await expect(migrationStatus).toHaveText(/^Applied 1 migration in/)
    await expect(blocker).toHaveCount(0)
    await expectMigrations(page, ['Add nick, applied'])
    await expect(transaction).toHaveText('No transaction')
    expect(await ask(page, 'select id, nick from accounts')).toEqual([['1', '<NULL>']])
  })
})

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { answerSaveDialog } from '../support/app-grid'
import {
  chooseMigrationFolder,
  confirmPlan,
  confirmRollback,
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
    await copy.write('20260101000000_nick', {
      up: '-- title: Add nick\nalter table accounts add column nick text;\n',
      down: 'alter table accounts drop column nick;\n',
    })
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

test.describe('a plan that destroys data', () => {
  test.describe.configure({ mode: 'serial' })
  let launched: LaunchedApp
  let copy: MigrationCopy
  let files: string

  test.beforeAll(async () => {
    copy = await copyMigrations('nothing')
    files = await mkdtemp(join(tmpdir(), 'strata-test-files-'))
    launched = await launchApp()
    await startLocalDatabase(launched.page)
    await chooseMigrationFolder(launched.app, launched.page, copy.folder)
  })
  test.afterEach(() => launched.assertNoViolations())
  test.afterAll(async () => {
    await launched.close()
    await removeUserData(launched.userData)
    await copy.remove()
    await rm(files, { recursive: true, force: true })
  })

  test('counts the values that a rollback destroys, and saves them to a file before it runs', async () => {
    const { app, page, screenshot } = launched
    const { dialog } = windowOf(page)
    await copy.write('20260101000000_accounts', {
      up: '-- title: Accounts\ncreate table acct (id int primary key, mail text);\n',
      down: 'drop table acct;\n',
    })
    await copy.write('20260102000000_nick', {
      up: '-- title: Add nick\nalter table acct add column nick text;\n',
      down: 'alter table acct drop column nick;\n',
    })
    await expectMigrations(page, ['Accounts, pending', 'Add nick, pending'])
    await pressMigrations(page, 'Apply all')
    await confirmPlan(page)
    await expectMigrations(page, ['Accounts, applied', 'Add nick, applied'])
    await ask(
      page,
      "insert into acct select i, 'm' || i, case when i <= 4812 then 'n' || i end from generate_series(1, 5000) i; select 1",
    )

    await pressMigrations(page, 'Roll back last')
    await expect(dialog.getByRole('list', { name: 'Losses' }).getByRole('listitem')).toContainText(
      '4,812 non-null values in acct.nick will be lost',
    )
    await expect(dialog.getByRole('status', { name: 'Losses' })).toHaveText(
      'Found by trying the plan in a transaction that was rolled back',
    )
    await answerSaveDialog(app, join(files, 'nick.csv'))
    await dialog.getByRole('button', { name: 'Save acct as CSV' }).click()
    await expect(dialog.getByText('5,000 rows in nick.csv')).toBeVisible()
    await screenshot('migrate-losses')
    await confirmRollback(page)

    await expectMigrations(page, ['Accounts, applied', 'Add nick, pending'])
    const lines = (await readFile(join(files, 'nick.csv'), 'utf8')).split('\n')
    expect([lines.length, lines[0], lines[1], lines[4999], lines[5000]]).toEqual([
      5002,
      'id,nick',
      '1,n1',
      '4999,',
      '5000,',
    ])
  })
})

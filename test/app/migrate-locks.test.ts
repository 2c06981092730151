import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import pg from 'pg'
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
import { closeConnection, startLocalDatabase, windowOf } from '../support/app-window'
import { bundleChild, startChild } from '../support/child-program'
import { type Cluster, startCluster } from '../support/cluster'
import { createDatabaseOn, type TestDatabase } from '../support/database-on'
import { type LaunchedApp, launchApp, removeUserData } from '../support/launch-app'
import { poolerMissing, startPooler } from '../support/pgbouncer'

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

  test('shows how far an index build is, and finishes once the tab that it waits for is committed', async () => {
    const { page, screenshot } = launched
    const { migrations, migrationStatus } = windowOf(page)
    await copy.write('20260102000000_index', {
      up: '-- title: Index\n-- transaction: off\ncreate index concurrently accounts_id on accounts (id);\n',
      down: 'drop index accounts_id;\n',
    })
    await writeSql(page, 'begin; insert into accounts values (7)')
    await run(page, 'Run all')
    await expectMigrations(page, ['Add nick, applied', 'Index, pending'])

    await pressMigrations(page, 'Apply all')
    await confirmPlan(page)
    const blocker = migrations.getByRole('list', { name: 'Blocked by' }).getByRole('listitem')
    await expect(blocker).toHaveAccessibleName(/^Your tab “Query 2”/)
    await expect(migrations.getByRole('progressbar', { name: 'Index build' })).toHaveAttribute(
      'aria-valuetext',
      /^waiting for writers/,
    )
    await screenshot('migrate-index-build')
    await blocker.getByRole('button', { name: 'Commit' }).click()

    await expect(migrationStatus).toHaveText(/^Applied 1 migration in/)
    expect(await ask(page, 'select count(*) from accounts where id = 7')).toEqual([['1']])
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

test.describe('migrations of a production database that others use', () => {
  test.describe.configure({ mode: 'serial' })
  let cluster: Cluster
  let database: TestDatabase
  let launched: LaunchedApp
  let copy: MigrationCopy
  let bundle: string

  test.beforeAll(async () => {
    ;[cluster, copy, bundle, launched] = await Promise.all([
      startCluster(),
      copyMigrations('nothing'),
      mkdtemp(join(tmpdir(), 'strata-runner-')),
      launchApp(),
    ])
    database = await createDatabaseOn(cluster.facts, 'app')
    await connect(`postgres://app:app%20secret@127.0.0.1:${cluster.facts.port}/${database.name}?sslmode=disable`)
    await chooseMigrationFolder(launched.app, launched.page, copy.folder)
  })
  test.afterEach(() => launched.assertNoViolations())
  test.afterAll(async () => {
    await launched.close()
    await removeUserData(launched.userData)
    await cluster.stop()
    await copy.remove()
    await rm(bundle, { recursive: true, force: true })
  })

  const connect = async (url: string) => {
    const { page } = launched
    const { dialog, statusBar, editor } = windowOf(page)
    await page.getByRole('button', { name: 'New connection' }).click()
    await dialog.getByRole('textbox', { name: 'Connection URL' }).focus()
    await page.keyboard.insertText(url)
    await dialog.getByRole('radio', { name: 'production' }).click({ force: true })
    await dialog.getByRole('button', { name: 'Connect', exact: true }).click()
    await expect(statusBar).toContainText('Connected')
    await editor.waitFor({ state: 'attached' })
  }
  const outsider = async (applicationName: string) => {
    const { host, port, roles } = cluster.facts
    const client = new pg.Client({
      host,
      port,
      user: roles.app.role,
      password: roles.app.password,
      database: database.name,
      application_name: applicationName,
    })
    client.on('error', () => {})
    await client.connect()
    return client
  }

  test('wait for the process that migrates it already, once the name of the database was typed', async () => {
    const { page, screenshot } = launched
    const { dialog, migrations, migrationStatus } = windowOf(page)
    const keeper = await outsider('keeper')
    await keeper.query('create table gate ()')
    await keeper.query('begin; lock table gate')
    await copy.write('20260101000000_gate', {
      up: '-- title: Gate\n-- lock-timeout: 60s\nalter table gate add column x int;\n',
      down: 'alter table gate drop column x;\n',
    })
    await expectMigrations(page, ['Gate, pending'])
    const program = await bundleChild(join(import.meta.dirname, '../support/migration-runner.ts'), bundle)
    const order = {
      folder: copy.folder,
      target: database.target,
      password: database.password,
      action: { kind: 'apply all' },
    }
    const runner = startChild(program, [JSON.stringify(order)])
    while (((await runner.next()) as { type: string }).type !== 'statementStarted');

    await pressMigrations(page, 'Apply all')
    const confirm = dialog.getByRole('button', { name: 'Apply 1 migration to production' })
    const name = dialog.getByRole('textbox', { name: `Type ${database.name} to confirm` })
    await name.fill('another')
    await expect(confirm).toBeDisabled()
    await screenshot('migrate-production')
    await name.fill(database.name)
    await confirm.click()
    const inTheWay = migrations.getByRole('list', { name: /^Holds the migration lock/ }).getByRole('listitem')
    await expect(inTheWay.first()).toHaveAccessibleName(/^keeper, pid \d+, role app, /)
    await expect(inTheWay.last()).toHaveAccessibleName(/^Strata migrations, pid \d+, role app, 127\.0\.0\.1$/)
    await expect(migrationStatus).toHaveText(/^Waiting for the migration lock held by Strata migrations .* since /)
    await screenshot('migrate-lock-held')
    await keeper.query('rollback')
    await runner.ended

    await expect(migrationStatus).toHaveText('Nothing to apply')
    await expect(migrations).toContainText('Already applied by app: Gate')
    await expectMigrations(page, ['Gate, applied'])
    await keeper.end()
  })

  test('finish once the session in their way is terminated from the panel', async () => {
    const { page, screenshot } = launched
    const { dialog, migrations, migrationStatus } = windowOf(page)
    const report = await outsider('nightly report')
    await report.query('begin; select * from gate')
    await copy.write('20260102000000_more', {
      up: '-- title: More\nalter table gate add column y int;\n',
      down: 'alter table gate drop column y;\n',
    })
    await expectMigrations(page, ['Gate, applied', 'More, pending'])

    await pressMigrations(page, 'Apply all')
    await dialog.getByRole('textbox', { name: `Type ${database.name} to confirm` }).fill(database.name)
    await confirmPlan(page)
    const blocker = migrations.getByRole('list', { name: 'Blocked by' }).getByRole('listitem')
    await expect(blocker).toHaveAccessibleName(/^nightly report, pid \d+, role app, 127\.0\.0\.1$/)
    await screenshot('migrate-blocked-by-other')
    await blocker.getByRole('button', { name: 'Terminate session' }).click()
    const question = page.getByRole('alertdialog', { name: 'Terminate session' })
    await expect(question).toContainText('nightly report')
    await expect(question).toContainText('select * from gate')
    await screenshot('migrate-terminate')
    await question.getByRole('button', { name: 'Terminate session' }).click()

    await expect(question).toHaveCount(0)
    await expect(migrationStatus).toHaveText(/^Applied 1 migration in/)
    await expectMigrations(page, ['Gate, applied', 'More, applied'])
    await report.end().catch(() => {})
  })

  test('are tried only when asked: until then the statements say what will be lost', async () => {
    const { page, screenshot } = launched
    const { dialog } = windowOf(page)
    await database.query('insert into gate values (1, 2), (3, null)')
    await pressMigrations(page, 'Roll back last')
    const said = dialog.getByRole('status', { name: 'Losses' })
    const losses = dialog.getByRole('list', { name: 'Losses' }).getByRole('listitem')

    await expect(said).toContainText('production is not touched before you ask')
    await expect(losses).toContainText('1 non-null value in gate.y will be lost')
    await screenshot('migrate-losses-production')
    await dialog.getByRole('button', { name: 'Try it' }).click()

    await expect(said).toHaveText('Found by trying the plan in a transaction that was rolled back')
    await expect(losses).toContainText('1 non-null value in gate.y will be lost')
    await dialog.getByRole('button', { name: 'Cancel' }).click()
  })

  test('say that a pooler stands before the server', async () => {
    test.skip(poolerMissing !== null, poolerMissing ?? '')
    const { page, screenshot } = launched
    const { migrations } = windowOf(page)
    const pooler = await startPooler(cluster.facts)
    try {
      await closeConnection(page)
      await connect(`postgres://app:app%20secret@127.0.0.1:${pooler.port}/${database.name}?sslmode=disable`)
      await chooseMigrationFolder(launched.app, page, copy.folder)

      await migrations.getByText('Behind a connection pooler').click()

      await expect(migrations.getByRole('list', { name: 'What the pooler changes' }).getByRole('listitem')).toHaveCount(
        3,
      )
      await screenshot('migrate-pooler')
      await closeConnection(page)
    } finally {
      await pooler.stop()
    }
  })
})

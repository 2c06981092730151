import { expect, type Page, test } from '@playwright/test'
import { ask, ended, messagesText, openTab, run, writeSql } from '../support/app-query'
import { closeConnection, windowOf } from '../support/app-window'
import { type Cluster, startCluster } from '../support/cluster'
import { createDatabaseOn, type TestDatabase } from '../support/database-on'
import { type LaunchedApp, launchApp, removeUserData } from '../support/launch-app'

test.describe('a production connection', () => {
  test.describe.configure({ mode: 'serial' })
  let cluster: Cluster
  let database: TestDatabase
  let launched: LaunchedApp
  let page: Page

  test.beforeAll(async () => {
    ;[cluster, launched] = await Promise.all([startCluster(), launchApp()])
    page = launched.page
    database = await createDatabaseOn(cluster.facts, 'app')
    await database.query('create table orders (id int primary key, paid boolean); alter table orders owner to app')
    await database.query('insert into orders select i, false from generate_series(1, 12400) i; analyze orders')
    await newConnection('production')
  })
  test.afterEach(() => launched.assertNoViolations())
  test.afterAll(async () => {
    await launched.close()
    await removeUserData(launched.userData)
    await cluster.stop()
  })

  const rowCount = async () => (await database.query('select count(*)::int as n from orders')).rows[0]?.n
  const question = () => page.getByRole('alertdialog')
  const newConnection = async (environment: string, isReadOnly = false) => {
    const { dialog, statusBar, editor } = windowOf(page)
    const url = `postgres://app:app%20secret@127.0.0.1:${cluster.facts.port}/${database.name}?sslmode=disable`
    await page.getByRole('button', { name: 'New connection' }).click()
    await dialog.getByRole('textbox', { name: 'Connection URL' }).focus()
    await page.keyboard.insertText(url)
    await dialog.getByRole('radio', { name: environment }).click({ force: true })
    if (isReadOnly) {
      await dialog.getByRole('tab', { name: /^Session/ }).click()
      await dialog.getByRole('checkbox', { name: 'Read-only' }).click({ force: true })
    }
    await dialog.getByRole('button', { name: 'Connect', exact: true }).click()
    await expect(statusBar).toContainText('Connected')
    await editor.waitFor({ state: 'attached' })
  }
  const press = (name: 'Run' | 'Run all' | 'Commit' | 'Roll back') =>
    windowOf(page).runBar.getByRole('button', { name, exact: true }).click()

  test('asks before a DELETE without WHERE that comes second, and Cancel runs nothing', async () => {
    await ask(page, 'select 1 as kept')
    await writeSql(page, 'select 2;\ndelete from orders')
    await press('Run all')

    await expect(question()).toHaveAccessibleName('1 of 2 statements asks before it runs')
    await expect(question()).toContainText('DELETE without WHERE')
    await expect(question()).toContainText('It removes every row of orders.')
    await expect(question()).toContainText('about 12,400 rows (estimate)')
    await expect(question()).toContainText(`${database.name} on 127.0.0.1`)
    await expect(question().getByRole('button', { name: `Run on ${database.name}` })).toBeVisible()
    await expect(question().getByRole('button', { name: 'Cancel', exact: true })).toBeFocused()
    await launched.screenshot('guard-question')
    await page.emulateMedia({ colorScheme: 'dark' })
    await launched.screenshot('guard-question-dark')
    await page.emulateMedia({ colorScheme: 'light' })
    await page.keyboard.press('Enter') // on Cancel, where the focus is

    await expect(question()).toBeHidden()
    await expect(page.getByRole('grid', { name: 'Result 1' })).toContainText('kept')
    expect(await rowCount()).toBe(12_400)
  })

  test('commits by hand: what was confirmed runs, and is counted until it is committed or rolled back', async () => {
    const { runBar, transaction } = windowOf(page)
    await expect(runBar.getByRole('button', { name: 'Commit mode' })).toContainText('Manual')
    await writeSql(page, 'update orders set paid = true where id <= 14;\ndelete from orders')
    await press('Run all')
    await question()
      .getByRole('button', { name: `Run on ${database.name}` })
      .click()
    await ended(page, 'Complete')

    await expect(transaction).toContainText('2 statements, 12,414 rows changed, not committed')
    expect(await rowCount()).toBe(12_400)
    await runBar.getByRole('button', { name: 'Commit', exact: true }).hover()
    await expect(page.getByRole('tooltip')).toContainText('Commit 2 statements, 12,414 rows changed')
    await launched.screenshot('guard-not-committed')
    await press('Roll back')
    await ended(page, 'Complete')
    await expect(transaction).toHaveText('No transaction')
    expect(await rowCount()).toBe(12_400)
  })

  test('does not ask before what chooses its rows, nor in a new tab, which commits by hand too', async () => {
    await openTab(page)
    await writeSql(page, 'update orders set paid = true where id = 1')
    await run(page, 'Run all')

    await expect(windowOf(page).runBar.getByRole('button', { name: 'Commit mode' })).toContainText('Manual')
    await expect(windowOf(page).transaction).toContainText('1 statement, 1 row changed, not committed')
    await press('Roll back')
    await ended(page, 'Complete')
  })

  test('lists all that asks, whatever it is', async () => {
    await writeSql(
      page,
      `drop table orders;\ndo $$ begin delete from orders; end $$;\nwith gone as (delete from orders where id < 100 returning *) select count(*) from gone;\ntruncate nowhere;\nselect pg_terminate_backend(1);\nnew syntax of a later release`,
    )
    await press('Run all')

    const items = question().getByRole('list', { name: 'Statements that ask' }).getByRole('listitem')
    await expect(items).toHaveCount(6)
    await expect(items.nth(0)).toContainText('about 12,400 rows in it (estimate)')
    await expect(items.nth(2)).toContainText('about 99 rows (estimate)')
    await expect(items.nth(3)).toContainText('rows not known')
    await launched.screenshot('guard-question-many')
    await page.keyboard.press('Escape')
    await expect(question()).toBeHidden()
  })

  test('that is read-only is kept from writing by the server, and says so and what that cannot stop', async () => {
    await closeConnection(page)
    await newConnection('development', true)
    await writeSql(page, 'update orders set paid = true where id = 1')
    await run(page, 'Run all', 'Failed')

    expect(await messagesText(page)).toContain('cannot execute UPDATE in a read-only transaction')
    await expect(page.getByRole('banner')).toContainText('read-only')
    await windowOf(page).runBar.getByRole('button', { name: 'Read-only' }).click()
    await expect(page.getByRole('dialog', { name: 'Read-only' })).toContainText('prevents slips, not attacks')
    await expect(page.getByRole('dialog', { name: 'Read-only' })).toContainText('A superuser can still')
    await launched.screenshot('guard-read-only')
    await page.emulateMedia({ colorScheme: 'dark' })
    await launched.screenshot('guard-read-only-dark')
    await page.keyboard.press('Escape')
    expect(await ask(page, 'select count(*) from orders where paid')).toEqual([['0']])
  })
})

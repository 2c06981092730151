import { expect, test } from '@playwright/test'
import { expectJournalHolds } from '../support/app-files'
import { confirmPlan, confirmRollback, expectMigrations, pressMigrations } from '../support/app-migrations'
import { editorText, gridColumns, gridRows, openTab, rowCount, run, writeSql } from '../support/app-query'
import { startLocalDatabase, treeItem, windowOf, wordsOf } from '../support/app-window'
import { type LaunchedApp, launchApp, removeUserData } from '../support/launch-app'

const TITLES = [
  'Create employee',
  'Rename employee to employees',
  'Sample employees',
  'Departments as a foreign key',
] as const

/** The list when the first migrations are applied and the others are not. */
const applied = (count: number) => TITLES.map((title, at) => `${title}, ${at < count ? 'applied' : 'pending'}`)

// One person's first hour: each test goes on where the one before stopped.
test.describe('the story of a first hour', () => {
  test.describe.configure({ mode: 'serial' })
  let launched: LaunchedApp

  test.beforeAll(async () => {
    launched = await launchApp()
  })
  test.afterAll(async () => {
    await launched.close()
    await removeUserData(launched.userData)
  })

  test('three ways in', async () => {
    const { page, screenshot } = launched

    await windowOf(page).startLocal.waitFor()

    for (const way of ['Start local database', 'New connection', 'Import connection'])
      await expect(page.getByRole('button', { name: way })).toBeVisible()
    await screenshot('story-1-welcome')
  })

  test('Start local database connects to PostgreSQL 18', async () => {
    const { page, screenshot } = launched

    await startLocalDatabase(page)

    const { statusBar, transaction } = windowOf(page)
    await expect(statusBar).toContainText(/Connected.*PostgreSQL 18\./)
    await expect(transaction).toHaveText('No transaction')
    await screenshot('story-2-connected')
  })

  test('the sample migrations are pending, in file order', async () => {
    const { page, screenshot } = launched

    const { migrations, migrationStatus } = windowOf(page)

    await expectMigrations(page, applied(0))
    await expect(migrations).toContainText('4 pending')
    await expect(migrationStatus).toHaveText('4 migrations pending')
    await screenshot('story-3-pending')
  })

  test('Apply next applies the first', async () => {
    const { page } = launched

    await pressMigrations(page, 'Apply next')
    await confirmPlan(page)

    await expectMigrations(page, applied(1))
    await expect(windowOf(page).migrationStatus).toHaveText(/^Applied 1 migration in/)
    await expect(treeItem(page, 'employee, table')).toBeVisible()
  })

  test('Apply all applies the rest', async () => {
    const { page, screenshot } = launched

    await pressMigrations(page, 'Apply all')
    await confirmPlan(page)

    await expectMigrations(page, applied(4))
    await expect(windowOf(page).migrationStatus).toHaveText(/^Applied 3 migrations in/)
    await screenshot('story-4-applied')
  })

  test('the explorer shows what the migrations made, without a click on Refresh', async () => {
    const { page, screenshot } = launched

    await expect(treeItem(page, 'departments, table')).toBeVisible()
    await treeItem(page, 'employees, table').click()
    await page.keyboard.press('ArrowRight')
    await treeItem(page, 'Indexes').click()
    await page.keyboard.press('ArrowRight')
    await treeItem(page, 'Constraints').click()
    await page.keyboard.press('ArrowRight')

    for (const begin of [
      "id, integer, not null, primary key, default nextval('public.employee_id_seq'::regclass)",
      'first_name, text, not null',
      'nickname, text, null',
      'department_id, integer, not null, references departments.id',
      'employee_pkey, primary key index',
      'employees_department_id_fkey, foreign key',
    ])
      await expect(treeItem(page, begin)).toBeVisible()
    await expect(treeItem(page, 'department, text')).toHaveCount(0)
    await screenshot('story-5-explorer')
  })

  test('a double click on employees opens its first rows in a new tab', async () => {
    const { page, screenshot } = launched

    await treeItem(page, 'employees, table').dblclick()

    const { queryTabs } = windowOf(page)
    await expect(queryTabs.filter({ hasText: 'public.employees' })).toHaveAttribute('aria-selected', 'true')
    await expect(page.getByRole('grid', { name: 'Result 1' })).toBeVisible()
    expect(await rowCount(page, 1)).toBe(14)
    expect(await gridColumns(page, 1)).toEqual(['id', 'first_name', 'last_name', 'nickname', 'department_id'])
    const rows = await gridRows(page, 1)
    expect(rows.slice(0, 2)).toEqual([
      ['1', 'Ada', 'Lovelace', '<NULL>', '1'],
      ['2', 'Grace', 'Hopper', 'Amazing Grace', '1'],
    ])
    // The migration gives one '' and nine NULL: they never look alike.
    expect(rows.find((row) => row[2] === 'Perlman')?.[3]).toBe('')
    await screenshot('story-6-first-rows')
  })

  test('a query joins the two tables', async () => {
    const { page, screenshot } = launched

    await openTab(page)
    await writeSql(
      page,
      'select d.name, count(*)\nfrom employees e join departments d on d.id = e.department_id\ngroup by d.name order by d.name;',
    )
    await run(page, 'Run')

    expect(await gridRows(page, 1)).toEqual([
      ['Engineering', '5'],
      ['Human Resources', '2'],
      ['Research', '5'],
      ['Sales', '2'],
    ])
    await screenshot('story-7-query')
  })

  test('Roll back last asks first and brings the column back', async () => {
    const { page, screenshot } = launched

    await pressMigrations(page, 'Roll back last')
    const asked = await wordsOf(windowOf(page).dialog.getByRole('heading', { level: 1 }))
    await screenshot('story-8-plan')
    await confirmRollback(page)

    expect(asked).toBe('Roll back 1 migration in strata on localhost Local database local')
    await expectMigrations(page, applied(3))
    await expect(treeItem(page, 'departments, table')).toHaveCount(0)
    await expect(treeItem(page, 'department, text, not null')).toBeVisible()
    await screenshot('story-9-rolled-back')
  })

  test('the tabs come back after a normal quit', async () => {
    const { userData, page } = launched
    await writeSql(page, 'select 8 as the_last_thing_typed')
    await expectJournalHolds(userData, 'the_last_thing_typed')
    launched.assertNoViolations()
    await launched.close()

    launched = await launchApp({ userData })
    await startLocalDatabase(launched.page)

    const { queryTabs, migrationItems } = windowOf(launched.page)
    await expect(queryTabs).toHaveText(['Query 1', 'public.employees', 'Query 2'])
    await expect(queryTabs.nth(2)).toHaveAttribute('aria-selected', 'true')
    await expect.poll(() => editorText(launched.page)).toBe('select 8 as the_last_thing_typed')
    await expect(migrationItems).toHaveCount(4)
    await expectMigrations(launched.page, applied(3))
    await launched.screenshot('story-10-restored')
    launched.assertNoViolations()
  })
})

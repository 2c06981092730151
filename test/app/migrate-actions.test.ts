import { expect, type Page, test } from '@playwright/test'
import {
  chooseMigrationFolder,
  confirmPlan,
  copyMigrations,
  expectMigrations,
  type MigrationCopy,
  pressMigrations,
} from '../support/app-migrations'
import { ask } from '../support/app-query'
import { startLocalDatabase, windowOf, wordsOf } from '../support/app-window'
import { type LaunchedApp, launchApp, removeUserData } from '../support/launch-app'

const CODES = '-- title: Orders\ncreate table orders (code text);\n'
const DUPLICATES = `${CODES}insert into orders values ('a'), ('a');\n`
const UNIQUE =
  '-- title: Unique codes\n-- transaction: off\nselect 1;\ncreate unique index concurrently orders_code on orders (code);\nanalyze orders;\n'

test.describe('actions on migrations', () => {
  test.describe.configure({ mode: 'serial' })
  let launched: LaunchedApp
  let copy: MigrationCopy

  test.beforeAll(async () => {
    copy = await copyMigrations('nothing')
    await copy.write('1_orders', { up: CODES, down: 'drop table orders;\n' })
    await copy.write('2_unique', { up: UNIQUE, down: '-- transaction: off\ndrop index concurrently orders_code;\n' })
    launched = await launchApp()
    await launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setSize(1280, 800))
    await startLocalDatabase(launched.page)
    await chooseMigrationFolder(launched.app, launched.page, copy.folder)
    await expectMigrations(launched.page, ['Orders, pending', 'Unique codes, pending'])
  })
  test.afterEach(() => launched.assertNoViolations())
  test.afterAll(async () => {
    await launched.close()
    await removeUserData(launched.userData)
    await copy.remove()
  })

  const chooseAt = async (page: Page, title: string, entry: string) => {
    await windowOf(page).migrationItems.filter({ hasText: title }).click({ button: 'right' })
    await launched.screenshot('actions-menu')
    await page.getByRole('menuitem', { name: entry }).click()
  }
  const deeds = async (page: Page, name: string) =>
    (await ask(page, `select action from strata.log where name = '${name}' order by id`)).map(([action]) => action)

  test('a plan whose file changed after it was shown is shown anew, and Enter runs exactly that', async () => {
    const { page, screenshot } = launched
    const { dialog } = windowOf(page)
    await pressMigrations(page, 'Apply next')
    await expect(dialog.getByRole('list', { name: 'Statements' }).getByRole('listitem')).toHaveCount(1)
    await screenshot('actions-plan')
    await copy.write('1_orders', { up: DUPLICATES })

    await expect(dialog.getByRole('button', { name: 'Apply 1 migration to local' })).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(dialog.getByRole('status')).toHaveText(/changed after the plan was shown. Nothing was run/)
    await expect(dialog.getByRole('list', { name: 'Statements' }).getByRole('listitem')).toHaveCount(2)
    await screenshot('actions-plan-anew')
    await page.keyboard.press('Enter')

    await expectMigrations(page, ['Orders, applied', 'Unique codes, pending'])
    expect(await ask(page, 'select count(*) from orders')).toEqual([['2']])
  })

  test('a failed index build says which statement is in, which failed and what is left', async () => {
    const { page, screenshot } = launched
    const { migrations } = windowOf(page)
    await pressMigrations(page, 'Apply next')

    await confirmPlan(page)

    await expectMigrations(page, ['Orders, applied', 'Unique codes, failed'])
    const notice = migrations.getByRole('region', { name: 'Stopped half-way' })
    await expect(notice.getByRole('listitem')).toHaveText([
      'Statement 1 of 3 is in',
      /^Statement 2 failed: could not create unique index "orders_code"/,
      'Statement 3 was not run',
      'INVALID index public.orders_code is left',
    ])
    expect(await notice.getByRole('button').allInnerTexts()).toEqual([
      'Drop index and retry',
      'Resume',
      'Retry from the start',
      'Mark as applied',
      'Mark as not applied',
    ])
    await screenshot('actions-stopped')
    await page.emulateMedia({ colorScheme: 'dark' })
    await screenshot('actions-stopped-dark')
    await page.emulateMedia({ colorScheme: 'light' })
    await expect(migrations.getByRole('button', { name: 'Apply all' })).toHaveAttribute('aria-disabled', 'true')
  })

  test('at its narrowest the panel cuts no button off', async () => {
    const { page, screenshot } = launched
    const { migrations } = windowOf(page)
    const splitter = page.getByRole('separator', { name: 'Migrations width' })
    await splitter.focus()
    for (let step = 0; step < 6; step += 1) await page.keyboard.press('ArrowRight')
    await expect(splitter).toHaveAttribute('aria-valuenow', '260')
    await screenshot('actions-narrow')

    const panel = await migrations.boundingBox()
    const cut = await migrations
      .getByRole('button')
      .evaluateAll(
        (all, right) => all.filter((one) => one.getBoundingClientRect().right > right).map((one) => one.textContent),
        (panel?.x ?? 0) + (panel?.width ?? 0),
      )

    expect(cut).toEqual([])
    await splitter.focus()
    await page.keyboard.press('Enter')
  })

  test('dropping the index and retrying applies it once the duplicates are gone', async () => {
    const { page, screenshot } = launched
    const { migrations, dialog } = windowOf(page)
    const button = migrations.getByRole('button', { name: 'Drop index and retry' })
    await button.focus()
    await page.keyboard.press('Enter')
    await confirmPlan(page)
    await expect(windowOf(page).migrationStatus).toHaveText(/^Failed: ERROR: could not create unique index/)
    await ask(page, 'delete from orders where ctid = (select min(ctid) from orders) returning 1')

    await button.focus()
    await page.keyboard.press('Enter')
    await expect(dialog.getByRole('list', { name: 'Statements' })).toContainText(
      'drop index concurrently if exists public.orders_code',
    )
    await screenshot('actions-drop-and-retry')
    await page.emulateMedia({ colorScheme: 'dark' })
    await screenshot('actions-drop-and-retry-dark')
    await page.emulateMedia({ colorScheme: 'light' })
    await confirmPlan(page)

    await expectMigrations(page, ['Orders, applied', 'Unique codes, applied'])
    await expect(windowOf(page).migrationItems.filter({ hasText: 'Unique codes' })).toBeFocused()
    expect(await ask(page, "select indisvalid from pg_index where indexrelid = 'orders_code'::regclass")).toEqual([
      ['t'],
    ])
    expect(await deeds(page, '2_unique')).toEqual(['fail', 'resume', 'fail', 'resume', 'up'])
  })

  test('a mark writes the history and runs nothing', async () => {
    const { page, screenshot } = launched
    await copy.write('3_byhand', { up: '-- title: By hand\ncreate table byhand ();\n', down: 'drop table byhand;\n' })
    await pressMigrations(page, 'Refresh')
    await expect(windowOf(page).migrationItems).toHaveCount(3)

    await chooseAt(page, 'By hand', 'Mark as applied')
    await screenshot('actions-mark')
    await confirmPlan(page)
    await expectMigrations(page, ['Orders, applied', 'Unique codes, applied', 'By hand, applied'])
    await chooseAt(page, 'By hand', 'Mark as not applied')
    await confirmPlan(page)

    await expectMigrations(page, ['Orders, applied', 'Unique codes, applied', 'By hand, pending'])
    await expect(windowOf(page).migrationStatus).toHaveText(/^Marked 1 migration as not applied/)
    expect(await ask(page, "select to_regclass('byhand')")).toEqual([['<NULL>']])
    expect(await deeds(page, '3_byhand')).toEqual(['mark', 'unmark'])
  })

  test('redo rolls back and applies again', async () => {
    const { page, screenshot } = launched
    const { dialog } = windowOf(page)
    await copy.write('1_orders', { up: `${DUPLICATES}insert into orders values ('b');\n` })
    await copy.write('2_unique', {
      up: '-- title: Unique codes\nselect 1;\n',
      down: 'drop index if exists orders_code;\n',
    })

    await chooseAt(page, 'Orders', 'Redo from here')
    await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused()
    const words = await wordsOf(dialog)
    await screenshot('actions-redo')
    await confirmPlan(page)

    expect(words).toContain(
      'Rolls back Unique codes and Orders, down to and including Orders, then applies the same ones again.',
    )
    await expect(windowOf(page).migrationStatus).toHaveText(/^Rolled back and applied again: 2 migrations/)
    expect(await ask(page, 'select count(*) from orders')).toEqual([['3']])
  })

  test('all or nothing leaves nothing of the first when the second fails, and is remembered', async () => {
    const { page, screenshot } = launched
    const { dialog, migrationStatus, migrations, migrationItems } = windowOf(page)
    await copy.write('4_broken', { up: '-- title: Broken\nselect 1 / 0;\n', down: 'select 1;\n' })
    await pressMigrations(page, 'Refresh')
    await expect(migrationItems).toHaveCount(4)
    await pressMigrations(page, 'Apply all')

    await dialog.getByRole('checkbox', { name: 'All or nothing' }).click({ force: true })
    await expect(dialog).toContainText('One transaction for the whole run: a failure leaves nothing of it.')
    await screenshot('actions-all-or-nothing')
    await confirmPlan(page)
    await expect(migrationStatus).toHaveText('Failed: ERROR: division by zero')
    await migrationItems.filter({ hasText: 'By hand' }).click()
    await migrations.getByRole('tab', { name: 'Log' }).click()
    await screenshot('actions-undone')

    await expect(migrations.getByRole('tabpanel')).toContainText('Undone: the run was all or nothing')
    expect(await ask(page, "select to_regclass('byhand')")).toEqual([['<NULL>']])
    await pressMigrations(page, 'Apply all')
    await expect(dialog.getByRole('checkbox', { name: 'All or nothing' })).toBeChecked()
    await page.keyboard.press('Escape')
  })
})

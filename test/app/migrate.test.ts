import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import {
  chooseMigrationFolder,
  confirmPlan,
  confirmRollback,
  copyMigrations,
  expectMigrations,
  type MigrationCopy,
  pressAtMigration,
  pressMigrations,
} from '../support/app-migrations'
import { ask, editorText, openTab, writeSql } from '../support/app-query'
import { startLocalDatabase, windowOf, wordsOf } from '../support/app-window'
import { type LaunchedApp, launchApp, removeUserData } from '../support/launch-app'

const TITLES = ['Create employee', 'Rename employee to employees', 'Sample employees', 'Departments as a foreign key']
const applied = (count: number) => TITLES.map((title, at) => `${title}, ${at < count ? 'applied' : 'pending'}`)

test.describe('the migrations panel', () => {
  test.describe.configure({ mode: 'serial' })
  let launched: LaunchedApp
  let copy: MigrationCopy

  test.beforeAll(async () => {
    copy = await copyMigrations()
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

  test('Apply up to here applies those before it and it', async () => {
    const { page } = launched
    await expectMigrations(page, applied(0))

    await pressAtMigration(page, 'Sample employees', 'Apply up to here')
    await confirmPlan(page)

    await expectMigrations(page, applied(3))
    await expect(windowOf(page).migrationStatus).toHaveText(/^Applied 3 migrations in/)
  })

  test('Roll back last names database and environment, and Enter does not confirm it', async () => {
    const { page, screenshot } = launched
    const { dialog } = windowOf(page)

    await pressMigrations(page, 'Roll back last')
    const title = await wordsOf(dialog.getByRole('heading', { level: 1 }))
    await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused()
    await screenshot('migrate-roll-back-plan')
    await page.keyboard.press('Enter')

    expect(title).toBe('Roll back 1 migration in strata on localhost Local database local')
    await expect(dialog).toHaveCount(0)
    await expectMigrations(page, applied(3))
    expect(await ask(page, 'select count(*) from employees')).toEqual([['14']])
  })

  test('Roll back to here rolls back what came after it and it', async () => {
    const { page } = launched
    const { dialog } = windowOf(page)

    await pressAtMigration(page, 'Rename employee to employees', 'Roll back to here')
    const sentence = await wordsOf(dialog)
    await confirmRollback(page)

    expect(sentence).toContain(
      'Rolls back 2 migrations: Sample employees and Rename employee to employees, down to and including Rename employee to employees.',
    )
    await expectMigrations(page, applied(1))
    expect(await ask(page, "select to_regclass('employee'), to_regclass('employees')")).toEqual([
      ['employee', '<NULL>'],
    ])
  })

  test('Roll back all leaves nothing of the folder in the database', async () => {
    const { page } = launched
    await pressMigrations(page, 'Apply all')
    await confirmPlan(page)
    await expectMigrations(page, applied(4))

    await windowOf(page)
      .migrations.getByRole('button', { name: /^Migration folder/ })
      .click()
    await page.getByRole('menuitem', { name: 'Roll back all' }).click()
    await confirmRollback(page)

    await expectMigrations(page, applied(0))
    expect(await ask(page, "select count(*) from pg_class where relnamespace = 'public'::regnamespace")).toEqual([
      ['0'],
    ])
  })

  test('New migration writes the pair and opens it', async () => {
    const { page, screenshot } = launched
    const { dialog, queryTabs } = windowOf(page)

    await pressMigrations(page, 'New migration')
    await dialog.getByRole('textbox', { name: 'Title' }).fill('Add salaries')
    await screenshot('migrate-new')
    await dialog.getByRole('button', { name: 'Create' }).click()

    await expectMigrations(page, [...applied(0), 'Add salaries, pending'])
    const pair = (await copy.files()).slice(-2)
    expect(pair).toEqual([
      expect.stringMatching(/^\d{14}_add_salaries\.down\.sql$/),
      expect.stringMatching(/^\d{14}_add_salaries\.up\.sql$/),
    ])
    await expect(queryTabs.filter({ hasText: pair[1] ?? '' })).toHaveAttribute('aria-selected', 'true')
    await expect.poll(() => editorText(page)).toContain('-- title: Add salaries')
  })

  test('a pair is written in its tabs, saved with Ctrl+S and applied', async () => {
    const { page } = launched
    const { queryTabs, migrationItems } = windowOf(page)
    const [down = '', up = ''] = (await copy.files()).slice(-2)
    const upText = '-- title: Add salaries\nalter table employees add column salary numeric;\n'
    const downText = 'alter table employees drop column salary;\n'

    await writeSql(page, upText)
    await expect(queryTabs.and(page.getByRole('tab', { name: `${up}, not saved` }))).toHaveCount(1)
    await page.keyboard.press('ControlOrMeta+S')
    await expect(page.getByRole('tab', { name: up, exact: true })).toBeVisible()
    await migrationItems.filter({ hasText: 'Add salaries' }).click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Open down file' }).click()
    await expect.poll(() => editorText(page)).toContain('undo its statements')
    await writeSql(page, downText)
    await page.keyboard.press('ControlOrMeta+S')
    await expect(page.getByRole('tab', { name: down, exact: true })).toBeVisible()
    await pressMigrations(page, 'Apply all')
    await confirmPlan(page)

    await expectMigrations(page, [...applied(4), 'Add salaries, applied'])
    expect(await readFile(join(copy.folder, up), 'utf8')).toBe(upText)
    expect(await readFile(join(copy.folder, down), 'utf8')).toBe(downText)
    await openTab(page)
    expect(await ask(page, 'select count(salary), count(*) from employees')).toEqual([['0', '14']])
  })

  test('a failing second statement is shown with file, line and column, and leaves nothing', async () => {
    const { page, screenshot } = launched
    const { migrations, migrationStatus } = windowOf(page)
    const name = '29991231000000_bonus'
    await copy.write(name, {
      up: "-- title: Bonus\ncreate table bonus (i int);\n\nselect '🎉', nmae\nfrom employees;\n",
      down: 'drop table bonus;\n',
    })
    await pressMigrations(page, 'Refresh')
    await expectMigrations(page, [...applied(4), 'Add salaries, applied', 'Bonus, pending'])

    await pressMigrations(page, 'Apply next')
    await confirmPlan(page)

    await expect(migrationStatus).toHaveText('Failed: ERROR: column "nmae" does not exist')
    const alert = await wordsOf(migrations.getByRole('alert'))
    expect(alert).toContain(`File ${name}.up.sql, line 4, column 14`)
    expect(alert).toContain('Statement 2 of 2')
    await screenshot('migrate-failed')
    expect(await ask(page, "select to_regclass('bonus'), (select count(*) from strata.migration)")).toEqual([
      ['<NULL>', '5'],
    ])
  })

  test('the failure opens its file at its place, and after the correction the edited text runs', async () => {
    const { page } = launched
    const { migrations, migrationItems } = windowOf(page)
    const up = '29991231000000_bonus.up.sql'
    await migrationItems.filter({ hasText: 'Bonus' }).click()
    await migrations.getByRole('tab', { name: 'Log' }).click()

    await migrations.getByRole('alert').getByRole('button', { name: 'Open file' }).click()
    await expect(page.getByRole('tab', { name: up })).toHaveAttribute('aria-selected', 'true')
    await expect(windowOf(page).editor).toBeFocused()
    await page.keyboard.press('ControlOrMeta+Delete') // the word at the caret
    await page.keyboard.insertText('nickname')
    await page.keyboard.press('ControlOrMeta+S')
    await expect(page.getByRole('tab', { name: up, exact: true })).toBeVisible()
    await pressMigrations(page, 'Apply next')
    await confirmPlan(page)

    await expectMigrations(page, [...applied(4), 'Add salaries, applied', 'Bonus, applied'])
    expect(await readFile(join(copy.folder, up), 'utf8')).toContain("select '🎉', nickname\nfrom employees;")
    await openTab(page)
    expect(await ask(page, "select to_regclass('bonus') is not null")).toEqual([['t']])
  })

  test('a migration without a down file is not rolled back, and says why', async () => {
    const { page, screenshot } = launched
    await copy.write('29991231000001_forever', { up: '-- title: Forever\ncreate table forever (i int);\n' })
    await pressMigrations(page, 'Refresh')
    await expect(windowOf(page).migrationItems).toHaveCount(7)
    await pressMigrations(page, 'Apply next')
    await confirmPlan(page)
    await expect(windowOf(page).migrationItems.last()).toHaveAccessibleName('Forever, applied, irreversible')
    // The run ends a moment later, and the buttons come back in the place of Cancel: a pointer that waits there is not seen by them.
    await expect(windowOf(page).migrationStatus).toHaveText(/^Applied/)
    const button = windowOf(page).migrations.getByRole('button', { name: 'Roll back last' })

    await expect(button).toHaveAttribute('aria-disabled', 'true')
    const tip = page.getByRole('tooltip')
    // When a window of another test opens or closes, the display's own pointer moves over this one, and a hover ends.
    await expect(async () => {
      await windowOf(page).migrationStatus.hover()
      await button.hover()
      await expect(tip).toBeVisible({ timeout: 2000 })
    }).toPass({ timeout: 15_000 })

    await expect(tip).toContainText('Forever cannot be rolled back. There is no 29991231000001_forever.down.sql.')
    await screenshot('migrate-irreversible')
    await button.click({ force: true }) // it is disabled in words only, so that its reason can be read
    await expect(windowOf(page).dialog).toHaveCount(0)
    await expect(windowOf(page).migrationItems.last()).toHaveAccessibleName('Forever, applied, irreversible')
  })

  test('COMMIT in a file is refused with its line before anything runs', async () => {
    const { page, screenshot } = launched
    const { migrations, migrationStatus } = windowOf(page)
    await copy.write('29991231000002_sneaky', {
      up: '-- title: Sneaky\ncreate table sneaky (i int);\ncommit;\n',
      down: 'drop table sneaky;\n',
    })
    await pressMigrations(page, 'Refresh')
    await expect(windowOf(page).migrationItems).toHaveCount(8)

    await pressMigrations(page, 'Apply all')

    await expect(migrationStatus).toHaveText('Refused: nothing was run')
    await expect(migrations.getByRole('alert')).toContainText(
      '29991231000002_sneaky.up.sql, line 3: COMMIT is not allowed here.',
    )
    await screenshot('migrate-refused')
    expect(await ask(page, "select to_regclass('sneaky')")).toEqual([['<NULL>']])
  })
})

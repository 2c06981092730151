import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { chooseMigrationFolder, copyMigrations, type MigrationCopy, pressMigrations } from '../support/app-migrations'
import { ask, editorText, openTab, writeSql } from '../support/app-query'
import { startLocalDatabase, windowOf, wordsOf } from '../support/app-window'
import { type LaunchedApp, launchApp, removeUserData } from '../support/launch-app'

const INDEX = '29990101000000_index_orders'

test.describe('a migration that is being written', () => {
  test.describe.configure({ mode: 'serial' })
  let launched: LaunchedApp
  let copy: MigrationCopy

  test.beforeAll(async () => {
    copy = await copyMigrations('nothing')
    launched = await launchApp()
    await startLocalDatabase(launched.page)
    await chooseMigrationFolder(launched.app, launched.page, copy.folder)
    await ask(launched.page, 'create table orders (id int primary key, note text, total numeric); select 1')
    await copy.write(INDEX, {
      up: '-- title: Index orders\ncreate index orders_note on orders (note);\n',
      down: '-- transaction: off\ndrop index concurrently orders_note;\n',
    })
  })
  test.afterEach(() => launched.assertNoViolations())
  test.afterAll(async () => {
    await launched.close()
    await removeUserData(launched.userData)
    await copy.remove()
  })

  test('shows the lock of CREATE INDEX and the concurrent way beside it', async () => {
    const { page, screenshot } = launched
    const { migrations, migrationItems } = windowOf(page)
    await pressMigrations(page, 'Refresh')
    await migrationItems.filter({ hasText: 'Index orders' }).click()
    const listed = migrations.getByRole('list', { name: `Findings in ${INDEX}.up.sql` }).getByRole('listitem')

    await expect(listed).toContainText('SHARE on orders, blocks writes')
    await migrationItems.filter({ hasText: 'Index orders' }).dblclick()
    const strip = page.getByRole('region', { name: 'Findings' })

    await expect(strip.getByRole('status')).toContainText(
      'CREATE INDEX blocks writes to orders until the index is built',
    )
    expect(await wordsOf(strip.getByRole('status'))).toContain('Safer: CREATE INDEX CONCURRENTLY')
    await expect.poll(() => editorText(page)).toContain('SHARE on orders, blocks writes')
    await expect(page.locator('.query-editor .squiggly-warning')).not.toHaveCount(0)
    await screenshot('migrate-lint')
  })

  test('is changed to the concurrent way by the keyboard', async () => {
    const { page, screenshot } = launched
    const strip = page.getByRole('region', { name: 'Findings' })
    await windowOf(page).editor.focus()
    await page.keyboard.press('F8')

    await page.keyboard.press('ControlOrMeta+.')
    await expect(page.getByRole('option', { name: 'Add CONCURRENTLY and "-- transaction: off"' })).toBeVisible()
    await screenshot('migrate-lint-quick-fix')
    // Nothing of the title bar may reach into it: what drags the window cannot be pressed with the mouse.
    const drags = (all: readonly Element[]) =>
      all.some((one) => getComputedStyle(one).getPropertyValue('-webkit-app-region') === 'drag')
    expect(await page.getByRole('option', { name: 'Add CONCURRENTLY' }).locator('*').evaluateAll(drags)).toBe(false)
    expect(await page.getByRole('banner').evaluateAll(drags)).toBe(true)
    await page.keyboard.press('Enter')
    await expect(strip).toContainText('No findings.')
    await page.keyboard.press('ControlOrMeta+S')

    const file = join(copy.folder, `${INDEX}.up.sql`)
    await expect
      .poll(() => readFile(file, 'utf8'))
      .toBe('-- title: Index orders\n-- transaction: off\ncreate index concurrently orders_note on orders (note);\n')
  })

  test('is made from selected SQL, rehearsed and saved as pending', async () => {
    const { page, screenshot } = launched
    const { dialog, queryTabs } = windowOf(page)
    await openTab(page)
    await writeSql(
      page,
      'create table notes (id serial primary key, body text);\nalter table orders add column status text default $$new$$ not null;\n',
    )
    await page.keyboard.press('ControlOrMeta+A')

    await page.keyboard.press('ControlOrMeta+Shift+M')
    await expect(verdict(page)).toHaveText('Proven: rolled back, the schema is identical to before.')
    await expect(dialog.getByRole('textbox', { name: 'Down' })).toHaveValue(
      'alter table orders drop column status;\ndrop table notes;\n',
    )
    await dialog.getByRole('textbox', { name: 'Title' }).fill('Notes and status')
    await screenshot('migrate-draft')
    await dialog.getByRole('button', { name: 'Save', exact: true }).click()

    await expect(dialog).toHaveCount(0)
    await expect(windowOf(page).migrationItems.filter({ hasText: 'Notes and status' })).toHaveAccessibleName(
      'Notes and status, pending',
    )
    const up = (await copy.files()).find((file) => file.endsWith('_notes_and_status.up.sql')) ?? ''
    await expect(queryTabs.filter({ hasText: up })).toHaveAttribute('aria-selected', 'true')
    expect(await readFile(join(copy.folder, up), 'utf8')).toMatch(/^-- title: Notes and status\ncreate table notes/)
    expect(await readFile(join(copy.folder, up.replace('.up.', '.down.')), 'utf8')).toBe(
      'alter table orders drop column status;\ndrop table notes;\n',
    )
    await openTab(page)
    expect(await ask(page, "select to_regclass('notes'), count(*) from orders")).toEqual([['<NULL>', '0']])
  })

  test('says what cannot be taken back, and is saved unproven only when that was accepted', async () => {
    const { page, screenshot } = launched
    const { dialog } = windowOf(page)
    await writeSql(page, 'alter table orders drop column note;\nupdate orders set total = 0;\n')
    await page.keyboard.press('ControlOrMeta+A')
    await page.keyboard.press('F1')
    await page.keyboard.insertText('Make migration from selection')
    await page.keyboard.press('Enter')

    await expect(dialog.getByRole('list', { name: 'Remarks' })).toContainText(
      'UPDATE: there is no automatic inverse of a change of rows.',
    )
    await expect(verdict(page)).toContainText('identical except for the order of columns')
    await dialog.getByRole('textbox', { name: 'Down' }).fill('select 1;')
    await expect(verdict(page)).toHaveText('Not rehearsed as it is now.')
    await dialog.getByRole('button', { name: 'Rehearse' }).click()
    await expect(verdict(page)).toContainText('The rollback leaves a difference behind.')
    await expect(verdict(page)).toContainText('column orders.note is not restored')
    const save = dialog.getByRole('button', { name: 'Save', exact: true })
    await expect(save).toBeDisabled()
    await screenshot('migrate-draft-unproven')
    await dialog.getByText('Save although its rollback is not proven').click()
    await expect(save).toBeEnabled()
    await dialog.getByRole('button', { name: 'Cancel' }).click()

    await expect(dialog).toHaveCount(0)
  })

  test('of what was run by hand already is saved and marked as applied', async () => {
    const { page, screenshot } = launched
    const { dialog, migrationItems } = windowOf(page)
    await writeSql(page, 'create table orders (id int primary key, note text, total numeric);')
    await page.keyboard.press('ControlOrMeta+A')
    await page.keyboard.press('ControlOrMeta+Shift+M')

    await expect(dialog.getByRole('list', { name: 'Remarks' })).toContainText('This was run on this database already')
    await expect(verdict(page)).toContainText('Proven the other way round')
    await dialog.getByRole('textbox', { name: 'Title' }).fill('Orders by hand')
    await screenshot('migrate-draft-done')
    await dialog.getByRole('button', { name: 'Save and mark as applied' }).click()
    await dialog.getByRole('button', { name: /^Mark/ }).click()

    await expect(migrationItems.filter({ hasText: 'Orders by hand' })).toHaveAccessibleName(/^Orders by hand, applied/)
  })

  test('is checked no more by a rule that was switched off with a reason, and is counted in the plan before', async () => {
    const { page, screenshot } = launched
    const { dialog, migrations, migrationItems } = windowOf(page)
    const name = '29990102000000_remark'
    await copy.write(name, {
      up: '-- title: Remark\nalter table orders rename column note to remark;\n',
      down: 'alter table orders rename column remark to note;\n',
    })
    await page.emulateMedia({ colorScheme: 'dark' })
    await pressMigrations(page, 'Refresh')
    await migrationItems.filter({ hasText: 'Remark' }).click()
    await migrations.getByRole('button', { name: 'Apply up to here' }).click()
    await expect(dialog.getByRole('listitem', { name: /^Remark/ })).toContainText('1 finding')
    await screenshot('migrate-lint-plan-dark')
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await migrationItems.filter({ hasText: 'Remark' }).dblclick()
    const strip = page.getByRole('region', { name: 'Findings' })
    await expect(strip).toContainText('Whoever still uses orders.note fails')
    await screenshot('migrate-lint-dark')

    await strip.getByRole('button', { name: 'Switch off…' }).click()
    await expect(strip).toContainText('"rename-breaks-clients" is switched off without a reason')
    await page.keyboard.insertText('nobody uses it yet')
    await expect(strip).toContainText('No findings; 1 finding switched off with a reason.')
    await page.keyboard.press('ControlOrMeta+S')

    await expect
      .poll(() => readFile(join(copy.folder, `${name}.up.sql`), 'utf8'))
      .toBe(
        '-- title: Remark\n-- lint: off rename-breaks-clients: nobody uses it yet\nalter table orders rename column note to remark;\n',
      )
  })

  test('is made from what was changed by hand, and nothing differs any more', async () => {
    const { page, screenshot } = launched
    const { dialog, migrations, migrationItems, migrationStatus } = windowOf(page)
    await pressMigrations(page, 'Apply all')
    await dialog.getByRole('button', { name: /^Apply 3 migrations/ }).click()
    await expect(migrationStatus).toHaveText(/^Applied 3 migrations/)
    await openTab(page)
    await ask(page, 'alter table orders add column byhand int; create index orders_byhand on orders (byhand); select 1')
    await pressMigrations(page, 'Refresh')
    await migrations.getByText('Schema differs from what the migrations left').click()

    await migrations.getByRole('button', { name: 'Make a migration' }).click()
    await expect(verdict(page)).toContainText('Proven the other way round')
    await expect(dialog.getByRole('textbox', { name: 'Up' })).toHaveValue(
      'alter table public.orders add column byhand integer;\nCREATE INDEX orders_byhand ON public.orders USING btree (byhand);\n',
    )
    await screenshot('migrate-draft-drift')
    await dialog.getByRole('button', { name: 'Save and mark as applied' }).click()
    await dialog.getByRole('button', { name: /^Mark/ }).click()

    await expect(migrationItems.filter({ hasText: 'Changes made by hand' })).toHaveAccessibleName(/, applied/)
    await expect(migrations.getByText('Schema differs from what the migrations left')).toHaveCount(0)
  })
})

function verdict(page: Page) {
  return page.getByRole('status', { name: 'Verdict' })
}

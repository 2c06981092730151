import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { chooseMigrationFolder, copyMigrations, type MigrationCopy, pressMigrations } from '../support/app-migrations'
import { ask, editorText } from '../support/app-query'
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
      down: 'drop index concurrently orders_note;\n',
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

    await page.keyboard.press('Alt+Enter')
    await expect(page.getByRole('option', { name: 'Add CONCURRENTLY and "-- transaction: off"' })).toBeVisible()
    await screenshot('migrate-lint-quick-fix')
    await page.keyboard.press('Enter')
    await expect(strip).toContainText('No findings.')
    await page.keyboard.press('ControlOrMeta+S')

    const file = join(copy.folder, `${INDEX}.up.sql`)
    await expect
      .poll(() => readFile(file, 'utf8'))
      .toBe('-- title: Index orders\n-- transaction: off\ncreate index concurrently orders_note on orders (note);\n')
  })
})

import { appendFile, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import {
  chooseMigrationFolder,
  confirmPlan,
  copyMigrations,
  expectMigrations,
  type MigrationCopy,
  pressMigrations,
} from '../support/app-migrations'
import { ask } from '../support/app-query'
import { startLocalDatabase, windowOf } from '../support/app-window'
import { type LaunchedApp, launchApp, removeUserData } from '../support/launch-app'

const EDITED = '20260103000000_add_nickname'
const EDITED_UP = `-- title: Add nickname
alter table staff add column nickname text;
alter table staff add column phone text;

comment on column staff.nickname is 'What colleagues say.';
`

test.describe('the states of migrations', () => {
  test.describe.configure({ mode: 'serial' })
  let launched: LaunchedApp
  let copy: MigrationCopy

  test.beforeAll(async () => {
    copy = await copyMigrations('nothing')
    await copy.write('20260101000000_staff', {
      up: '-- title: Create staff\ncreate table staff (id int primary key);\n',
      down: 'drop table staff;\n',
    })
    await copy.write('20260102000000_notes', {
      up: '-- title: Create notes\ncreate table note (id int);\n',
      down: 'drop table note;\n',
    })
    await copy.write(EDITED, { up: EDITED_UP, down: 'alter table staff drop column nickname, drop column phone;\n' })
    launched = await launchApp()
    await startLocalDatabase(launched.page)
    await chooseMigrationFolder(launched.app, launched.page, copy.folder)
    await pressMigrations(launched.page, 'Apply all')
    await confirmPlan(launched.page)
    await expect(windowOf(launched.page).migrationStatus).toHaveText(/^Applied 3 migrations in/)
  })
  test.afterEach(() => launched.assertNoViolations())
  test.afterAll(async () => {
    await launched.close()
    await removeUserData(launched.userData)
    await copy.remove()
  })

  test('five of them show at once, each as soon as its file is written outside', async () => {
    const { page, screenshot } = launched
    await expectMigrations(page, ['Create staff, applied', 'Create notes, applied', 'Add nickname, applied'])

    await copy.write('20260101120000_between', { up: '-- title: Between\nselect 1;\n', down: 'select 1;\n' })
    await copy.write('20990101000000_next', {
      up: '-- title: Next\n-- irreversible: rows are sent by mail\nselect 1;\n',
    })
    await rm(join(copy.folder, '20260102000000_notes.up.sql'))
    await rm(join(copy.folder, '20260102000000_notes.down.sql'))
    await writeFile(join(copy.folder, `${EDITED}.up.sql`), EDITED_UP.replace('phone text', 'phone varchar(40)'))

    await expectMigrations(page, [
      'Create staff, applied',
      'Create notes, missing',
      'Add nickname, changed',
      'Between, late',
      'Next, pending, irreversible',
    ])
    await screenshot('migrate-states')
  })

  test('a file that is written outside shows within a second', async () => {
    const { page } = launched
    const { migrationItems } = windowOf(page)

    // Other work on this machine may take a second of its own: one of some tries has to do.
    await expect(async () => {
      const name = `30${Math.floor(performance.now())}_outside`
      const startedAt = performance.now()
      await copy.write(name, { up: '-- title: Outside\nselect 1;\n', down: 'select 1;\n' })
      await expect(migrationItems.filter({ hasText: 'Outside' })).toBeVisible()
      const elapsedMs = performance.now() - startedAt
      await rm(join(copy.folder, `${name}.up.sql`))
      await rm(join(copy.folder, `${name}.down.sql`))
      await expect(migrationItems.filter({ hasText: 'Outside' })).toHaveCount(0)
      expect(elapsedMs).toBeLessThan(1000)
    }).toPass({ timeout: 30_000 })
  })

  test('a changed file is shown beside what it was, and restored after asking', async () => {
    const { page, screenshot } = launched
    const { migrations, migrationItems, dialog } = windowOf(page)

    await migrationItems.filter({ hasText: 'Add nickname' }).click()
    await migrations.getByRole('tab', { name: 'SQL' }).click()

    await expect(
      migrations.getByText('The file was edited after it was applied: 1 line added, 1 removed.'),
    ).toBeVisible()
    const rows = migrations.getByRole('table', { name: `Changes of ${EDITED}.up.sql` }).getByRole('row')
    expect(
      await rows.evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent))),
    ).toEqual([
      ['1', '1', '', '-- title: Add nickname'],
      ['2', '2', '', 'alter table staff add column nickname text;'],
      ['3', '', '−', 'alter table staff add column phone text;'],
      ['', '3', '+', 'alter table staff add column phone varchar(40);'],
      ['4', '4', '', ''],
      ['5', '5', '', "comment on column staff.nickname is 'What colleagues say.';"],
    ])
    await screenshot('migrate-changed')
    await page.emulateMedia({ colorScheme: 'dark' })
    await screenshot('migrate-changed-dark')
    await page.emulateMedia({ colorScheme: 'light' })
    await migrations.getByRole('button', { name: 'Restore the file…' }).click()
    await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused()
    await screenshot('migrate-restore')
    await dialog.getByRole('button', { name: 'Restore the file' }).click()
    await expect(migrationItems.filter({ hasText: 'Add nickname' })).toHaveAccessibleName('Add nickname, applied')
    expect(await readFile(join(copy.folder, `${EDITED}.up.sql`), 'utf8')).toBe(EDITED_UP)
  })

  test('a changed file is accepted, also where the window is low', async () => {
    const { app, page } = launched
    const { migrations, migrationItems } = windowOf(page)
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setSize(1024, 600))
    await appendFile(join(copy.folder, `${EDITED}.up.sql`), '-- phones follow later\n')
    await expect(migrationItems.filter({ hasText: 'Add nickname' })).toHaveAccessibleName('Add nickname, changed')

    await migrations.getByRole('button', { name: 'Accept the new text' }).click()

    await expect(migrationItems.filter({ hasText: 'Add nickname' })).toHaveAccessibleName('Add nickname, applied')
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setSize(1280, 800))
  })

  test('files that are gone are written again from the history', async () => {
    const { page, screenshot } = launched
    const { migrations, migrationItems } = windowOf(page)
    await migrationItems.filter({ hasText: 'Create notes' }).click()
    await screenshot('migrate-missing')

    await migrations.getByRole('button', { name: 'Write the files again' }).click()

    await expect(migrationItems.filter({ hasText: 'Create notes' })).toHaveAccessibleName('Create notes, applied')
    expect(await copy.files()).toEqual(
      expect.arrayContaining(['20260102000000_notes.down.sql', '20260102000000_notes.up.sql']),
    )
  })

  test('the log says who did what, and filters as one types', async () => {
    const { page, screenshot } = launched
    const { migrations, dialog } = windowOf(page)
    await copy.write('20990102000000_broken', { up: 'select nothing from nowhere;\n', down: 'select 1;\n' })
    await expect(windowOf(page).migrationItems).toHaveCount(6)
    await pressMigrations(page, 'Apply all')
    await confirmPlan(page)
    await expect(windowOf(page).migrationStatus).toHaveText(/^Failed/)

    await migrations.getByRole('button', { name: /^Migration folder/ }).click()
    await page.getByRole('menuitem', { name: 'Migration log' }).click()

    const entries = dialog.getByRole('listbox', { name: 'Log entries' }).getByRole('option')
    await expect(entries).toHaveCount(7)
    const said = await entries.evaluateAll((all) =>
      all.map((one) => (one.getAttribute('aria-label') ?? '').split(', ').slice(0, 2).join(', ')),
    )
    expect(said).toEqual([
      '20990102000000_broken, failed',
      '20990101000000_next, applied',
      '20260101120000_between, applied',
      `${EDITED}, new text accepted`,
      `${EDITED}, applied`,
      '20260102000000_notes, applied',
      '20260101000000_staff, applied',
    ])
    await entries.first().click()
    await expect(dialog.getByRole('region', { name: 'Chosen entry' })).toContainText(
      'relation "nowhere" does not exist',
    )
    await screenshot('migrate-log')
    await page.emulateMedia({ colorScheme: 'dark' })
    await screenshot('migrate-log-dark')
    await page.emulateMedia({ colorScheme: 'light' })
    await dialog.getByRole('textbox', { name: 'Filter the log' }).fill('failed nowhere')
    await expect(entries).toHaveCount(1)
    await dialog.getByRole('textbox', { name: 'Filter the log' }).fill('nobody')
    await expect(dialog.getByText('No entry holds “nobody”.')).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(dialog).toHaveCount(0)
  })

  test('a log of thousands is read in pages, down to its oldest entry', async () => {
    const { page } = launched
    const { dialog } = windowOf(page)
    await ask(
      page,
      "insert into strata.log (name, action) select 'old_' || n, 'up' from generate_series(1, 3000) n returning 1",
    )
    await page.keyboard.press('ControlOrMeta+Shift+P')
    const palette = page.getByRole('dialog', { name: 'Commands' })
    await palette.getByRole('combobox').fill('migration log')
    await page.keyboard.press('Enter')
    const list = dialog.getByRole('listbox', { name: 'Log entries' })
    await expect(list.getByRole('option').first()).toHaveAccessibleName(/^old_3000, applied/)

    await list.focus()
    await page.keyboard.press('End')

    const chosen = list.getByRole('option', { selected: true })
    await expect(chosen).toHaveAccessibleName(/^20260101000000_staff, applied/)
    await expect(chosen).toHaveAttribute('aria-setsize', '3007')
    expect(await list.getByRole('option').count()).toBeLessThan(100)
    await page.keyboard.press('Escape')
  })

  test('the log of one migration is written to a file', async () => {
    const { app, page } = launched
    const { migrationItems, dialog } = windowOf(page)
    const path = join(copy.folder, 'log.json')
    await app.evaluate(({ dialog: system }, filePath) => {
      system.showSaveDialog = async () => ({ canceled: false, filePath })
    }, path)
    await migrationItems.filter({ hasText: 'Add nickname' }).click({ button: 'right' })

    await page.getByRole('menuitem', { name: 'Log of this migration' }).click()
    await dialog.getByRole('button', { name: 'Export JSON…' }).click()

    await expect(dialog.getByRole('status')).toHaveText('Saved log.json: 2 entries')
    const written = JSON.parse(await readFile(path, 'utf8')) as { action: string; migration: string; role: string }[]
    expect(written.map(({ action, migration, role }) => [action, migration, role])).toEqual([
      ['new text accepted', EDITED, 'postgres'],
      ['applied', EDITED, 'postgres'],
    ])
    await dialog.getByRole('button', { name: 'Close' }).last().click()
  })
})

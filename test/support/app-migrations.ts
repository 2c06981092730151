import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ElectronApplication, expect, type Page } from '@playwright/test'
import { windowOf } from './app-window'

const SAMPLES = join(import.meta.dirname, '../../migrations')

/** A migration folder of its own for a test. */
export interface MigrationCopy {
  readonly folder: string
  /** Writes a pair beside the others; a text left out is a file that is not there. */
  write(name: string, texts: { readonly up?: string; readonly down?: string }): Promise<void>
  files(): Promise<string[]>
  remove(): Promise<void>
}

/** A copy of the sample migrations, or an empty folder. */
export async function copyMigrations(what: 'samples' | 'nothing' = 'samples'): Promise<MigrationCopy> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-test-migrations-'))
  if (what === 'samples') await cp(SAMPLES, folder, { recursive: true })
  return {
    folder,
    write: async (name, { up, down }) => {
      if (up !== undefined) await writeFile(join(folder, `${name}.up.sql`), up)
      if (down !== undefined) await writeFile(join(folder, `${name}.down.sql`), down)
    },
    files: async () => (await readdir(folder)).sort(),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Chooses the migration folder by the panel's menu; the system's dialog, which no test can press, answers with it. */
export async function chooseMigrationFolder(app: ElectronApplication, page: Page, folder: string): Promise<void> {
  await app.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [chosen] })
  }, folder)
  const { migrations } = windowOf(page)
  const button = migrations.getByRole('button', { name: /^(Migration folder|Choose folder)/ })
  await button.waitFor()
  // Asked before it is pressed: a folder that is chosen at once puts the menu in the place of the button.
  const isMenu = (await migrations.getByRole('button', { name: /^Migration folder/ }).count()) > 0
  await button.click()
  if (isMenu) await page.getByRole('menuitem', { name: 'Choose folder' }).click()
  await expect(migrations.getByRole('button', { name: `Migration folder ${folder}` })).toBeVisible()
}

/** The list as it is read out: "title, state" for each migration, the oldest first. */
export function migrationNames(page: Page): Promise<string[]> {
  return windowOf(page).migrationItems.evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') ?? ''))
}

/** Waits until the migrations stand like this, e.g. `['Create employee, applied', …]`. */
export async function expectMigrations(page: Page, names: readonly string[]): Promise<void> {
  await expect.poll(() => migrationNames(page)).toEqual(names)
}

/** Presses one of the panel's buttons. */
export async function pressMigrations(page: Page, button: string): Promise<void> {
  await windowOf(page).migrations.getByRole('button', { name: button, exact: true }).click()
}

/** Selects a migration and presses a button of its detail, e.g. "Roll back to here". */
export async function pressAtMigration(page: Page, title: string, button: string): Promise<void> {
  const { migrationItems } = windowOf(page)
  await migrationItems.filter({ hasText: title }).click()
  await pressMigrations(page, button)
}

/** Confirms the shown plan, whatever it does: the last button of its dialog. */
export async function confirmPlan(page: Page): Promise<void> {
  const { dialog } = windowOf(page)
  await expect(dialog.getByRole('list', { name: 'Steps' })).toBeVisible()
  await dialog.getByRole('button').last().click()
}

/** Confirms the shown rollback. */
export async function confirmRollback(page: Page): Promise<void> {
  await windowOf(page)
    .dialog.getByRole('button', { name: /^Roll back/ })
    .click()
}

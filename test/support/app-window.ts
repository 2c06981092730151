import { expect, type Locator, type Page } from '@playwright/test'

/** The window's things by the roles and names that tests and screen readers rely on. */
export interface AppWindow {
  readonly startLocal: Locator
  readonly recent: Locator
  readonly explorer: Locator
  readonly statusBar: Locator
  /** Tabs of the editor, in their order. */
  readonly queryTabs: Locator
  readonly editor: Locator
  readonly runBar: Locator
  readonly queryStatus: Locator
  readonly transaction: Locator
  readonly results: Locator
  readonly messages: Locator
  readonly migrations: Locator
  readonly migrationItems: Locator
  readonly migrationStatus: Locator
  /** Whatever dialog is open. */
  readonly dialog: Locator
  /** Alerts that say something; Monaco keeps empty ones. */
  readonly alerts: Locator
}

/** The window's things, found anew at each use. */
export function windowOf(page: Page): AppWindow {
  const migrations = page.getByRole('region', { name: 'Migrations', exact: true })
  return {
    startLocal: page.getByRole('button', { name: 'Start local database' }),
    recent: page.getByRole('list', { name: 'Recent' }),
    explorer: page.getByRole('tree', { name: 'Explorer' }),
    statusBar: page.getByRole('contentinfo'),
    queryTabs: page.getByRole('tablist', { name: 'Queries' }).getByRole('tab'),
    editor: page.getByRole('textbox', { name: 'SQL editor' }),
    runBar: page.getByRole('toolbar', { name: 'Run' }),
    queryStatus: page.getByRole('status', { name: 'Query status' }),
    transaction: page.getByRole('status', { name: 'Transaction' }),
    results: page.getByRole('tablist', { name: 'Results' }).getByRole('tab'),
    messages: page.getByRole('log', { name: 'Messages' }),
    migrations,
    migrationItems: migrations.getByRole('list', { name: 'Migrations' }).getByRole('listitem'),
    migrationStatus: page.getByRole('status', { name: 'Migration status' }),
    dialog: page.getByRole('dialog').or(page.getByRole('alertdialog')),
    alerts: page.getByRole('alert').filter({ hasText: /\S/ }),
  }
}

/** Presses "Start local database" and waits until the desk of the local profile is there. */
export async function startLocalDatabase(page: Page): Promise<void> {
  const { startLocal, statusBar, editor } = windowOf(page)
  await startLocal.click()
  await expect(statusBar).toContainText('Connected', { timeout: 60_000 })
  // Monaco's textbox has no size of its own.
  await editor.waitFor({ state: 'attached' })
}

/** Opens one of the saved profiles on the welcome screen. */
export async function openRecent(page: Page, name: string): Promise<void> {
  await windowOf(page)
    .recent.getByRole('button', { name: new RegExp(`^${name},`) })
    .click()
}

/** Leaves the open profile for the welcome screen, by the palette. */
export async function closeConnection(page: Page): Promise<void> {
  await page.keyboard.press('ControlOrMeta+Shift+P')
  const palette = page.getByRole('dialog', { name: 'Commands' })
  await palette.getByRole('combobox').fill('Close connection')
  await page.keyboard.press('Enter')
  await windowOf(page).startLocal.waitFor()
}

/** What is written in an element, its white space folded. */
export async function wordsOf(locator: Locator): Promise<string> {
  return (await locator.innerText()).replace(/\s+/g, ' ').trim()
}

/** The item of the explorer's tree whose name begins with these words. */
export function treeItem(page: Page, begin: string): Locator {
  const literal = begin.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return windowOf(page).explorer.getByRole('treeitem', { name: new RegExp(`^${literal}`) })
}

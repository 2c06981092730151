import { type ElectronApplication, expect, type Locator, type Page } from '@playwright/test'
import { ask } from './app-query'
import { windowOf } from './app-window'

/** The grid of a result and what stands around it. */
export interface AppGrid {
  readonly grid: Locator
  /** What was done to the loaded rows here, in words. */
  readonly arrangement: Locator
  readonly matches: Locator
  readonly record: Locator
  readonly exported: Locator
  /** A column's header. */
  header(name: string): Locator
}

/** The things of the only result, found anew at each use. */
export function gridOf(page: Page): AppGrid {
  const grid = page.getByRole('grid', { name: 'Result 1', exact: true })
  return {
    grid,
    arrangement: page.getByRole('status', { name: 'Arrangement status' }),
    matches: page.getByRole('status', { name: 'Matches' }),
    record: page.getByRole('complementary', { name: 'Record' }),
    exported: page.getByRole('status', { name: 'Export', exact: true }),
    header: (name) => grid.getByRole('columnheader', { name: new RegExp(`^${name}\\b`) }),
  }
}

/** Runs a query and puts the focus on the first cell of its rows. */
export async function askAndFocus(page: Page, sql: string): Promise<void> {
  await ask(page, sql)
  const { grid } = gridOf(page)
  await grid.focus()
  await page.keyboard.press('ControlOrMeta+Home')
}

/** The drawn texts of one column, from the top. */
export async function columnOf(page: Page, position: number): Promise<string[]> {
  const { grid } = gridOf(page)
  await expect(grid.locator('.wait')).toHaveCount(0)
  return grid.evaluate((element, column) => {
    const rows = [...element.querySelectorAll('[role="row"]')]
    const numbered = rows.filter((row) => Number(row.getAttribute('aria-rowindex')) > 1)
    numbered.sort((a, b) => Number(a.getAttribute('aria-rowindex')) - Number(b.getAttribute('aria-rowindex')))
    return numbered.map((row) => row.querySelector(`[aria-colindex="${column + 1}"]`)?.textContent ?? '')
  }, position)
}

/** The text of the cell with the focus. */
export function activeCell(page: Page): Promise<string> {
  return gridOf(page).grid.evaluate(
    (element) => document.getElementById(element.getAttribute('aria-activedescendant') ?? '')?.textContent ?? '',
  )
}

/** Answers the system's dialog for a file to save, which no test can press. */
export async function answerSaveDialog(app: ElectronApplication, path: string | null): Promise<void> {
  await app.evaluate(({ dialog }, chosen) => {
    dialog.showSaveDialog = async () => ({ canceled: chosen === null, filePath: chosen ?? '' })
  }, path)
}

/** The tab of the editor that is shown now, wherever it stands later. */
export async function activeTab(page: Page): Promise<Locator> {
  const { queryTabs } = windowOf(page)
  const name = await queryTabs.and(page.locator('[aria-selected="true"]')).innerText()
  return page.getByRole('tablist', { name: 'Queries' }).getByRole('tab', { name: name.trim(), exact: true })
}

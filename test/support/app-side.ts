import { expect, type Locator, type Page } from '@playwright/test'

/** The left side's saved queries and history by their roles and names. */
export interface LeftSide {
  readonly tabs: Locator
  readonly historyField: Locator
  /** The runs found, the newest first. */
  readonly runs: Locator
  readonly chosenRun: Locator
  readonly savedQueries: Locator
  readonly saveDialog: Locator
}

/** The left side, found anew at each use. */
export function leftSideOf(page: Page): LeftSide {
  return {
    tabs: page.getByRole('tablist', { name: 'Left side' }).getByRole('tab'),
    historyField: page.getByRole('textbox', { name: 'Search history' }),
    runs: page.getByRole('listbox', { name: 'History' }).getByRole('option'),
    chosenRun: page.getByRole('region', { name: 'Chosen run' }),
    savedQueries: page.getByRole('listbox', { name: 'Saved queries' }).getByRole('option'),
    saveDialog: page.getByRole('dialog', { name: 'Save query' }),
  }
}

/** Opens the history by its key and waits until its filter has the focus. */
export async function openHistory(page: Page): Promise<void> {
  await page.keyboard.press('ControlOrMeta+Shift+H')
  await expect(leftSideOf(page).historyField).toBeFocused()
}

/** Saves the shown tab by Ctrl+S under a name that is free. */
export async function saveAs(page: Page, name: string): Promise<void> {
  const { saveDialog } = leftSideOf(page)
  await page.keyboard.press('ControlOrMeta+S')
  await saveDialog.getByRole('textbox', { name: 'Name' }).fill(name)
  await page.keyboard.press('Enter')
  await expect(saveDialog).toBeHidden()
}

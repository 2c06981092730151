import { expect, test } from '@playwright/test'
import { ended, goToLine, gridColumns, gridRows, openTab, pasteText } from '../support/app-query'
import { startLocalDatabase, windowOf } from '../support/app-window'
import { type LaunchedApp, launchApp, removeUserData } from '../support/launch-app'

/** 20 MB: 200,000 statements of 100 bytes. */
const LINE = `select 1 as one, 'é; it''s a line of a hundred bytes or so; with a semicolon or two -- in it' as text;\n`
const LINES = 200_000

test.describe('a script of 20 MB', () => {
  test.describe.configure({ mode: 'default' })
  let launched: LaunchedApp

  test.beforeAll(async () => {
    launched = await launchApp()
    await startLocalDatabase(launched.page)
    await openTab(launched.page)
    await windowOf(launched.page).editor.focus()
    await pasteText(launched.page, LINE.repeat(LINES))
    await expect(windowOf(launched.page).runBar.getByRole('button', { name: 'Run', exact: true })).toBeEnabled({
      timeout: 30_000,
    })
  })
  test.afterEach(() => launched.assertNoViolations())
  test.afterAll(async () => {
    await launched.close()
    await removeUserData(launched.userData)
  })

  test('can be typed into, and runs the statement at the caret', async () => {
    const { page, screenshot } = launched
    await goToLine(page, 3)
    await page.keyboard.press('Home')

    await page.keyboard.type('select 42 as forty_two;', { delay: 60 })

    await page.keyboard.press('Home')
    await page.keyboard.press('ControlOrMeta+Enter')
    await ended(page, 'Complete')
    expect(await gridColumns(page, 1)).toEqual(['forty_two'])
    expect(await gridRows(page, 1)).toEqual([['42']])
    await screenshot('large-script')
  })

  test('runs as a whole while the window goes on, keeps its first thousand results, and can be cancelled', async () => {
    const { page, screenshot } = launched
    const { queryStatus, results, messages, runBar } = windowOf(page)

    await runBar.getByRole('button', { name: 'Run all', exact: true }).click()
    await expect(queryStatus).toHaveText(/^Running.*statement \d{1,3},\d{3} of 200,001/, { timeout: 60_000 })
    await page.keyboard.press('ControlOrMeta+Shift+P')
    await expect(page.getByRole('dialog', { name: 'Commands' })).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(queryStatus).toHaveText(/^Running/)
    await runBar.getByRole('button', { name: 'Cancel' }).click()

    await ended(page, 'Cancelled')
    await expect(results).toHaveCount(101) // a hundred and Messages
    await results.last().click()
    await expect(messages).toContainText('forty_two')
    await screenshot('large-script-cancelled')
  })
})

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { expectJournalHolds, filesWith } from '../support/app-files'
import { editorText, ended, openTab, run, writeSql } from '../support/app-query'
import { leftSideOf, openHistory, saveAs } from '../support/app-side'
import { startLocalDatabase, treeItem, windowOf } from '../support/app-window'
import { launchApp, removeUserData } from '../support/launch-app'
import { sharedApp } from '../support/shared-app'

const SECRET = 'sesame-4711-hidden'

test.describe('history and saved queries', () => {
  const launched = sharedApp()

  test('a run, a failed and a cancelled one appear with what they must say', async () => {
    const { page, screenshot } = launched
    const { runs } = leftSideOf(page)
    await openHistory(page)

    await writeSql(page, 'select * from generate_series(1, 1234) as numbered')
    await run(page, 'Run all')
    await writeSql(page, 'select nothing_here')
    await run(page, 'Run all', 'Failed')
    await writeSql(page, 'select pg_sleep(600)')
    await page.keyboard.press('ControlOrMeta+Shift+Enter')
    await expect(runs.first()).toHaveAccessibleName(/^select pg_sleep\(600\), running/)
    await page.keyboard.press('Escape')
    await ended(page, 'Cancelled')

    await expect(runs).toHaveCount(3)
    await expect(runs.nth(0)).toHaveAccessibleName(/^select pg_sleep\(600\), cancelled, .*today \d\d:\d\d/)
    await expect(runs.nth(1)).toHaveAccessibleName(/^select nothing_here, failed/)
    await expect(runs.nth(2)).toHaveAccessibleName(/numbered, complete, today \d\d:\d\d · .* · 1,234 rows · .+@/)
    await runs.nth(1).click()
    await expect(leftSideOf(page).chosenRun).toContainText('ERROR: column "nothing_here" does not exist')
    await screenshot('history')
  })

  test('typing filters, and Enter opens the run in a new tab', async () => {
    const { page } = launched
    const { runs, historyField } = leftSideOf(page)
    const tabs = await windowOf(page).queryTabs.count()
    await openHistory(page)

    await historyField.fill('GENERATE numbered')
    await expect(runs).toHaveCount(1)
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')

    await expect(windowOf(page).queryTabs).toHaveCount(tabs + 1)
    await expect.poll(() => editorText(page)).toBe('select * from generate_series(1, 1234) as numbered')
    await openHistory(page)
    await historyField.fill('no run holds this')
    await expect(page.getByText('No run holds “no run holds this”.')).toBeVisible()
    await historyField.fill('')
  })

  test('Shift+Enter inserts a run at the caret', async () => {
    const { page } = launched
    await openTab(page)
    await page.keyboard.insertText('-- before\n')
    await openHistory(page)

    await page.keyboard.insertText('nothing_here')
    await expect(leftSideOf(page).runs).toHaveCount(1)
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Shift+Enter')

    await expect.poll(() => editorText(page)).toBe('-- before\nselect nothing_here')
    await leftSideOf(page).historyField.fill('')
  })

  test('a password is never in the history, nor in a file but the tab’s own', async () => {
    const { page, userData, screenshot } = launched
    const { runs, chosenRun } = leftSideOf(page)
    await openTab(page)
    await openHistory(page)

    await writeSql(page, `create role keeper login password '${SECRET}'`)
    await run(page, 'Run all')
    await expect(runs.first()).toHaveAccessibleName(/^create role keeper login password '•••', complete/)
    await runs.first().click()

    await expect(chosenRun).toContainText("create role keeper login password '•••'")
    await expect(chosenRun).toContainText('A password was masked.')
    await page.emulateMedia({ colorScheme: 'dark' })
    await screenshot('history-masked-dark')
    await page.emulateMedia({ colorScheme: 'light' })
    const found = await filesWith(userData, SECRET)
    expect(found.filter((path) => !path.startsWith('workspaces/'))).toEqual([])
  })

  test('a removed run is gone, and clearing asks first', async () => {
    const { page } = launched
    const { runs, tabs } = leftSideOf(page)
    await tabs.filter({ hasText: 'History' }).click()
    const before = await runs.count()

    await runs.first().click()
    await page.keyboard.press('Delete')
    await expect(runs).toHaveCount(before - 1)
    await page.getByRole('button', { name: 'Runs of this connection' }).click()
    await page.getByRole('menuitem', { name: 'Clear history…' }).click()
    const question = page.getByRole('alertdialog', { name: 'Clear the history of this connection' })
    await expect(question.getByRole('button', { name: 'Cancel' })).toBeFocused()
    await question.getByRole('button', { name: 'Clear history' }).click()

    await expect(page.getByText('No runs yet.')).toBeVisible()
    await tabs.filter({ hasText: 'Explorer' }).click()
    await expect(treeItem(page, 'public')).toBeVisible()
  })

  test('a query is saved by name, found with Ctrl+P, and never overwritten unasked', async () => {
    const { page, userData, screenshot } = launched
    const { tabs, savedQueries, saveDialog } = leftSideOf(page)
    const file = join(userData, 'queries', 'Monthly report.sql')
    await openTab(page)
    await writeSql(page, 'select 1 as monthly -- é🐘')

    await saveAs(page, 'Monthly report')
    await expect(windowOf(page).queryTabs.filter({ hasText: 'Monthly report' })).toHaveAccessibleName('Monthly report')
    expect(await readFile(file, 'utf8')).toBe('select 1 as monthly -- é🐘')
    await writeSql(page, 'select 2 as monthly')
    await expect(windowOf(page).queryTabs.filter({ hasText: 'Monthly' })).toHaveAccessibleName(/not saved/)
    await page.keyboard.press('ControlOrMeta+S')
    await expect.poll(() => readFile(file, 'utf8')).toBe('select 2 as monthly')

    await openTab(page)
    await writeSql(page, 'select 3')
    await page.keyboard.press('ControlOrMeta+S')
    await saveDialog.getByRole('textbox', { name: 'Name' }).fill('Monthly report')
    await page.keyboard.press('Enter')
    await expect(saveDialog).toContainText('Monthly report.sql exists already.')
    await screenshot('save-query-exists')
    await page.keyboard.press('Enter')
    expect(await readFile(file, 'utf8')).toBe('select 2 as monthly')
    await page.keyboard.press('Escape')

    await page.keyboard.press('ControlOrMeta+P')
    await page.getByRole('combobox', { name: 'Go to' }).fill('monthly rep')
    await expect(page.getByRole('option', { name: 'Monthly report saved query' })).toBeVisible()
    await page.getByRole('option', { name: 'Monthly report saved query' }).click()
    await expect.poll(() => editorText(page)).toBe('select 2 as monthly')

    await tabs.filter({ hasText: 'Queries' }).click()
    await expect(savedQueries).toHaveText([/^Monthly report/])
    await screenshot('saved-queries')
  })

  test('a file that another program changed is not overwritten unasked', async () => {
    const { page, userData } = launched
    const file = join(userData, 'queries', 'Monthly report.sql')
    await leftSideOf(page).tabs.filter({ hasText: 'Queries' }).click()
    await leftSideOf(page).savedQueries.first().dblclick()
    await writeFile(file, 'select 99')
    await writeSql(page, 'select 4')

    await page.keyboard.press('ControlOrMeta+S')
    const question = page.getByRole('alertdialog', { name: 'Monthly report.sql was changed by another program' })
    await question.getByRole('button', { name: 'Cancel' }).click()
    const kept = await readFile(file, 'utf8')
    await windowOf(page).editor.focus()
    await page.keyboard.press('ControlOrMeta+S')
    await question.getByRole('button', { name: 'Replace it' }).click()

    await expect.poll(() => readFile(file, 'utf8')).toBe('select 4')
    expect(kept).toBe('select 99')
  })
})

test('after kill -9 the history, the tab of a saved query and the chosen side are there', async () => {
  let launched = await launchApp()
  const { userData } = launched
  try {
    await startLocalDatabase(launched.page)
    await leftSideOf(launched.page).tabs.filter({ hasText: 'Queries' }).click()
    await expectJournalHolds(userData, '"leftPanel":"queries"')
    await writeSql(launched.page, 'select 42 as kept')
    await run(launched.page, 'Run all')
    await saveAs(launched.page, 'kept')
    await expect(windowOf(launched.page).queryTabs).toHaveText([/kept/])
    await writeSql(launched.page, 'select pg_sleep(600) as cut_off')
    await launched.page.keyboard.press('ControlOrMeta+Shift+Enter')
    await expect(windowOf(launched.page).queryStatus).toHaveText(/^Running/)
    await expect.poll(() => filesWith(userData, 'as cut_off')).toHaveLength(2)

    await launched.kill()
    launched = await launchApp({ userData })
    await startLocalDatabase(launched.page)
    await expect(leftSideOf(launched.page).savedQueries).toHaveText([/^kept/])
    await openHistory(launched.page)

    const { runs } = leftSideOf(launched.page)
    await expect(runs.nth(0)).toHaveAccessibleName(/^select pg_sleep\(600\) as cut_off, lost/)
    await expect(runs.nth(1)).toHaveAccessibleName(/^select 42 as kept, complete/)
    await expect(windowOf(launched.page).queryTabs).toHaveText([/kept/])
    await expect(windowOf(launched.page).queryTabs.first()).toHaveAccessibleName('kept, not saved')
    launched.assertNoViolations()
  } finally {
    await launched.close()
    await removeUserData(userData)
  }
})

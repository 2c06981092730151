import { expect, test } from '@playwright/test'
import { activeTab } from '../support/app-grid'
import { ask, ended, openTab, writeSql } from '../support/app-query'
import { windowOf } from '../support/app-window'
import { sharedApp } from '../support/shared-app'

test.describe('the activity view', () => {
  const launched = sharedApp({ inNewTab: true })

  test('names the tab that blocks another, cancels the waiting statement and terminates the blocker', async () => {
    const { page, screenshot } = launched
    const { queryTabs, queryStatus } = windowOf(page)
    const holder = await queryTabs.count()
    await ask(page, 'create table busy (i int); begin; lock table busy; select 1')
    const holderTitle = (await queryTabs.nth(holder - 1).innerText()).trim()
    await openTab(page)
    const waiterTitle = (await queryTabs.nth(holder).innerText()).trim()
    await writeSql(page, 'select count(*) from busy')
    await page.keyboard.press('ControlOrMeta+Enter')
    await expect(queryStatus).toHaveText(/^Running/)

    await page.keyboard.press('ControlOrMeta+Alt+S')
    const dialog = page.getByRole('dialog', { name: 'Activity' })
    const sessions = dialog.getByRole('listbox', { name: 'Sessions' }).getByRole('option')
    await expect(dialog.getByRole('textbox', { name: 'Filter sessions' })).toBeFocused()
    await expect(sessions.first()).toHaveAccessibleName(
      new RegExp(`^Tab “${holderTitle}”, pid \\d+, .*idle in transaction for .*, blocks 1$`),
    )
    await expect(sessions.nth(1)).toHaveAccessibleName(
      new RegExp(`^Tab “${waiterTitle}”, pid \\d+, .*active for .*, blocked by \\d+$`),
    )
    await expect(dialog.getByRole('status', { name: 'Activity status' })).toHaveText(/^\d+ of 100 sessions$/)
    await sessions.nth(1).click()
    await expect(dialog.getByRole('region', { name: 'Chosen session' })).toContainText('select count(*) from busy')
    await screenshot('activity')

    await dialog.getByRole('button', { name: 'Cancel statement' }).click()
    const question = page.getByRole('alertdialog', { name: 'Cancel statement' })
    await expect(question).toContainText(`Your tab “${waiterTitle}”`)
    await screenshot('activity-cancel')
    await question.getByRole('button', { name: 'Cancel statement' }).click()
    await expect(sessions.filter({ hasText: 'blocked by' })).toHaveCount(0)
    await expect(sessions.first()).not.toHaveAccessibleName(/blocks/)

    await sessions.filter({ hasText: holderTitle }).first().click()
    await page.keyboard.press('Delete')
    await page
      .getByRole('alertdialog', { name: 'Terminate session' })
      .getByRole('button', { name: 'Terminate session' })
      .click()
    await expect(sessions.filter({ hasText: 'idle in transaction' })).toHaveCount(0)
    await dialog.getByRole('button', { name: 'Close' }).click()
    await expect(dialog).toHaveCount(0)
    await ended(page, 'Failed')
    await queryTabs.nth(holder - 1).click()
    await expect(queryStatus).toHaveText(/^Lost/)
  })

  test('filters, pauses, and goes to a tab with Enter', async () => {
    const { page, screenshot } = launched
    await ask(page, 'select 4711 as find_me')
    const tab = await activeTab(page)
    await openTab(page)
    await page.keyboard.press('ControlOrMeta+Alt+S')
    const dialog = page.getByRole('dialog', { name: 'Activity' })
    const sessions = dialog.getByRole('listbox', { name: 'Sessions' }).getByRole('option')
    await dialog.getByText('Server processes').click()
    await expect(sessions.filter({ hasText: 'checkpointer' })).toHaveCount(1)
    await screenshot('activity-processes')

    await dialog.getByRole('textbox', { name: 'Filter sessions' }).fill('find_me')
    await expect(sessions).toHaveCount(1)
    await dialog.getByRole('button', { name: 'Pause' }).click()
    await expect(dialog.getByRole('status', { name: 'Activity status' })).toHaveText(/paused$/)
    await sessions.first().click()
    await page.keyboard.press('Enter')

    await expect(dialog).toHaveCount(0)
    await expect(tab).toHaveAttribute('aria-selected', 'true')
  })
})

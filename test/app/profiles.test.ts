import { expect, test } from '@playwright/test'
import { windowOf } from '../support/app-window'
import { type LaunchedApp, launchApp, removeUserData } from '../support/launch-app'

test.describe('profiles', () => {
  test.describe.configure({ mode: 'default' })
  let launched: LaunchedApp

  test.beforeAll(async () => {
    launched = await launchApp()
  })
  test.afterAll(async () => {
    await launched.close()
    await removeUserData(launched.userData)
  })

  test('a section that holds a problem is marked and shown', async () => {
    const { page, screenshot } = launched
    const { dialog } = windowOf(page)
    await page.getByRole('button', { name: 'New connection' }).click()
    await dialog.getByRole('textbox', { name: 'Database' }).fill('d')
    await dialog.getByRole('textbox', { name: 'Role' }).fill('r')
    await dialog.getByRole('tab', { name: 'Session' }).click()
    await dialog.getByRole('textbox', { name: 'Lock timeout' }).fill('5')
    await dialog.getByRole('tab', { name: 'General' }).click()

    await dialog.getByRole('button', { name: 'Connect', exact: true }).click()

    await expect(dialog.getByRole('tab', { name: 'Session' })).toContainText('1 field to mend')
    await expect(dialog.getByRole('textbox', { name: 'Lock timeout' })).toBeFocused()
    await screenshot('profiles-problem')
    await dialog.getByRole('button', { name: 'Discard edits' }).click()
    await dialog.getByRole('button', { name: 'Close' }).click()
  })
})

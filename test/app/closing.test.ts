import { once } from 'node:events'
import { expect, test } from '@playwright/test'
import { ask, ended, openTab, run, writeSql } from '../support/app-query'
import { startLocalDatabase, windowOf } from '../support/app-window'
import { type LaunchedApp, launchApp, removeUserData } from '../support/launch-app'

let launched: LaunchedApp
test.beforeEach(async () => {
  launched = await launchApp()
  await startLocalDatabase(launched.page)
})
test.afterEach(async () => {
  await launched.close()
  await removeUserData(launched.userData)
})

/** The dialog that asks, and its buttons. */
function dialogOf({ page }: LaunchedApp) {
  const dialog = page.getByRole('alertdialog', { name: 'Open transactions' })
  const button = (name: string) => dialog.getByRole('button', { name })
  return { dialog, button }
}

/** Begins a transaction in the shown tab that makes a table. */
async function beginWith(table: string): Promise<void> {
  await writeSql(launched.page, `begin;\ncreate table ${table} (i int);`)
  await run(launched.page, 'Run all')
}

test('quitting with open transactions asks; Stay keeps everything, Commit commits and quits', async () => {
  const { page, app, screenshot, userData } = launched
  const { dialog, button } = dialogOf(launched)
  await beginWith('first_kept')
  await openTab(page)
  await beginWith('second_kept')

  await app.evaluate(({ app: running }) => running.quit())
  await expect(dialog).toContainText('Query 1')
  await expect(dialog).toContainText('Query 2')
  await expect(dialog.getByRole('button')).toHaveText(['', 'Stay', 'Commit and close', 'Roll back and close'])
  await screenshot('closing-dialog')
  await button('Stay').click()
  await expect(windowOf(page).transaction).toHaveText(/^In transaction/)
  await app.evaluate(({ app: running }) => running.quit())
  const gone = once(app.process(), 'exit')
  await button('Commit and close')
    .click()
    .catch(() => {}) // the window may be gone before the click is over
  await gone

  launched = await launchApp({ userData })
  await startLocalDatabase(launched.page)
  expect(await ask(launched.page, `select to_regclass('first_kept'), to_regclass('second_kept')`)).toEqual([
    ['first_kept', 'second_kept'],
  ])
})

test('closing the window rolls back when told to, and offers no commit for an aborted transaction', async () => {
  const { page, app, screenshot, userData } = launched
  const { dialog, button } = dialogOf(launched)
  await beginWith('rolled_back')
  await writeSql(page, 'select 1/0;')
  await run(page, 'Run all', 'Failed')

  await page
    .getByRole('button', { name: 'Close window' })
    .or(page.getByRole('button', { name: 'Close', exact: true }))
    .first()
    .click()
  await expect(dialog).toContainText('can only be rolled back')
  await expect(dialog.getByRole('button')).toHaveText(['', 'Stay', 'Roll back and close'])
  await screenshot('closing-aborted')
  const gone = once(app.process(), 'exit')
  await button('Roll back and close')
    .click()
    .catch(() => {}) // the window may be gone before the click is over
  await gone

  launched = await launchApp({ userData })
  await startLocalDatabase(launched.page)
  expect(await ask(launched.page, `select to_regclass('rolled_back')`)).toEqual([['<NULL>']])
})

test('closing the connection with an open transaction asks as well', async () => {
  const { page } = launched
  const { dialog, button } = dialogOf(launched)
  await beginWith('of_the_connection')

  await page.keyboard.press('ControlOrMeta+Shift+P')
  await page.getByRole('dialog', { name: 'Commands' }).getByRole('combobox').fill('Close connection')
  await page.keyboard.press('Enter')
  await expect(dialog).toBeVisible()
  await button('Roll back and close').click()

  await expect(windowOf(page).startLocal).toBeVisible()
})

test('a window that hangs with an open transaction still closes', async () => {
  const { page, app } = launched
  await beginWith('of_a_hung_window')
  const process_ = app.process()
  const gone = once(process_, 'exit')

  // Both begin after they were answered: nothing waits for a page that never answers.
  await page.evaluate(() => {
    setTimeout(() => {
      for (;;);
    })
  })
  await app.evaluate(({ BrowserWindow }) => void setTimeout(() => BrowserWindow.getAllWindows()[0]?.close()))

  await gone
  expect(process_.exitCode).toBe(0)
})

test('a signal ends the app without asking', async () => {
  const process_ = launched.app.process()
  await beginWith('of_a_signal')
  const gone = once(process_, 'exit')

  process_.kill('SIGTERM')

  await gone
  expect(process_.exitCode).toBe(0)
})

test('cancelling while a session is still being opened ends the run at once', async () => {
  const { page } = launched
  const { runBar, queryStatus } = windowOf(page)
  await openTab(page)
  await writeSql(page, 'select 1 as one')
  await page.evaluate(() => {
    // Both keys in one turn: the engine cannot have opened a session in between.
    const press = (name: string) => {
      const button = [...document.querySelectorAll('button')].find((one) => one.getAttribute('aria-label') === name)
      button?.click()
    }
    press('Run')
    return new Promise<void>((resolve) =>
      queueMicrotask(() => {
        press('Cancel')
        resolve()
      }),
    )
  })

  await expect(queryStatus).toHaveText(/^(Cancelled|Complete)/)
  await runBar.getByRole('button', { name: 'Run', exact: true }).click()
  await ended(page, 'Complete')
})

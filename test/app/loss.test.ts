import { expect, type Page, test } from '@playwright/test'
import { expectJournalHolds } from '../support/app-files'
import { postmasterPid, processGone } from '../support/app-processes'
import { editorText, ended, gridRows, messagesText, openTab, run, writeSql } from '../support/app-query'
import { startLocalDatabase, windowOf, wordsOf } from '../support/app-window'
import { type Cluster, startCluster } from '../support/cluster'
import { createDatabaseOn, type TestDatabase } from '../support/database-on'
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy'
import { type LaunchedApp, launchApp, removeUserData } from '../support/launch-app'

/** For a second at least: the statement is with the server, not on its way there. */
const AT_WORK = /^Running.*[1-9]\d*\.\d s/

test.describe('a window that is reloaded', () => {
  let launched: LaunchedApp
  test.beforeEach(async () => {
    launched = await launchApp()
    await startLocalDatabase(launched.page)
  })
  test.afterEach(async () => {
    await launched.close()
    await removeUserData(launched.userData)
  })

  test('shows its tabs again, the rows of one and the statement that still runs in the other', async () => {
    const { app, page, screenshot, assertNoViolations } = launched
    const { queryTabs, queryStatus, transaction, runBar } = windowOf(page)
    await writeSql(page, 'begin; select i from generate_series(1, 300) i')
    await run(page, 'Run all')
    await openTab(page)
    await writeSql(page, 'select pg_sleep(600) as nap')
    await page.keyboard.press('ControlOrMeta+Enter')
    await expect(queryStatus).toHaveText(AT_WORK)

    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.reload())

    await expect(queryTabs).toHaveText([/Query 1/, /Query 2/])
    await expect(queryStatus).toHaveText(/^Running/)
    await expect.poll(() => editorText(page)).toBe('select pg_sleep(600) as nap')
    await screenshot('loss-reloaded')
    await runBar.getByRole('button', { name: 'Cancel' }).click()
    await ended(page, 'Cancelled')
    await queryTabs.first().click()
    await expect(transaction).toHaveText(/^In transaction/)
    expect((await gridRows(page, 1)).slice(0, 2)).toEqual([['1'], ['2']])
    await writeSql(page, 'commit')
    await run(page, 'Run')
    await expect(transaction).toHaveText('No transaction')
    assertNoViolations()
  })

  test('after a crash finds its tab and the statement that still runs, and can cancel it', async () => {
    const { app, page, userData } = launched
    await writeSql(page, 'select pg_sleep(600) as nap')
    await page.keyboard.press('ControlOrMeta+Enter')
    await expect(windowOf(page).queryStatus).toHaveText(AT_WORK)
    await expectJournalHolds(userData, 'pg_sleep')

    await app.evaluate(
      ({ BrowserWindow }) =>
        new Promise<void>((resolve) => {
          const contents = BrowserWindow.getAllWindows()[0]?.webContents
          contents?.once('did-finish-load', () => resolve())
          contents?.forcefullyCrashRenderer()
        }),
    )

    // The page that Playwright held is gone for good: the new one is looked at through the main process.
    const inPage = (script: string) =>
      app.evaluate(
        ({ BrowserWindow }, code) => BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(code),
        script,
      )
    const status = () => inPage(`document.querySelector('[aria-label="Query status"]')?.textContent ?? ''`)
    await expect.poll(status).toMatch(/^Running/)
    await expect.poll(() => inPage(`document.querySelector('.view-line')?.textContent ?? ''`)).toContain('pg_sleep')
    await inPage(
      `[...document.querySelectorAll('button')].find((each) => each.textContent?.trim().startsWith('Cancel'))?.click()`,
    )
    await expect.poll(status).toMatch(/^Cancelled/)
  })
})

test.describe('a server that is restarted under an open tab', () => {
  let launched: LaunchedApp
  test.beforeEach(async () => {
    launched = await launchApp()
    await startLocalDatabase(launched.page)
  })
  test.afterEach(async () => {
    await launched.close()
    await removeUserData(launched.userData)
  })

  for (const [mode, signal] of [
    ['fast', 'SIGINT'],
    ['immediate', 'SIGQUIT'],
  ] as const) {
    test(`(${mode}) is said with what became of the transaction; text and rows stay, and the next run reconnects`, async () => {
      const { page, userData, screenshot, assertNoViolations } = launched
      const { queryStatus, transaction } = windowOf(page)
      const script = 'begin; select i from generate_series(1, 300) i'
      await writeSql(page, script)
      await run(page, 'Run all')
      await expect(transaction).toHaveText(/^In transaction/)
      const before = await postmasterPid(userData)

      process.kill(before ?? 0, signal)

      await expect(queryStatus).toHaveText(/^Lost/)
      await processGone(before ?? 0)
      await expect(page.getByRole('status', { name: 'Loss' })).toHaveText(
        'The server ended the session and rolled back what was not committed.',
      )
      await expect(transaction).toHaveText('No transaction')
      expect(await editorText(page)).toBe(script)
      await windowOf(page).results.first().click()
      await expect(page.getByRole('note')).toHaveText('These rows are from before the session was lost.')
      expect((await gridRows(page, 1)).slice(0, 2)).toEqual([['1'], ['2']])
      await screenshot(`loss-restart-${mode}`)
      await writeSql(page, 'select 2 as again')
      await run(page, 'Run')
      expect(await gridRows(page, 1)).toEqual([['2']])
      assertNoViolations()
    })
  }
})

test.describe('a connection that goes through a bad network', () => {
  let cluster: Cluster
  let database: TestDatabase
  let proxy: FaultProxy
  let launched: LaunchedApp
  test.beforeEach(async () => {
    cluster = await startCluster()
    database = await createDatabaseOn(cluster.facts, 'postgres')
    await database.query('create table kept (id int); grant all on kept to public')
    proxy = await startFaultProxy({ host: cluster.facts.host, port: cluster.facts.port })
    launched = await launchApp()
    await connectThrough(launched.page, proxy.port)
  })
  test.afterEach(async () => {
    await launched.close()
    await removeUserData(launched.userData)
    await proxy.close()
    await cluster.stop()
  })

  const connectThrough = async (page: Page, port: number) => {
    const { dialog, statusBar, editor } = windowOf(page)
    await page.getByRole('button', { name: 'New connection' }).click()
    await dialog.getByRole('textbox', { name: 'Connection URL' }).focus()
    await page.keyboard.insertText(
      `postgres://trusted@127.0.0.1:${port}/${database.name}?sslmode=disable&require_auth=none`,
    )
    await dialog.getByRole('button', { name: 'Connect', exact: true }).click()
    await expect(statusBar).toContainText('Connected')
    await editor.waitFor({ state: 'attached' })
  }

  test('and loses the answer to COMMIT says that nobody knows, and the server says that it was committed', async () => {
    const { page, screenshot, assertNoViolations } = launched
    const { queryStatus } = windowOf(page)
    const notice = page.getByRole('status', { name: 'Loss' })
    await writeSql(page, 'begin; insert into kept values (1)')
    await run(page, 'Run all')
    await writeSql(page, 'commit')
    // The id of the transaction is asked for first: only the answer to COMMIT itself is kept back.
    proxy.holdAfter((sent) => sent.includes('commit\0'))
    await page.keyboard.press('ControlOrMeta+Enter')
    await expect.poll(async () => (await database.query('select * from kept')).rowCount).toBe(1)

    proxy.recover()
    proxy.resetAll()

    await expect(queryStatus).toHaveText(/^Lost/)
    await expect(notice).toContainText('Whether what ran took effect is unknown here')
    await screenshot('loss-unknown')
    await notice.getByRole('button', { name: 'Check' }).click()
    await expect(notice).toHaveText(/^Transaction \d+ was committed: its changes are in the database\.$/)
    await screenshot('loss-checked')
    expect(await messagesText(page)).toContain('unknown')
    assertNoViolations()
  })

  test('that swallows everything is noticed within 15 seconds while the tab is idle in a transaction', async () => {
    const { page, screenshot, assertNoViolations } = launched
    const { queryStatus } = windowOf(page)
    await writeSql(page, 'begin; select 1 as one')
    await run(page, 'Run all')

    proxy.goSilent()

    await expect(queryStatus).toHaveText(/^Lost.*did not answer/, { timeout: 15_000 })
    await expect(page.getByRole('status', { name: 'Loss' })).toContainText('was not committed')
    await screenshot('loss-silent')
    proxy.recover()
    await writeSql(page, 'select 2 as two')
    await run(page, 'Run')
    expect(await gridRows(page, 1)).toEqual([['2']])
    assertNoViolations()
  })

  test('that swallows everything is noticed within 30 seconds under a running statement', async () => {
    const { page, assertNoViolations } = launched
    const { queryStatus } = windowOf(page)
    await writeSql(page, 'select pg_sleep(600)')
    await page.keyboard.press('ControlOrMeta+Enter')
    await expect(queryStatus).toHaveText(/^Running(?! connecting)/)

    proxy.goSilent()

    await expect(queryStatus).toHaveText(/^Lost/, { timeout: 30_000 })
    expect(await wordsOf(page.getByRole('status', { name: 'Loss' }))).toContain('unknown')
    assertNoViolations()
  })
})

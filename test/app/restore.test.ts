import { expect, type Page, test } from '@playwright/test'
import { type Door, startDoor } from '../support/app-door'
import { expectJournalHolds, journalText } from '../support/app-files'
import { isRunning, postmasterPid, postmastersOf } from '../support/app-processes'
import { ask, editorText, openTab, run, writeSql } from '../support/app-query'
import { openRecent, startLocalDatabase, windowOf } from '../support/app-window'
import { type Cluster, startCluster } from '../support/cluster'
import { type LaunchedApp, launchApp, removeUserData } from '../support/launch-app'

/** Types into three tabs and puts the last one first: "Query 3, Query 1, Query 2". */
async function typeIntoThreeTabs(page: Page, lastText: string): Promise<void> {
  const { editor, queryTabs } = windowOf(page)
  for (const text of ["select 'first 🐘'", '-- the second,\n-- in two lines', lastText]) {
    if (text !== "select 'first 🐘'") await openTab(page)
    await editor.focus()
    await page.keyboard.type(text)
    await page.keyboard.press('Escape') // whatever was suggested meanwhile
  }
  for (const expected of [/Query 1.*Query 3.*Query 2/, /Query 3.*Query 1.*Query 2/]) {
    await page.keyboard.press('ControlOrMeta+Shift+PageUp')
    await expect.poll(async () => (await queryTabs.allInnerTexts()).join(' ')).toMatch(expected)
  }
}

/** Reads the tabs from left to right: title and text of each. */
async function readTabs(page: Page): Promise<string[][]> {
  const { queryTabs } = windowOf(page)
  const titles = await queryTabs.allInnerTexts()
  const tabs: string[][] = []
  for (const [at, title] of titles.entries()) {
    await queryTabs.nth(at).click()
    await expect(queryTabs.nth(at)).toHaveAttribute('aria-selected', 'true')
    tabs.push([title.trim(), await editorText(page)])
  }
  return tabs
}

const THREE = (lastText: string) => [
  ['Query 3', lastText],
  ['Query 1', "select 'first 🐘'"],
  ['Query 2', '-- the second,\n-- in two lines'],
]

test.describe('nothing typed is lost', () => {
  let launched: LaunchedApp

  test.beforeEach(async () => {
    launched = await launchApp()
  })
  test.afterEach(async () => {
    await launched.close()
    await removeUserData(launched.userData)
  })

  test('tabs, texts and order come back after kill -9', async () => {
    const { userData } = launched
    await startLocalDatabase(launched.page)
    await typeIntoThreeTabs(launched.page, 'select 3 as third')
    await expectJournalHolds(userData, 'select 3 as third')

    await launched.kill()
    launched = await launchApp({ userData })
    await startLocalDatabase(launched.page)

    await expect(windowOf(launched.page).queryTabs).toHaveCount(3)
    await expect.poll(() => readTabs(launched.page)).toEqual(THREE('select 3 as third'))
    await launched.screenshot('restore-after-kill')
    launched.assertNoViolations()
  })

  test('manual commit of a tab comes back after kill -9', async () => {
    const { userData, page } = launched
    await startLocalDatabase(page)
    await windowOf(page).runBar.getByRole('button', { name: 'Commit mode' }).click()
    await page.getByRole('menuitem', { name: /^Manual commit/ }).click()
    await expectJournalHolds(userData, '"commitMode":"manual"')

    await launched.kill()
    launched = await launchApp({ userData })
    await startLocalDatabase(launched.page)

    await expect(windowOf(launched.page).runBar.getByRole('button', { name: 'Commit mode' })).toContainText('Manual')
  })

  test('what was typed a second before kill -9 comes back', async () => {
    const { userData, page } = launched
    await startLocalDatabase(page)

    await typeIntoThreeTabs(page, 'select 3')
    await windowOf(page).editor.focus()
    await page.keyboard.press('ControlOrMeta+End')
    await page.keyboard.type(' as the_last_word')
    // The promise is about time, so this waits for time and for nothing else.
    await page.waitForTimeout(1_000)
    await launched.kill()
    launched = await launchApp({ userData })
    await startLocalDatabase(launched.page)

    await expect.poll(() => readTabs(launched.page)).toEqual(THREE('select 3 as the_last_word'))
  })

  test('tabs, texts and order come back after a normal quit right behind the last key', async () => {
    const { userData } = launched
    await startLocalDatabase(launched.page)
    await typeIntoThreeTabs(launched.page, 'select 3 as third')

    const closed = launched.page.waitForEvent('close')
    // The window may be gone before the click is over.
    await launched.page
      .getByRole('button', { name: 'Close window' })
      .click()
      .catch(() => {})
    await closed
    await launched.close()
    launched = await launchApp({ userData })
    await startLocalDatabase(launched.page)

    await expect.poll(() => readTabs(launched.page)).toEqual(THREE('select 3 as third'))
  })

  test('the next start adopts the local server that a killed app left', async () => {
    const { userData } = launched
    await startLocalDatabase(launched.page)
    await writeSql(launched.page, 'create table kept as select 42 as answer')
    await run(launched.page, 'Run')
    const before = await postmasterPid(userData)

    await launched.kill()
    const between = before !== null && isRunning(before)
    launched = await launchApp({ userData })
    await startLocalDatabase(launched.page)

    expect(between).toBe(true)
    expect(await postmasterPid(userData)).toBe(before)
    if (process.platform === 'linux') expect(await postmastersOf(userData)).toEqual([before])
    expect(await ask(launched.page, 'select answer from kept')).toEqual([['42']])
  })

  test('the local server ends with the app', async () => {
    const { userData } = launched
    await startLocalDatabase(launched.page)
    const pid = await postmasterPid(userData)

    await launched.close()

    expect(pid).not.toBeNull()
    expect(await postmasterPid(userData)).toBeNull()
    if (process.platform === 'linux') expect(await postmastersOf(userData)).toEqual([])
  })
})

test.describe('a connection whose server is unreachable', () => {
  let cluster: Cluster
  let door: Door
  let launched: LaunchedApp

  test.beforeAll(async () => {
    cluster = await startCluster()
    door = await startDoor(cluster.facts)
    launched = await launchApp()
  })
  test.afterAll(async () => {
    await launched.close()
    await removeUserData(launched.userData)
    await door.shut()
    await cluster.stop()
  })

  test('says so, keeps its tabs, and shows them when the server is back', async () => {
    const { userData } = launched
    const { dialog } = windowOf(launched.page)
    await launched.page.getByRole('button', { name: 'New connection' }).click()
    await dialog.getByRole('textbox', { name: 'Connection URL' }).focus()
    // A role that needs no password: none is kept over a restart.
    await launched.page.keyboard.insertText(
      `postgres://trusted@127.0.0.1:${door.port}/postgres?sslmode=disable&require_auth=none`,
    )
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Remote')
    await dialog.getByRole('button', { name: 'Connect', exact: true }).click()
    await expect(windowOf(launched.page).statusBar).toContainText('Connected')
    await writeSql(launched.page, 'select 1 as written_while_connected')
    await expectJournalHolds(userData, 'written_while_connected')

    await launched.kill()
    await door.shut()
    launched = await launchApp({ userData })
    await openRecent(launched.page, 'Remote')
    await expect(windowOf(launched.page).alerts).toContainText(`Nothing accepts connections at 127.0.0.1:${door.port}.`)
    await launched.screenshot('restore-unreachable')
    const meanwhile = await journalText(userData)
    await door.open()
    await launched.page.getByRole('button', { name: 'Retry' }).click()

    await expect(windowOf(launched.page).statusBar).toContainText('Connected')
    await expect.poll(() => editorText(launched.page)).toBe('select 1 as written_while_connected')
    expect(meanwhile).toContain('written_while_connected')
    launched.assertNoViolations()
  })
})

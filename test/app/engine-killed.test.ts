import { expect, test } from '@playwright/test'
import {
  chooseMigrationFolder,
  confirmPlan,
  copyMigrations,
  expectMigrations,
  type MigrationCopy,
  pressMigrations,
} from '../support/app-migrations'
import { enginePid, isRunning, processGone } from '../support/app-processes'
import { ask, editorText, ended, gridRows, messagesText, openTab, rowCount, run, writeSql } from '../support/app-query'
import { startLocalDatabase, treeItem, windowOf } from '../support/app-window'
import { type LaunchedApp, launchApp, removeUserData } from '../support/launch-app'

const SLOW = '20300101000000_slow'

test.describe('the engine', () => {
  test.describe.configure({ mode: 'default' })
  let launched: LaunchedApp
  let copy: MigrationCopy

  test.beforeEach(async () => {
    copy = await copyMigrations('nothing')
    launched = await launchApp()
    await startLocalDatabase(launched.page)
  })
  test.afterEach(async () => {
    launched.assertNoViolations()
    await launched.close()
    await removeUserData(launched.userData)
    await copy.remove()
  })

  test('killed while a query runs: the window says so, texts stay, the next run works', async () => {
    const { app, page, screenshot } = launched
    const { queryStatus, queryTabs, messages } = windowOf(page)
    const script = "select pg_sleep(60) as nap -- 'a text nobody saved'"
    await writeSql(page, script)
    await page.keyboard.press('ControlOrMeta+Enter')
    await expect(queryStatus).toHaveText(/^Running/)
    await expectActive(page, 'select pg_sleep(60)')
    await queryTabs.first().click()
    const before = await enginePid(app)

    process.kill(before, 'SIGKILL')

    await expect(queryStatus).toHaveText(/^Lost/)
    await expect(messages.getByRole('alert')).toContainText(
      /stopped and was started again\. It ended with code \d+\. It is unknown whether the statement took effect\./,
    )
    await screenshot('engine-killed-query')
    expect(await editorText(page)).toBe(script)
    expect(await enginePid(app)).not.toBe(before)
    await writeSql(page, 'select 1 as again')
    await run(page, 'Run')
    await expect(windowOf(page).transaction).toHaveText('No transaction')
  })

  test('killed while a tab shows results: statements, tags, row counts and the first rows stay', async () => {
    const { app, page, screenshot } = launched
    const { queryStatus, results, messages } = windowOf(page)
    await writeSql(
      page,
      'create temp table k (i int); insert into k values (1), (2); select i from generate_series(1, 1234) i',
    )
    await run(page, 'Run all')
    const shown = async () => [await messagesText(page), await results.allInnerTexts()]
    const before = await shown()

    process.kill(await enginePid(app), 'SIGKILL')
    await expect(queryStatus).toHaveText(/^Lost/)

    expect(await shown()).toEqual(before)
    await expect(messages).toContainText('INSERT 0 2')
    await results.first().click()
    await expect(page.getByRole('note')).toHaveText('These rows are from before the session was lost.')
    expect([await rowCount(page, 1), (await gridRows(page, 1)).slice(0, 2)]).toEqual([1234, [['1'], ['2']]])
    await screenshot('engine-killed-results')
  })

  test('killed inside a migration: nothing is left, and the second try applies it', async () => {
    const { app, page, screenshot } = launched
    const { migrationStatus, migrations } = windowOf(page)
    await copy.write(SLOW, {
      up: '-- title: Slow\ncreate table slow (i int);\nselect pg_sleep(4);\ninsert into slow values (1);\n',
      down: 'drop table slow;\n',
    })
    await chooseMigrationFolder(app, page, copy.folder)
    await expectMigrations(page, ['Slow, pending'])
    await pressMigrations(page, 'Apply next')
    await confirmPlan(page)
    await expect(migrationStatus).toHaveText('Running 1 of 1, statement 2 of 3')

    process.kill(await enginePid(app), 'SIGKILL')

    await expect(migrationStatus).toHaveText(/^Failed: The part of Strata that talks to the server stopped/)
    await screenshot('engine-killed-migration')
    await expectMigrations(page, ['Slow, pending'])
    expect(await ask(page, "select to_regclass('slow')")).toEqual([['<NULL>']])
    await expect(migrations.getByRole('button', { name: 'Apply next' })).toHaveAttribute('aria-disabled', 'false')
    await pressMigrations(page, 'Apply next')
    await confirmPlan(page)
    await expect(migrationStatus).toHaveText(/^Applied 1 migration in/, { timeout: 30_000 })
    await expectMigrations(page, ['Slow, applied'])
    await expect(treeItem(page, 'slow, table')).toBeVisible()
    expect(await ask(page, 'select i from slow')).toEqual([['1']])
  })

  test('hung: it is noticed within five seconds, and another one takes its place', async () => {
    const { app, page } = launched
    await writeSql(page, 'select 1 as before')
    await run(page, 'Run')
    const before = await enginePid(app)

    const stopped = performance.now()
    process.kill(before, 'SIGSTOP')
    await processGone(before)
    const tookMs = performance.now() - stopped
    await expect(windowOf(page).queryStatus).toHaveText(/^Lost.*It did not answer for 4 seconds and was ended\./)

    expect(tookMs).toBeLessThan(5_500) // the claim is five seconds; half a second is the test's own way of looking
    expect(isRunning(launched.pid)).toBe(true)
    expect(await ask(page, 'select 2 as after')).toEqual([['2']])
  })

  /** Waits, in a tab of its own, until a statement is at work on the server. */
  async function expectActive(page: LaunchedApp['page'], begin: string): Promise<void> {
    await openTab(page)
    await expect
      .poll(() => ask(page, `select count(*) from pg_stat_activity where state = 'active' and query like '${begin}%'`))
      .toEqual([['1']])
    await ended(page, 'Complete')
  }
})

import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ElectronApplication, expect, type Page, test } from '@playwright/test'
import { answerSaveDialog } from '../support/app-grid'
import { enginePid } from '../support/app-processes'
import { ask, ended, gridRows, openTab, rowCount, run, writeSql } from '../support/app-query'
import { windowOf, wordsOf } from '../support/app-window'
import { sharedApp } from '../support/shared-app'
import { openFilesIn } from '../support/spilled-files'

const isLinux = process.platform === 'linux'

test.describe('a large result', () => {
  const launched = sharedApp({ inNewTab: true })

  test("M7: shows its first row within a second, the server's own time for it aside, and stays small", async () => {
    const { app, page } = launched
    const { runBar, queryStatus } = windowOf(page)
    const first = page.getByRole('grid', { name: 'Result 1' }).getByRole('gridcell', { name: '1', exact: true })
    await ask(page, 'select 0') // opens the tab's session
    const before = await appMemory(app)
    await writeSql(page, 'select * from generate_series(1, 5000000)')

    const asked = performance.now()
    await page.keyboard.press('ControlOrMeta+Enter')
    await expect(first.first()).toBeVisible()
    const tookMs = performance.now() - asked
    test.info().annotations.push({ type: 'first row', description: `${Math.round(tookMs)} ms` })

    await expect(queryStatus).not.toHaveText(/^Running/, { timeout: 30_000 })
    expect(await rowCount(page, 1)).toBe(5_000_000)
    await expect(runBar.getByRole('button', { name: 'Cancel' })).toBeDisabled()
    await page.getByRole('grid', { name: 'Result 1' }).focus()
    await page.keyboard.press('ControlOrMeta+End')
    await expect.poll(async () => (await gridRows(page, 1)).at(-1)).toEqual(['5000000'])
    const grownMb = (await appMemory(app)) - before
    test.info().annotations.push({ type: 'memory', description: `grew by ${Math.round(grownMb)} MB` })
    expect(grownMb).toBeLessThan(200)
    expect(tookMs).toBeLessThan(1_000 + (await materializedInMs(page)))
  })

  test('of 10 million rows pauses at 5 million, reads on, and shows any row of it', async () => {
    const { app, page, screenshot, userData } = launched
    const { queryStatus, queryTabs } = windowOf(page)
    const grid = page.getByRole('grid', { name: 'Result 1' })
    const paused = page.getByRole('status', { name: 'Reading paused' })
    const files = async () => (isLinux ? openFilesIn(join(userData, 'results'), await enginePid(app)) : [])
    await writeSql(page, 'select generate_series(1, 10000000) as i')

    await page.keyboard.press('ControlOrMeta+Enter')
    await expect(paused).toBeVisible({ timeout: 30_000 })

    expect(await wordsOf(paused)).toBe(
      'Paused at 5,000,000 rows. The statement stays open on the server and holds its snapshot; this tab can run nothing else meanwhile. Continue Stop',
    )
    await expect(queryStatus).toHaveText(/^Running paused · 5,000,000 rows/)
    await screenshot('large-paused')
    await page.emulateMedia({ colorScheme: 'dark' })
    await screenshot('large-paused-dark')
    await page.emulateMedia({ colorScheme: null })
    await paused.getByRole('button', { name: 'Continue' }).click()
    await ended(page, 'Complete')
    await expect(paused).toHaveCount(0)
    expect(await rowCount(page, 1)).toBe(10_000_000)
    await grid.focus()
    await page.keyboard.press('ControlOrMeta+End')
    await expect.poll(async () => (await gridRows(page, 1)).at(-1)).toEqual(['10000000'])
    await screenshot('large-end')
    await page.keyboard.press('ControlOrMeta+g')
    await page.getByRole('textbox', { name: 'Go to row' }).fill('7,654,321')
    await page.keyboard.press('Enter')
    await expect.poll(async () => (await gridRows(page, 1)).flat()).toContain('7654321')
    await expect(grid.locator('.cellfocus')).toHaveText('7654321')

    if (isLinux) expect(await files()).toMatchObject([{ hasName: false, mode: 0o600 }])
    const before = await queryTabs.count()
    await page.keyboard.press('ControlOrMeta+w')
    await expect(queryTabs).toHaveCount(before - 1)
    await expect.poll(files).toEqual([])
  })

  test('is stopped at the limit: the rows so far stay, said to be the first', async () => {
    const { page, screenshot } = launched
    await writeSql(page, 'select i from generate_series(1, 6000000) i')
    await page.keyboard.press('ControlOrMeta+Enter')

    await page.getByRole('status', { name: 'Reading paused' }).getByRole('button', { name: 'Stop' }).click()
    await ended(page, 'Cancelled')

    await expect(page.getByRole('note')).toHaveText(
      'These are the first 5,000,000 rows: the statement ended before the rest came.',
    )
    expect(await rowCount(page, 1)).toBe(5_000_000)
    await screenshot('large-stopped')
    expect(await ask(page, 'select 1 as again')).toEqual([['1']])
  })

  test('does not keep its tab from closing while it is paused: the session ends', async () => {
    const { page } = launched
    const { queryTabs } = windowOf(page)
    const sessions = `select count(*) from pg_stat_activity where query like '%/* left ' || 'paused */%'`
    const before = await queryTabs.count()
    await writeSql(page, 'select generate_series(1, 6000000) /* left paused */')
    await page.keyboard.press('ControlOrMeta+Enter')
    await expect(page.getByRole('status', { name: 'Reading paused' })).toBeVisible({ timeout: 30_000 })

    await page.keyboard.press('ControlOrMeta+w')
    await expect(queryTabs).toHaveCount(before - 1)

    await openTab(page)
    await expect.poll(() => ask(page, sessions)).toEqual([['0']])
  })

  test('stays paused when the window is reloaded, and goes on from there', async () => {
    const { page } = launched
    const { queryTabs } = windowOf(page)
    const paused = page.getByRole('status', { name: 'Reading paused' })
    const here = await queryTabs.count()
    await writeSql(page, 'select generate_series(1, 5500000) as again')
    await page.keyboard.press('ControlOrMeta+Enter')
    await expect(paused).toBeVisible({ timeout: 30_000 })

    await page.reload()
    await queryTabs.nth(here - 1).click()
    await paused.getByRole('button', { name: 'Continue' }).click()
    await ended(page, 'Complete')

    expect(await rowCount(page, 1)).toBe(5_500_000)
  })

  test('of 1,600 columns is walked to its last one', async () => {
    const { page, screenshot } = launched
    const grid = page.getByRole('grid', { name: 'Result 1' })
    await writeSql(
      page,
      `do $$ begin execute 'create temp table wide as select ' ||
  (select string_agg('i + ' || c || ' as c' || c + 1, ', ') from generate_series(0, 1599) c) ||
  ' from generate_series(1, 1000) i'; end $$;
select * from wide`,
    )

    await run(page, 'Run all')
    await grid.focus()
    await page.keyboard.press('ControlOrMeta+End')

    await expect(grid).toHaveAttribute('aria-colcount', '1600')
    await expect(grid.locator('.cellfocus')).toHaveText('2599')
    await expect(grid.getByRole('columnheader', { name: /^c1600/ })).toBeVisible()
    await screenshot('large-columns')
  })

  test('with a cell of 100 MB shows its beginning and its size, and saves all of it to a file', async () => {
    const { app, page, screenshot, userData } = launched
    const grid = page.getByRole('grid', { name: 'Result 1' })
    await writeSql(page, `select 1 as id, repeat('🐘 elephants, ', 6250000) as herd`)

    await run(page, 'Run')
    await expect(grid.getByRole('gridcell').nth(1)).toContainText('🐘 elephants, 🐘')
    await expect(grid.getByRole('gridcell').nth(1)).toContainText('100 MB')
    await grid.getByRole('gridcell').nth(1).dblclick()

    const viewer = page.getByRole('dialog', { name: 'Value of herd, row 1' })
    await expect(viewer).toContainText('🐘 elephants, 🐘 elephants')
    await expect(viewer).toContainText('100 MB')
    await screenshot('large-cell')
    const path = join(userData, 'herd.txt')
    await answerSaveDialog(app, path)
    await viewer.getByRole('button', { name: 'Save to file…' }).click()
    await expect(viewer.getByRole('status', { name: 'Value facts' })).toHaveText('Saved herd.txt: 100 MB')
    expect((await readFile(path)).equals(Buffer.from('🐘 elephants, '.repeat(6_250_000)))).toBe(true)
    await page.keyboard.press('Escape')
  })

  const canLimit = isLinux && spawnSync('prlimit', ['--version']).status === 0
  test('that the disk has no room for ends with a message; its rows and its session stay', async () => {
    test.skip(!canLimit, 'needs prlimit')
    const { app, page, screenshot } = launched
    const { messages, results } = windowOf(page)
    spawnSync('prlimit', ['--pid', String(await enginePid(app)), `--fsize=${40 * 1024 * 1024}`])
    await writeSql(page, `select i, repeat('x', 100) from generate_series(1, 2000000) i`)

    await page.keyboard.press('ControlOrMeta+Enter')
    await ended(page, 'Failed')

    await expect(messages.getByRole('alert')).toContainText(
      /A file may not become as large as this result: .*The first [\d,]+ rows are kept\. The statement was stopped; the session goes on\./,
    )
    await screenshot('large-no-room')
    await results.first().click()
    expect(await rowCount(page, 1)).toBeGreaterThan(300_000)
    await page.getByRole('grid', { name: 'Result 1' }).focus()
    await page.keyboard.press('ControlOrMeta+End')
    await expect.poll(async () => (await gridRows(page, 1)).at(-1)?.[0]).toBe(String(await rowCount(page, 1)))
    await screenshot('large-no-room-rows')
    expect(await ask(page, 'select 1 as again')).toEqual([['1']])
  })
})

/** Megabytes that all processes of the app have in memory. */
function appMemory(app: ElectronApplication): Promise<number> {
  return app.evaluate(({ app: electron }) =>
    electron.getAppMetrics().reduce((sum, { memory }) => sum + memory.workingSetSize / 1024, 0),
  )
}

/** How long the server itself takes until it can send the first row: it writes the whole series down before. */
async function materializedInMs(page: Page): Promise<number> {
  const [[plan = ''] = []] = await ask(
    page,
    'create or replace function pg_temp.p() returns text language plpgsql as $$ declare t timestamptz := clock_timestamp(); begin perform from generate_series(1, 5000000) limit 1; return extract(epoch from clock_timestamp() - t) * 1000; end $$; select pg_temp.p()',
  )
  return Number(plan)
}

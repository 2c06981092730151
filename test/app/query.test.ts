import { expect, test } from '@playwright/test'
import {
  ask,
  ended,
  goToLine,
  gridColumns,
  gridRows,
  messagesText,
  openTab,
  rowCount,
  run,
  underlined,
  writeSql,
} from '../support/app-query'
import { treeItem, windowOf, wordsOf } from '../support/app-window'
import { sharedApp } from '../support/shared-app'

const SCRIPT = `select '🐘; --' as "🐘", 1 as id, 2 as id, null as "null", '' as empty;
do $$ begin raise notice 'it''s % o''clock', 12; end $$;
select $tag$a;b$tag$ as body;
/* a /* nested; */ comment */ select 9223372036854775807 as big, 1.10::numeric as price, '\\x00ff'::bytea as raw;`

test.describe('the query pane', () => {
  const launched = sharedApp({ inNewTab: true })

  test('shows every result of a script in a tab of its own', async () => {
    const { page, screenshot } = launched
    const { results } = windowOf(page)

    await writeSql(page, SCRIPT)
    await run(page, 'Run all')

    await expect(results).toHaveText([/^Result 1/, /^Result 2/, /^Result 3/, /^Messages/])
    expect(await gridColumns(page, 1)).toEqual(['🐘', 'id', 'id', 'null', 'empty'])
    expect(await gridRows(page, 1)).toEqual([['🐘; --', '1', '2', '<NULL>', '']])
    await screenshot('query-results')
    await results.nth(1).click()
    expect(await gridRows(page, 2)).toEqual([['a;b']])
    await results.nth(2).click()
    expect(await gridRows(page, 3)).toEqual([['9223372036854775807', '1.10', '\\x00ff']])
  })

  test('shows a notice under Messages', async () => {
    const { page, screenshot } = launched

    await writeSql(page, SCRIPT)
    await run(page, 'Run all')

    expect(await messagesText(page)).toContain("NOTICE: it's 12 o'clock")
    await screenshot('query-messages')
  })

  test('runs the statement at the caret alone', async () => {
    const { page } = launched
    await writeSql(page, "select 1 as one;\nselect 2 as two,\n  '🐘' as elephant;\nselect 3 as three;")

    await goToLine(page, 3)
    await page.keyboard.press('ControlOrMeta+Enter')
    await ended(page, 'Complete')

    expect(await gridColumns(page, 1)).toEqual(['two', 'elephant'])
    await expect(windowOf(page).results).toHaveText([/^Result 1/, /^Messages/])
  })

  test('underlines the wrong word in the third statement, behind emoji', async () => {
    const { page, screenshot } = launched
    const { results, queryStatus, messages } = windowOf(page)
    await page.getByRole('button', { name: 'Fold explorer' }).click() // room for the whole line
    await writeSql(
      page,
      [
        'create temp table people (name text, "🐘" text);',
        'select name from people;',
        "select '👩‍👩‍👧 🎉🎉', \"🐘\", nmae, name from people where name <> '🎉';",
        'select name from people;',
      ].join('\n'),
    )

    await run(page, 'Run all', 'Failed')

    await expect.poll(() => underlined(page)).toBe('nmae')
    await expect(queryStatus).toHaveText(/^Failed statement 3 of 4/)
    await expect(results.filter({ hasText: 'Messages' }).getByRole('img', { name: 'failed' })).toBeVisible()
    const alert = messages.getByRole('alert')
    expect(await wordsOf(alert)).toMatch(
      /ERROR: column "nmae" does not exist .*Hint Perhaps you meant to reference the column "people.name"\. Position line 3, column 31 · character 25 of the statement SQLSTATE 42703$/,
    )
    await expect(messages).toContainText('One statement was not run.')
    await screenshot('query-error')
    await page.getByRole('button', { name: 'Fold explorer' }).click()
  })

  test('shows an error whole under a line that is scrolled sideways', async () => {
    const { page, screenshot } = launched
    const zone = page.locator('.error-zone-content')
    await writeSql(page, `select '${'long '.repeat(80)}', nothing_here`)

    await run(page, 'Run all', 'Failed')

    await expect(zone).toContainText('column "nothing_here" does not exist')
    const fits = () =>
      zone.evaluate((content) => {
        const seen = content.closest('.query-editor')?.getBoundingClientRect()
        const own = content.getBoundingClientRect()
        return seen !== undefined && own.left >= seen.left && own.right <= seen.right
      })
    await expect
      .poll(() => page.locator('.query-editor .view-lines').evaluate((lines) => lines.getBoundingClientRect().left))
      .toBeLessThan(0)
    await expect.poll(fits).toBe(true)
    await screenshot('query-error-sideways')
  })

  test("shows the server's detail", async () => {
    const { page } = launched
    await writeSql(
      page,
      'create temp table t (i int primary key);\ninsert into t values (1);\ninsert into t values (1);',
    )

    await run(page, 'Run all', 'Failed')

    expect(await wordsOf(windowOf(page).messages.getByRole('alert'))).toMatch(
      /ERROR: duplicate key value violates unique constraint "t_pkey".*Detail Key \(i\)=\(1\) already exists\./,
    )
  })

  test('says what the server says of the transaction, and rolls it back', async () => {
    const { page, screenshot } = launched
    const { transaction, runBar, statusBar } = windowOf(page)
    await writeSql(page, 'begin;\ncreate temp table kept (i int);')
    await run(page, 'Run all')
    await expect(transaction).toHaveText(/^In transaction \d/)

    await writeSql(page, 'select 1/0;')
    await run(page, 'Run all', 'Failed')
    await expect(transaction).toHaveText(/^Aborted \d/)
    await expect(statusBar).toContainText('roll back to go on')
    await screenshot('query-aborted')

    await page.keyboard.press('ControlOrMeta+w')
    const dialog = page.getByRole('alertdialog', { name: 'Open transaction' })
    await expect(dialog.getByRole('button')).toHaveText(['', 'Stay', 'Roll back and close'])
    await screenshot('query-aborted-close')
    await dialog.getByRole('button', { name: 'Stay' }).click()

    await runBar.getByRole('button', { name: 'Roll back' }).click()

    await ended(page, 'Complete')
    await expect(transaction).toHaveText('No transaction')
    expect(await ask(page, "select to_regclass('kept')")).toEqual([['<NULL>']])
  })

  test('keeps the focus in the run bar when Enter rolls back', async () => {
    const { page } = launched
    const { transaction, runBar } = windowOf(page)
    await writeSql(page, 'begin;\ncreate temp table gone (i int);')
    await run(page, 'Run all')
    await runBar.getByRole('button', { name: 'Roll back' }).focus()

    await page.keyboard.press('Enter')

    await expect(transaction).toHaveText('No transaction')
    await expect(runBar.locator(':focus')).toHaveCount(1)
  })

  test('a COMMIT that fails leaves the text without a mark: it stands nowhere in it', async () => {
    const { page } = launched
    const { transaction, runBar, messages } = windowOf(page)
    await writeSql(
      page,
      `begin;
create temp table child (i int unique deferrable initially deferred);
insert into child values (1), (1);`,
    )
    await run(page, 'Run all')

    await runBar.getByRole('button', { name: 'Commit', exact: true }).click()

    await ended(page, 'Failed')
    await expect(messages.getByRole('alert')).toContainText('duplicate key value violates unique constraint')
    await expect(transaction).toHaveText('No transaction')
    expect(await underlined(page)).toBe('')
  })

  test('Escape puts away what the editor suggests, and cancels only when nothing is suggested', async () => {
    const { page } = launched
    const { queryStatus } = windowOf(page)
    await writeSql(page, 'select pg_sleep(600);')
    await page.keyboard.press('ControlOrMeta+Shift+Enter')
    await expect(queryStatus).toHaveText(/^Running/)
    await page.keyboard.press('ControlOrMeta+End')
    await page.keyboard.press('Enter')
    await page.keyboard.type('select p')
    await page.keyboard.press('ControlOrMeta+Space')
    const suggestions = page.locator('.suggest-widget.visible')
    await expect(suggestions).toHaveCount(1)

    await page.keyboard.press('Escape')

    await expect(suggestions).toHaveCount(0)
    await expect(queryStatus).toHaveText(/^Running/)
    await page.keyboard.press('Escape')
    await ended(page, 'Cancelled')
  })

  test('closing a tab with an open transaction commits it when told to', async () => {
    const { page } = launched
    await writeSql(page, 'begin;\ncreate table stayed (i int);')
    await run(page, 'Run all')
    const { queryTabs } = windowOf(page)
    const before = await queryTabs.count()

    await page.keyboard.press('ControlOrMeta+w')
    const dialog = page.getByRole('alertdialog', { name: 'Open transaction' })
    await dialog.getByRole('button', { name: 'Commit and close' }).click()

    await expect(queryTabs).toHaveCount(before - 1)
    await openTab(page)
    expect(await ask(page, "drop table stayed;\nselect 'dropped' as stayed;")).toEqual([['dropped']])
  })

  test('a table made in the editor appears in the explorer by itself, and goes again', async () => {
    const { page } = launched

    await writeSql(page, 'create table made_by_hand (id int primary key, note text);')
    await run(page, 'Run')
    await expect(treeItem(page, 'made_by_hand, table')).toBeVisible()
    await writeSql(page, 'drop table made_by_hand;')
    await run(page, 'Run')

    await expect(treeItem(page, 'made_by_hand, table')).toHaveCount(0)
  })

  test('Cancel ends the statement on the server within two seconds', async () => {
    const { page, screenshot } = launched
    const { runBar, queryStatus, queryTabs } = windowOf(page)
    const sleeping =
      "select count(*) from pg_stat_activity where query like 'select pg_sleep(60)%' and state = 'active'"
    const here = await queryTabs.count()
    await writeSql(page, 'select pg_sleep(60) as nap')
    await page.keyboard.press('ControlOrMeta+Enter')
    await expect(queryStatus).toHaveText(/^Running/)
    await openTab(page)
    await expect.poll(() => ask(page, sleeping)).toEqual([['1']])

    await queryTabs.nth(here - 1).click()
    await screenshot('query-running')
    const asked = performance.now()
    await runBar.getByRole('button', { name: 'Cancel' }).click()
    await expect(queryStatus).toHaveText(/^Cancelled/)
    const tookMs = performance.now() - asked

    expect(tookMs).toBeLessThan(2_000)
    await queryTabs.nth(here).click()
    expect(await ask(page, sleeping)).toEqual([['0']])
    await queryTabs.nth(here - 1).click()
    expect(await ask(page, 'select 1 as again')).toEqual([['1']])
  })

  test('keeps its keys while text is searched in the editor, and afterwards', async () => {
    const { page } = launched
    const { editor, queryTabs, queryStatus } = windowOf(page)
    const before = await queryTabs.count()
    const search = page.getByRole('textbox', { name: 'Find', exact: true })
    await writeSql(page, 'select 1 as found')

    await page.keyboard.press('ControlOrMeta+f')
    await expect(search).toBeFocused()
    await page.keyboard.type('nothing there')
    await editor.focus()
    await page.keyboard.press('ControlOrMeta+End') // the search may have selected a word
    await page.keyboard.press('ControlOrMeta+Enter')
    await ended(page, 'Complete')
    const whileOpen = await gridRows(page, 1)
    await writeSql(page, 'select pg_sleep(60)')
    await page.keyboard.press('ControlOrMeta+Enter')
    await expect(queryStatus).toHaveText(/^Running/)
    await search.focus()
    await page.keyboard.press('Escape')
    await expect(search).toBeHidden()
    await expect(queryStatus).toHaveText(/^Running/)
    await page.keyboard.press('Escape')
    await ended(page, 'Cancelled')
    await page.keyboard.press('ControlOrMeta+w')

    expect(whileOpen).toEqual([['1']])
    await expect(queryTabs).toHaveCount(before - 1)
  })

  test('every tab has a session of its own', async () => {
    const { page } = launched
    await writeSql(page, 'create temp table mine as select 7 as i;')
    await run(page, 'Run')
    for (let time = 0; time < 3; time += 1) expect(await ask(page, 'select i from mine')).toEqual([['7']])

    await openTab(page)
    await writeSql(page, 'select i from mine')
    await run(page, 'Run', 'Failed')

    await expect(windowOf(page).messages).toContainText('relation "mine" does not exist')
  })

  test('keeps the active tab in sight, however many there are', async () => {
    const { page } = launched
    const active = windowOf(page).queryTabs.and(page.locator('[aria-selected="true"]'))
    for (let more = 0; more < 12; more += 1) await openTab(page)
    await expect(active).toBeInViewport({ ratio: 0.9 })

    // Number 1 is the first, 9 the last.
    for (const key of ['1', '9', '1']) {
      await page.keyboard.press(`ControlOrMeta+${key}`)
      await expect(windowOf(page).queryTabs.nth(key === '1' ? 0 : -1)).toHaveAttribute('aria-selected', 'true')

      await expect(active).toBeInViewport({ ratio: 0.9 })
    }
  })

  test('shows the first rows of a million while the rest streams, and its last one', async () => {
    const { page, screenshot } = launched
    const { queryStatus, statusBar } = windowOf(page)
    const grid = page.getByRole('grid', { name: 'Result 1' })
    // The padding and the slow tail keep it streaming while the first rows are looked at.
    await writeSql(
      page,
      `select i, repeat('x', 20) as pad from generate_series(1, 999999) i
union all select 1000000, pg_sleep(2)::text || 'the last one'`,
    )

    await page.keyboard.press('ControlOrMeta+Enter')
    await expect(grid.getByRole('gridcell', { name: '1', exact: true }).first()).toBeVisible()
    const whileFirst = await queryStatus.innerText()
    const first = (await gridRows(page, 1))[0]
    await screenshot('query-streaming')
    await ended(page, 'Complete')
    await grid.focus()
    await page.keyboard.press('ControlOrMeta+End')

    expect(whileFirst).toMatch(/^Running/)
    expect(first).toEqual(['1', 'x'.repeat(20)])
    await expect.poll(() => rowCount(page, 1)).toBe(1_000_000)
    await expect.poll(async () => (await gridRows(page, 1)).at(-1)).toEqual(['1000000', 'the last one'])
    await expect(grid.getByRole('row').last()).toHaveAttribute('aria-rowindex', '1000001')
    await expect(statusBar).toContainText('1,000,000 rows')
    await screenshot('query-million')
  })
})

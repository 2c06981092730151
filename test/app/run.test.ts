import { expect, type Page, test } from '@playwright/test'
import { ask, ended, goToLine, gridRows, messagesText, openTab, run, underlined, writeSql } from '../support/app-query'
import { windowOf, wordsOf } from '../support/app-window'
import { sharedApp } from '../support/shared-app'

/** Chooses an entry of one of the run bar's menus. */
async function choose(page: Page, menu: 'Commit mode' | 'Run options', entry: RegExp): Promise<void> {
  await windowOf(page).runBar.getByRole('button', { name: menu }).click()
  await page.getByRole('menuitem', { name: entry }).click()
}

test.describe('a run', () => {
  const launched = sharedApp({ inNewTab: true })

  for (const mode of ['auto', 'manual'] as const) {
    test(`is cancelled within a second in ${mode} commit, gone from the server, and the tab goes on`, async () => {
      const { page } = launched
      const { runBar, queryStatus, queryTabs, transaction } = windowOf(page)
      const own = await queryTabs.evaluateAll((tabs) => tabs.findIndex((tab) => tab.ariaSelected === 'true'))
      const listed = `select count(*) from pg_stat_activity where query like 'select pg_sleep(60) as ${mode}%' and state = 'active'`
      if (mode === 'manual') await choose(page, 'Commit mode', /^Manual commit/)
      await writeSql(page, `select pg_sleep(60) as ${mode}`)
      await page.keyboard.press('ControlOrMeta+Enter')
      await expect(queryStatus).toHaveText(/^Running/)
      if (mode === 'manual') await expect(transaction).toHaveText(/^In transaction/)
      await openTab(page)
      await expect.poll(() => ask(page, listed)).toEqual([['1']])
      await queryTabs.nth(own).click()

      const asked = performance.now()
      await runBar.getByRole('button', { name: 'Cancel' }).click()
      await expect(queryStatus).toHaveText(/^Cancelled/)
      const tookMs = performance.now() - asked

      expect(tookMs).toBeLessThan(1_000)
      await queryTabs.nth(own + 1).click()
      expect(await ask(page, listed)).toEqual([['0']])
      await queryTabs.nth(own).click()
      if (mode === 'manual') {
        await runBar.getByRole('button', { name: 'Roll back' }).click()
        await ended(page, 'Complete')
      }
      expect(await ask(page, 'select 1')).toEqual([['1']])
      if (mode === 'manual') {
        await runBar.getByRole('button', { name: 'Roll back' }).click()
        await ended(page, 'Complete')
      }
    })
  }

  test('finds its temporary table again 20 times in its tab, and not in another', async () => {
    const { page } = launched
    await writeSql(page, 'create temp table t (i int)')
    await run(page, 'Run')

    const found: string[][][] = []
    for (let time = 0; time < 20; time += 1) found.push(await ask(page, 'select * from t'))
    await openTab(page)
    await writeSql(page, 'select * from t')
    await run(page, 'Run', 'Failed')

    expect(found).toEqual(Array(20).fill([]))
    await expect(windowOf(page).messages).toContainText('relation "t" does not exist')
  })

  test('underlines the exact token of an error in statement 3 of 5, behind emoji and an identical statement, with hint and detail', async () => {
    const { page, screenshot } = launched
    await page.getByRole('button', { name: 'Fold explorer' }).click() // room for the whole line
    const failing = `select '👩‍👩‍👧 🎉', f('a', 1)`
    await writeSql(
      page,
      [
        `create function pg_temp.f(a text, b int) returns int language sql as 'select 1';`,
        `${failing.replace('f(', 'pg_temp.f(')};`,
        `${failing};`,
        'select 4;',
        'select 5;',
      ].join('\n'),
    )

    await run(page, 'Run all', 'Failed')

    await expect.poll(() => underlined(page)).toBe('f')
    await expect(windowOf(page).queryStatus).toHaveText(/^Failed statement 3 of 5/)
    const alert = await wordsOf(windowOf(page).messages.getByRole('alert'))
    expect(alert).toMatch(/ERROR: function f\(unknown, integer\) does not exist .*Hint .*Position line 3, column 23/)
    await expect(windowOf(page).messages).toContainText('2 statements were not run.')
    await writeSql(page, 'create temp table t (i int primary key, check (i > 0));\ninsert into t values (-1);')
    await run(page, 'Run all', 'Failed')
    expect(await wordsOf(windowOf(page).messages.getByRole('alert'))).toMatch(/Detail Failing row contains \(-1\)\./)
    await screenshot('run-error-detail')
    await page.getByRole('button', { name: 'Fold explorer' }).click()
  })

  test('of a script with bodies, nested comments and ; in strings runs each statement once', async () => {
    const { page } = launched
    await writeSql(
      page,
      [
        'create temp table log (line text);',
        `do $$ begin insert into log values ('a;b'); end; $$;`,
        `do $tag$ begin insert into log values ('$$;'); end; $tag$;`,
        `/* a /* nested; */ comment; */ insert into log values ('x''; y'); -- and; one more`,
        'select line from log;',
      ].join('\n'),
    )

    await run(page, 'Run all')

    expect(await gridRows(page, 1)).toEqual([['a;b'], ['$$;'], ["x'; y"]])
  })

  test('of the current statement runs only the highlighted one', async () => {
    const { page, screenshot } = launched
    await writeSql(page, `select 'first; one' as a;\n\nselect $$second;\none$$ as b;\n\nselect 3 as c;`)
    await goToLine(page, 4)
    const highlighted = page.locator('.query-editor .statement-line')
    const colours = () =>
      highlighted.evaluateAll((lines) => ({
        count: lines.length,
        line: getComputedStyle(lines[0] as Element).backgroundColor,
        paper: getComputedStyle(document.querySelector('.editor-pane') as Element).backgroundColor,
      }))
    await expect(highlighted).toHaveCount(2)
    const seen = []
    for (const theme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: theme })
      seen.push(await colours())
      await screenshot(`run-highlight-${theme}`)
    }
    for (const { count, line, paper } of seen) expect([count, line === paper]).toEqual([2, false])
    expect(seen[0]?.line).not.toBe(seen[1]?.line)
    await page.emulateMedia({ colorScheme: null })
    await windowOf(page).editor.focus()

    await page.keyboard.press('ControlOrMeta+Enter')
    await ended(page, 'Complete')

    expect(await gridRows(page, 1)).toEqual([['second;\none']])
    await expect(windowOf(page).results).toHaveText([/^Result 1/, /^Messages/])
  })

  test('of a selection runs what is selected, whatever stands around it', async () => {
    const { page } = launched
    await writeSql(page, `select 1 as first;\nselect 'x;\ny' as second;\nselect 3 as third;\nselect nope;`)
    await goToLine(page, 2)
    for (let line = 0; line < 3; line += 1) await page.keyboard.press('Shift+ArrowDown')

    await page.keyboard.press('ControlOrMeta+Enter')
    await ended(page, 'Complete')

    await expect(windowOf(page).results).toHaveText([/^Result 1/, /^Result 2/, /^Messages/])
    expect(await gridRows(page, 1)).toEqual([['x;\ny']])
    await windowOf(page).results.nth(1).click()
    expect(await gridRows(page, 2)).toEqual([['3']])
  })

  test('that leaves a transaction open keeps its tab with Stay, and leaves nothing with Roll back', async () => {
    const { page } = launched
    const { queryTabs, transaction } = windowOf(page)
    const dialog = page.getByRole('alertdialog', { name: 'Open transaction' })
    await writeSql(page, 'begin;\ncreate table never_kept (i int);')
    await run(page, 'Run all')
    const before = await queryTabs.count()

    await page.keyboard.press('ControlOrMeta+w')
    await dialog.getByRole('button', { name: 'Stay' }).click()
    await expect(transaction).toHaveText(/^In transaction/)
    await page.keyboard.press('ControlOrMeta+w')
    await dialog.getByRole('button', { name: 'Roll back and close' }).click()

    await expect(queryTabs).toHaveCount(before - 1)
    await openTab(page)
    expect(await ask(page, `select to_regclass('never_kept')`)).toEqual([['<NULL>']])
  })

  test('of three SELECTs and a notice shows three results and the notice, and marks a failed statement without opening it', async () => {
    const { page } = launched
    const { results } = windowOf(page)
    await choose(page, 'Run options', /^Continue after errors/)
    await writeSql(page, `select 1;\nselect 2;\ndo $$ begin raise notice 'here'; end $$;\nselect 3;\nselect 1/0;`)

    await run(page, 'Run all', 'Failed')
    await results.first().click()

    await expect(results).toHaveText([/^Result 1/, /^Result 2/, /^Result 3/, /^Messages/])
    await expect(results.first()).toHaveAttribute('aria-selected', 'true')
    await expect(results.last().getByRole('img', { name: 'failed' })).toBeVisible()
    expect(await messagesText(page)).toContain('NOTICE: here')
  })

  test('continues after errors when told to, and says which statements failed', async () => {
    const { page, screenshot } = launched
    await choose(page, 'Run options', /^Continue after errors/)
    await expect(windowOf(page).runBar.getByRole('button', { name: 'Run options' })).toHaveText('Continue')
    await writeSql(page, 'select 1;\nselect 1/0;\nselect nope;\nselect 4;')

    await run(page, 'Run all', 'Failed')

    await expect(windowOf(page).queryStatus).toHaveText(/^Failed 2 of 4 statements/)
    await expect(windowOf(page).messages.getByRole('alert')).toHaveCount(2)
    await screenshot('run-continue')
    await choose(page, 'Run options', /^Stop at the first error/)
    await run(page, 'Run all', 'Failed')
    await expect(windowOf(page).messages).toContainText('2 statements were not run.')
  })

  test('sends COPY data that stands in the script, and underlines the value that is wrong', async () => {
    const { page, screenshot } = launched
    const script = (third: string) =>
      `create temp table if not exists t (id int, note text);\ncopy t from stdin;\n1\ta\n2\tb\n${third}\tc\n\\.\nselect count(*) from t;`
    await writeSql(page, script('three'))

    await run(page, 'Run all', 'Failed')

    await expect.poll(() => underlined(page)).toBe('three')
    await expect(windowOf(page).messages.getByRole('alert')).toContainText('COPY t, line 3, column id: "three"')
    await screenshot('run-copy-error')
    expect(await ask(page, script('3'))).toEqual([['3']])
  })

  test('asks for parameters, remembers them, and sends NULL and the empty string as what they are', async () => {
    const { page, screenshot } = launched
    const form = page.getByRole('dialog', { name: 'Parameters' })
    await ask(page, 'select 1') // the server says the types once there is a session
    await writeSql(
      page,
      `select :name as name, :name = '' as "empty", $1::int + 1 as next, :note::text is null as "null"`,
    )
    await page.keyboard.press('ControlOrMeta+Enter')
    await expect(form.getByRole('textbox')).toHaveCount(3)
    await expect(form.getByRole('textbox', { name: ':name' })).toBeFocused()
    await expect(form).toContainText('int4')

    await page.keyboard.type(`'); drop --`)
    await form.getByRole('textbox', { name: '$1' }).fill('41')
    await form.getByRole('checkbox', { name: ':note is NULL' }).focus()
    await page.keyboard.press('Space')
    await screenshot('run-parameters')
    await form.getByRole('textbox', { name: '$1' }).press('Enter')
    await ended(page, 'Complete')
    const first = await gridRows(page, 1)

    await windowOf(page).editor.focus()
    await page.keyboard.press('ControlOrMeta+Enter')
    await expect(form.getByRole('textbox', { name: '$1' })).toHaveValue('41')
    await expect(form.getByRole('checkbox', { name: ':note is NULL' })).toBeChecked()
    await form.getByRole('textbox', { name: ':name' }).fill('')
    await page.keyboard.press('Enter')
    await ended(page, 'Complete')

    expect(first).toEqual([[`'); drop --`, 'f', '42', 't']])
    expect(await gridRows(page, 1)).toEqual([['', 't', '42', 't']])
  })

  test('runs nothing when the form for parameters is put away, and keeps the results', async () => {
    const { page } = launched
    const form = page.getByRole('dialog', { name: 'Parameters' })
    await ask(page, `select 'kept'`)
    await writeSql(page, 'select :a')
    await page.keyboard.press('ControlOrMeta+Enter')
    await expect(form).toBeVisible()

    await page.keyboard.press('Escape')

    await expect(form).toHaveCount(0)
    expect(await gridRows(page, 1)).toEqual([['kept']])
  })

  test('of a long script runs nothing when its tab is closed while its parameters are looked for', async () => {
    const { page } = launched
    const { editor, queryTabs, runBar } = windowOf(page)
    const before = await queryTabs.count()
    await editor.focus()
    await page.evaluate(() => {
      const data = new DataTransfer()
      data.setData('text/plain', `create table ran_unseen (i int);\n${'select 1::int as one;\n'.repeat(100_000)}`)
      document.activeElement?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }))
    })
    await expect(runBar.getByRole('button', { name: 'Run', exact: true })).toBeEnabled()

    await page.keyboard.press('ControlOrMeta+Shift+Enter')
    await page.keyboard.press('ControlOrMeta+w')
    await expect(queryTabs).toHaveCount(before - 1)

    // The engine looks for parameters of one script after the other: behind this answer the closed tab's has come.
    await openTab(page)
    expect(await ask(page, `select 1::int`)).toEqual([['1']])
    expect(await ask(page, `select to_regclass('ran_unseen')`)).toEqual([['<NULL>']])
  })

  test('stops at its statement timeout with the error of the server', async () => {
    const { page, screenshot } = launched
    await choose(page, 'Run options', /^Other timeout/)
    const dialog = page.getByRole('dialog', { name: 'Statement timeout' })
    await dialog.getByRole('textbox', { name: 'Seconds' }).fill('0.25')
    await screenshot('run-timeout-dialog')
    await page.keyboard.press('Enter')
    await writeSql(page, 'select pg_sleep(60)')

    await run(page, 'Run', 'Failed')

    await expect(windowOf(page).runBar.getByRole('button', { name: 'Run options' })).toHaveText('250 ms')
    await expect(windowOf(page).messages.getByRole('alert')).toContainText(
      'canceling statement due to statement timeout',
    )
  })

  test('whose session the server ended for its idle transaction says so, and the timeout of the tab holds in the next session', async () => {
    const { page, screenshot } = launched
    const { queryStatus, messages, transaction } = windowOf(page)
    const loss = page.getByRole('status', { name: 'Loss' })
    await choose(page, 'Run options', /^Other timeout/)
    await page.getByRole('dialog').getByRole('textbox', { name: 'Seconds' }).fill('0.25')
    await page.keyboard.press('Enter')

    await writeSql(page, `set idle_in_transaction_session_timeout = '200ms'; begin; select 1 as kept`)
    // Not waited for its end: the loss may come before anybody has looked.
    await windowOf(page).runBar.getByRole('button', { name: 'Run all', exact: true }).click()

    await expect(queryStatus).toHaveText(/^Lost terminating connection due to idle-in-transaction timeout/)
    await expect(loss).toHaveText('The server ended the session and rolled back what was not committed.')
    await expect(transaction).toHaveText('No transaction')
    expect(await gridRows(page, 1)).toEqual([['1']])
    await screenshot('run-idle-timeout')
    await writeSql(page, 'select pg_sleep(60)')
    await run(page, 'Run', 'Failed')
    await expect(messages.getByRole('alert')).toContainText('canceling statement due to statement timeout')
  })

  test('whose server process is terminated under it says so, and the next one goes on', async () => {
    const { page } = launched
    const { queryStatus, queryTabs } = windowOf(page)
    const own = (await queryTabs.count()) - 1
    const [[pid]] = (await ask(page, 'select pg_backend_pid()')) as [[string]]
    await writeSql(page, 'select pg_sleep(60) as doomed')
    await page.keyboard.press('ControlOrMeta+Enter')
    await expect(queryStatus).toHaveText(/^Running/)
    await openTab(page)
    const working = `select count(*) from pg_stat_activity where pid = ${pid} and state = 'active' and query like '%doomed'`
    await expect.poll(() => ask(page, working)).toEqual([['1']])

    await ask(page, `select pg_terminate_backend(${pid})`)
    await queryTabs.nth(own).click()

    await expect(queryStatus).toHaveText(/^Lost terminating connection due to administrator command/)
    expect(await ask(page, 'select 2')).toEqual([['2']])
  })

  test('shows a COMMIT that was answered with ROLLBACK as rolled back', async () => {
    const { page, screenshot } = launched
    await writeSql(page, 'begin;\nselect 1/0;')
    await run(page, 'Run all', 'Failed')
    await writeSql(page, 'commit;')

    await run(page, 'Run', 'Failed')

    await expect(windowOf(page).queryStatus).toHaveText(/^Failed rolled back, not committed/)
    await expect(windowOf(page).messages.getByRole('alert')).toContainText('The server answered COMMIT with ROLLBACK')
    await expect(windowOf(page).transaction).toHaveText('No transaction')
    await screenshot('run-rolled-back')
  })

  test('with 200,000 notices keeps the first 1,000, counts the rest, and leaves the window usable', async () => {
    const { page, screenshot } = launched
    await writeSql(page, `do $$ begin for i in 1..200000 loop raise notice 'number %', i; end loop; end $$`)
    await page.keyboard.press('ControlOrMeta+Enter')
    // A key during the flood is answered: the window is not frozen.
    await windowOf(page).editor.focus()
    await page.keyboard.press('ControlOrMeta+End')
    await page.keyboard.type(' -- typed')
    await expect(page.locator('.query-editor .view-lines')).toContainText('typed', { timeout: 3_000 })
    await ended(page, 'Complete')

    await windowOf(page).results.last().click()
    await expect(page.getByText('1 statement · 200,000 notices')).toBeVisible()
    await screenshot('run-flood')
    const { messages } = windowOf(page)
    const drawn = await messages.locator('.msg').count()
    await messages.evaluate((list) => list.scrollTo(0, list.scrollHeight))

    expect(drawn).toBeLessThan(200)
    await expect(messages).toContainText('NOTICE: number 1000')
    await expect(messages).toContainText('199,000 more notices of this statement are counted, but not kept.')
  })

  test('copies all its messages', async () => {
    const { page, app } = launched
    await writeSql(page, `do $$ begin raise warning 'careful' using hint = 'look'; end $$;\nselect 1/0;`)
    await run(page, 'Run all', 'Failed')

    await page.getByRole('button', { name: 'Copy all' }).click()

    await expect
      .poll(() => app.evaluate(({ clipboard }) => clipboard.readText()))
      .toMatch(
        /^1\. do \$\$ .* end \$\$\n {3}DO · .*\n {3}\d\d:\d\d:\d\d\.\d{3} WARNING: careful\n {3}look\n2\. select 1\/0\n {3}ERROR: division by zero\n {3}SQLSTATE: 22012$/,
      )
  })

  test('of a server process that does not answer a cancel can be ended with its session, and the next run goes on', async () => {
    const { page, screenshot } = launched
    const { runBar, queryStatus } = windowOf(page)
    const [[pid]] = (await ask(page, 'select pg_backend_pid()')) as [[string]]
    await writeSql(page, 'begin; select pg_sleep(60)')
    await runBar.getByRole('button', { name: 'Run all' }).click()
    await expect(queryStatus).toHaveText(/^Running statement 2 of 2/)
    process.kill(Number(pid), 'SIGSTOP')

    await runBar.getByRole('button', { name: 'Cancel' }).click()
    await expect(queryStatus).toHaveText(/cancelling…/)
    const end = runBar.getByRole('button', { name: 'End session' })
    await expect(end).toHaveCount(0)
    await expect(end).toBeVisible({ timeout: 8_000 })
    await screenshot('run-end-session')
    await end.click()

    await expect(queryStatus).toHaveText(/^Lost/)
    process.kill(Number(pid), 'SIGCONT')
    await expect(windowOf(page).messages).toContainText('You ended this session; the server did not confirm it.')
    await screenshot('run-session-ended')
    expect(await ask(page, 'select 1')).toEqual([['1']])
  })

  // The last one: the editor does not bear the clock that it leaves behind.
  test('marks a transaction that has done nothing for a minute', async () => {
    const { page, screenshot } = launched
    const { transaction, statusBar } = windowOf(page)
    await writeSql(page, 'begin;')
    await run(page, 'Run')
    await expect(transaction).not.toHaveClass(/is-changed/)

    await page.clock.install()
    await page.clock.fastForward('10:00') // its clock begins at 0, the window's has run on

    await expect(transaction).toHaveClass(/is-changed/)
    await expect(statusBar).toContainText('it holds its locks until you commit or roll back')
    await screenshot('run-idle')
    await page.clock.resume()
    await windowOf(page).runBar.getByRole('button', { name: 'Roll back' }).click()
    await ended(page, 'Complete')
  })
})

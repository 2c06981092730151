import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type Locator, test } from '@playwright/test'
import { TARGET_DEFAULTS } from '../../contract/profile-defaults'
import type { TabId } from '../../contract/workspace'
import { createProfiles } from '../../electron/engine/profile/profile-store'
import { RunJournals } from '../../electron/engine/workspace/run-journals'
import { WorkspaceStore } from '../../electron/engine/workspace/workspace-store'
import { ask, openTab, run, writeSql } from '../support/app-query'
import { textsWhileScrolling } from '../support/app-scroll'
import { openHistory } from '../support/app-side'
import { startLocalDatabase, treeItem, windowOf } from '../support/app-window'
import { aDraft, aTarget } from '../support/builders'
import { anEnd, aStart } from '../support/history-entries'
import { type LaunchedApp, launchApp, removeUserData } from '../support/launch-app'
import { PAYLOADS } from '../support/payloads'

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`
const name = (text: string) => `"${text.replaceAll('"', '""')}"`
/** As the server writes a name: quoted where it has to be. */
const asName = (text: string) => (/^[a-z_]+$/.test(text) ? text : name(text))
const numbered = <T>(make: (payload: string, number: number) => T) => PAYLOADS.map((payload, at) => make(payload, at))

// Every text below is somebody else's: a server's, a file's, a project's. It is shown as it is, and does nothing.
test.describe('a text that would do something', () => {
  test.describe.configure({ mode: 'serial' })
  let launched: LaunchedApp
  let project: string
  const requests: string[] = []

  test.beforeAll(async () => {
    const userData = await mkdtemp(join(tmpdir(), 'strata-test-'))
    project = await mkdtemp(join(tmpdir(), 'strata-project-'))
    await fillProject(project)
    await fillUserData(userData, join(project, 'migrations'))
    launched = await launchApp({ userData })
    launched.app.context().on('request', (request) => requests.push(request.url()))
    await launched.page.evaluate(() => {
      const seen: string[] = []
      const pwn = () => seen.push('pwn() was called')
      document.addEventListener('securitypolicyviolation', (event) => seen.push(`refused ${event.effectiveDirective}`))
      Object.assign(window, { pwn, seen })
    })
  })
  test.afterEach(async () => {
    const { page, app } = launched
    const seen = await page.evaluate(() => Reflect.get(window, 'seen'))
    const windows = await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)
    const outside = requests.filter((url) => !url.startsWith('app://ui/'))

    expect({ seen, windows, outside, url: page.url() }).toEqual({
      seen: [],
      windows: 1,
      outside: [],
      url: 'app://ui/index.html',
    })
    launched.assertNoViolations()
  })
  test.afterAll(async () => {
    await launched.close()
    await removeUserData(launched.userData)
    await rm(project, { recursive: true, force: true })
  })

  /** The payloads that are not among the texts as they were given. */
  const missing = (texts: readonly string[], as: (payload: string) => string = (payload) => payload) => {
    const seen = new Set(texts)
    return PAYLOADS.map(as).filter((text) => !seen.has(text))
  }
  const expectAll = (...given: Parameters<typeof missing>) => expect(missing(...given)).toEqual([])
  const scrolled = async (list: Locator, selector: string, axis?: 'across') => textsWhileScrolling(list, selector, axis)

  test('is a profile’s name on the welcome screen', async () => {
    const { recent } = windowOf(launched.page)
    await recent.getByRole('button').first().waitFor()

    expectAll(await scrolled(recent, '.open b'))
  })

  test('is the title of a tab', async () => {
    await startLocalDatabase(launched.page)

    const tabs = launched.page.getByRole('tablist', { name: 'Queries' })

    expectAll(await scrolled(tabs, '[role="tab"] .cut', 'across'))
  })

  test('is a migration’s title, and its file’s', async () => {
    const { migrations } = windowOf(launched.page)

    expectAll(await scrolled(migrations.getByRole('list', { name: 'Migrations' }), 'li > .cut'))
  })

  test('is a cell, and a value of a record', async () => {
    const { page } = launched
    await openTab(page)
    const rows = numbered((payload, at) => `(${at}, ${literal(payload)})`).join(', ')
    await ask(page, `select p from (values ${rows}) as t (n, p) order by n`)
    const grid = page.getByRole('grid', { name: 'Result 1', exact: true })

    expectAll(await scrolled(grid, '[role="gridcell"]'))
  })

  test('is a column’s name, in the header and in a record', async () => {
    const { page } = launched
    await ask(page, `select ${numbered((payload, at) => `${at} as ${name(payload)}`).join(', ')}`)
    const grid = page.getByRole('grid', { name: 'Result 1', exact: true })

    expectAll(await scrolled(grid, '[role="columnheader"] > :first-child', 'across'))
    await grid.focus()
    await page.keyboard.press('ControlOrMeta+Home')
    await page.keyboard.press('F4')
    const record = page.getByRole('complementary', { name: 'Record' })
    expectAll(await scrolled(record, '.grecord-name .cut'))
  })

  test('is a key and a value of JSON', async () => {
    const { page } = launched
    const json = JSON.stringify(Object.fromEntries(numbered((payload, at) => [`${at} ${payload}`, payload])))
    await ask(page, `select ${literal(json)}::json as doc`)
    const grid = page.getByRole('grid', { name: 'Result 1', exact: true })
    await grid.focus()
    await page.keyboard.press('ControlOrMeta+Home')
    await page.keyboard.press('Enter')
    const tree = page.getByRole('tree', { name: 'JSON' })
    await tree.waitFor()

    const lines = await scrolled(tree, '[role="treeitem"]')

    const asJson = (payload: string) => JSON.stringify(payload)
    const wanted = numbered((payload, at) => `${JSON.stringify(`${at} ${payload}`)}: ${asJson(payload)}`)
    expect(wanted.filter((line) => !lines.some((shown) => shown.replace(/,$/, '') === line))).toEqual([])
    await page.keyboard.press('Escape')
  })

  test('is the message, detail, hint and context of an error and of a notice', async () => {
    const { page } = launched
    const { runBar, results, messages } = windowOf(page)
    const functions = PAYLOADS.map((payload) => {
      const text = literal(payload)
      const all = ['detail', 'hint', 'column', 'constraint', 'datatype', 'table', 'schema']
      return `create function raised.${name(payload)}() returns void language plpgsql as $body$ begin
        raise notice using message = ${text}, detail = ${text}, hint = ${text};
        raise exception using message = ${text}, ${all.map((field) => `${field} = ${text}`).join(', ')};
      end $body$;`
    })
    await ask(page, `create schema raised;\n${functions.join('\n')}\nselect 1 as done`)
    await writeSql(page, PAYLOADS.map((payload) => `select raised.${name(payload)}();`).join('\n'))
    await runBar.getByRole('button', { name: 'Run options' }).click()
    await page.getByRole('menuitem', { name: /^Continue after errors/ }).click()

    await run(page, 'Run all', 'Failed')
    await results.filter({ hasText: 'Messages' }).click()

    expectAll(await scrolled(messages, '.msg.is-failed > .st'), (payload) => `ERROR: ${payload}`)
    expectAll(await scrolled(messages, '.msg.is-failed dl > :nth-child(1)'), (payload) => `Detail${payload}`)
    expectAll(await scrolled(messages, '.msg.is-failed dl > :nth-child(2)'), (payload) => `Hint${payload}`)
    expectAll(
      await scrolled(messages, '.msg.is-failed dl > :nth-child(3)'),
      (payload) => `WherePL/pgSQL function raised.${asName(payload)}() line 3 at RAISE`,
    )
    expectAll(
      await scrolled(messages, '.notice-text'),
      (payload) => `NOTICE: ${payload}Detail ${payload}Hint ${payload}`,
    )
  })

  test('is the name of a relation, a column, an index, a constraint, a routine, a type or a schema', async () => {
    const { page } = launched
    const { explorer } = windowOf(page)
    const all = (make: (payload: string) => string) => `${PAYLOADS.map(make).join(';\n')};`
    const columns = PAYLOADS.map((payload) => `${name(payload)} int`).join(', ')
    await ask(
      page,
      `create schema one; create schema two; create table two.wide (${columns});
      ${all((payload) => `create table one.${name(payload)} (i int)`)}
      ${all((payload) => `comment on table one.${name(payload)} is ${literal(payload)}`)}
      ${all((payload) => `comment on column two.wide.${name(payload)} is ${literal(payload)}`)}
      ${all((payload) => `create index ${name(payload)} on two.wide (${name(payload)})`)}
      ${all((payload) => `alter table two.wide add constraint ${name(payload)} check (true)`)}
      ${all((payload) => `create function one.${name(payload)}() returns int language sql as 'select 1'`)}
      create schema three;
      ${all((payload) => `create type three.${name(payload)} as enum (${literal(payload)})`)}
      select 1 as done`,
    )
    // The explorer notices by itself what was done to the schema.
    const allAt = (level: number, as?: (payload: string) => string) =>
      expect.poll(async () => missing(await scrolled(explorer, `[aria-level="${level}"] .name`), as)).toEqual([])
    const unfold = async (...path: readonly string[]) => {
      for (const begin of path) {
        await treeItem(page, begin).locator('.chevron').click()
        await expect(treeItem(page, begin)).toHaveAttribute('aria-expanded', 'true')
      }
    }
    const foldAll = async () => {
      await page.getByRole('button', { name: 'Collapse all' }).click()
    }

    await unfold('one', 'Tables')
    await allAt(3)
    await foldAll()
    await unfold('one', 'Functions')
    await allAt(3, (payload) => `${payload}()`)
    await foldAll()
    await unfold('three', 'Types')
    await allAt(3)
    await foldAll()
    await unfold('two', 'Tables', 'wide, table')
    await allAt(4)
    for (const list of ['Indexes', 'Constraints']) {
      await foldAll()
      await unfold('two', 'Tables', 'wide, table')
      await explorer.press('End')
      await unfold(list)
      await allAt(5)
    }
    await foldAll()
    await ask(page, `${all((payload) => `create schema ${name(payload)}`)} select 1 as done`)
    await allAt(1)
  })

  test('is a relation in the palette, and in a plan', async () => {
    const { page } = launched
    await page.keyboard.press('ControlOrMeta+P')
    const palette = page.getByRole('listbox', { name: 'Commands' })
    await palette.getByRole('option').first().waitFor()
    const shown = (await scrolled(palette, '[role="option"]')).join('\n')
    // It lists the first fifty of each kind.
    expect(PAYLOADS.filter((payload) => shown.includes(payload)).length).toBeGreaterThanOrEqual(50)
    await page.keyboard.press('Escape')

    const scans = PAYLOADS.map((payload) => `select i from one.${name(payload)}`).join(' union all ')
    await ask(page, `explain ${scans}`)
    const lines = await scrolled(page.getByRole('grid', { name: 'Result 1', exact: true }), '[role="gridcell"]')
    expect(PAYLOADS.filter((payload) => !lines.some((line) => line.includes(` on ${asName(payload)} `)))).toEqual([])
  })

  test('is a run in the history', async () => {
    await openHistory(launched.page)
    const list = launched.page.getByRole('listbox', { name: 'History' })
    await list.getByRole('option').first().waitFor()

    expectAll(await scrolled(list, '.history-line'))
  })
})

/** A project whose migrations have the payloads as titles. */
async function fillProject(folder: string): Promise<void> {
  const migrations = join(folder, 'migrations')
  await mkdir(migrations)
  await Promise.all(
    numbered((payload, at) => {
      const file = join(migrations, `2026010100${String(1000 + at)}_payload.up.sql`)
      return writeFile(file, `-- title: ${payload}\ncreate table payload_${at} (i int);\n`)
    }),
  )
}

/** Profiles, tabs and history as an earlier run of the app would have left them. */
async function fillUserData(userData: string, migrationFolder: string): Promise<void> {
  const profiles = createProfiles({ folder: join(userData, 'profiles'), onChanged: () => {} })
  const target = { ...aTarget(), ...TARGET_DEFAULTS }
  const local = await profiles.ensureLocal(target, migrationFolder)
  for (const payload of PAYLOADS) await profiles.save(aDraft({ name: payload }))
  const workspaces = new WorkspaceStore(join(userData, 'workspaces'))
  const tabs = numbered((payload, at) => ({
    tabId: `tab-${at}` as TabId, // branded here: the window mints tab ids
    title: payload,
    kind: { type: 'query' as const },
    caret: 0,
  }))
  await workspaces.writeTabs(local.id, tabs, tabs[0]?.tabId ?? null)
  await workspaces.close()
  const journals = new RunJournals(join(userData, 'history'))
  for (const [at, payload] of PAYLOADS.entries()) {
    await journals.append(aStart(at, { profileId: local.id, text: payload, isMasked: false }))
    await journals.append(anEnd(at, { message: payload, outcome: 'failed' }))
  }
  await journals.close()
}

import { namesOf } from './names.mjs'
import { waitFor } from './wait-for.mjs'

/**
 * A step: what is claimed, and the deed that shows it. It answers with what was seen, in lines, and throws when the claim
 * does not hold.
 * @typedef {{ claim: string, picture: string, show(page: import('@playwright/test').Page): Promise<string[]> }} Step
 */

const QUERY = `select employees.id, employees.first_name, employees.last_name, departments.name as department
from employees join departments on departments.id = employees.department_id
order by employees.id`

const STATES = /\b(pending|applied|failed|changed|missing|late)\b/g

/** @type {readonly Step[]} */
export const STEPS = [
  {
    claim: 'Strata opens with three ways in',
    picture: 'welcome',
    async show(page) {
      const { startLocal, ways } = namesOf(page)
      await startLocal.waitFor()
      return (await ways.allInnerTexts()).map(oneLine)
    },
  },
  {
    claim: 'Start local database connects to a private PostgreSQL',
    picture: 'connected',
    async show(page) {
      const { startLocal, explorer, statusBar, alerts } = namesOf(page)
      await startLocal.click()
      await explorer.or(alerts).first().waitFor({ timeout: 90_000 })
      if ((await alerts.count()) > 0) throw new Error('The local database did not start')
      const seen = await waitFor(
        'the status bar says Connected and names PostgreSQL 18',
        () => statusBar.innerText(),
        (words) => /\bConnected\b/.test(words) && /PostgreSQL 18/.test(words),
      )
      return [oneLine(seen)]
    },
  },
  {
    claim: 'The sample folder has four migrations, all pending',
    picture: 'pending',
    show: async (page) => await showStates(page, Array(4).fill('pending')),
  },
  {
    claim: 'Apply all applies the four',
    picture: 'applied',
    async show(page) {
      const { applyAll, confirmApply, dialog } = namesOf(page)
      await applyAll.click()
      const isAsked = await Promise.race([
        dialog.waitFor().then(() => true),
        showStates(page, Array(4).fill('applied')).then(() => false),
      ])
      if (isAsked) await confirmApply.click()
      return await showStates(page, Array(4).fill('applied'))
    },
  },
  {
    claim: 'A query over employees and departments answers with rows',
    picture: 'query',
    async show(page) {
      const rows = await runQuery(page, QUERY)
      if (rows.length < 2) throw new Error('The grid shows no rows')
      return rows
    },
  },
  {
    claim: 'Roll back last asks first, and rolls back one',
    picture: 'rolled-back',
    async show(page) {
      const { rollBackLast, confirmRollback, dialog } = namesOf(page)
      await rollBackLast.click()
      await dialog.waitFor()
      const asked = oneLine(await dialog.getByRole('heading').first().innerText())
      await confirmRollback.click()
      return [`asked: ${asked}`, ...(await showStates(page, ['applied', 'applied', 'applied', 'pending']))]
    },
  },
  {
    claim: 'The server agrees: what the last migration made is gone',
    picture: 'gone',
    async show(page) {
      const rows = await runQuery(page, "select to_regclass('departments') as departments")
      if (!/\bNULL\b/.test(rows[1] ?? '')) throw new Error(`departments is still there: ${rows.join(' / ')}`)
      return rows
    },
  },
]

/**
 * Waits until the migrations have these states, oldest first; answers with one line per migration.
 * @param {import('@playwright/test').Page} page
 * @param {readonly string[]} states
 */
async function showStates(page, states) {
  const { migrationItems } = namesOf(page)
  const items = await waitFor(
    `the migrations are ${states.join(', ')}`,
    async () => (await migrationItems.allInnerTexts()).map(oneLine),
    (seen) => seen.map((item) => item.match(STATES)?.at(-1)).join() === states.join(),
  )
  return items
}

/**
 * Types the SQL over what the editor holds, runs it, and answers with the grid: its columns, then its rows.
 * @param {import('@playwright/test').Page} page
 * @param {string} sql
 */
async function runQuery(page, sql) {
  const { editor, run, queryStatus, columns, rows, results, alerts } = namesOf(page)
  const before = (await results.count()) === 0 ? '' : await results.innerText()
  await editor.focus()
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.insertText(sql)
  await run.click()
  await waitFor(
    'the query is complete',
    async () => `${await queryStatus.innerText()} ${(await alerts.allInnerTexts()).join(' ')}`,
    (words) => words.trim().startsWith('Complete'),
  )
  await waitFor(
    'the grid shows the result',
    async () => ((await results.count()) === 0 ? '' : await results.innerText()),
    (words) => words !== '' && words !== before,
  )
  const header = (await columns.allInnerTexts()).map(oneLine)
  const cells = await Promise.all(
    (await rows.all()).map(async (row) => (await row.getByRole('gridcell').allInnerTexts()).map(oneLine)),
  )
  return table([header.slice(-(cells[0]?.length ?? header.length)), ...cells])
}

/** @param {string} text */
function oneLine(text) {
  return text.replace(/\s+/g, ' ').trim()
}

/** @param {readonly (readonly string[])[]} lines */
function table(lines) {
  const width = (/** @type {number} */ column) => Math.max(...lines.map((line) => (line[column] ?? '').length))
  return lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(width(column)))
      .join('  ')
      .trimEnd(),
  )
}

import { expect, type Page } from '@playwright/test'
import { windowOf, wordsOf } from './app-window'

/** Puts a script in the place of the shown tab's text, as pasting does. */
export async function writeSql(page: Page, sql: string): Promise<void> {
  await windowOf(page).editor.focus()
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.press('Delete')
  await pasteText(page, sql)
}

/** Pastes a text where the focus is. Not by the clipboard, which tests that run beside this one use as well. */
export async function pasteText(page: Page, text: string): Promise<void> {
  await page.evaluate((text) => {
    const data = new DataTransfer()
    data.setData('text/plain', text)
    document.activeElement?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }))
  }, text)
}

/** Puts the caret at the beginning of a line, counted from 1. */
export async function goToLine(page: Page, line: number): Promise<void> {
  await windowOf(page).editor.focus()
  await page.keyboard.press('ControlOrMeta+Home')
  for (let at = 1; at < line; at += 1) await page.keyboard.press('ArrowDown')
}

/** How a run ended, in the status's own word. */
export type Outcome = 'Complete' | 'Failed' | 'Cancelled' | 'Lost'

/** Presses Run or Run all and waits until the run has ended so. */
export async function run(page: Page, button: 'Run' | 'Run all', outcome: Outcome = 'Complete'): Promise<void> {
  const { runBar } = windowOf(page)
  await runBar.getByRole('button', { name: button, exact: true }).click()
  await ended(page, outcome)
}

/** Waits until the tab's run has ended so. */
export async function ended(page: Page, outcome: Outcome): Promise<void> {
  const { queryStatus } = windowOf(page)
  await expect(queryStatus).not.toHaveText(/^Running/, { timeout: 30_000 })
  await expect(queryStatus).toHaveText(new RegExp(`^${outcome}`))
}

/** Writes a script over the shown tab, runs all of it, and answers with the rows of its last result as the grid shows them. */
export async function ask(page: Page, sql: string): Promise<string[][]> {
  await writeSql(page, sql)
  await run(page, 'Run all')
  const results = windowOf(page).results.filter({ hasText: /^Result/ })
  await expect(results).not.toHaveCount(0)
  const last = await results.count()
  await results.nth(last - 1).click()
  return gridRows(page, last)
}

/** Opens a new tab in the editor. */
export async function openTab(page: Page): Promise<void> {
  const { queryTabs, editor } = windowOf(page)
  const before = await queryTabs.count()
  await page.getByRole('button', { name: 'New tab' }).click()
  await expect(queryTabs).toHaveCount(before + 1)
  await expect(editor).toBeFocused()
}

/** The drawn rows of a result, in their order; a NULL is the word, marked as one. */
export async function gridRows(page: Page, number: number): Promise<string[][]> {
  const grid = page.getByRole('grid', { name: `Result ${number}`, exact: true })
  const rows = () =>
    grid.evaluate((element) => {
      const numbered = [...element.querySelectorAll('[role="row"]')].filter(
        (row) => Number(row.getAttribute('aria-rowindex')) > 1,
      )
      const isWaiting = element.querySelector('.wait') !== null
      const inOrder = numbered.sort(
        (a, b) => Number(a.getAttribute('aria-rowindex')) - Number(b.getAttribute('aria-rowindex')),
      )
      return isWaiting
        ? null
        : inOrder.map((row) =>
            [...row.querySelectorAll('[role="gridcell"]')].map((cell) =>
              cell.querySelector('.null') === null ? (cell.textContent ?? '') : `<${cell.textContent}>`,
            ),
          )
    })
  await expect.poll(rows, { message: 'the rows are drawn' }).not.toBeNull()
  return (await rows()) ?? []
}

/** The names of a result's columns, in their order. */
export async function gridColumns(page: Page, number: number): Promise<string[]> {
  const headers = page.getByRole('grid', { name: `Result ${number}`, exact: true }).getByRole('columnheader')
  const texts = await headers.evaluateAll((all) => all.map((one) => one.firstElementChild?.textContent ?? ''))
  return texts
}

/** How many rows a result says it has, its header not counted. */
export async function rowCount(page: Page, number: number): Promise<number> {
  const grid = page.getByRole('grid', { name: `Result ${number}`, exact: true })
  return Number(await grid.getAttribute('aria-rowcount')) - 1
}

/** The text above the editor's red underline, as it is drawn; empty when nothing is underlined. */
export function underlined(page: Page): Promise<string> {
  return page.locator('.query-editor').evaluate((editor) => {
    const marks = [...editor.querySelectorAll('.squiggly-error')].map((mark) => mark.getBoundingClientRect())
    const texts = document.createTreeWalker(editor.querySelector('.view-lines') ?? editor, NodeFilter.SHOW_TEXT)
    let found = ''
    for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
      const text = node.textContent ?? ''
      // By characters, so that an emoji is measured as the one thing it is.
      let at = 0
      for (const character of text) {
        const range = document.createRange()
        range.setStart(node, at)
        at += character.length
        range.setEnd(node, at)
        const box = range.getBoundingClientRect()
        const x = (box.left + box.right) / 2
        const y = (box.top + box.bottom) / 2
        const isMarked = marks.some(
          (mark) => x > mark.left && x < mark.right && y > mark.top - 4 && y < mark.bottom + 4,
        )
        if (isMarked) found += character
      }
    }
    return found
  })
}

/** The text of the shown tab, as far as its lines are drawn. */
export async function editorText(page: Page): Promise<string> {
  // Monaco draws a space as a no-break space.
  const lines = await page.locator('.query-editor .view-line').evaluateAll((all) =>
    all
      .map((line) => ({ top: line.getBoundingClientRect().top, text: line.textContent ?? '' }))
      .sort((a, b) => a.top - b.top)
      .map(({ text }) => text),
  )
  return lines.join('\n').replaceAll('\u00a0', ' ')
}

/** What Messages says, a line of text. */
export async function messagesText(page: Page): Promise<string> {
  const { results, messages } = windowOf(page)
  await results.filter({ hasText: 'Messages' }).click()
  return wordsOf(messages)
}

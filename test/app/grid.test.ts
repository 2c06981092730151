import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { activeCell, activeTab, answerSaveDialog, askAndFocus, columnOf, gridOf } from '../support/app-grid'
import { gridRows, openTab, rowCount, run, writeSql } from '../support/app-query'
import { sharedApp } from '../support/shared-app'

const PEOPLE = `select * from (values
  (1, 'Ärmel', 9007199254740993::numeric, null), (2, 'anna', 9007199254740992, ''), (3, 'Zoe', -5, 'x'),
  (4, 'bert', 'NaN', 'x'), (5, 'anna', 10, 'y'), (6, null, 9, 'x')) v(id, name, amount, note)`

test.describe('the grid', () => {
  const launched = sharedApp({ inNewTab: true })
  let folder: string

  test.beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-grid-'))
    await launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setSize(1280, 800))
  })
  test.afterAll(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  test('a press on a header sorts loaded rows up, down, and as the server sent them, and says so', async () => {
    const { page, screenshot } = launched
    const { header, arrangement } = gridOf(page)
    await askAndFocus(page, PEOPLE)

    await header('amount').click()
    await expect(arrangement).toHaveText('Sorted here by amount: 6 loaded rows, the statement was not run again')
    expect(await columnOf(page, 0)).toEqual(['3', '6', '5', '2', '1', '4'])
    await expect(header('amount')).toHaveAttribute('aria-sort', 'ascending')
    await screenshot('grid-sorted')

    await header('amount').click()
    await expect(header('amount')).toHaveAttribute('aria-sort', 'descending')
    await expect(arrangement).toContainText('amount descending')
    expect(await columnOf(page, 0)).toEqual(['4', '1', '2', '5', '6', '3'])

    await header('amount').click()
    await expect(arrangement).toHaveCount(0)
    expect(await columnOf(page, 0)).toEqual(['1', '2', '3', '4', '5', '6'])
  })

  test('a scroll uses the elements of the rows again', async () => {
    const { page } = launched
    await askAndFocus(page, 'select i, md5(i::text) from generate_series(1, 5000) i')
    const grid = page.getByRole('grid')
    const rows = grid.locator('.gr:not(.gh)')
    await rows.evaluateAll((all) => {
      for (const row of all) row.setAttribute('data-before', '')
    })
    const before = await rows.count()

    for (const row of [20, 40, 2300, 0, 1150]) {
      await grid.evaluate((element, to) => {
        element.scrollTop = 26 * to
      }, row)
      await expect(grid.locator(`[aria-rowindex="${row + 3}"] [aria-colindex="1"]`)).toHaveText(`${row + 2}`)
    }

    // The row with the focus is drawn as well, wherever it is.
    expect(await rows.locator('xpath=self::*[not(@data-before)]').count()).toBeLessThanOrEqual(1)
    expect(await rows.count()).toBe(before + 1)
  })

  test('Shift and a press add a column, and texts are said to sort by code point', async () => {
    const { page } = launched
    const { header, arrangement } = gridOf(page)
    await askAndFocus(page, PEOPLE)

    await header('note').click()
    await header('name').click({ modifiers: ['Shift'] })

    await expect(arrangement).toContainText(
      'Sorted here by note (by code point, not by collation), name (by code point, not by collation)',
    )
    expect(await columnOf(page, 0)).toEqual(['2', '3', '4', '6', '5', '1'])
  })

  test('the keyboard sorts, moves and widens the column with the focus', async () => {
    const { page } = launched
    const { header, grid, arrangement } = gridOf(page)
    await askAndFocus(page, PEOPLE)
    await page.keyboard.press('ArrowRight')
    const before = (await header('name').boundingBox())?.width ?? 0

    await page.keyboard.press('Alt+ArrowDown')
    await expect(arrangement).toContainText('name descending')
    expect(await columnOf(page, 0)).toEqual(['6', '1', '4', '2', '5', '3'])
    await page.keyboard.press('Alt+Shift+ArrowRight')
    await page.keyboard.press('Alt+ArrowLeft')

    await expect(header('name')).toHaveAttribute('aria-colindex', '1')
    expect(((await header('name').boundingBox())?.width ?? 0) - before).toBeCloseTo(16, 0)
    await page.keyboard.press('Alt+Backspace')
    await expect(arrangement).toHaveCount(0)
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Space')
    await expect(header('name')).toHaveAttribute('aria-sort', 'ascending')
    await expect(grid).toBeFocused()
    await page.keyboard.press('Alt+ArrowRight') // as it was: the order is remembered for these columns
  })

  test('filters loaded rows by a form at the column, and by the value of a cell', async () => {
    const { page, screenshot } = launched
    const { grid, arrangement } = gridOf(page)
    await askAndFocus(page, PEOPLE)
    for (let step = 0; step < 2; step += 1) await page.keyboard.press('ArrowRight')

    await page.keyboard.press('ControlOrMeta+Shift+F')
    const form = page.getByRole('dialog', { name: 'Filter amount' })
    await form.getByRole('combobox', { name: 'Condition' }).selectOption('is at least')
    await form.getByRole('textbox', { name: 'Value' }).fill('9007199254740993')
    await screenshot('grid-filter-form')
    await page.keyboard.press('Enter')

    await expect(arrangement).toHaveText('Filtered here: 2 of 6 loaded rows, the statement was not run again')
    expect(await columnOf(page, 0)).toEqual(['1', '4'])
    expect(await rowCount(page, 1)).toBe(2)
    await page.getByRole('button', { name: 'Remove the filter amount >= 9007199254740993' }).click()
    await expect(arrangement).toHaveCount(0)

    await grid.getByRole('gridcell', { name: 'anna' }).first().click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Filter by this value' }).click()
    await expect(arrangement).toContainText('2 of 6 loaded rows')
    expect(await columnOf(page, 0)).toEqual(['2', '5'])
    await screenshot('grid-filtered')
    await page.getByRole('button', { name: 'Server order, all rows' }).click()
    await grid.getByRole('gridcell', { name: 'anna' }).first().click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Exclude this value' }).click()
    await expect.poll(() => columnOf(page, 0)).toEqual(['1', '3', '4', '6'])
  })

  test('says why rows cannot be filtered so, and shows what was shown', async () => {
    const { page } = launched
    const { arrangement } = gridOf(page)
    await askAndFocus(page, PEOPLE)

    await page.keyboard.press('ControlOrMeta+Shift+F')
    await page.getByRole('dialog', { name: 'Filter id' }).getByRole('textbox', { name: 'Value' }).fill('ten')
    await page.keyboard.press('Enter')

    await expect(arrangement).toHaveText('"ten" cannot be compared with a value of id.')
    expect(await columnOf(page, 0)).toEqual(['1', '2', '3', '4', '5', '6'])
  })

  test('sorts a million rows while another tab answers', async () => {
    const { page } = launched
    const { header, arrangement } = gridOf(page)
    await askAndFocus(page, `select i, md5(i::text) as hash from generate_series(1, 1000000) i`)

    await header('hash').click()
    const own = await activeTab(page)
    await openTab(page)
    await writeSql(page, 'select 1 as one')
    await run(page, 'Run')
    expect(await gridRows(page, 1)).toEqual([['1']])
    await own.click()

    await expect(arrangement).toContainText('1,000,000 loaded rows')
    await expect.poll(async () => (await columnOf(page, 1))[0]).toMatch(/^0000/)
    const drawn = await columnOf(page, 1)
    expect(drawn).toEqual([...drawn].sort())
  })

  test('finds text in rows that were never drawn, and goes from match to match', async () => {
    const { page, screenshot } = launched
    const { grid, matches } = gridOf(page)
    await askAndFocus(
      page,
      `select i, case when i % 100000 = 0 then 'The Needle ' || i else md5(i::text) end as text from generate_series(1, 300000) i`,
    )

    await page.keyboard.press('ControlOrMeta+f')
    await page.keyboard.type('needle')
    await expect(matches).toHaveText('1 of 3')
    expect(await activeCell(page)).toBe('The Needle 100000')
    await expect(page.getByRole('textbox', { name: 'Find', exact: true })).toBeFocused()
    await screenshot('grid-find')
    await page.keyboard.press('Enter')
    await expect(matches).toHaveText('2 of 3')
    expect(await activeCell(page)).toBe('The Needle 200000')
    await page.keyboard.press('Shift+F3')
    await expect(matches).toHaveText('1 of 3')
    await page.getByRole('button', { name: 'Match case' }).click()
    await expect(matches).toHaveText('No matches')
    await page.keyboard.press('Escape')

    await expect(matches).toHaveCount(0)
    await expect(grid).toBeFocused()
  })

  test('finds in the arranged rows, in one column when told to', async () => {
    const { page } = launched
    const { header, matches } = gridOf(page)
    await askAndFocus(page, PEOPLE)
    await header('amount').click()
    await expect(header('amount')).toHaveAttribute('aria-sort', 'ascending')

    await page.keyboard.press('ControlOrMeta+f')
    await page.getByRole('textbox', { name: 'Find', exact: true }).fill('9')
    await expect(matches).toHaveText(/of 3$/)
    await page.getByRole('combobox', { name: 'Column' }).selectOption('id')
    await expect(matches).toHaveText('No matches')
    await page.keyboard.press('Escape')
  })

  test('shows a row as a record that goes with the grid', async () => {
    const { page, screenshot } = launched
    const { grid, record } = gridOf(page)
    await askAndFocus(
      page,
      `select i as id, repeat('long ', i * 2000) as text, null as nothing from generate_series(1, 3) i`,
    )

    await page.keyboard.press('F4')
    await expect(record.getByRole('option')).toHaveText([/^idint4 *1$/, /^texttext *long/, /^nothing.*NULL$/])
    await page.keyboard.press('ControlOrMeta+ArrowDown')
    await expect(record.getByRole('status', { name: 'Record row' })).toHaveText('Row 2 of 3')
    await expect(record.getByRole('option').first()).toContainText('2')
    await page.keyboard.press('ArrowDown')
    await screenshot('grid-record')
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Value of text, row 2' })
    await expect(dialog).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(dialog).toHaveCount(0)
    await expect(record.getByRole('listbox')).toBeFocused()
    await page.keyboard.press('Escape')

    await expect(record).toHaveCount(0)
    await expect(grid).toBeFocused()
    expect(await activeCell(page)).toMatch(/^long/)
  })

  test('a record marks the characters that turn the order of a text around', async () => {
    const { page } = launched
    const { record } = gridOf(page)
    await askAndFocus(page, `select 'safe' || chr(8238) || 'gnp.exe' as file`)

    await page.keyboard.press('F4')

    await expect(record.locator('.grecord-value .mark')).toHaveAttribute('data-mark', 'U+202E')
  })

  test('shows JSON as a tree with the digits and keys that the server printed', async () => {
    const { page, screenshot } = launched
    await askAndFocus(
      page,
      `select '{"a": 12345678901234567890.10, "a": [1, {"deep": {"deeper": true}}], "é": "x"}'::json as doc`,
    )

    await page.keyboard.press('Enter')
    const tree = page.getByRole('tree', { name: 'JSON' })
    await expect(tree.getByRole('treeitem')).toHaveText([
      '{ 3 members }',
      '"a": 12345678901234567890.10',
      '"a": [ 2 elements ]',
      '0: 1',
      '1: { 1 member }',
      '"é": "x"',
    ])
    await tree.focus()
    await page.keyboard.press('End')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('ArrowRight')
    await expect(tree.getByRole('treeitem', { name: '"deep"' })).toBeVisible()
    await screenshot('grid-json')
    await page.getByRole('tab', { name: 'Text' }).click()
    await expect(page.getByRole('region', { name: 'Text of the value' })).toContainText('12345678901234567890.10')
    await page.keyboard.press('Escape')
  })

  test('shows bytes as a hex dump, and as the image that they are', async () => {
    const { page, screenshot } = launched
    const png =
      '89504e470d0a1a0a0000000d4948445200000008000000080806000000c40fbe8b0000001c49444154789c63fcffff3f030560620062aa0126aa9a36caa26006000f8a04fb6e5d4a530000000049454e44ae426082'
    await askAndFocus(page, `select '\\x${png}'::bytea as picture, '\\x00ff'::bytea as raw`)

    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('region', { name: 'Hex of the value' })).toContainText(/^00000000 {2}00 ff .*··$/)
    await page.keyboard.press('Escape')
    await expect(gridOf(page).grid).toBeFocused()
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('Enter')

    await expect(page.getByRole('tab', { name: 'Image' })).toHaveAttribute('aria-selected', 'true')
    const image = page.getByRole('img', { name: 'Value of picture' })
    await expect.poll(() => image.evaluate((one: HTMLImageElement) => one.naturalWidth)).toBe(8)
    await screenshot('grid-image')
    await page.keyboard.press('Escape')
  })

  test('shows XML indented', async () => {
    const { page } = launched
    await askAndFocus(page, `select '<a><b c=">">x &amp; y</b><d/></a>'::xml as doc`)

    await page.keyboard.press('Enter')

    await expect(page.getByRole('region', { name: 'Indented of the value' })).toHaveText(
      '<a>\n  <b c=">">x &amp; y</b>\n  <d/>\n</a>',
      { useInnerText: true },
    )
    await page.keyboard.press('Escape')
  })

  test('shows a huge value in pages, and saves all of it to a file', async () => {
    const { app, page, screenshot } = launched
    const path = join(folder, 'value.txt')
    await answerSaveDialog(app, path)
    await askAndFocus(page, `select repeat('0123456789', 2000000) as big`)

    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Value of big, row 1' })
    await expect(dialog).toContainText('The first 4.2 MB of 20.0 MB are shown.')
    await screenshot('grid-huge-value')
    await dialog.getByRole('button', { name: /^Load .* more$/ }).click()
    await expect(dialog).toContainText('The first 8.4 MB of 20.0 MB are shown.')
    await dialog.getByRole('button', { name: 'Save to file…' }).click()
    await expect(dialog.getByRole('status', { name: 'Value facts' })).toHaveText('Saved value.txt: 20.0 MB')

    expect(await readFile(path, 'latin1')).toBe('0123456789'.repeat(2_000_000))
    await page.keyboard.press('Escape')
  })

  test('saves the bytes of a bytea', async () => {
    const { app, page } = launched
    const path = join(folder, 'value.bin')
    await answerSaveDialog(app, path)
    await askAndFocus(page, `select '\\x00ff10'::bytea as raw`)

    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Save to file…' }).click()
    await page.getByRole('menuitem', { name: 'Bytes' }).click()
    await expect(page.getByRole('status', { name: 'Value facts' })).toHaveText('Saved value.bin: 3 B')

    expect([...(await readFile(path))]).toEqual([0, 255, 16])
    await page.keyboard.press('Escape')
  })

  test('exports the rows as they are arranged', async () => {
    const { app, page, screenshot } = launched
    const { header, exported } = gridOf(page)
    const path = join(folder, 'arranged.csv')
    await answerSaveDialog(app, path)
    await askAndFocus(page, PEOPLE)
    await header('amount').click()
    await expect(header('amount')).toHaveAttribute('aria-sort', 'ascending')
    await expect(page.getByText(/Sorted here by amount/).first()).toBeAttached()

    await page.keyboard.press('ControlOrMeta+e')
    const dialog = page.getByRole('dialog', { name: 'Export loaded rows' })
    await expect(dialog.getByRole('radio', { name: /^Rows as arranged here/ })).toBeChecked()
    await screenshot('grid-export')
    await dialog.getByRole('button', { name: 'Choose file…' }).click()

    await expect(exported).toHaveText('Saved arranged.csv: 6 rows, 117 B')
    expect(await readFile(path, 'utf8')).toBe(
      'id,name,amount,note\n3,Zoe,-5,x\n6,,9,x\n5,anna,10,y\n2,anna,9007199254740992,""\n1,Ärmel,9007199254740993,\n4,bert,NaN,x\n',
    )
    await screenshot('grid-exported')
  })

  test('an export that is cancelled leaves no file', async () => {
    const { app, page } = launched
    const { exported } = gridOf(page)
    const own = await mkdtemp(join(folder, 'cancelled-'))
    await answerSaveDialog(app, join(own, 'rows.json'))
    await askAndFocus(page, `select i, repeat(md5(i::text), 4) as text from generate_series(1, 1000000) i`)
    await page.keyboard.press('ControlOrMeta+e')
    const dialog = page.getByRole('dialog', { name: 'Export loaded rows' })
    await dialog.getByRole('button', { name: /Format/ }).click()
    await page.getByRole('option', { name: 'JSON' }).click()
    await dialog.getByRole('button', { name: 'Choose file…' }).click()
    await expect(exported).toHaveText(/^Writing rows\.json: [\d,]+ of 1,000,000 rows/)

    await page.getByRole('button', { name: 'Cancel', exact: true }).last().click()

    await expect(exported).toHaveText('Stopped: no file was written')
    await expect.poll(() => readdir(own)).toEqual([])
  })

  test('an export goes on while another tab is shown, and so does an arrangement', async () => {
    const { app, page } = launched
    const { exported, header } = gridOf(page)
    const path = join(folder, 'elsewhere.json')
    await answerSaveDialog(app, path)
    await askAndFocus(page, `select i, md5(i::text) as text from generate_series(1, 500000) i`)
    await header('i').click({ modifiers: ['Shift'] })
    await header('i').click()
    await expect(header('i')).toHaveAttribute('aria-sort', 'descending')
    await expect.poll(async () => (await columnOf(page, 0))[0]).toBe('500000')
    await page.keyboard.press('ControlOrMeta+e')
    const dialog = page.getByRole('dialog', { name: 'Export loaded rows' })
    await dialog.getByRole('button', { name: /Format/ }).click()
    await page.getByRole('option', { name: 'JSON' }).click()
    await dialog.getByRole('button', { name: 'Choose file…' }).click()
    await expect(exported).toHaveText(/^(Writing|Saved)/)

    const own = await activeTab(page)
    await openTab(page)
    await own.click()

    await expect(exported).toHaveText(/^Saved elsewhere\.json: 500,000 rows/)
    const text = await readFile(path, 'utf8')
    expect(text.slice(0, 20)).toBe('[\n  {"i": 500000, "t')
    await expect(header('i')).toHaveAttribute('aria-sort', 'descending')
    expect((await columnOf(page, 0))[0]).toBe('500000')
  })

  test('an export goes on when the statement is run again, and the status bar says how it ended', async () => {
    const { app, page, screenshot } = launched
    const { exported } = gridOf(page)
    const path = join(folder, 'replaced.csv')
    await answerSaveDialog(app, path)
    await askAndFocus(page, `select i, md5(i::text) as text from generate_series(1, 1000000) i`)
    await page.keyboard.press('ControlOrMeta+e')
    await page.getByRole('dialog', { name: 'Export loaded rows' }).getByRole('button', { name: 'Choose file…' }).click()
    await expect(exported).toHaveText(/^Writing/)

    await writeSql(page, 'select 1 as other')
    await run(page, 'Run')
    expect(await gridRows(page, 1)).toEqual([['1']])

    const file = page.getByRole('contentinfo').getByRole('status', { name: 'File' })
    await expect(file).toHaveText(/^Saved replaced\.csv: 1,000,000 rows/)
    await screenshot('grid-export-unseen')
    expect((await readFile(path, 'utf8')).split('\n').at(-2)).toMatch(/^1000000,/)
    await page.getByRole('button', { name: 'Dismiss' }).click()
    await expect(file).toHaveCount(0)
  })

  test('a range is copied in every format, as the clipboard holds it', async () => {
    const { app, page } = launched
    const { grid } = gridOf(page)
    await askAndFocus(
      page,
      `select * from (values (1, 'a "b" c', 1.10), (2, null, 'NaN'::numeric), (3, 'x', 3)) v(id, name, price)`,
    )
    await page.keyboard.press('Shift+ArrowDown')
    await page.keyboard.press('Shift+End')

    const copied: Record<string, string> = {}
    for (const format of ['text with column names', 'CSV', 'JSON', 'Markdown', 'INSERT statement', 'SQL list']) {
      await app.evaluate(({ clipboard }) => clipboard.clear())
      await grid.focus()
      await page.keyboard.press('Shift+F10')
      await page.getByRole('menuitem', { name: `Copy as ${format}` }).click()
      await expect.poll(() => app.evaluate(({ clipboard }) => clipboard.readText())).not.toBe('')
      copied[format] = await app.evaluate(({ clipboard }) => clipboard.readText())
    }

    expect(copied).toEqual({
      'text with column names': 'id\tname\tprice\n1\ta "b" c\t1.10\n2\t\tNaN',
      CSV: 'id,name,price\n1,"a ""b"" c",1.10\n2,,NaN\n',
      JSON: '[\n  {"id": 1, "name": "a \\"b\\" c", "price": 1.10},\n  {"id": 2, "name": null, "price": "NaN"}\n]',
      Markdown: '| id | name | price |\n| ---: | --- | ---: |\n| 1 | a "b" c | 1.10 |\n| 2 | NULL | NaN |\n',
      'INSERT statement': expect.stringMatching(
        /^insert into \S+ \(id, name, price\) values\n {2}\(1, 'a "b" c', 1\.10\),\n {2}\(2, NULL, 'NaN'\);\n$/i,
      ),
      'SQL list': `((1, 'a "b" c', 1.10), (2, NULL, 'NaN'))`,
    })
  })

  test('100,000 selected cells are copied whole, and more are refused with a word', async () => {
    const { app, page } = launched
    await app.evaluate(({ clipboard }) => clipboard.clear())
    await askAndFocus(page, `select i, 'row ' || i from generate_series(1, 50000) i`)

    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.press('ControlOrMeta+c')
    const read = () => app.evaluate(({ clipboard }) => clipboard.readText())
    await expect.poll(async () => (await read()).length).toBeGreaterThan(500_000)

    const rows = (await read()).split('\n')
    expect([rows.length, rows[0], rows.at(-1)]).toEqual([50_000, '1\trow 1', '50000\trow 50000'])
    await askAndFocus(page, `select i, 'row ' || i from generate_series(1, 50001) i`)
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.press('ControlOrMeta+c')
    await expect(page.getByText(/^Not copied: 100,002 cells are selected, 100,000 can be copied at once/)).toBeVisible()
  })

  test('the mouse sizes, fits and moves a column, and a pinned one stays in sight', async () => {
    const { page, screenshot } = launched
    const { header, grid } = gridOf(page)
    const columns = Array.from({ length: 40 }, (_, index) => `'a rather long text' as c${index + 1}`).join(', ')
    await askAndFocus(page, `select ${columns}`)
    const widthOf = async (name: string) => Math.round((await header(name).boundingBox())?.width ?? 0)
    const drag = async (from: { x: number; y: number }, to: { x: number; y: number }) => {
      await page.mouse.move(from.x, from.y)
      await page.mouse.down()
      await page.mouse.move((from.x + to.x) / 2, to.y, { steps: 4 })
      await page.mouse.move(to.x, to.y, { steps: 4 })
      await page.mouse.up()
    }
    const boxOf = async (name: string) => {
      const box = await header(name).boundingBox()
      if (box === null) throw new Error(`${name} is not drawn`)
      return {
        ...box,
        middle: { x: box.x + box.width / 2, y: box.y + 10 },
        edge: { x: box.x + box.width - 2, y: box.y + 10 },
      }
    }
    const fitted = await widthOf('c1')

    const { edge } = await boxOf('c1')
    await drag(edge, { x: edge.x - 60, y: edge.y })
    await expect.poll(() => widthOf('c1')).toBe(fitted - 60)
    const narrowEdge = (await boxOf('c1')).edge
    await page.mouse.dblclick(narrowEdge.x, narrowEdge.y)
    await expect.poll(() => widthOf('c1')).toBe(fitted)
    await drag((await boxOf('c1')).middle, (await boxOf('c3')).middle)
    await expect(header('c1')).toHaveAttribute('aria-colindex', '3')
    await header('c2').click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Pin left' }).click()
    await grid.focus()
    await page.keyboard.press('ControlOrMeta+End')

    await expect(header('c40')).toBeInViewport()
    await expect(header('c2')).toBeInViewport()
    await expect(header('c2')).toHaveAttribute('aria-colindex', '1')
    await screenshot('grid-pinned')
  })

  test('hides columns and shows them again one by one', async () => {
    const { page, screenshot } = launched
    const { header, grid } = gridOf(page)
    await askAndFocus(page, 'select 1 as a, 2 as b, 3 as c')
    for (const name of ['a', 'b']) {
      await header(name).click({ button: 'right' })
      await page.getByRole('menuitem', { name: 'Hide column' }).click()
    }
    await expect(grid.getByRole('columnheader')).toHaveCount(1)

    await page.getByRole('button', { name: '2 hidden columns' }).click()
    await screenshot('grid-hidden-columns')
    await page.getByRole('menuitem', { name: 'b', exact: true }).click()

    await expect(grid.getByRole('columnheader')).toHaveCount(2)
    await expect(header('b')).toBeVisible()
    expect(await grid.getAttribute('aria-colcount')).toBe('3')
  })

  test('looks as well in the dark', async () => {
    const { page, screenshot } = launched
    const { header, arrangement } = gridOf(page)
    await page.emulateMedia({ colorScheme: 'dark' })
    await askAndFocus(page, PEOPLE)
    await header('name').click()
    await header('amount').click({ modifiers: ['Shift'] })
    await page.keyboard.press('ControlOrMeta+f')
    await page.keyboard.type('x')
    await expect(gridOf(page).matches).toHaveText(/of 3$/)
    await page.keyboard.press('Escape')
    await page.keyboard.press('F4')
    await expect(arrangement).toContainText('Sorted here')
    await expect(gridOf(page).record).toBeVisible()
    await screenshot('grid-dark')
    await page.keyboard.press('Escape')
    await page.keyboard.press('ControlOrMeta+e')
    await expect(page.getByRole('dialog', { name: 'Export loaded rows' })).toBeVisible()
    await screenshot('grid-dark-export')
    await page.keyboard.press('Escape')
    await page.emulateMedia({ colorScheme: 'light' })
  })

  test('says value, column and row of each cell that gets the focus', async () => {
    const { page } = launched
    await askAndFocus(page, PEOPLE)
    const said = page.getByRole('status', { name: 'Active cell' })

    await expect(said).toHaveText('1, id, row 1 of 6')
    await page.keyboard.press('End')
    await expect(said).toHaveText('NULL, note, row 1 of 6')
    await page.keyboard.press('ArrowDown')
    await expect(said).toHaveText('empty, note, row 2 of 6')
  })
})

import { mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { RowWindow } from '../../../contract/row-window'
import { ResultRegistry } from '../../../electron/engine/query/result-registry'
import { ResultStore } from '../../../electron/engine/query/result-store'
import { packWindow } from '../../../electron/engine/query/row-window'
import { prepareSpillFolder } from '../../../electron/engine/query/spill'
import { aProfileId, seededRandom } from '../../support/builders'
import { dataRow } from '../../support/scripted-server'
import { openFilesIn } from '../../support/spilled-files'
import { allTexts, wholeCell } from './all-rows'

const MEGABYTE = 1024 * 1024
const made: string[] = []
let spillFolder: string
beforeEach(() => {
  spillFolder = join(mkdtempSync(join(tmpdir(), 'strata-spill-')), 'results')
  made.push(join(spillFolder, '..'))
})
afterAll(async () => {
  for (const folder of made) await rm(folder, { recursive: true, force: true })
})

/** Gives rows to a store as a paused socket would: waits while it is behind, and at the end until nothing is left to write. */
async function fill(store: ResultStore, messages: Iterable<Buffer>, look: () => void = () => {}): Promise<void> {
  for (const message of messages) {
    store.takeRows(message, 0, message.length)
    look()
    while (store.isBehind) await written(store)
  }
  store.seal()
}

const written = (store: ResultStore) =>
  new Promise<void>((resolve) => {
    store.onWritten = resolve
  })

describe('a result and its budget of memory', () => {
  it('is read back exactly as it came, long rows between short ones', async () => {
    const random = seededRandom(11)
    const texts = Array.from({ length: 6000 }, (_, i) => [
      `${i}`,
      i % 7 === 0 ? null : 'x'.repeat(Math.floor(random() ** 12 * 600_000)),
    ])
    const registry = new ResultRegistry({ spillFolder, memoryBytes: MEGABYTE })
    const { id, store } = registry.create(aProfileId, 2)

    await fill(
      store,
      texts.map((row) => dataRow(row)),
    )

    expect(store.byteCount).toBeGreaterThan(20 * MEGABYTE)
    expect(allTexts(registry.get(id))).toEqual(texts)
    registry.release([id])
  })

  it('gives the same bytes in any order, while it grows', async () => {
    const random = seededRandom(3)
    const store = new ResultStore({ spillFolder, memoryBytes: MEGABYTE / 4 })
    const wrong: number[] = []
    const rows = Array.from({ length: 40_000 }, (_, i) => dataRow([`row ${i}`, '.'.repeat(i % 90)]))

    await fill(store, rows, () => {
      if (store.rowCount % 20 !== 0) return
      const row = Math.floor(random() * store.rowCount)
      const { bytes, offset, end } = store.locate(row)
      if (!bytes.subarray(offset - 5, end).equals(rows[row] ?? Buffer.alloc(0))) wrong.push(row)
    })

    expect(wrong).toEqual([])
    expect(store.byteCount).toBeGreaterThan(10 * (MEGABYTE / 4))
    store.release()
  })

  it('holds its budget and 8 bytes a row in memory, never more', async () => {
    const memoryBytes = 2 * MEGABYTE
    const store = new ResultStore({ spillFolder, memoryBytes })
    const chunk = Buffer.concat(Array.from({ length: 1000 }, (_, i) => dataRow([`${i}`, 'short'])))
    let most = 0

    await fill(store, Array(2000).fill(chunk), () => {
      most = Math.max(most, store.memoryBytes - 8 * store.rowCount)
    })
    for (let row = 0; row < store.rowCount; row += 777) store.locate(row)

    expect([store.rowCount, store.byteCount > 20 * memoryBytes]).toEqual([2_000_000, true])
    expect(most).toBeLessThanOrEqual(memoryBytes)
    expect(store.memoryBytes - 8 * store.rowCount).toBeLessThanOrEqual(memoryBytes)
    store.release()
  })

  it('shows a huge cell without reading all of it, and gives it in parts', async () => {
    const huge = `${'é'.repeat(6 * MEGABYTE)}!`
    const registry = new ResultRegistry({ spillFolder, memoryBytes: MEGABYTE })
    const { id, store } = registry.create(aProfileId, 3)

    await fill(store, [dataRow(['a', huge, 'behind']), dataRow([huge, null, 'b'])])
    const before = store.memoryBytes
    const window = new RowWindow(packWindow(store, 3, 0, 200))

    expect([window.text(0, 2), window.text(1, 2), window.isNull(1, 1), window.fullBytes(0, 1)]).toEqual([
      'behind',
      'b',
      true,
      Buffer.byteLength(huge),
    ])
    expect(store.memoryBytes).toBe(before)
    expect(wholeCell(registry.get(id), 1, 0).toString()).toBe(huge)
    expect(store.memoryBytes).toBe(before)
    registry.release([id])
  })

  it.skipIf(process.platform !== 'linux')('lies in a nameless file of mode 0600 in a folder of mode 0700', async () => {
    prepareSpillFolder(spillFolder, () => {})
    const store = new ResultStore({ spillFolder, memoryBytes: MEGABYTE })

    await fill(store, Array(40).fill(dataRow(['x'.repeat(100_000)])))

    expect(openFilesIn(spillFolder)).toEqual([{ hasName: false, mode: 0o600, size: expect.any(Number) }])
    expect(openFilesIn(spillFolder)[0]?.size).toBeGreaterThan(3 * MEGABYTE)
    expect([statSync(spillFolder).mode & 0o777, readdirSync(spillFolder)]).toEqual([0o700, []])
    store.release()
  })

  it.skipIf(process.platform !== 'linux')(
    'gives its file back when it is released, also while it is written',
    async () => {
      const store = new ResultStore({ spillFolder, memoryBytes: MEGABYTE })
      const row = dataRow(['x'.repeat(MEGABYTE)])
      for (let i = 0; i < 20; i += 1) store.takeRows(row, 0, row.length)
      expect(openFilesIn(spillFolder)).toHaveLength(1)

      store.release()
      store.takeRows(row, 0, row.length)

      await expect.poll(() => openFilesIn(spillFolder)).toEqual([])
      expect([store.rowCount, store.memoryBytes]).toEqual([0, 0])
    },
  )

  it('of less than half of it leaves the disk alone', async () => {
    const store = new ResultStore({ spillFolder, memoryBytes: MEGABYTE })

    await fill(store, Array(3).fill(dataRow(['x'.repeat(100_000)])))

    expect(() => statSync(spillFolder)).toThrow('ENOENT')
  })
})

describe('the start of an engine', () => {
  it('removes the files of engines that are gone, and nothing else', async () => {
    await mkdir(spillFolder, { recursive: true })
    const gone = 2 ** 22 + 1 // past the highest process id
    const names = [`${gone}-a.rows`, `${process.ppid}-b.rows`, `${process.pid}-c.rows`, 'notes.txt']
    for (const name of names) writeFileSync(join(spillFolder, name), 'x')

    prepareSpillFolder(spillFolder, () => {})

    expect((await readdir(spillFolder)).sort()).toEqual([`${process.ppid}-b.rows`, 'notes.txt'].sort())
  })

  it('goes on where there can be no such folder', () => {
    const said: string[] = []
    writeFileSync(join(spillFolder, '..', 'file'), 'x')

    prepareSpillFolder(join(spillFolder, '..', 'file', 'results'), (line) => said.push(line))

    expect(said).toEqual([expect.stringMatching(/could not be prepared: .*ENOTDIR/)])
  })
})

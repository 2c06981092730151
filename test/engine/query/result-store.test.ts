import { describe, expect, it } from 'vitest'
import { CELL_CHUNK_BYTES } from '../../../contract/query'
import { RowWindow } from '../../../contract/row-window'
import { FailureError } from '../../../electron/engine/failure-error'
import { readCell } from '../../../electron/engine/query/read-cell'
import { type KeptResult, ResultRegistry } from '../../../electron/engine/query/result-registry'
import { packWindow } from '../../../electron/engine/query/row-window'
import { aProfileId, seededRandom } from '../../support/builders'
import { dataRow, serverMessage } from '../../support/scripted-server'
import { allTexts, wholeCell } from './all-rows'

/** A result of these messages, taken in one piece. */
function aResult(messages: readonly Buffer[], columnCount: number): KeptResult & { readonly registry: ResultRegistry } {
  const registry = new ResultRegistry()
  const { id, store } = registry.create(aProfileId, columnCount)
  const bytes = Buffer.concat(messages)
  store.takeRows(bytes, 0, bytes.length)
  return { ...registry.get(id), registry }
}

const refusalOf = (work: () => unknown) => {
  try {
    return work()
  } catch (error) {
    return error instanceof FailureError ? error.failure : error
  }
}

describe('result store', () => {
  it('keeps rows of any size in any pieces, in order', () => {
    const random = seededRandom(5)
    const texts = Array.from({ length: 4000 }, (_, i) => [`${i}`, 'x'.repeat(Math.floor(random() ** 8 * 100_000))])
    const messages = texts.map((row) => dataRow(row))
    const registry = new ResultRegistry()
    const { id, store } = registry.create(aProfileId, 2)

    for (let at = 0; at < messages.length; ) {
      const end = at + 1 + Math.floor(random() * 400)
      const lead = Math.floor(random() * 30) // the rows rarely begin where the chunk does
      const piece = Buffer.concat([Buffer.alloc(lead, 1), ...messages.slice(at, end), Buffer.alloc(7, 2)])
      store.takeRows(piece, lead, piece.length - 7)
      piece.fill(255) // the socket's buffer is used again
      at = end
    }
    store.seal()

    expect(store.byteCount).toBeGreaterThan(3 * 4 * 1024 * 1024)
    expect(store.byteCount).toBe(messages.reduce((sum, message) => sum + message.length, 0))
    expect(allTexts(registry.get(id))).toEqual(texts)
  })

  it.each([-1, 0, 1])('keeps the row that ends %i bytes from the end of a segment', (beyond) => {
    const bytesOfRow = (cell: string) => dataRow([cell]).length
    const first = 'a'.repeat(40_000)
    const second = 'b'.repeat(64 * 1024 - bytesOfRow(first) - bytesOfRow('') + beyond - 1)

    const result = aResult([dataRow([first]), dataRow([`${second}!`]), dataRow(['c'])], 1)

    expect(allTexts(result).map(([cell]) => cell)).toEqual([first, `${second}!`, 'c'])
  })

  it('can be read while it grows', () => {
    const { store, columnCount } = aResult([dataRow(['1'])], 1)
    const seen: string[] = []

    for (let i = 2; i <= 3000; i += 1) {
      const message = dataRow([`${i}`])
      store.takeRows(message, 0, message.length)
      const window = new RowWindow(packWindow(store, columnCount, i - 2, 200))
      seen.push(`${window.text(0, 0)} ${window.text(1, 0)} ${window.rowCount}`)
    }

    expect(seen.filter((text, i) => text !== `${i + 1} ${i + 2} 2`)).toEqual([])
  })

  it('has no row past its end', () => {
    const { store } = aResult([dataRow(['1'])], 1)

    expect(() => store.locate(1)).toThrow(RangeError)
    expect(() => store.locate(-1)).toThrow(RangeError)
    expect(() => store.locate(Number.NaN)).toThrow(RangeError)
  })

  it('gives an empty window past its end', () => {
    const { store } = aResult([dataRow(['1'])], 1)

    const window = new RowWindow(packWindow(store, 1, 5, 200))

    expect([window.rowCount, window.columnCount]).toEqual([0, 1])
  })

  it('gives a window of very wide rows with cells cut shorter, each with its size', () => {
    const cells = Array.from({ length: 500 }, (_, i) => `${i} ${'x'.repeat(1000)}`)
    const row = dataRow(cells)
    const { store } = aResult(Array(200).fill(row), 500)

    const window = new RowWindow(packWindow(store, 500, 0, 200))

    expect(window.byteLength).toBeLessThan(32 * 1024 * 1024)
    expect([window.rowCount, window.text(199, 499).slice(0, 5), window.fullBytes(199, 499)]).toEqual([
      200,
      '499 x',
      1004,
    ])
  })

  it('lets nobody lead it out of a row', () => {
    const messages = {
      'more cells than bytes': serverMessage('D', Buffer.from([0xea, 0x60])),
      'no count': serverMessage('D'),
      'half a length': serverMessage('D', Buffer.from([0, 1, 0, 0])),
      'a cell longer than its row': serverMessage('D', Buffer.from([0, 1, 0, 0, 0, 9, 65])),
      'a cell of the largest length': serverMessage('D', Buffer.from([0, 1, 127, 255, 255, 255, 65])),
      'a length below NULL': serverMessage('D', Buffer.from([0, 1, 255, 255, 255, 254])),
      'one cell too many': dataRow(['a', 'b']),
      'one cell too few': dataRow([]),
    }

    const outcomes = Object.entries(messages).map(([name, message]) => {
      const result = aResult([message, dataRow(['behind'])], 1)
      const kinds = [refusalOf(() => packWindow(result.store, 1, 0, 1)), refusalOf(() => readCell(result, 0, 0, 0))]
      return [name, ...kinds, wholeCell(result, 1, 0).toString()]
    })

    const refused = {
      kind: 'refused',
      issues: [{ path: 'row', message: "Row 0 of the result is not as PostgreSQL's protocol describes it." }],
    }
    expect(outcomes).toEqual(Object.keys(messages).map((name) => [name, refused, refused, 'behind']))
  })
})

describe('a cell', () => {
  it('comes in parts of at most 1 MiB', () => {
    const text = 'é'.repeat(CELL_CHUNK_BYTES)
    const result = aResult([dataRow(['a', text])], 2)

    const parts = [0, CELL_CHUNK_BYTES, 2 * CELL_CHUNK_BYTES - 3, 2 * CELL_CHUNK_BYTES, 10 * CELL_CHUNK_BYTES].map(
      (from) => readCell(result, 0, 1, from),
    )

    const totalBytes = 2 * CELL_CHUNK_BYTES
    expect(parts.map((part) => [part.bytes.length, part.totalBytes])).toEqual([
      [CELL_CHUNK_BYTES, totalBytes],
      [CELL_CHUNK_BYTES, totalBytes],
      [3, totalBytes],
      [0, totalBytes],
      [0, totalBytes],
    ])
    expect(wholeCell(result, 0, 1).toString()).toBe(text)
  })

  it('crosses without the rows around it', () => {
    const result = aResult([dataRow(['a'.repeat(100_000)]), dataRow(['b'])], 1)

    const { bytes } = readCell(result, 1, 0, 0)

    expect(bytes.buffer.byteLength).toBe(1)
  })

  it('is NULL, or empty', () => {
    const result = aResult([dataRow([null, ''])], 2)

    expect([readCell(result, 0, 0, 0), readCell(result, 0, 1, 0)]).toEqual([
      { isNull: true, bytes: new Uint8Array(0), totalBytes: 0 },
      { isNull: false, bytes: new Uint8Array(0), totalBytes: 0 },
    ])
  })

  it('is refused when there is none', () => {
    const result = aResult([dataRow(['a'])], 1)

    expect([refusalOf(() => readCell(result, 1, 0, 0)), refusalOf(() => readCell(result, 0, 1, 0))]).toEqual([
      { kind: 'refused', issues: [{ path: 'row', message: 'There are 1 rows.' }] },
      { kind: 'refused', issues: [{ path: 'column', message: 'There are 1 columns.' }] },
    ])
  })
})

describe('result registry', () => {
  it('refuses rows that were released, and frees them', () => {
    const registry = new ResultRegistry()
    const { id, store } = registry.create(aProfileId, 1)
    const message = dataRow(['1'])
    store.takeRows(message, 0, message.length)

    registry.release([id])
    registry.release([id])

    expect(refusalOf(() => registry.get(id))).toMatchObject({ kind: 'refused' })
    expect([store.rowCount, store.byteCount]).toEqual([0, 0])
  })

  it('frees rows that are read when they are released as soon as the last reader is done', async () => {
    const registry = new ResultRegistry()
    const { id, store } = registry.create(aProfileId, 1)
    const message = dataRow(['1'])
    store.takeRows(message, 0, message.length)
    const done: (() => void)[] = []
    const reading = [0, 1].map(() => registry.whileReading(id, () => new Promise<void>((end) => done.push(end))))

    registry.release([id])
    const during = store.rowCount
    done[0]?.()
    await reading[0]
    const afterOne = store.rowCount
    done[1]?.()
    await reading[1]

    expect([during, afterOne, store.rowCount]).toEqual([1, 1, 0])
  })

  it('frees rows that are read when their profile is closed', () => {
    const registry = new ResultRegistry()
    const { id, store } = registry.create(aProfileId, 1)
    const message = dataRow(['1'])
    store.takeRows(message, 0, message.length)
    void registry.whileReading(id, () => new Promise<void>(() => {}))
    registry.release([id])

    registry.releaseProfile(aProfileId)

    expect(store.rowCount).toBe(0)
  })

  it('frees the results of one profile only', () => {
    const registry = new ResultRegistry()
    const mine = registry.create(aProfileId, 1)
    const other = registry.create('other' as typeof aProfileId, 1)

    registry.releaseProfile(aProfileId)

    expect(refusalOf(() => registry.get(mine.id))).toMatchObject({ kind: 'refused' })
    expect(registry.get(other.id).store).toBe(other.store)
  })
})

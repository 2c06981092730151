import { describe, expect, it } from 'vitest'
import { packRows, previewLength, RowWindow, RowWindowWriter, sizeOfWindow } from '../../contract/row-window'

const bytesOf = (text: string) => new TextEncoder().encode(text)
const pack = (rows: (string | null)[][], previewBytes = 4096) =>
  packRows(
    rows.map((row) => row.map((cell) => (cell === null ? null : bytesOf(cell)))),
    previewBytes,
  )

function unpack(packed: Uint8Array): (string | null)[][] {
  const window = new RowWindow(packed)
  return Array.from({ length: window.rowCount }, (_, row) =>
    Array.from({ length: window.columnCount }, (_, column) =>
      window.isNull(row, column) ? null : window.text(row, column),
    ),
  )
}

describe('row window', () => {
  it('gives back what was packed, NULL apart from the empty string', () => {
    const rows = [
      [null, '', '1'],
      ['Café Łuna', null, '👩‍👩‍👧'],
      ['', null, null],
    ]

    const packed = pack(rows)

    expect(unpack(packed)).toEqual(rows)
  })

  it('is exactly as long as its contents', () => {
    const packed = pack([['ab', null, 'cde']])

    expect(packed.byteLength).toBe(sizeOfWindow(1, 3, 0, 5))
    expect(packed.buffer.byteLength).toBe(packed.byteLength)
  })

  it('cuts a long value between two characters and says how long it is', () => {
    const packed = pack([['x', 'abc😀def', null, 'whole']], 6)

    const window = new RowWindow(packed)

    expect(window.text(0, 1)).toBe('abc')
    expect([0, 1, 2, 3].map((column) => window.fullBytes(0, column))).toEqual([null, 10, null, null])
  })

  it('keeps a character that ends exactly at the cut', () => {
    const packed = pack([['ab😀c']], 6)

    expect(new RowWindow(packed).text(0, 0)).toBe('ab😀')
  })

  it('cuts bytes that are no UTF-8 where they are', () => {
    const noText = new Uint8Array(20).fill(0x80)

    expect(previewLength(noText, 0, 20, 10)).toBe(10)
    expect(new RowWindow(packRows([[noText]], 10)).bytes(0, 0).length).toBe(10)
  })

  it('keeps a byte order mark and U+FFFD, and writes bytes that are no UTF-8 as such', () => {
    const packed = packRows(
      [[new Uint8Array([0xef, 0xbb, 0xbf, 0x61]), new Uint8Array([0x61, 0xe9]), bytesOf('\ufffd')]],
      4096,
    )

    expect(unpack(packed)).toEqual([['\ufeffa', 'a\\xE9', '\ufffd']])
  })

  it('finds every cut cell among many', () => {
    const rows = Array.from({ length: 50 }, (_, row) =>
      Array.from({ length: 7 }, (_, column) => 'x'.repeat((row * 7 + column) % 3 === 0 ? 20 : 3)),
    )

    const window = new RowWindow(pack(rows, 8))

    const cuts = rows.flatMap((row, r) => row.map((_, c) => window.fullBytes(r, c)))
    expect(cuts).toEqual(rows.flat().map((cell) => (cell.length > 8 ? 20 : null)))
  })

  it('counts rows that have no columns', () => {
    const window = new RowWindow(packRows([[], [], []], 4096))

    expect([window.rowCount, window.columnCount]).toEqual([3, 0])
  })

  it('knows its columns when it has no rows', () => {
    const window = new RowWindow(packRows([], 4096, 5))

    expect([window.rowCount, window.columnCount, window.byteLength]).toEqual([0, 5, 16])
  })

  it('refuses a cell outside', () => {
    const window = new RowWindow(pack([['a', 'b']]))

    expect(() => window.text(0, 2)).toThrow(RangeError)
    expect(() => window.text(1, 0)).toThrow(RangeError)
  })

  it('is read from a view at an odd offset', () => {
    const packed = pack([['a', null]])
    const shifted = new Uint8Array(packed.byteLength + 1)
    shifted.set(packed, 1)

    expect(unpack(shifted.subarray(1))).toEqual([['a', null]])
  })

  it('is written from the middle of a larger buffer', () => {
    const source = bytesOf(`head ${'long enough to be copied at once '.repeat(2)}tail`)
    const writer = new RowWindowWriter(1, 2, 0, 4 + 66)

    writer.put(source, 0, 4)
    writer.put(source, 5, 66)

    expect(unpack(writer.packed)).toEqual([['head', 'long enough to be copied at once '.repeat(2)]])
  })
})

import { describe, expect, it } from 'vitest'
import type { CellValue } from '../../../../contract/query'
import { packRows } from '../../../../contract/row-window'
import { type FetchCell, readCell, readRange } from '../../../../renderer/query/grid/read-range'
import { RowSource } from '../../../../renderer/query/grid/row-source'

const encoder = new TextEncoder()
const options = { isWholeWanted: true, signal: new AbortController().signal }

/** A result of `rowCount` rows whose cells are made by `cellAt`. */
function aResult(
  rowCount: number,
  cellAt: (row: number, column: number) => string | null,
): { source: RowSource; fetchCell: FetchCell; fetched: number[] } {
  const fetched: number[] = []
  const bytesAt = (row: number, column: number) => {
    const text = cellAt(row, column)
    return text === null ? null : encoder.encode(text)
  }
  const source = new RowSource(async (from, count) => {
    fetched.push(from)
    return packRows(
      Array.from({ length: Math.min(count, rowCount - from) }, (_, index) => [
        bytesAt(from + index, 0),
        bytesAt(from + index, 1),
      ]),
      16,
    )
  })
  source.grow(rowCount)
  const fetchCell: FetchCell = async (row, column, limit): Promise<CellValue> => {
    const bytes = bytesAt(row, column)
    return { isNull: bytes === null, bytes: bytes?.slice(0, limit) ?? new Uint8Array(), totalBytes: bytes?.length ?? 0 }
  }
  return { source, fetchCell, fetched }
}

describe('read a range', () => {
  it('reads windows that are not in memory, each once, columns in the order wanted', async () => {
    const { source, fetchCell, fetched } = aResult(1000, (row, column) => (row === 201 ? null : `${row}/${column}`))

    const read = await readRange(source, fetchCell, { fromRow: 199, toRow: 202 }, [1, 0], options)

    expect(read).toEqual({
      type: 'rows',
      hasRawBytes: false,
      rows: [
        ['199/1', '199/0'],
        ['200/1', '200/0'],
        [null, null],
      ],
    })
    expect(fetched).toEqual([0, 200])
  })

  it('reads a cut cell whole', async () => {
    const { source, fetchCell } = aResult(1, () => '😀'.repeat(50))

    const read = await readRange(source, fetchCell, { fromRow: 0, toRow: 1 }, [0], options)

    expect(read).toEqual({ type: 'rows', rows: [['😀'.repeat(50)]], hasRawBytes: false })
  })

  it('refuses more bytes than are copied at once', async () => {
    const { source, fetchCell } = aResult(30, () => 'x'.repeat(1024 * 1024))

    expect(await readRange(source, fetchCell, { fromRow: 0, toRow: 30 }, [0], options)).toEqual({
      type: 'too many bytes',
    })
  })

  it('says which row could not be read', async () => {
    const { source, fetchCell } = aResult(100, () => 'x')

    expect(await readRange(source, fetchCell, { fromRow: 99, toRow: 101 }, [0], options)).toEqual({
      type: 'unreadable',
      row: 100,
    })
  })

  it('stops when nobody wants it any more', async () => {
    const { source, fetchCell } = aResult(1000, () => 'x')
    const controller = new AbortController()

    const reading = readRange(source, fetchCell, { fromRow: 0, toRow: 1000 }, [0], {
      isWholeWanted: true,
      signal: controller.signal,
    })
    controller.abort()

    expect(await reading).toEqual({ type: 'stopped' })
  })
})

describe('read a cell', () => {
  it('shows the beginning of a long value up to a whole character', async () => {
    const { fetchCell } = aResult(1, () => `a${'😀'.repeat(50)}`)

    expect(await readCell(fetchCell, 0, 0, 8)).toEqual({
      isNull: false,
      text: 'a😀',
      totalBytes: 201,
      isWhole: false,
      hasRawBytes: false,
    })
  })

  it('tells NULL from the empty string', async () => {
    const { fetchCell } = aResult(1, (_, column) => (column === 0 ? null : ''))

    const cells = [await readCell(fetchCell, 0, 0, 8), await readCell(fetchCell, 0, 1, 8)]

    expect(cells.map((cell) => [cell?.isNull, cell?.isWhole])).toEqual([
      [true, true],
      [false, true],
    ])
  })
})

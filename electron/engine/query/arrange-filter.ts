import type { RowFilter } from '../../../contract/arrangement'
import { refusal } from '../failure-error'
import { ColumnReader } from './arrange-cell'
import { BY_CODE_POINT, compareValues, orderOf } from './arrange-order'
import type { Pace } from './arrange-pace'
import { containsText } from './find-text'
import type { KeptResult } from './result-registry'

const STEP = 512

/** The rows below `covered` that pass every filter, in the server's order. */
export async function filterRows(
  result: KeptResult,
  filters: readonly RowFilter[],
  covered: number,
  pace: Pace,
): Promise<Uint32Array> {
  if (filters.length === 0) return firstRows(covered)
  const tests = filters.map((filter) => testOf(result, filter))
  const passed = new Uint32Array(covered)
  let count = 0
  for (let row = 0; row < covered; row += 1) {
    if (tests.every((test) => test(row))) passed[count++] = row
    if (row % STEP === 0 && pace.isDue) await pace.rest(row)
  }
  return passed.slice(0, count)
}

// A loop: `Uint32Array.from` takes half a second for five million.
function firstRows(count: number): Uint32Array {
  const rows = new Uint32Array(count)
  for (let row = 0; row < count; row += 1) rows[row] = row
  return rows
}

function testOf(result: KeptResult, filter: RowFilter): (row: number) => boolean {
  const { store, columnCount } = result
  const reader = new ColumnReader(store, columnCount, filter.column)
  switch (filter.kind) {
    case 'null':
      return (row) => reader.read(row) !== filter.isNull
    case 'cell': {
      if (filter.row >= store.rowCount) throw refusal('row', `There are ${store.rowCount} rows.`)
      const model = reader.read(filter.row) ? reader.copy() : null
      return (row) => {
        const isSame = !reader.read(row)
          ? model === null
          : model !== null &&
            model.length === reader.length &&
            model.compare(reader.bytes, reader.at, reader.at + reader.length) === 0
        return isSame === filter.isSame
      }
    }
    case 'text':
      return textTestOf(result, filter, reader)
  }
}

function textTestOf(
  result: KeptResult,
  filter: Extract<RowFilter, { kind: 'text' }>,
  reader: ColumnReader,
): (row: number) => boolean {
  const { test, text } = filter
  if (test === 'contains' || test === 'does not contain') {
    const holds = containsText(text, false)
    return (row) => reader.read(row) && holds(reader.bytes, reader.at, reader.length) === (test === 'contains')
  }
  const column = result.columns[filter.column]
  const order = orderOf(column?.typeOid)
  const operand = Buffer.from(text)
  if (order.first(operand, 0, operand.length) === null)
    throw refusal('filters', `"${text}" cannot be compared with a value of ${column?.name ?? 'this column'}.`)
  const fits = FITS[test]
  return (row) => {
    if (!reader.read(row)) return false
    const value = reader.bytes.subarray(reader.at, reader.at + reader.length)
    // A value that the order cannot read, as a date in another DateStyle, is compared as the text it is.
    return fits(compareValues(order, value, operand) ?? compareValues(BY_CODE_POINT, value, operand) ?? 1)
  }
}

const FITS: Readonly<Record<'equals' | 'differs from' | '<' | '<=' | '>' | '>=', (compared: number) => boolean>> = {
  equals: (compared) => compared === 0,
  'differs from': (compared) => compared !== 0,
  '<': (compared) => compared < 0,
  '<=': (compared) => compared <= 0,
  '>': (compared) => compared > 0,
  '>=': (compared) => compared >= 0,
}

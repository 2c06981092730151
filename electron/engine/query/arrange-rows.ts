import type { ArrangeEvent, ArrangeInput } from '../../../contract/arrangement'
import type { Channel } from '../../../contract/define'
import { ColumnReader } from './arrange-cell'
import { filterRows } from './arrange-filter'
import { BY_CODE_POINT, orderOf } from './arrange-order'
import { paceOf } from './arrange-pace'
import { sortByColumn } from './arrange-sort'
import type { ResultViews } from './arrange-views'
import type { KeptResult } from './result-registry'

type SortedAs = Extract<ArrangeEvent, { type: 'arranged' }>['orders'][number]

/**
 * Makes a view of the rows that are loaded now: those that pass the filters, sorted as PostgreSQL's ORDER BY would with NULLs where it
 * puts them, texts by code point. Equal rows keep the server's order. Nothing is run again, and others are let through meanwhile.
 */
export async function arrangeRows(
  result: KeptResult,
  views: ResultViews,
  input: ArrangeInput,
  channel: Channel<ArrangeEvent>,
): Promise<void> {
  const { store, columnCount, columns } = result
  const coveredRows = store.rowCount
  const total = coveredRows * (input.filters.length > 0 ? 1 : 0) + coveredRows * 2 * input.sort.length
  const pace = paceOf(channel, (done) => channel.send({ type: 'rowsPassed', done: Math.min(done, total), total }))
  const passed = await filterRows(result, input.filters, coveredRows, pace)
  let done = input.filters.length > 0 ? coveredRows : 0
  let rows: Uint32Array = passed
  const orders: SortedAs[] = []
  // The last key first: each further sorting leaves equal rows as the one before has put them.
  for (const { column, direction } of [...input.sort].reverse()) {
    const reader = new ColumnReader(store, columnCount, column)
    const order = orderOf(columns[column]?.typeOid)
    const isDescending = direction === 'descending'
    const sorted = await sortByColumn(rows, passed, reader, order, isDescending, pace, done)
    if (sorted === null) {
      rows = (await sortByColumn(rows, passed, reader, BY_CODE_POINT, isDescending, pace, done)) ?? rows
      orders.unshift('as text')
    } else {
      rows = sorted
      orders.unshift(order.name)
    }
    done += 2 * coveredRows
  }
  const viewId = views.add(store, rows)
  channel.send({ type: 'arranged', viewId, rows: rows.length, coveredRows, orders })
}

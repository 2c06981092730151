import { refusal } from '../failure-error'
import type { RowOrder } from './arrange-views'
import { placeInResult } from './arrange-views'
import { readCell } from './read-cell'
import type { KeptResult } from './result-registry'
import { eachCell } from './row-cells'
import { describeColumns } from './type-name'

/** The rows of a result in the order of a view, for those who read them one after the other. */
export function rowsInOrder(result: KeptResult, order: RowOrder) {
  const { store, columnCount } = result
  return {
    rowCount: order?.length ?? store.rowCount,
    columns: describeColumns(result.columns),
    eachCell: (row: number, visit: (bytes: Buffer, at: number, length: number, column: number) => void): void => {
      const place = placeInResult(order, row)
      if (place >= store.rowCount)
        throw refusal('resultId', 'These rows are not kept any more. Run the statement again.')
      eachCell(store, place, columnCount, visit)
    },
    part: (row: number, column: number, from: number) => readCell(result, placeInResult(order, row), column, from),
  }
}

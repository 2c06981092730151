import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ArrangeEvent, ArrangeInput } from '../../contract/arrangement'
import type { Channel } from '../../contract/define'
import type { ExportInput, TransferEvent } from '../../contract/transfer'
import { arrangeRows } from '../../electron/engine/query/arrange-rows'
import { ResultViews } from '../../electron/engine/query/arrange-views'
import type { KeptResult } from '../../electron/engine/query/result-registry'
import { rowsInOrder } from '../../electron/engine/query/result-rows'
import { exportRows } from '../../electron/engine/transfer/export-rows'
import { SORTED_COLUMNS } from './table'

/** Milliseconds to write all rows of a result to a CSV file, and the bytes of the file. */
export async function exportToCsv(
  result: KeptResult,
  folder: string,
): Promise<{ readonly ms: number; readonly bytes: number }> {
  const path = join(folder, 'exported.csv')
  const input: ExportInput = {
    token: 'token' as ExportInput['token'], // branded here: the path is given
    resultId: 'result' as ExportInput['resultId'],
    rows: null,
    columns: result.columns.map((_, column) => column),
    format: 'csv',
    hasHeader: false,
    delimiter: ',',
    relation: 't',
  }
  const startedAt = performance.now()
  await exportRows(
    rowsInOrder(result, null),
    path,
    input,
    hear<TransferEvent>(() => {}),
  )
  const ms = performance.now() - startedAt
  const { size } = await stat(path)
  await rm(path)
  return { ms, bytes: size }
}

/** Milliseconds to sort all rows of a result by each of the columns that are sorted by. */
export async function sortKept(result: KeptResult): Promise<Readonly<Record<string, number>>> {
  const took: Record<string, number> = {}
  for (const name of SORTED_COLUMNS) {
    const input: ArrangeInput = {
      resultId: 'result' as ArrangeInput['resultId'], // branded here: the result is given
      sort: [{ column: result.columns.findIndex((column) => column.name === name), direction: 'descending' }],
      filters: [],
    }
    let last: ArrangeEvent | null = null
    const channel = hear<ArrangeEvent>((event) => {
      last = event
    })
    const startedAt = performance.now()
    await arrangeRows(result, new ResultViews(), input, channel)
    took[name] = performance.now() - startedAt
    if ((last as ArrangeEvent | null)?.type !== 'arranged') throw new Error('the rows were not sorted')
  }
  return took
}

function hear<E>(send: (event: E) => void): Channel<E> {
  return { isClosed: false, send, onClose: () => {} }
}

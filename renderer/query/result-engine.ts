import type { ResultId, ViewId } from '../../contract/query'
import { askShell, openStream, request } from '../bridge'
import type { GridEngine } from './grid/grid-engine'
import { Transfer } from './grid/transfer-work'
import { type ArrangementMemory, newArrangementMemory } from './grid/use-arranged-rows'
import { sayOfUnseenFile } from './unseen-files'

/** What stays of a grid while another tab is shown. */
interface GridMemory {
  readonly arrangement: ArrangementMemory
  readonly transfer: Transfer
}

/** Results of which something is remembered. */
const MOST_REMEMBERED = 200
const memories = new Map<ResultId, GridMemory>()

/** How the rows of a result are arranged and where they are exported to: the same object each time, for as long as it is remembered. */
export function memoryOf(resultId: ResultId): GridMemory {
  const memory = memories.get(resultId) ?? { arrangement: newArrangementMemory(), transfer: followedTransfer() }
  memories.set(resultId, memory)
  const [oldest] = memories.keys()
  if (memories.size > MOST_REMEMBERED && oldest !== undefined) memories.delete(oldest)
  return memory
}

function followedTransfer(): Transfer {
  const transfer: Transfer = new Transfer((said) => sayOfUnseenFile(transfer, said))
  return transfer
}

/** What the grid of a result asks of the engine and the shell. */
export function engineOfResult(resultId: ResultId): GridEngine {
  const ofView = (viewId: ViewId | undefined) => (viewId === undefined ? { resultId } : { resultId, viewId })
  return {
    arrange: (sort, filters, onEvent) =>
      openStream('result.arrange', { resultId, sort: [...sort], filters: [...filters] }, onEvent),
    find: ({ viewId, columns, ...wanted }, onEvent) =>
      openStream('result.find', { ...ofView(viewId), ...wanted, columns: [...columns] }, onEvent),
    place: async (viewId, row) => {
      const reply = await request('result.place', { ...ofView(viewId), row })
      return reply.ok ? reply.value : null
    },
    chooseFile: async (name, kind) => {
      const reply = await askShell('dialog.chooseSaveFile', { name, kind })
      return reply.ok ? reply.value.chosen : null
    },
    exportRows: ({ viewId, columns, ...wanted }, onEvent) =>
      openStream('transfer.export', { ...ofView(viewId), ...wanted, columns: [...columns] }, onEvent),
    saveCell: ({ viewId, ...wanted }, onEvent) =>
      openStream('transfer.saveCell', { ...ofView(viewId), ...wanted }, onEvent),
  }
}

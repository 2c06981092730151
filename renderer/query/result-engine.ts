import type { ResultId, ViewId } from '../../contract/query'
import { askShell, openStream, request } from '../bridge'
import type { GridEngine } from './grid/grid-engine'
import { type ArrangementMemory, newArrangementMemory } from './grid/use-arranged-rows'

/** Results whose arrangement is remembered. */
const MOST_REMEMBERED = 200
const memories = new Map<ResultId, ArrangementMemory>()

/** How the rows of a result were last arranged: the same object each time, for as long as it is remembered. */
export function arrangementOf(resultId: ResultId): ArrangementMemory {
  const memory = memories.get(resultId) ?? newArrangementMemory()
  memories.set(resultId, memory)
  const [oldest] = memories.keys()
  if (memories.size > MOST_REMEMBERED && oldest !== undefined) memories.delete(oldest)
  return memory
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

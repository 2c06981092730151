import type { ArrangeEvent, ArrangeInput } from '../../../contract/arrangement'
import type { Channel } from '../../../contract/define'
import { arrangeRows } from '../../../electron/engine/query/arrange-rows'
import { ResultViews, type RowOrder } from '../../../electron/engine/query/arrange-views'
import type { KeptResult } from '../../../electron/engine/query/result-registry'
import { rowsInOrder } from '../../../electron/engine/query/result-rows'
import type { Session } from '../../../electron/engine/session/session'
import { runScript } from '../../support/builders'

/** A channel that keeps what it is sent. */
export class KeepingChannel<E> implements Channel<E> {
  readonly events: E[] = []
  isClosed = false
  /** Called with each event, as a window is. */
  heard: (event: E) => void = () => {}

  send(event: E): void {
    if (this.isClosed) return
    this.events.push(event)
    this.heard(event)
  }

  onClose(): void {}
}

/** The rows of a query, loaded. */
export async function loadRows(session: Session, sql: string): Promise<KeptResult> {
  const { channel, results } = await runScript(session, sql)
  const [arrived] = channel.all('columnsArrived')
  if (arrived === undefined) throw new Error(`no rows: ${JSON.stringify(channel.events.at(-2))}`)
  return results.get(arrived.resultId)
}

/** A view of loaded rows: its order, and what was told of it. */
export async function arrange(result: KeptResult, wanted: Partial<Omit<ArrangeInput, 'resultId'>>) {
  const views = new ResultViews()
  const channel = new KeepingChannel<ArrangeEvent>()
  const input: ArrangeInput = { resultId: 'result' as ArrangeInput['resultId'], sort: [], filters: [], ...wanted } // branded: not looked at here
  await arrangeRows(result, views, input, channel)
  const arranged = channel.events.at(-1)
  if (arranged?.type !== 'arranged') throw new Error('not arranged')
  return { order: views.get(result.store, arranged.viewId), arranged, views }
}

/** One column of a view as text, in its order. */
export function columnTexts(result: KeptResult, order: RowOrder, column: number): (string | null)[] {
  return rowTexts(result, order).map((row) => row[column] ?? null)
}

/** All cells of a view as text, in its order. */
export function rowTexts(result: KeptResult, order: RowOrder): (string | null)[][] {
  const rows = rowsInOrder(result, order)
  return Array.from({ length: rows.rowCount }, (_, row) => {
    const cells: (string | null)[] = []
    rows.eachCell(row, (bytes, at, length) => cells.push(length < 0 ? null : bytes.toString('utf8', at, at + length)))
    return cells
  })
}

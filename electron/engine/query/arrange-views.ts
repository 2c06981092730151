import { randomUUID } from 'node:crypto'
import type { ViewId } from '../../../contract/query'
import { refusal } from '../failure-error'
import type { ResultStore } from './result-store'

/** Numbers of the rows of a view, in its order; null for all rows in the server's order. */
export type RowOrder = Uint32Array | null

/** Views of one result that are kept: the one shown, and the one it takes the place of. */
const KEPT = 2

/** The views of all results, found by id for as long as their result is kept. */
export class ResultViews {
  // Weakly: a result that is released takes its views with it.
  private readonly views = new WeakMap<ResultStore, { readonly id: ViewId; readonly rows: Uint32Array }[]>()

  /** Keeps a view, and lets go of the oldest. */
  add(store: ResultStore, rows: Uint32Array): ViewId {
    const id = randomUUID() as ViewId // branded here: this is where view ids are minted
    this.views.set(store, [...(this.views.get(store) ?? []), { id, rows }].slice(-KEPT))
    return id
  }

  /** The rows of a view, null without an id; refused when the view is gone. */
  get(store: ResultStore, id: ViewId | undefined): RowOrder {
    if (id === undefined) return null
    const view = this.views.get(store)?.find((one) => one.id === id)
    if (view === undefined) throw refusal('viewId', 'This arrangement of the rows is gone. Arrange them again.')
    return view.rows
  }
}

/** Where a row of a view stands in the server's order; refused past the end of the view. */
export function placeInResult(order: RowOrder, row: number): number {
  if (order === null) return row
  const place = order[row]
  if (place === undefined) throw refusal('row', `There are ${order.length} rows.`)
  return place
}

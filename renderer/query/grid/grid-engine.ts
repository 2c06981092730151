import type { ArrangeEvent, FindEvent, FindInput, RowFilter, SortKey } from '../../../contract/arrangement'
import type { Failure } from '../../../contract/failure'
import type { ViewId } from '../../../contract/query'
import type { ExportInput, FileKind, FileToken, SaveCellInput, TransferEvent } from '../../../contract/transfer'

/** Work that goes on elsewhere. */
export interface Work {
  /** Resolves when it has ended: with null, or with the failure that ended it. Never after `close`. */
  readonly ended: Promise<Failure | null>
  /** Stops it. */
  close(): void
}

/** A file that the user chose. */
export interface ChosenFile {
  readonly token: FileToken
  readonly name: string
}

type OfView<I> = Omit<I, 'resultId' | 'viewId' | 'columns'> & { readonly viewId: ViewId | undefined }

/** What a grid asks of those who keep its rows. */
export interface GridEngine {
  arrange(sort: readonly SortKey[], filters: readonly RowFilter[], onEvent: (event: ArrangeEvent) => void): Work
  find(wanted: OfView<FindInput> & { readonly columns: readonly number[] }, onEvent: (event: FindEvent) => void): Work
  /** Where a row of a view stands in the server's order; null when it cannot be said. */
  place(viewId: ViewId | undefined, row: number): Promise<number | null>
  /** Asks the user for a file to save; null when they want none. */
  chooseFile(name: string, kind: FileKind): Promise<ChosenFile | null>
  exportRows(
    wanted: OfView<ExportInput> & { readonly columns: readonly number[] },
    onEvent: (event: TransferEvent) => void,
  ): Work
  saveCell(wanted: OfView<SaveCellInput>, onEvent: (event: TransferEvent) => void): Work
}

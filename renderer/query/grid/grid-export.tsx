import { type ReactNode, useSyncExternalStore } from 'react'
import type { ResultColumn } from '../../../contract/query'
import { Button } from '../../ui/button'
import { type ExportChoice, ExportDialog, type ExportScope } from './export-dialog'
import type { GridEngine } from './grid-engine'
import type { CellRange } from './selection'
import type { Transfer } from './transfer-work'
import type { ShownView } from './use-arranged-rows'

/** The export of loaded rows: its form, and the line that says how far the file has come. */
export function GridExport(props: {
  /** Names the result, and the file that is suggested. */
  readonly label: string
  readonly engine: GridEngine
  readonly transfer: Transfer
  readonly isOpen: boolean
  readonly columns: readonly ResultColumn[]
  /** Numbers of the shown columns in their order. */
  readonly shown: readonly number[]
  readonly loadedRows: number
  readonly view: ShownView | null
  /** What is selected; null when it is one cell or nothing. */
  readonly range: CellRange | null
  readonly relation: string | undefined
  readonly onClose: () => void
}): ReactNode {
  const { engine, transfer, view, onClose } = props
  const start = async (choice: ExportChoice) => {
    onClose()
    const { scope, format, hasHeader, delimiter, relation } = choice
    const file = await engine.chooseFile(choice.fileName, choice.fileKind)
    if (file === null) return
    const viewId = scope.isOfView ? view?.viewId : undefined
    const { rows, columns } = scope
    const wanted = { token: file.token, viewId, rows, columns, format, hasHeader, delimiter, relation }
    transfer.start(file.name, 'rows', (onEvent) => engine.exportRows(wanted, onEvent))
  }
  const situation = useSyncExternalStore(transfer.subscribe, transfer.situation)
  const scopes = scopesOf(props)
  return (
    <>
      {situation.kind === 'none' ? null : (
        <div className={`gbar gtransfer is-${situation.kind}`}>
          <span className="cut" role="status" aria-label="Export">
            {situation.words}
          </span>
          <span className="grow" />
          {situation.kind === 'writing' ? (
            <Button size="small" onPress={() => transfer.stop()}>
              Cancel
            </Button>
          ) : (
            <Button variant="bare" size="small" onPress={() => transfer.forget()}>
              Dismiss
            </Button>
          )}
        </div>
      )}
      {props.isOpen ? (
        <ExportDialog
          name={props.label.toLowerCase().replaceAll(' ', '-')}
          scopes={scopes}
          firstScope={scopes[0]?.value ?? ''}
          relation={props.relation ?? 'table_name'}
          isBusy={situation.kind === 'writing'}
          onExport={(choice) => void start(choice)}
          onClose={onClose}
        />
      ) : null}
    </>
  )
}

function scopesOf(props: Parameters<typeof GridExport>[0]): ExportScope[] {
  const { range, view, loadedRows, shown, columns } = props
  const scopes: ExportScope[] = []
  if (view !== null) {
    const { rows } = view.arranged
    scopes.push({
      value: 'view',
      label: 'Rows as arranged here',
      rowCount: rows,
      rows: null,
      isOfView: true,
      columns: shown,
    })
  }
  scopes.push({
    value: 'all',
    label: 'All loaded rows, as the server sent them',
    rowCount: loadedRows,
    rows: null,
    isOfView: false,
    columns: columns.map((_, number) => number),
  })
  if (view === null && !isPlain(shown, columns.length))
    scopes.push({
      value: 'shown',
      label: 'All loaded rows, columns as shown',
      rowCount: loadedRows,
      rows: null,
      isOfView: false,
      columns: shown,
    })
  if (range !== null) {
    scopes.push({
      value: 'selection',
      label: 'Selection',
      rowCount: range.toRow - range.fromRow,
      rows: { from: range.fromRow, to: range.toRow },
      isOfView: view !== null,
      columns: shown.slice(range.fromPosition, range.toPosition),
    })
  }
  return scopes
}

function isPlain(shown: readonly number[], count: number): boolean {
  return shown.length === count && shown.every((number, index) => number === index)
}

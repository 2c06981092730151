import { type ReactNode, useState, useSyncExternalStore } from 'react'
import type { ResultColumn, ViewId } from '../../../contract/query'
import { CellViewer } from './cell-viewer'
import type { GridEngine } from './grid-engine'
import type { FetchCell } from './read-range'
import type { Transfer } from './transfer-work'

/** A cell whose value is looked at. */
export interface ViewedCell {
  readonly row: number
  /** Number of the column in the result. */
  readonly number: number
  readonly column: ResultColumn
}

/** The viewer of a cell, which can save the value to a file. */
export function ViewedValue(props: {
  readonly viewed: ViewedCell
  readonly engine: GridEngine
  readonly viewId: ViewId | undefined
  readonly fetchCell: FetchCell
  /** Writes the file, and goes on when the viewer is closed. */
  readonly transfer: Transfer
  readonly onCopy: (text: string) => void
  readonly onClose: () => void
}): ReactNode {
  const { viewed, engine, viewId, transfer } = props
  const [hasSaved, setHasSaved] = useState(false)
  const situation = useSyncExternalStore(transfer.subscribe, transfer.situation)
  const save = async (as: 'text' | 'bytes') => {
    setHasSaved(true)
    // What is said tells of the file that is still being written. The button stays: one that is disabled loses the focus.
    if (transfer.situation().kind === 'writing') return
    transfer.forget()
    const kind = as === 'bytes' ? 'bin' : 'txt'
    const name = `${viewed.column.name.replace(/[^\p{L}\p{N}_-]+/gu, '_').slice(0, 60) || 'value'}.${kind}`
    const file = await engine.chooseFile(name, kind)
    if (file === null) return
    transfer.start(file.name, 'value', (onEvent) =>
      engine.saveCell({ token: file.token, viewId, row: viewed.row, column: viewed.number, as }, onEvent),
    )
  }
  return (
    <CellViewer
      column={viewed.column}
      columnNumber={viewed.number}
      row={viewed.row}
      fetchCell={props.fetchCell}
      onCopy={props.onCopy}
      onSave={(as) => void save(as)}
      savingWords={hasSaved && situation.kind !== 'none' ? situation.words : null}
      onClose={props.onClose}
    />
  )
}

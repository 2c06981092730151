import { type ReactNode, useEffect, useMemo, useState } from 'react'
import { ToggleButton } from 'react-aria-components'
import type { ResultColumn } from '../../../contract/query'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { indentJson } from './json-indent'
import { LongText } from './long-text'
import { type FetchCell, MOST_COPIED_BYTES, type ReadCell, readCell } from './read-range'
import { readableBytes, readableCount } from './visible-text'

/** Most bytes of a value that are shown. */
const MOST_SHOWN_BYTES = 4 * 1024 * 1024
const JSON_TYPES: readonly number[] = [114, 3802] // json, jsonb

type Reading =
  | { readonly type: 'reading' }
  | { readonly type: 'read'; readonly cell: ReadCell }
  | { readonly type: 'unreadable' }

/** A dialog with the whole value of a cell, as the server printed it. */
export function CellViewer(props: {
  readonly column: ResultColumn
  /** Number of the column in the result, and of the row from 0. */
  readonly columnNumber: number
  readonly row: number
  readonly fetchCell: FetchCell
  readonly onCopy: (text: string) => void
  readonly onClose: () => void
}): ReactNode {
  const { column, columnNumber, row, fetchCell, onCopy, onClose } = props
  const [reading, setReading] = useState<Reading>({ type: 'reading' })
  const [isWrapped, setIsWrapped] = useState(true)
  const [isIndented, setIsIndented] = useState(false)
  const [note, setNote] = useState('')

  useEffect(() => {
    let isWanted = true
    void readCell(fetchCell, row, columnNumber, MOST_SHOWN_BYTES).then((cell) => {
      if (isWanted) setReading(cell === null ? { type: 'unreadable' } : { type: 'read', cell })
    })
    return () => {
      isWanted = false
    }
  }, [fetchCell, row, columnNumber])

  const cell = reading.type === 'read' ? reading.cell : null
  const indented = useMemo(
    () => (cell?.isWhole === true && JSON_TYPES.includes(column.typeOid) ? indentJson(cell.text) : null),
    [cell, column.typeOid],
  )
  const shown = isIndented && indented !== null ? indented : (cell?.text ?? '')

  const copy = async () => {
    const whole = cell?.isWhole === true ? null : await readCell(fetchCell, row, columnNumber, MOST_COPIED_BYTES)
    if (whole !== null && !whole.isWhole) return setNote('Not copied: longer than 16 MB')
    onCopy(whole?.text ?? shown)
    setNote('Copied')
  }

  return (
    <Dialog
      title={<span className="mono">{column.name}</span>}
      label={`Value of ${column.name}, row ${readableCount(row + 1)}`}
      onClose={onClose}
      width={860}
      footer={
        <>
          <span className="t2 small num">{note === '' ? factsOf(column, row, cell) : note}</span>
          <span className="grow" />
          {JSON_TYPES.includes(column.typeOid) ? (
            <ToggleButton
              className="btn vtoggle"
              isSelected={isIndented}
              isDisabled={indented === null}
              onChange={setIsIndented}
            >
              Indent
            </ToggleButton>
          ) : null}
          <ToggleButton className="btn vtoggle" isSelected={isWrapped} onChange={setIsWrapped}>
            Wrap
          </ToggleButton>
          <Button onPress={() => void copy()} isDisabled={cell === null || cell.isNull}>
            Copy
          </Button>
          <Button onPress={onClose}>Close</Button>
        </>
      }
    >
      <div className="vtext selectable">
        {reading.type === 'unreadable' ? (
          <p className="vnote">The value could not be read. Run the query again to see it.</p>
        ) : cell?.isNull === true ? (
          <span className="null">NULL</span>
        ) : (
          <LongText text={shown} isWrapped={isWrapped} />
        )}
      </div>
      {cell === null || cell.isWhole ? null : (
        <p className="vnote">
          The first {readableBytes(MOST_SHOWN_BYTES)} of {readableBytes(cell.totalBytes)} are shown.
        </p>
      )}
    </Dialog>
  )
}

function factsOf(column: ResultColumn, row: number, cell: ReadCell | null): string {
  const size = cell === null ? 'reading' : cell.isNull ? 'NULL' : readableBytes(cell.totalBytes)
  return `${column.typeName} · ${size} · row ${readableCount(row + 1)}`
}

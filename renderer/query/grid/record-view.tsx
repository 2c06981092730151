import { ChevronDown, ChevronUp, X } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react'
import type { ResultColumn } from '../../../contract/query'
import { Button } from '../../ui/button'
import { MixedText } from './cell'
import type { KnownRow } from './row-source'
import { drawnPieces, readableBytes, readableCount, type TextPiece } from './visible-text'

/** One row as a form beside the grid: every column with its type and its value, hidden columns too. */
export function RecordView(props: {
  readonly row: number
  readonly rowCount: number
  readonly known: KnownRow | null
  /** All columns of the result, shown ones first and in their order. */
  readonly numbers: readonly number[]
  readonly columns: readonly ResultColumn[]
  /** Number of the column that has the focus in the grid. */
  readonly column: number
  readonly onRow: (row: number) => void
  readonly onColumn: (column: number) => void
  readonly onOpen: (column: number) => void
  readonly onCopy: (column: number) => void
  /** `isBack`: the focus goes back to the grid. */
  readonly onClose: (isBack: boolean) => void
}): ReactNode {
  const { row, rowCount, known, numbers, columns, column } = props
  const list = useRef<HTMLDivElement>(null)
  const active = Math.max(0, numbers.indexOf(column))
  useEffect(() => list.current?.focus({ preventScroll: true }), [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: another field has the focus
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [active])

  const go = (to: number) => props.onRow(Math.min(Math.max(0, to), rowCount - 1))
  const choose = (index: number) => {
    const number = numbers[Math.min(Math.max(0, index), numbers.length - 1)]
    if (number !== undefined) props.onColumn(number)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const isControl = event.ctrlKey || event.metaKey
    if (event.altKey) return
    if (isControl && event.key === 'ArrowDown') go(row + 1)
    else if (isControl && event.key === 'ArrowUp') go(row - 1)
    else if (isControl && event.key.toLowerCase() === 'c') props.onCopy(column)
    else if (isControl) return
    else if (event.key === 'ArrowDown') choose(active + 1)
    else if (event.key === 'ArrowUp') choose(active - 1)
    else if (event.key === 'Home') choose(0)
    else if (event.key === 'End') choose(numbers.length - 1)
    else if (event.key === 'PageDown') choose(active + 8)
    else if (event.key === 'PageUp') choose(active - 8)
    else if (event.key === 'Enter') props.onOpen(column)
    else if (event.key === 'Escape' || event.key === 'F4') props.onClose(true)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <aside className="grecord keeps-escape" aria-label="Record">
      <div className="grecord-head">
        <span className="num" role="status" aria-label="Record row">
          Row {readableCount(row + 1)} of {readableCount(rowCount)}
        </span>
        <span className="grow" />
        <Button
          variant="bare"
          size="small"
          isIcon
          aria-label="Previous row"
          tip="Previous row"
          keys="Ctrl+↑"
          isDisabled={row <= 0}
          onPress={() => go(row - 1)}
        >
          <ChevronUp className="i" size={16} aria-hidden />
        </Button>
        <Button
          variant="bare"
          size="small"
          isIcon
          aria-label="Next row"
          tip="Next row"
          keys="Ctrl+↓"
          isDisabled={row >= rowCount - 1}
          onPress={() => go(row + 1)}
        >
          <ChevronDown className="i" size={16} aria-hidden />
        </Button>
        <Button
          variant="bare"
          size="small"
          isIcon
          aria-label="Close record"
          tip="Close"
          keys="Esc"
          onPress={() => props.onClose(true)}
        >
          <X className="i" size={14} aria-hidden />
        </Button>
      </div>
      <div
        ref={list}
        className="grecord-list"
        role="listbox"
        aria-label="Columns of the row"
        aria-activedescendant={`record-field-${numbers[active] ?? 0}`}
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        {numbers.map((number, index) => (
          <div
            key={number}
            id={`record-field-${number}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            className={index === active ? 'grecord-field on' : 'grecord-field'}
            onClick={() => props.onColumn(number)}
            onDoubleClick={() => props.onOpen(number)}
          >
            <div className="grecord-name">
              <span className="cut">{columns[number]?.name}</span>
              <small className="mono cut">{columns[number]?.typeName}</small>
            </div>
            <Value known={known} column={number} onOpen={() => props.onOpen(number)} />
          </div>
        ))}
      </div>
    </aside>
  )
}

/** Here lines break and tabs are as wide as they are; a carriage return would be a line of its own. */
function withLines(pieces: readonly TextPiece[]): readonly TextPiece[] {
  return pieces.map((piece) =>
    piece.text === '\n' || piece.text === '\t' ? { ...piece, kind: 'text', drawn: piece.text } : piece,
  )
}

function Value(props: {
  readonly known: KnownRow | null
  readonly column: number
  readonly onOpen: () => void
}): ReactNode {
  const { known, column, onOpen } = props
  if (known === null) return <div className="grecord-value dim">reading</div>
  const { window, index } = known
  if (window.isNull(index, column)) {
    return (
      <div className="grecord-value">
        <span className="null">NULL</span>
      </div>
    )
  }
  const full = window.fullBytes(index, column)
  const text = window.text(index, column)
  // As in a cell: a backslash may stand for a byte.
  const isPlain = !/[^\n\t\x20-\x7e]|\\x/.test(text)
  return (
    <div className="grecord-value selectable" dir="auto">
      {isPlain ? text : <MixedText pieces={withLines(drawnPieces(window.pieces(index, column), text.length))} />}
      {full === null ? null : (
        <Button variant="bare" size="small" onPress={onOpen}>
          Open all {readableBytes(full)}
        </Button>
      )}
    </div>
  )
}

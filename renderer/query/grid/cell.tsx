import type { CSSProperties, ReactNode } from 'react'
import type { PlacedColumn } from './column-layout'
import type { KnownRow } from './row-source'
import { drawnPieces, headOf, readableBytes, type TextPiece } from './visible-text'

// Of a long value the cell draws what can be seen and a little more: the viewer shows all of it.
const LEAST_DRAWN = 256
const NARROWEST_CHARACTER = 4

/** How a cell looks beside its contents. */
export interface CellLook {
  readonly isNumeric: boolean
  readonly isSelected: boolean
  readonly isActive: boolean
  /** Whether it matches what is searched for. */
  readonly isHit: boolean
  /** Whether the accent line of the selection runs along its bottom or its right edge. */
  readonly hasBottomEdge: boolean
  readonly hasRightEdge: boolean
}

/** One cell: the server's text, a dim NULL, or a quiet place for what is still on its way. `id` is that of the cell with the focus. */
export function renderCell(
  placed: PlacedColumn,
  known: KnownRow | null,
  isUnreadable: boolean,
  look: CellLook,
  id: string | undefined,
): ReactNode {
  const { column, position } = placed
  const isCut = known !== null && known.window.fullBytes(known.index, column) !== null
  return (
    <div
      key={column}
      role="gridcell"
      aria-colindex={position + 1}
      aria-selected={look.isSelected}
      className={classesOf(look, placed.isPinned, isCut)}
      style={placeStyle(placed)}
      id={id}
    >
      {known === null ? renderMissing(isUnreadable) : renderValue(known, placed)}
    </div>
  )
}

/** Where a cell stands in its row: pinned ones follow each other, the others have their own place. */
export function placeStyle(placed: PlacedColumn): CSSProperties {
  return { left: placed.left, width: placed.width }
}

function renderValue({ window, index }: KnownRow, { column, width }: PlacedColumn): ReactNode {
  if (window.isNull(index, column)) return <span className="null">NULL</span>
  const text = window.text(index, column)
  const most = Math.max(LEAST_DRAWN, Math.ceil(width / NARROWEST_CHARACTER))
  const head = headOf(text, most)
  const fullBytes = window.fullBytes(index, column)
  // Almost every value is printable ASCII: a text node and nothing around it. A backslash may stand for a byte.
  const isPlain = !/[^\x20-\x7e]|\\x/.test(head)
  const value = isPlain ? head : <MixedText pieces={drawnPieces(window.pieces(index, column), most)} />
  if (fullBytes === null) return head.length < text.length ? <>{value}…</> : value
  return (
    <>
      {value}…<span className="sz">{readableBytes(fullBytes)}</span>
    </>
  )
}

/** A value with marks for what has no shape. Its text stays the value's own: the character that a mark stands for takes no room. */
export function MixedText({ pieces }: { readonly pieces: readonly TextPiece[] }): ReactNode {
  const [only] = pieces
  if (pieces.length === 1 && only?.kind === 'text' && !/[^\x20-\x7e]/.test(only.text)) return only.text
  return <bdi>{pieces.map(renderPiece)}</bdi>
}

function renderPiece({ text, kind, drawn }: TextPiece, index: number): ReactNode {
  switch (kind) {
    case 'text':
      return text
    case 'mark':
      return (
        <span key={index} className="mark" data-mark={drawn}>
          <span className="shapeless">{text}</span>
        </span>
      )
    case 'bytes':
      return (
        <span key={index} className="bytes" role="img" aria-label={`bytes ${text.replaceAll('\\x', ' ').trim()}`}>
          {text}
        </span>
      )
  }
}

// What waits is marked at its row: an element per cell would come and go with every jump.
function renderMissing(isUnreadable: boolean): ReactNode {
  return isUnreadable ? <span className="null">not read</span> : null
}

function classesOf(look: CellLook, isPinned: boolean, isCut: boolean): string {
  let classes = 'gc'
  if (look.isNumeric) classes += ' r'
  if (isPinned) classes += ' pin'
  if (isCut) classes += ' js'
  if (look.isSelected) classes += ' sel'
  if (look.isHit) classes += ' hit'
  if (look.isActive) classes += ' cellfocus'
  if (look.hasBottomEdge) classes += ' edge-b'
  if (look.hasRightEdge) classes += ' edge-r'
  return classes
}

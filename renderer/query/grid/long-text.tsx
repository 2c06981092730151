import { type ReactNode, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { headOf } from './visible-text'

/** Lines are laid out in blocks of so many, of which only those in view are. */
const BLOCK_LINES = 100
// The browser wraps a line in time that grows with the square of its length: half a minute for four million characters.
const LONGEST_WRAPPED = 4000
const PIECE_ROWS = 32
/** JetBrains Mono is 0.6 em wide, at 12.5 px. */
const CHARACTER = 7.5

/** A text of megabytes, selectable, laid out as far as it is seen; lines that are very long are wrapped piece by piece. */
export function LongText(props: { readonly text: string; readonly isWrapped: boolean }): ReactNode {
  const { text, isWrapped } = props
  const element = useRef<HTMLDivElement>(null)
  const [rowLength, setRowLength] = useState(100)
  useLayoutEffect(() => {
    const width = element.current?.clientWidth ?? 0
    if (width > 0) setRowLength(Math.max(20, Math.floor(width / CHARACTER)))
  }, [])
  const blocks = useMemo(
    () => blocksOf(text, isWrapped ? rowLength * PIECE_ROWS : Number.POSITIVE_INFINITY),
    [text, isWrapped, rowLength],
  )
  return (
    <div ref={element} className={isWrapped ? 'wrapped' : ''}>
      {blocks.map((block, index) =>
        typeof block === 'string' ? (
          <pre key={index} dir="auto">
            {block}
          </pre>
        ) : (
          <pre key={index}>
            {block.map((piece, number) => (
              <span key={number} className="piece">
                {piece}
              </span>
            ))}
          </pre>
        ),
      )}
    </div>
  )
}

/** Blocks of whole lines, and a very long line as its pieces. */
export function blocksOf(text: string, pieceLength: number): (string | string[])[] {
  const blocks: (string | string[])[] = []
  let lines: string[] = []
  const endBlock = () => {
    if (lines.length > 0) blocks.push(lines.join('\n'))
    lines = []
  }
  for (const line of text.split('\n')) {
    if (line.length <= Math.max(LONGEST_WRAPPED, pieceLength)) {
      lines.push(line)
      if (lines.length === BLOCK_LINES) endBlock()
      continue
    }
    endBlock()
    blocks.push(piecesOf(line, pieceLength))
  }
  endBlock()
  return blocks
}

function piecesOf(line: string, pieceLength: number): string[] {
  const pieces: string[] = []
  for (let from = 0; from < line.length; ) {
    const piece = headOf(line.slice(from, from + pieceLength + 1), pieceLength)
    pieces.push(piece)
    from += piece.length
  }
  return pieces
}

import { Fragment, memo, type ReactNode } from 'react'
import { highlightLines, highlightSql, type SqlPiece } from './highlight-sql'

/** Longer texts are for the editor: here only their beginning is shown. */
const MOST_LINES = 1000
const MOST_UNITS = 200_000

/** A file's text to read, with line numbers. */
export const SqlText = memo(function SqlText({ text }: { readonly text: string }): ReactNode {
  const lines = highlightLines(text.slice(0, MOST_UNITS), MOST_LINES)
  const isCut = text.length > MOST_UNITS || lines.length === MOST_LINES
  return (
    <>
      <pre className="sql selectable">
        {lines.map((pieces, index) => (
          <Fragment key={index}>
            <b aria-hidden>{index + 1}</b>
            <code>
              <Pieces pieces={pieces} />
              {'\n'}
            </code>
          </Fragment>
        ))}
      </pre>
      {isCut ? <p className="outcome small dim">Open the file to read on.</p> : null}
    </>
  )
})

/** A statement's text, coloured. */
export const SqlPieces = memo(function SqlPieces({ text }: { readonly text: string }): ReactNode {
  return <Pieces pieces={highlightSql(text)} />
})

function Pieces({ pieces }: { readonly pieces: readonly SqlPiece[] }): ReactNode {
  return pieces.map((piece, index) =>
    piece.kind === 'plain' ? (
      piece.text
    ) : (
      <span key={index} className={`sql-${piece.kind}`}>
        {piece.text}
      </span>
    ),
  )
}

import { useCallback, useRef, useState } from 'react'
import type { ResultColumn } from '../../../contract/query'
import type { ColumnLayout } from './column-layout'
import { type CopyFormat, copyText } from './copy-text'
import { columnsAt, type FetchCell, MOST_COPIED_CELLS, type ReadRange, readRange } from './read-range'
import type { RowSource } from './row-source'
import { type CellRange, cellCount } from './selection'
import { cellsText } from './summary'
import { readableCount } from './visible-text'

/** Copies ranges, and says how it went. */
export interface GridCopy {
  /** What is to be said about the last copy; null when there is nothing to say any more. */
  readonly note: string | null
  readonly copy: (range: CellRange, format: CopyFormat) => void
  /** Stops a copy that is still reading; true when there was one. */
  readonly stop: () => boolean
  readonly forget: () => void
}

/** Reads what is selected, whole, and hands it to `onCopy` as text. */
export function useGridCopy(parts: {
  readonly source: RowSource
  readonly fetchCell: FetchCell
  readonly columns: readonly ResultColumn[]
  readonly layout: ColumnLayout
  readonly relation: string | undefined
  readonly onCopy: (text: string) => void
}): GridCopy {
  const { source, fetchCell, columns, layout, relation, onCopy } = parts
  const [note, setNote] = useState<string | null>(null)
  const running = useRef<AbortController | null>(null)

  const stop = useCallback(() => {
    const wasRunning = running.current !== null
    running.current?.abort()
    running.current = null
    if (wasRunning) setNote('Copy stopped')
    return wasRunning
  }, [])

  const copy = useCallback(
    (range: CellRange, format: CopyFormat) => {
      running.current?.abort()
      running.current = null
      const cells = cellCount(range)
      if (cells > MOST_COPIED_CELLS) {
        setNote(
          `Not copied: ${cellsText(cells)} are selected, ${readableCount(MOST_COPIED_CELLS)} can be copied at once`,
        )
        return
      }
      const numbers = layout.columns.slice(range.fromPosition, range.toPosition).map(({ column }) => column)
      const controller = new AbortController()
      running.current = controller
      setNote(cells > 1 ? `Copying ${cellsText(cells)}` : null)
      void readRange(source, fetchCell, range, numbers, { isWholeWanted: true, signal: controller.signal }).then(
        (read) => {
          if (controller.signal.aborted) return
          running.current = null
          if (read.type === 'rows') {
            onCopy(copyText({ columns: columnsAt(columns, numbers), rows: read.rows }, format, relation))
          }
          setNote(outcomeText(read, cells))
        },
      )
    },
    [source, fetchCell, columns, layout, relation, onCopy],
  )

  const forget = useCallback(() => {
    if (running.current === null) setNote(null)
  }, [])

  return { note, copy, stop, forget }
}

function outcomeText(read: ReadRange, cells: number): string | null {
  switch (read.type) {
    case 'rows':
      return `Copied ${cellsText(cells)}${read.hasRawBytes ? '; bytes that are not text are written as \\xE9' : ''}`
    case 'too many bytes':
      return 'Not copied: the selection is longer than 16 MB; select fewer rows'
    case 'unreadable':
      return `Not copied: row ${readableCount(read.row + 1)} could not be read; run the query again`
    case 'stopped':
      return null
  }
}

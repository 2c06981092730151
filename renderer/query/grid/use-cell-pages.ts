import { useCallback, useEffect, useState } from 'react'
import { type FetchCell, type ReadCell, readCell } from './read-range'

/** Bytes of a value that are read at first, and with each further page. */
const PAGE_BYTES = 4 * 1024 * 1024
/** Most bytes of a value that the window holds; all of it can be saved to a file. */
const MOST_BYTES = 64 * 1024 * 1024

/** A value as far as it was read. */
export type CellReading =
  | { readonly type: 'reading' }
  | { readonly type: 'read'; readonly cell: ReadCell }
  | { readonly type: 'unreadable' }

/** Reads a value page by page: the first at once, each further one when it is asked for. */
export function useCellPages(
  fetchCell: FetchCell,
  row: number,
  column: number,
): {
  readonly reading: CellReading
  readonly isLoadingMore: boolean
  /** Bytes that the next page would bring; 0 when there is none. */
  readonly nextBytes: number
  readonly loadMore: () => void
} {
  const [limit, setLimit] = useState(PAGE_BYTES)
  const [loaded, setLoaded] = useState(0)
  const [reading, setReading] = useState<CellReading>({ type: 'reading' })
  useEffect(() => {
    let isWanted = true
    void readCell(fetchCell, row, column, limit).then((cell) => {
      if (!isWanted) return
      setReading(cell === null ? { type: 'unreadable' } : { type: 'read', cell })
      setLoaded(limit)
    })
    return () => {
      isWanted = false
    }
  }, [fetchCell, row, column, limit])
  const total = reading.type === 'read' ? reading.cell.totalBytes : 0
  const loadMore = useCallback(() => setLimit((before) => Math.min(MOST_BYTES, 2 * before)), [])
  return {
    reading,
    isLoadingMore: loaded !== limit,
    nextBytes: Math.max(0, Math.min(2 * limit, MOST_BYTES, total) - limit),
    loadMore,
  }
}

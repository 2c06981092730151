import { useLayoutEffect, useMemo, useRef, useSyncExternalStore } from 'react'
import type { CellValue, ViewId } from '../../../contract/query'
import type { FetchCell } from './read-range'
import { type FetchWindow, RowSource } from './row-source'

/** Answers with the bytes of a cell of the result, or of a view of it. */
export type FetchViewCell = (row: number, column: number, limit: number, viewId?: ViewId) => Promise<CellValue | null>

/** The rows of a result or a view of it, drawn anew when others are known; both answers stay the same for as long as the view does. */
export function useRowSource(
  rowCount: number,
  firstWindow: Uint8Array | null,
  fetchWindow: FetchWindow,
  fetchViewCell: FetchViewCell,
  viewId: ViewId | undefined,
): { readonly source: RowSource; readonly fetchCell: FetchCell } {
  // The caller may make its functions anew with every drawing; nobody below should notice.
  const latest = useRef({ fetchWindow, fetchViewCell })
  useLayoutEffect(() => {
    latest.current = { fetchWindow, fetchViewCell }
  })
  const stable = useMemo(() => {
    const source = new RowSource((from, count) => latest.current.fetchWindow(from, count, viewId))
    const fetchCell: FetchCell = (row, column, limit) => latest.current.fetchViewCell(row, column, limit, viewId)
    return { source, fetchCell }
  }, [viewId])
  useLayoutEffect(() => {
    if (firstWindow !== null) stable.source.seed(firstWindow)
  }, [stable, firstWindow])
  useLayoutEffect(() => stable.source.grow(rowCount), [stable, rowCount])
  useSyncExternalStore(stable.source.subscribe, stable.source.version)
  return stable
}

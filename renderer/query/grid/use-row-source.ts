import { useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react'
import type { FetchCell } from './read-range'
import { type FetchWindow, RowSource } from './row-source'

/** The rows of a result, drawn anew when others are known; both answers stay the same for the life of the grid. */
export function useRowSource(
  rowCount: number,
  firstWindow: Uint8Array | null,
  fetchWindow: FetchWindow,
  fetchCell: FetchCell,
): { readonly source: RowSource; readonly fetchCell: FetchCell } {
  // The caller may make its functions anew with every drawing; nobody below should notice.
  const latest = useRef({ fetchWindow, fetchCell })
  useLayoutEffect(() => {
    latest.current = { fetchWindow, fetchCell }
  })
  const [stable] = useState(() => ({
    source: new RowSource((from, count) => latest.current.fetchWindow(from, count)),
    fetchCell: ((row, column, limit) => latest.current.fetchCell(row, column, limit)) satisfies FetchCell,
  }))
  useLayoutEffect(() => {
    if (firstWindow !== null) stable.source.seed(firstWindow)
  }, [stable, firstWindow])
  useLayoutEffect(() => stable.source.grow(rowCount), [stable, rowCount])
  useSyncExternalStore(stable.source.subscribe, stable.source.version)
  return stable
}

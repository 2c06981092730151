import { type RefObject, useLayoutEffect, useRef, useState } from 'react'
import type { ResultColumn } from '../../../contract/query'
import { fitWidths, gutterWidth } from './column-layout'
import { naturalWidths } from './measure-columns'
import type { RowSource } from './row-source'
import { type ColumnMemory, type GridColumns, useGridColumns } from './use-grid-columns'

/** The columns with the widths that the first rows ask for: measured once there are any, and not again, so that nothing moves. */
export function useMeasuredColumns(
  columns: readonly ResultColumn[],
  rowCount: number,
  source: RowSource,
  memory: ColumnMemory | undefined,
): { readonly arrangement: GridColumns; readonly element: RefObject<HTMLDivElement | null> } {
  const element = useRef<HTMLDivElement>(null)
  const isFinal = useRef(false)
  const [widths, setWidths] = useState<readonly number[]>([])
  const gutter = gutterWidth(rowCount)
  const window = source.row(0)?.window ?? null

  useLayoutEffect(() => {
    if (isFinal.current) return
    isFinal.current = window !== null
    // Whether there will be a scrollbar is not known yet; the widest one leaves room for both.
    const room = (element.current?.clientWidth ?? 0) - gutter - SCROLLBAR
    setWidths(fitWidths(naturalWidths(columns, window), room))
  }, [columns, window, gutter])

  return { arrangement: useGridColumns(columns, widths, gutter, memory), element }
}

const SCROLLBAR = 16

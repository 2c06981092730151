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
): {
  readonly arrangement: GridColumns
  readonly element: RefObject<HTMLDivElement | null>
  /** False before the first widths, and while rows are there that have not been measured. */
  readonly isMeasured: boolean
} {
  const element = useRef<HTMLDivElement>(null)
  const [measured, setMeasured] = useState<Measured>({ widths: NONE, isFinal: false })
  const gutter = gutterWidth(rowCount)
  const window = source.row(0)?.window ?? null

  useLayoutEffect(() => {
    if (measured.isFinal) return
    // The first window may have come with this very commit.
    const known = window ?? source.row(0)?.window ?? null
    if (known === null && measured.of === columns && measured.gutter === gutter) return
    // Whether there will be a scrollbar is not known yet; the widest one leaves room for both.
    const room = (element.current?.clientWidth ?? 0) - gutter - SCROLLBAR
    const widths = fitWidths(naturalWidths(columns, known), room)
    setMeasured({ widths, isFinal: known !== null, of: columns, gutter })
  }, [columns, window, gutter, source, measured])

  const isMeasured = measured.isFinal || (window === null && measured.of === columns)
  return { arrangement: useGridColumns(columns, measured.widths, gutter, memory), element, isMeasured }
}

interface Measured {
  readonly widths: readonly number[]
  readonly isFinal: boolean
  /** What the widths were measured of while there were no rows. */
  readonly of?: readonly ResultColumn[]
  readonly gutter?: number
}

const NONE: readonly number[] = []
const SCROLLBAR = 16

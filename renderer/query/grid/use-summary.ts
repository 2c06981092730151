import { useEffect, useState } from 'react'
import type { ResultColumn } from '../../../contract/query'
import type { ColumnLayout } from './column-layout'
import { columnsAt, type FetchCell, readRange } from './read-range'
import type { RowSource } from './row-source'
import { type CellRange, cellCount } from './selection'
import { cellsText, MOST_SUMMED_CELLS, summarise } from './summary'

// A drag selects another range with every row it crosses; only where it rests is summed.
const REST_MS = 80

/** What the footer says about the selected cells: their number at once, sum and average as soon as they are read. */
export function useSummary(
  range: CellRange | null,
  source: RowSource,
  fetchCell: FetchCell,
  columns: readonly ResultColumn[],
  layout: ColumnLayout,
): string | null {
  const [summary, setSummary] = useState<{ readonly of: string; readonly text: string } | null>(null)
  const cells = range === null ? 0 : cellCount(range)
  const key = range === null ? '' : `${range.fromRow}-${range.toRow}-${range.fromPosition}-${range.toPosition}`

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the range, which is made anew each time
  useEffect(() => {
    if (range === null || cells < 2 || cells > MOST_SUMMED_CELLS) return
    const numbers = layout.columns.slice(range.fromPosition, range.toPosition).map(({ column }) => column)
    if (!numbers.some((number) => columns[number]?.isNumeric === true)) return
    const controller = new AbortController()
    const { signal } = controller
    const timer = setTimeout(() => {
      // Numbers are never as long as what the grid cuts, so the preview is the whole of them.
      void readRange(source, fetchCell, range, numbers, { isWholeWanted: false, signal }).then((read) => {
        if (read.type === 'rows' && !signal.aborted)
          setSummary({ of: key, text: summarise(read.rows, columnsAt(columns, numbers)) })
      })
    }, REST_MS)
    return () => {
      clearTimeout(timer)
      controller.abort()
    }
  }, [key, source, fetchCell, columns, layout])

  if (cells < 2) return null
  return summary !== null && summary.of === key ? summary.text : cellsText(cells)
}

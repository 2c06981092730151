import {
  type ColumnDef,
  columnOrderingFeature,
  columnPinningFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { useEffect, useMemo } from 'react'
import type { ResultColumn } from '../../../contract/query'
import { type ColumnLayout, layOutColumns } from './column-layout'

/** How a person arranged the columns of a result: by their numbers in the result, as text. */
export interface ColumnArrangement {
  readonly order: readonly string[]
  readonly pinned: readonly string[]
  readonly hidden: readonly string[]
  readonly sizes: Readonly<Record<string, number>>
}

/** Arrangements by the columns' names and types; the caller keeps it for as long as they shall be remembered. */
export type ColumnMemory = Map<string, ColumnArrangement>

/** The columns as they stand on screen, and what may be done with them. */
export interface GridColumns {
  readonly layout: ColumnLayout
  readonly hiddenCount: number
  /** Gives a column that many pixels. */
  readonly resize: (column: number, width: number) => void
  /** Gives every column the width that its data asks for. */
  readonly resetSizes: () => void
  /** Moves the column at one position to another; pinned ones stay among themselves, and so do the others. */
  readonly move: (position: number, to: number) => void
  readonly hide: (column: number) => void
  readonly showAll: () => void
  /** Numbers of the columns that are hidden, in the order of the result. */
  readonly hidden: readonly number[]
  readonly show: (column: number) => void
  /** Keeps a column at the left edge, or lets it go. */
  readonly pin: (column: number, isPinned: boolean) => void
}

const LEAST_BY_HAND = 32
const MOST_BY_HAND = 6000
const features = tableFeatures({
  columnOrderingFeature,
  columnPinningFeature,
  columnSizingFeature,
  columnVisibilityFeature,
})
// Rows never enter the table: they come from the windows.
const NO_ROWS: readonly never[] = []

/** The columns of a result, arranged by TanStack Table and remembered in `memory`; `widths` are what the data asks for. */
export function useGridColumns(
  columns: readonly ResultColumn[],
  widths: readonly number[],
  gutter: number,
  memory: ColumnMemory | undefined,
): GridColumns {
  const signature = useMemo(
    () => JSON.stringify(columns.map((column) => [column.name, column.typeOid, column.typeModifier])),
    [columns],
  )
  const options = useMemo(() => {
    const remembered = memory?.get(signature)
    return {
      features,
      data: NO_ROWS,
      columns: columns.map(
        (column, index): ColumnDef<typeof features, never> => ({
          id: String(index),
          header: column.name,
          size: widths[index] ?? LEAST_BY_HAND,
          minSize: LEAST_BY_HAND,
          maxSize: MOST_BY_HAND,
        }),
      ),
      initialState: {
        columnOrder: [...(remembered?.order ?? [])],
        columnPinning: { start: [...(remembered?.pinned ?? [])], end: [] },
        columnSizing: { ...remembered?.sizes },
        columnVisibility: Object.fromEntries((remembered?.hidden ?? []).map((id) => [id, false])),
      },
    }
  }, [columns, widths, signature, memory])
  const table = useTable(options)
  const { columnOrder, columnPinning, columnSizing, columnVisibility } = table.state

  useEffect(() => {
    memory?.set(signature, {
      order: columnOrder,
      pinned: columnPinning.start,
      hidden: Object.keys(columnVisibility).filter((id) => columnVisibility[id] === false),
      sizes: columnSizing,
    })
  }, [memory, signature, columnOrder, columnPinning, columnSizing, columnVisibility])

  return useMemo(() => {
    const pinned = table.getStartVisibleLeafColumns()
    const shown = [...pinned, ...table.getCenterVisibleLeafColumns()]
    const layout = layOutColumns(
      shown.map((column) => ({ column: Number(column.id), width: column.getSize() })),
      pinned.length,
      gutter,
    )
    return {
      layout,
      hiddenCount: columns.length - shown.length,
      resize: (column, width) =>
        table.setColumnSizing((sizes) => ({
          ...sizes,
          [column]: Math.round(Math.min(Math.max(width, LEAST_BY_HAND), MOST_BY_HAND)),
        })),
      resetSizes: () => table.setColumnSizing({}),
      move: (position, to) => {
        const ids = shown.map((column) => column.id)
        const isPinned = position < pinned.length
        const target = isPinned ? Math.min(to, pinned.length - 1) : Math.max(to, pinned.length)
        const moved = moveWithin(ids, position, target)
        if (isPinned) table.setColumnPinning({ start: moved.slice(0, pinned.length), end: [] })
        else
          table.setColumnOrder(
            mergeOrder(
              table.getAllLeafColumns().map((column) => column.id),
              moved,
            ),
          )
      },
      hide: (column) => {
        if (shown.length > 1) table.setColumnVisibility((shownById) => ({ ...shownById, [column]: false }))
      },
      showAll: () => table.setColumnVisibility({}),
      hidden: hiddenAmong(
        columns.length,
        shown.map((column) => Number(column.id)),
      ),
      show: (column) => table.setColumnVisibility((shownById) => ({ ...shownById, [column]: true })),
      pin: (column, isPinned) =>
        table.setColumnPinning(({ start }) => {
          const others = start.filter((id) => id !== String(column))
          return { start: isPinned ? [...others, String(column)] : others, end: [] }
        }),
    }
  }, [table, columns, gutter])
}

function hiddenAmong(count: number, shown: readonly number[]): number[] {
  const isShown = new Set(shown)
  return Array.from({ length: count }, (_, number) => number).filter((number) => !isShown.has(number))
}

function moveWithin(ids: readonly string[], from: number, to: number): string[] {
  const moved = [...ids]
  moved.splice(to, 0, ...moved.splice(from, 1))
  return moved
}

/** All ids in the order of those that are shown; a hidden one keeps its place behind the one it stood behind. */
function mergeOrder(all: readonly string[], shown: readonly string[]): string[] {
  const isShown = new Set(shown)
  const behind = new Map<string, string[]>()
  const first: string[] = []
  let group = first
  for (const id of all) {
    if (isShown.has(id)) {
      group = []
      behind.set(id, group)
    } else group.push(id)
  }
  return [...first, ...shown.flatMap((id) => [id, ...(behind.get(id) ?? [])])]
}

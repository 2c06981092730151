import { useMemo } from 'react'
import type { SortKey } from '../../../contract/arrangement'
import type { ResultColumn } from '../../../contract/query'
import { SERVER_ORDER, type ShownFilter, sortAfterPress, sortBy, wordsOfTest } from './arrangement'
import type { GridEngine } from './grid-engine'
import type { RowSource } from './row-source'
import type { ArrangedRows } from './use-arranged-rows'

/** What a person can do with the loaded rows by a column. */
export interface ColumnDeeds {
  /** A press on the header: ascending, descending, the server's order. */
  readonly press: (column: number, isAdded: boolean) => void
  /** `null` takes the column out of the sorting. */
  readonly sort: (column: number, direction: SortKey['direction'] | null, isAdded: boolean) => void
  readonly filter: (column: number, filter: ShownFilter | null) => void
  /** Keeps the rows that have the cell's value, or the others. */
  readonly filterByCell: (row: number, column: number, isSame: boolean) => void
  /** The filter of a column that its form changes. */
  readonly filterOf: (column: number) => ShownFilter | null
  /** Columns that the rows are filtered by. */
  readonly filtered: readonly number[]
  readonly toServerOrder: () => void
}

/** Turns what is done to columns into arrangements of the rows. */
export function useColumnDeeds(
  rows: ArrangedRows,
  engine: GridEngine,
  columns: readonly ResultColumn[],
  source: RowSource,
): ColumnDeeds {
  const { wanted, view, arrange } = rows
  const filtered = useMemo(() => wanted.filters.map(({ filter }) => filter.column), [wanted])
  const formFilter = (column: number) =>
    wanted.filters.find(({ filter }) => filter.column === column && filter.kind !== 'cell') ?? null
  return {
    filtered,
    filterOf: formFilter,
    toServerOrder: () => arrange(SERVER_ORDER),
    press: (column, isAdded) => {
      if (columns[column] === undefined) return
      arrange({ ...wanted, sort: sortAfterPress(wanted.sort, column, isAdded) })
    },
    sort: (column, direction, isAdded) => {
      if (columns[column] === undefined) return
      const sort =
        direction === null
          ? wanted.sort.filter((key) => key.column !== column)
          : sortBy(wanted.sort, column, direction, isAdded)
      arrange({ ...wanted, sort })
    },
    filter: (column, filter) => {
      const others = wanted.filters.filter((one) => one !== formFilter(column))
      arrange({ ...wanted, filters: filter === null ? others : [...others, filter] })
    },
    filterByCell: (row, column, isSame) => {
      const known = source.row(row)
      if (known === null) return
      const isNull = known.window.isNull(known.index, column)
      const words = isNull
        ? isSame
          ? 'is NULL'
          : 'is not NULL'
        : wordsOfTest(isSame ? 'equals' : 'differs from', known.window.text(known.index, column))
      // By the cell itself, so that values of any length and bytes that are no text are compared exactly.
      void engine.place(view?.viewId, row).then((place) => {
        if (place === null) return
        const filter: ShownFilter = isNull
          ? { filter: { kind: 'null', column, isNull: isSame }, words }
          : { filter: { kind: 'cell', column, row: place, isSame }, words }
        arrange({ ...wanted, filters: [...wanted.filters, filter] })
      })
    },
  }
}

import type { ArrangeEvent, RowFilter, SortKey, TextTest } from '../../../contract/arrangement'
import type { ResultColumn } from '../../../contract/query'
import { readableCount } from './visible-text'

/** A filter as it is shown: `words` follow the column's name. */
export interface ShownFilter {
  readonly filter: RowFilter
  readonly words: string
}

/** How a person wants the loaded rows: sorted by the keys in their order, and only those that pass the filters. */
export interface Arrangement {
  readonly sort: readonly SortKey[]
  readonly filters: readonly ShownFilter[]
}

/** All rows in the server's order. */
export const SERVER_ORDER: Arrangement = { sort: [], filters: [] }

/** What a view was told to be when it was made. */
export type Arranged = Extract<ArrangeEvent, { type: 'arranged' }>

/** Whether nothing is arranged. */
export function isServerOrder({ sort, filters }: Arrangement): boolean {
  return sort.length === 0 && filters.length === 0
}

/** The sorting after a press on a column: ascending, descending, the server's order; `isAdded` keeps the other columns. */
export function sortAfterPress(sort: readonly SortKey[], column: number, isAdded: boolean): readonly SortKey[] {
  const before = sort.find((key) => key.column === column)?.direction
  if (before === undefined) return [...(isAdded ? sort : []), { column, direction: 'ascending' }]
  if (before === 'descending') return isAdded ? sort.filter((key) => key.column !== column) : []
  const turned: SortKey = { column, direction: 'descending' }
  return isAdded ? sort.map((key) => (key.column === column ? turned : key)) : [turned]
}

/** The sorting with a column in a direction, alone or behind the others. */
export function sortBy(
  sort: readonly SortKey[],
  column: number,
  direction: SortKey['direction'],
  isAdded: boolean,
): readonly SortKey[] {
  const key: SortKey = { column, direction }
  if (!isAdded) return [key]
  return sort.some((one) => one.column === column)
    ? sort.map((one) => (one.column === column ? key : one))
    : [...sort, key]
}

/** How a filter reads behind its column's name: `> 100`, `is NULL`. */
export function wordsOfTest(test: TextTest, text: string): string {
  return `${test === 'equals' ? '=' : test === 'differs from' ? '≠' : test} ${text === '' ? "''" : text}`
}

/** What was done to the rows, in words: that they were sorted here, how, and that nothing was run again. */
export function wordsOfArrangement(
  { sort, filters }: Arrangement,
  arranged: Arranged,
  columns: readonly ResultColumn[],
): string {
  const nameOf = (column: number) => columns[column]?.name ?? ''
  const keys = sort.map(({ column, direction }, index) => {
    const how = arranged.orders[index]
    const remark =
      how === 'by code point' ? ' (by code point, not by collation)' : how === 'as text' ? ' (as text)' : ''
    return `${nameOf(column)}${direction === 'descending' ? ' descending' : ''}${remark}`
  })
  const rows = `${readableCount(arranged.coveredRows)} loaded ${arranged.coveredRows === 1 ? 'row' : 'rows'}`
  const sorted = keys.length === 0 ? '' : `Sorted here by ${keys.join(', ')}`
  const filtered = filters.length === 0 ? '' : `${sorted === '' ? 'Filtered here' : 'filtered'}`
  const deeds = [sorted, filtered].filter(Boolean).join(', ')
  const count = filters.length === 0 ? rows : `${readableCount(arranged.rows)} of ${rows}`
  return `${deeds}: ${count}, the statement was not run again`
}

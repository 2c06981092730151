import type { ResultColumn } from '../../../contract/query'
import { addDecimals, averageOf, type Decimal, parseDecimal, readableDecimal, ZERO } from './decimal'
import { readableCount } from './visible-text'

/** Most cells whose sum is shown without being asked. */
export const MOST_SUMMED_CELLS = 20_000

/** What the footer says of the selected cells: `12 cells · sum 12,795.64 · avg 3,198.91`; the sum is exact. */
export function summarise(rows: readonly (readonly (string | null)[])[], columns: readonly ResultColumn[]): string {
  let sum: Decimal = ZERO
  let numbers = 0
  let leftOut = 0
  for (const row of rows) {
    for (const [index, cell] of row.entries()) {
      if (cell === null || columns[index]?.isNumeric !== true) continue
      const value = parseDecimal(cell)
      if (value === null) leftOut += 1
      else {
        sum = addDecimals(sum, value)
        numbers += 1
      }
    }
  }
  const parts = [cellsText(rows.length * columns.length)]
  if (numbers > 0) {
    const { value, isExact } = averageOf(sum, numbers)
    parts.push(`sum ${readableDecimal(sum)}`, `avg ${isExact ? '' : '≈ '}${readableDecimal(value)}`)
  }
  if (leftOut > 0) parts.push(`${readableCount(leftOut)} left out: not a finite number`)
  return parts.join(' · ')
}

/** `1 cell`, `12 cells`. */
export function cellsText(count: number): string {
  return count === 1 ? '1 cell' : `${readableCount(count)} cells`
}

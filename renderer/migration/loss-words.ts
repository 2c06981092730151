import type { Loss } from '../../contract/loss'
import { countOf, formatCount } from '../ui/format'
import type { LossReport } from './loss-store'

/** What will be lost of one thing, as a sentence; `isRead` when only the statements' words say so. */
export function lossSentence(loss: Loss, isRead: boolean): string {
  const { relation, column, counted, kind } = loss
  if (counted === null) return uncounted(loss)
  const { rows, values, changed, isEstimate } = counted
  const about = isEstimate ? 'About ' : ''
  const rowsInWords = rows === null ? 'An unknown number of rows' : `${about}${countOf(rows, 'row')}`
  const valuesInWords = values === null ? 'An unknown number of values' : `${about}${countOf(values, 'non-null value')}`
  switch (kind) {
    case 'relation':
      return `${rowsInWords} of ${kindOf(loss)} ${relation} will be lost with it`
    case 'column':
      return `${valuesInWords} in ${relation}.${column} will be lost`
    case 'truncated rows':
      return `${rowsInWords} of ${relation} will be removed: all of them`
    case 'deleted rows':
      return isRead
        ? `Up to ${lowerFirst(rowsInWords)} of ${relation} will be deleted`
        : `${rowsInWords} of ${relation} will be deleted`
    case 'converted column': {
      const effect =
        changed === null
          ? 'may change'
          : changed === 0
            ? 'and none of them changes'
            : `and ${formatCount(changed)} of them will change`
      const type = loss.toType === null ? 'another type' : loss.toType
      return `${valuesInWords} in ${relation}.${column} become ${type}${changed === null ? ', and ' : ' '}${effect}`
    }
  }
}

/** True when it is known that nothing is lost there. */
export function isHarmless({ kind, counted }: Loss): boolean {
  if (counted === null) return false
  if (kind === 'column') return counted.values === 0
  if (kind === 'converted column') return counted.values === 0 || counted.changed === 0
  return counted.rows === 0
}

/** How the losses were found, or are being found. */
export function methodInWords(report: LossReport): string {
  switch (report.kind) {
    case 'looking':
      return 'Trying the plan in a transaction that is rolled back'
    case 'failed':
      return ''
    case 'found':
      if (report.isCounting) return 'Counting'
      if (report.method === 'none') return 'No statement of it destroys data'
      if (report.isTriable)
        return `Read from the statements: production is not touched before you ask. ${report.note ?? ''}`
      if (report.method === 'read') return `Read from the statements: the plan could not be tried. ${report.note ?? ''}`
      if (report.note !== null) return report.note
      return 'Found by trying the plan in a transaction that was rolled back'
  }
}

function uncounted(loss: Loss): string {
  const { relation, column, kind } = loss
  switch (kind) {
    case 'relation':
      return `The rows of ${kindOf(loss)} ${relation} will be lost with it`
    case 'column':
      return `The values in ${relation}.${column} will be lost`
    case 'truncated rows':
      return `All rows of ${relation} will be removed`
    case 'deleted rows':
      return `Rows of ${relation} will be deleted`
    case 'converted column':
      return `The values in ${relation}.${column} become ${loss.toType ?? 'another type'}`
  }
}

function kindOf({ relationKind }: Loss): string {
  return relationKind === 'materialized view' ? 'materialized view' : 'table'
}

function lowerFirst(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`
}

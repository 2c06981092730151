import { distinctNames, jsonValue } from '../../../contract/row-text'
import { type ExportColumn, latin1Name, latin1Of, type RowWriter } from './row-writer'

/** An array of objects; numbers keep all their digits, json values stand as the server printed them. */
export function jsonWriter(columns: readonly ExportColumn[]): RowWriter {
  const names = distinctNames(columns.map(({ name }) => name)).map((name) => latin1Name(JSON.stringify(name)))
  return {
    begin: (out) => out.text('['),
    row: (out, cells, isFirst) => {
      out.text(isFirst ? '\n  {' : ',\n  {')
      cells.forEach((cell, index) => {
        out.latin1(`${index > 0 ? ', ' : ''}${names[index] ?? '""'}: ${jsonValue(latin1Of(cell), columns[index])}`)
      })
      out.text('}')
    },
    end: (out, isEmpty) => out.text(isEmpty ? ']\n' : '\n]\n'),
  }
}

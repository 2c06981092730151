import { quoteName, quoteValue } from '../../../contract/row-text'
import type { ExportInput } from '../../../contract/transfer'
import { type ExportColumn, latin1Name, latin1Of, type RowWriter } from './row-writer'

/** Rows of one INSERT: as many as keep a statement of usual rows below a megabyte. */
const ROWS_PER_STATEMENT = 1_000

/** INSERT statements that write the rows to a relation. */
export function insertWriter(columns: readonly ExportColumn[], { relation }: ExportInput): RowWriter {
  const names = columns.map(({ name }) => latin1Name(quoteName(name))).join(', ')
  const head = `insert into ${latin1Name(relation)} (${names}) values\n  (`
  let rows = 0
  return {
    begin: () => {},
    row: (out, cells) => {
      const isNew = rows % ROWS_PER_STATEMENT === 0
      if (rows > 0) out.text(isNew ? ';\n' : ',\n  (')
      if (isNew) out.latin1(head)
      cells.forEach((cell, index) => {
        out.latin1(`${index > 0 ? ', ' : ''}${quoteValue(latin1Of(cell), columns[index]?.isNumeric === true)}`)
      })
      out.text(')')
      rows += 1
    },
    end: (out) => {
      if (rows > 0) out.text(';\n')
    },
  }
}

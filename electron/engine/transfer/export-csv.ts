import type { ExportInput } from '../../../contract/transfer'
import type { ExportCell, ExportColumn, OutputBuffer, RowWriter } from './row-writer'

const QUOTE = 34
const NEWLINE = 10
const RETURN = 13

/** CSV as COPY … (FORMAT csv) writes it: NULL is nothing, the empty string two quotes. */
export function csvWriter(columns: readonly ExportColumn[], { delimiter, hasHeader }: ExportInput): RowWriter {
  const between = delimiter.charCodeAt(0)
  const isAlone = columns.length === 1
  const line = (out: OutputBuffer, cells: readonly ExportCell[]) => {
    for (let index = 0; index < cells.length; index += 1) {
      if (index > 0) out.byte(between)
      const cell = cells[index]
      if (cell !== undefined && cell.length >= 0) value(out, cell, between, isAlone)
    }
    out.byte(NEWLINE)
  }
  return {
    begin: (out) => {
      if (!hasHeader) return
      line(
        out,
        columns.map(({ name }) => wholeCell(Buffer.from(name))),
      )
    },
    row: line,
    end: () => {},
  }
}

function wholeCell(bytes: Buffer): ExportCell {
  return { bytes, at: 0, length: bytes.length }
}

function value(out: OutputBuffer, cell: ExportCell, between: number, isAlone: boolean): void {
  const { bytes, at, length } = cell
  const end = at + length
  if (!isQuoted(cell, between, isAlone)) {
    out.copy(bytes, at, end)
    return
  }
  out.byte(QUOTE)
  let from = at
  for (let index = at; index < end; index += 1) {
    if (bytes[index] !== QUOTE) continue
    out.copy(bytes, from, index + 1)
    out.byte(QUOTE)
    from = index + 1
  }
  out.copy(bytes, from, end)
  out.byte(QUOTE)
}

function isQuoted({ bytes, at, length }: ExportCell, between: number, isAlone: boolean): boolean {
  if (length === 0) return true
  // Alone on its line, \. would end the data.
  if (isAlone && length === 2 && bytes[at] === 92 && bytes[at + 1] === 46) return true
  for (let index = at; index < at + length; index += 1) {
    const byte = bytes[index]
    if (byte === between || byte === QUOTE || byte === NEWLINE || byte === RETURN) return true
  }
  return false
}

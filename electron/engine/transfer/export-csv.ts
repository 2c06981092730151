import type { ExportInput } from '../../../contract/transfer'
import type { ExportCell, ExportColumn, OutputBuffer, RowWriter } from './row-writer'

const QUOTE = 34
const NEWLINE = 10
const RETURN = 13

/** CSV as COPY … (FORMAT csv) writes it: NULL is nothing, the empty string two quotes. */
export function csvWriter(columns: readonly ExportColumn[], { delimiter, hasHeader }: ExportInput): RowWriter {
  const between = delimiter.charCodeAt(0)
  const marks = new Uint8Array(256)
  for (const byte of [between, QUOTE, NEWLINE, RETURN]) marks[byte] = 1
  const isAlone = columns.length === 1
  const line = (out: OutputBuffer, cells: readonly ExportCell[]) => {
    for (let index = 0; index < cells.length; index += 1) {
      if (index > 0) out.byte(between)
      const cell = cells[index]
      if (cell !== undefined && cell.length >= 0) value(out, cell, marks, isAlone)
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

function value(out: OutputBuffer, cell: ExportCell, marks: Uint8Array, isAlone: boolean): void {
  const { bytes, at, length } = cell
  const isPlain = length > 0 && !(isAlone && endsData(cell)) && out.copyUnmarked(bytes, at, at + length, marks)
  if (!isPlain) out.copyQuoted(bytes, at, at + length, QUOTE)
}

/** Alone on its line, \. would end the data. */
function endsData({ bytes, at, length }: ExportCell): boolean {
  return length === 2 && bytes[at] === 92 && bytes[at + 1] === 46
}

import type { ExportInput } from '../../../contract/transfer'
import type { ExportColumn, OutputBuffer, RowWriter } from './row-writer'

const BACKSLASH = 92
const TAB = 9
const NEWLINE = 10
// Control characters that COPY writes as a backslash and a letter.
const LETTERS: ReadonlyMap<number, number> = new Map([
  [8, 98], // \b
  [9, 116], // \t
  [10, 110], // \n
  [11, 118], // \v
  [12, 102], // \f
  [13, 114], // \r
])

/** Lines as COPY … (FORMAT text) writes them: tabs between values, NULL as \N. */
export function copyTextWriter(columns: readonly ExportColumn[], { hasHeader }: ExportInput): RowWriter {
  return {
    begin: (out) => {
      if (!hasHeader) return
      columns.forEach(({ name }, index) => {
        if (index > 0) out.byte(TAB)
        const bytes = Buffer.from(name)
        escaped(out, bytes, 0, bytes.length)
      })
      out.byte(NEWLINE)
    },
    row: (out, cells) => {
      cells.forEach(({ bytes, at, length }, index) => {
        if (index > 0) out.byte(TAB)
        if (length < 0) out.text('\\N')
        else escaped(out, bytes, at, at + length)
      })
      out.byte(NEWLINE)
    },
    end: () => {},
  }
}

function escaped(out: OutputBuffer, bytes: Buffer, at: number, end: number): void {
  let from = at
  for (let index = at; index < end; index += 1) {
    const byte = bytes[index] as number // within the value
    if (byte > 13 && byte !== BACKSLASH) continue
    const letter = byte === BACKSLASH ? BACKSLASH : LETTERS.get(byte)
    if (letter === undefined) continue
    out.copy(bytes, from, index)
    out.byte(BACKSLASH)
    out.byte(letter)
    from = index + 1
  }
  out.copy(bytes, from, end)
}

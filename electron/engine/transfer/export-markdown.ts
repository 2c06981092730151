import { markdownText } from '../../../contract/row-text'
import { type ExportColumn, latin1Name, latin1Of, type RowWriter } from './row-writer'

/** A Markdown table, numbers to the right. */
export function markdownWriter(columns: readonly ExportColumn[]): RowWriter {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`
  return {
    begin: (out) => {
      out.latin1(line(columns.map(({ name }) => markdownText(latin1Name(name)))))
      out.latin1(line(columns.map(({ isNumeric }) => (isNumeric ? '---:' : '---'))))
    },
    row: (out, cells) => {
      const texts = cells.map((cell) => latin1Of(cell))
      out.latin1(line(texts.map((text) => (text === null ? 'NULL' : markdownText(text)))))
    },
    end: () => {},
  }
}

import type { ResultColumn } from '../../../contract/query'
import { distinctNames, jsonValue, markdownText, quoteName, quoteValue } from '../../../contract/row-text'

/** How rows are written to the clipboard. */
export type CopyFormat = 'text' | 'text with names' | 'csv' | 'json' | 'markdown' | 'insert' | 'list'

/** Rows to be copied: the server's own text, or null for NULL. */
export interface CopiedRows {
  readonly columns: readonly ResultColumn[]
  readonly rows: readonly (readonly (string | null)[])[]
}

/** The rows as text in that format; `relation` is the name that INSERT writes to, already quoted where it must be. */
export function copyText(copied: CopiedRows, format: CopyFormat, relation = 'table_name'): string {
  switch (format) {
    case 'text':
      return asTabbed(copied.rows)
    case 'text with names':
      return asTabbed([copied.columns.map((column) => column.name), ...copied.rows])
    case 'csv':
      return asCsv(copied)
    case 'json':
      return asJson(copied)
    case 'markdown':
      return asMarkdown(copied)
    case 'insert':
      return asInsert(copied, relation)
    case 'list':
      return asList(copied)
  }
}

// One cell is copied exactly; several as spreadsheets read them: tabs and newlines within a value stand in quotes.
function asTabbed(rows: CopiedRows['rows']): string {
  const [first] = rows
  if (rows.length === 1 && first?.length === 1) return first[0] ?? ''
  const quoted = (cell: string) => (/[\t\n\r]|^"/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)
  return rows.map((row) => row.map((cell) => quoted(cell ?? '')).join('\t')).join('\n')
}

// As COPY … WITH (FORMAT csv, HEADER): NULL is nothing, the empty string is two quotes.
function asCsv({ columns, rows }: CopiedRows): string {
  const written = (cell: string | null) => {
    if (cell === null) return ''
    return cell === '' || cell === '\\.' || /[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
  }
  const lines = [columns.map((column) => column.name), ...rows].map((row) => row.map(written).join(','))
  return `${lines.join('\n')}\n`
}

function asJson({ columns, rows }: CopiedRows): string {
  const names = distinctNames(columns.map((column) => column.name)).map((name) => JSON.stringify(name))
  const objects = rows.map((row) => {
    const members = row.map((cell, index) => `${names[index] ?? '""'}: ${jsonValue(cell, columns[index])}`)
    return `  {${members.join(', ')}}`
  })
  return rows.length === 0 ? '[]' : `[\n${objects.join(',\n')}\n]`
}

function asMarkdown({ columns, rows }: CopiedRows): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [
    line(columns.map((column) => markdownText(column.name))),
    line(columns.map((column) => (column.isNumeric ? '---:' : '---'))),
    ...rows.map((row) => line(row.map((cell) => (cell === null ? 'NULL' : markdownText(cell))))),
    '',
  ].join('\n')
}

function asInsert({ columns, rows }: CopiedRows, relation: string): string {
  const names = columns.map((column) => quoteName(column.name)).join(', ')
  const values = rows.map((row) => `  (${sqlValues(row, columns)})`)
  return `insert into ${relation} (${names}) values\n${values.join(',\n')};\n`
}

// What goes behind `in`: values of one column, or rows of several.
function asList({ columns, rows }: CopiedRows): string {
  const values = rows.map((row) => (columns.length === 1 ? sqlValues(row, columns) : `(${sqlValues(row, columns)})`))
  return `(${values.join(', ')})`
}

function sqlValues(row: readonly (string | null)[], columns: readonly ResultColumn[]): string {
  return row.map((cell, index) => quoteValue(cell, columns[index]?.isNumeric === true)).join(', ')
}

import type { ResultColumn } from '../../../contract/query'

/** How rows are written to the clipboard. */
export type CopyFormat = 'text' | 'text with names' | 'csv' | 'json' | 'markdown' | 'insert' | 'list'

/** Rows to be copied: the server's own text, or null for NULL. */
export interface CopiedRows {
  readonly columns: readonly ResultColumn[]
  readonly rows: readonly (readonly (string | null)[])[]
}

const BOOL = 16
const JSON_TYPES: readonly number[] = [114, 3802] // json, jsonb
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

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

/** A name as SQL: in double quotes unless PostgreSQL reads it back the same without. */
export function quoteName(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) && !RESERVED.has(name) ? name : `"${name.replaceAll('"', '""')}"`
}

/** A value as SQL: NULL, a number as it is, anything else a string that reads the same whatever `standard_conforming_strings` is. */
export function quoteValue(value: string | null, isNumeric: boolean): string {
  if (value === null) return 'NULL'
  if (isNumeric && JSON_NUMBER.test(value)) return value
  const quoted = `'${value.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`
  return value.includes('\\') ? `E${quoted}` : quoted
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

// Never through a JavaScript number: int8 and numeric keep all their digits.
function jsonValue(cell: string | null, column: ResultColumn | undefined): string {
  if (cell === null) return 'null'
  if (column !== undefined && column.typeOid === BOOL) return cell === 't' ? 'true' : 'false'
  if (column !== undefined && JSON_TYPES.includes(column.typeOid)) return cell
  return column?.isNumeric === true && JSON_NUMBER.test(cell) ? cell : JSON.stringify(cell)
}

/** A result may name two columns alike, an object may not. */
function distinctNames(names: readonly string[]): string[] {
  const taken = new Set(names)
  const seen = new Set<string>()
  return names.map((name) => {
    let distinct = name
    for (let number = 2; seen.has(distinct); number += 1) {
      distinct = `${name}_${number}`
      if (taken.has(distinct)) distinct = name
    }
    seen.add(distinct)
    return distinct
  })
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

function markdownText(text: string): string {
  return text
    .replace(/[\\`*|~[\]<>]|(?<!\w)_|_(?!\w)/g, '\\$&')
    .replace(/&(?=#?\w+;)/g, '&amp;')
    .replace(/\r\n|[\r\n]/g, '<br>')
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

// Words that PostgreSQL 18 does not take as a column's name without quotes (reserved, or function and type names).
const RESERVED: ReadonlySet<string> = new Set(
  (
    'all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation ' +
    'column concurrently constraint create cross current_catalog current_date current_role current_schema current_time ' +
    'current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze ' +
    'from full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit ' +
    'localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references ' +
    'returning right select session_user similar some symmetric system_user table tablesample then to trailing true union ' +
    'unique user using variadic verbose when where window with'
  ).split(' '),
)

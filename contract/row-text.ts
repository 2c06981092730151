// Values and names in the formats that rows are copied and exported in. All that is changed or looked at is ASCII, so the same functions serve
// text, and bytes read as characters of one byte each.

/** What of a column decides how its values are written. */
export interface ValueColumn {
  /** `pg_type.oid`. */
  readonly typeOid: number
  readonly isNumeric: boolean
}

const BOOL = 16
const JSON_TYPES: readonly number[] = [114, 3802] // json, jsonb
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

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

/** A cell as JSON, never through a JavaScript number: int8 and numeric keep all their digits. */
export function jsonValue(cell: string | null, column: ValueColumn | undefined): string {
  if (cell === null) return 'null'
  if (column !== undefined && column.typeOid === BOOL) return cell === 't' ? 'true' : 'false'
  if (column !== undefined && JSON_TYPES.includes(column.typeOid)) return cell
  return column?.isNumeric === true && JSON_NUMBER.test(cell) ? cell : JSON.stringify(cell)
}

/** The names with numbers behind those that came before: a result may name two columns alike, an object may not. */
export function distinctNames(names: readonly string[]): string[] {
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

/** Text in a cell of a Markdown table: nothing of it is read as Markdown or HTML. */
export function markdownText(text: string): string {
  return text
    .replace(/[\\`*|~[\]<>]|(?<!\w)_|_(?!\w)/g, '\\$&')
    .replace(/&(?=#?\w+;)/g, '&amp;')
    .replace(/\r\n|[\r\n]/g, '<br>')
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

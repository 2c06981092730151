import type { Node, RangeVar } from 'libpg-query'

// Words that PostgreSQL does not take as a name without quotes: reserved ones, and those that are reserved as a table's or a function's name.
const RESERVED = new Set(
  `all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast char character check
  coalesce collate collation column concurrently constraint create cross current_catalog current_date current_role current_schema
  current_time current_timestamp current_user dec decimal default deferrable desc distinct do else end except exists extract false fetch
  float for foreign freeze from full grant greatest group grouping having ilike in initially inner inout int integer intersect interval
  into is isnull join json json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar json_serialize json_table
  json_value lateral leading least left like limit localtime localtimestamp merge_action national natural nchar none normalize not notnull
  null nullif numeric offset on only or order out outer overlaps overlay placing position precision primary real references returning right
  row select session_user setof similar smallint some substring symmetric system_user table tablesample then time timestamp to trailing
  treat trim true union unique user using values varchar variadic verbose when where window with xmlattributes xmlconcat xmlelement
  xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable`.split(/\s+/),
)

/** A name as SQL needs it: in double quotes where it would not be read back otherwise. */
export function quoted(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) && !RESERVED.has(name) ? name : `"${name.replaceAll('"', '""')}"`
}

/** A string constant that is read back whatever `standard_conforming_strings` is. */
export function literal(text: string): string {
  const doubled = text.replaceAll("'", "''")
  return text.includes('\\') ? `E'${doubled.replaceAll('\\', '\\\\')}'` : `'${doubled}'`
}

/** A relation's name as it was written, with its schema when that was given. */
export function relationName(relation: RangeVar | undefined): string {
  if (relation === undefined) return ''
  const name = quoted(relation.relname ?? '')
  return relation.schemaname === undefined ? name : `${quoted(relation.schemaname)}.${name}`
}

/** A dotted name from a list of strings in the tree. */
export function dottedName(parts: readonly Node[] | undefined): string {
  return strings(parts).map(quoted).join('.')
}

/** The strings of a list in the tree. */
export function strings(parts: readonly Node[] | undefined): readonly string[] {
  return (parts ?? []).flatMap((part) => ('String' in part ? [part.String.sval ?? ''] : []))
}

/** The last part of a dotted name in the tree. */
export function lastName(parts: readonly Node[] | undefined): string {
  return strings(parts).at(-1) ?? ''
}

import type { ResultColumn } from '../../../contract/query'
import type { RawColumn } from '../session/raw-query'

// pg_type of every supported server: OIDs below 10,000 never change. Short names, as people write them.
const BUILT_IN: Readonly<Record<number, string>> = {
  16: 'bool',
  17: 'bytea',
  18: '"char"',
  19: 'name',
  20: 'int8',
  21: 'int2',
  23: 'int4',
  24: 'regproc',
  25: 'text',
  26: 'oid',
  27: 'tid',
  28: 'xid',
  29: 'cid',
  114: 'json',
  142: 'xml',
  600: 'point',
  601: 'lseg',
  602: 'path',
  603: 'box',
  604: 'polygon',
  628: 'line',
  650: 'cidr',
  700: 'float4',
  701: 'float8',
  705: 'unknown',
  718: 'circle',
  774: 'macaddr8',
  790: 'money',
  829: 'macaddr',
  869: 'inet',
  1042: 'bpchar',
  1043: 'varchar',
  1082: 'date',
  1083: 'time',
  1114: 'timestamp',
  1184: 'timestamptz',
  1186: 'interval',
  1266: 'timetz',
  1560: 'bit',
  1562: 'varbit',
  1700: 'numeric',
  2202: 'regprocedure',
  2203: 'regoper',
  2205: 'regclass',
  2206: 'regtype',
  2249: 'record',
  2278: 'void',
  2950: 'uuid',
  3220: 'pg_lsn',
  3614: 'tsvector',
  3615: 'tsquery',
  3802: 'jsonb',
  3904: 'int4range',
  3906: 'numrange',
  3908: 'tsrange',
  3910: 'tstzrange',
  3912: 'daterange',
  3926: 'int8range',
  4072: 'jsonpath',
  1000: 'bool[]',
  1001: 'bytea[]',
  1005: 'int2[]',
  1007: 'int4[]',
  1009: 'text[]',
  1015: 'varchar[]',
  1016: 'int8[]',
  1021: 'float4[]',
  1022: 'float8[]',
  1115: 'timestamp[]',
  1182: 'date[]',
  1185: 'timestamptz[]',
  1231: 'numeric[]',
  199: 'json[]',
  3807: 'jsonb[]',
  2951: 'uuid[]',
}

// int8, int2, int4, oid, float4, float8, money, numeric
const NUMERIC = new Set([20, 21, 23, 26, 700, 701, 790, 1700])

/** The columns with the names of built-in types; others are called `oid n` until the server has named them. */
export function describeColumns(columns: readonly RawColumn[]): ResultColumn[] {
  return columns.map((column) => ({
    ...column,
    typeName: builtInName(column.typeOid, column.typeModifier) ?? `oid ${column.typeOid}`,
    isNumeric: NUMERIC.has(column.typeOid),
  }))
}

/** The columns whose type only the server can name. */
export function unnamedColumns(columns: readonly RawColumn[]): RawColumn[] {
  return columns.filter((column) => BUILT_IN[column.typeOid] === undefined)
}

// Modifiers as their types' own typmodout functions read them: the length includes a 4-byte header.
function builtInName(oid: number, modifier: number): string | undefined {
  const name = BUILT_IN[oid]
  if (name === undefined || modifier < 0) return name
  switch (oid) {
    case 1700: {
      const packed = modifier - 4
      const scale = ((packed & 0x7ff) ^ 1024) - 1024 // signed since PostgreSQL 15
      return `numeric(${(packed >> 16) & 0xffff},${scale})`
    }
    case 1042:
    case 1043:
      return `${name}(${modifier - 4})`
    case 1083:
    case 1114:
    case 1184:
    case 1266:
    case 1560:
    case 1562:
      return `${name}(${modifier})`
    default:
      return name
  }
}

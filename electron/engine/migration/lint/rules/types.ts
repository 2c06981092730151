import type { TypeName } from 'libpg-query'
import { dottedName, quoted, strings } from '../../../parse/names'

/** What `format_type` calls the types that the grammar names otherwise. */
const SPELLED: Readonly<Record<string, string>> = {
  bool: 'boolean',
  bpchar: 'character',
  float4: 'real',
  float8: 'double precision',
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
  time: 'time without time zone',
  timetz: 'time with time zone',
  varbit: 'bit varying',
  varchar: 'character varying',
}

const ALL_FIELDS = 0x7fff

/** A type of the tree in the words of `format_type`. */
export function typeText(type: TypeName | undefined): string {
  const names = strings(type?.names)
  const isBuiltIn = names.length === 2 && names[0] === 'pg_catalog'
  const last = names.at(-1) ?? ''
  const isOneWord = names.length === (isBuiltIn ? 2 : 1)
  const base = isOneWord ? (SPELLED[last] ?? (isBuiltIn ? last : quoted(last))) : dottedName(type?.names)
  const given = (type?.typmods ?? []).flatMap((one) => ('A_Const' in one ? [one.A_Const.ival?.ival ?? 0] : []))
  // An interval's first modifier says which fields it has; this is the one for all of them.
  const modifiers = base === 'interval' && given[0] === ALL_FIELDS ? given.slice(1) : given
  // The precision of a time stands before "with" or "without time zone".
  const [first = '', rest] = base.split(/ (?=with)/)
  const cut = modifiers.length === 0 ? '' : `(${modifiers.join(',')})`
  return `${first}${cut}${rest === undefined ? '' : ` ${rest}`}${'[]'.repeat(type?.arrayBounds?.length ?? 0)}`
}

/** True where the server keeps the rows as they are: the new type holds the same bytes and nothing is to be checked. */
export function isKeptAsItIs(from: string, to: string, isOwnValue: boolean): boolean {
  if (!isOwnValue) return false
  if (from === to) return true
  const old = partsOf(from)
  const wanted = partsOf(to)
  const isText = (base: string) => base === 'text' || base === 'character varying'
  if (isText(old.base) && isText(wanted.base)) return isWider(old.modifiers[0], wanted.modifiers[0])
  if (old.base === 'cidr' && wanted.base === 'inet') return true
  if (old.base !== wanted.base) return false
  if (old.base === 'numeric') {
    const [precision, scale = 0] = wanted.modifiers
    return precision === undefined || (isWider(old.modifiers[0], precision) && scale === (old.modifiers[1] ?? 0))
  }
  if (/^(bit varying|interval|time)/.test(old.base)) return isWider(old.modifiers[0], wanted.modifiers[0])
  return false
}

function isWider(old: number | undefined, wanted: number | undefined): boolean {
  return wanted === undefined || (old !== undefined && wanted >= old)
}

function partsOf(type: string): { readonly base: string; readonly modifiers: readonly number[] } {
  const found = /^([^(]*)(?:\(([\d,]+)\))?(.*)$/.exec(type)
  const modifiers = found?.[2]?.split(',').map(Number) ?? []
  return { base: `${found?.[1] ?? type}${found?.[3] ?? ''}`, modifiers }
}

import { encodeDecimal, encodeMoney } from './arrange-decimal'
import { secondsOf, timeOf } from './arrange-time'

/** A cell's value in bytes that are compared one by one. */
export interface ByteSlice {
  readonly bytes: Uint8Array
  readonly at: number
  readonly length: number
}

/** A value as far as a double can say: larger values never have smaller ones; `isWhole` says that equal ones are equal values. */
export interface FirstKey {
  readonly key: number
  readonly isWhole: boolean
}

/** How the values of a column are ordered: by a number first, and where that is equal by bytes. */
export interface ValueOrder {
  readonly name: 'by value' | 'by code point'
  /** The number; null when this is not a value as the order knows them. */
  first(bytes: Buffer, at: number, length: number): FirstKey | null
  /** What decides between values whose numbers are equal. */
  rest(bytes: Buffer, at: number, length: number): ByteSlice
}

/** Bytes of a text that fit into a double exactly. */
const PREFIX_BYTES = 6
/** Characters of a decimal number that a double tells apart. */
const DOUBLE_DIGITS = 15
const NONE: ByteSlice = { bytes: new Uint8Array(0), at: 0, length: 0 }

/** The number that six bytes make, zeros behind the end: a larger text never has a smaller one. */
export function prefixKey(bytes: Uint8Array, at: number, length: number): number {
  let key = 0
  for (let index = 0; index < PREFIX_BYTES; index += 1)
    key = key * 256 + (index < length ? (bytes[at + index] ?? 0) : 0)
  return key
}

// UTF-8 orders bytes as code points: what COLLATE "C" does.
function textOrder(name: ValueOrder['name']): ValueOrder {
  return {
    name,
    first: (bytes, at, length) => ({ key: prefixKey(bytes, at, length), isWhole: length <= PREFIX_BYTES }),
    rest: (bytes, at, length) => ({ bytes, at, length }),
  }
}

/** The order of texts by code point. */
export const BY_CODE_POINT: ValueOrder = textOrder('by code point')

const BY_NUMBER: ValueOrder = {
  name: 'by value',
  first: (bytes, at, length) => {
    const text = bytes.toString('latin1', at, at + length)
    if (text === 'NaN') return { key: Number.POSITIVE_INFINITY, isWhole: false } // above infinity, says PostgreSQL
    const key = Number(text)
    if (Number.isNaN(key) || text === '') return null
    return { key, isWhole: length <= DOUBLE_DIGITS && Number.isFinite(key) && !/[eE]/.test(text) }
  },
  rest: (bytes, at, length) => whole(encodeDecimal(bytes.toString('latin1', at, at + length)) ?? NONE.bytes),
}

const BY_MONEY: ValueOrder = {
  name: 'by value',
  first: (bytes, at, length) => {
    const text = bytes.toString('latin1', at, at + length)
    const digits = text.replace(/\D/g, '')
    if (digits === '') return null
    const key = Number(digits) * (/[-(]/.test(text) ? -1 : 1)
    return { key, isWhole: digits.length <= DOUBLE_DIGITS }
  },
  rest: (bytes, at, length) => whole(encodeMoney(bytes.toString('latin1', at, at + length))),
}

const byMoment = (kind: 'date' | 'timestamp' | 'timestamptz'): ValueOrder => ({
  name: 'by value',
  first: (bytes, at, length) => {
    const moment = secondsOf(bytes.toString('latin1', at, at + length), kind)
    return moment === null ? null : { key: moment.seconds, isWhole: moment.fraction === '' }
  },
  rest: (bytes, at, length) =>
    whole(
      Buffer.from(
        (secondsOf(bytes.toString('latin1', at, at + length), kind)?.fraction ?? '').padEnd(6, '0'),
        'latin1',
      ),
    ),
})

const byTime = (hasZone: boolean): ValueOrder => ({
  name: 'by value',
  first: (bytes, at, length) => {
    const time = timeOf(bytes.toString('latin1', at, at + length), hasZone)
    return time === null ? null : { key: time.microseconds, isWhole: !hasZone }
  },
  // The same moment in two zones: PostgreSQL puts the one farther east first.
  rest: (bytes, at, length) => {
    const time = timeOf(bytes.toString('latin1', at, at + length), hasZone)
    return whole(Buffer.from(String(2_000_000 + (time?.secondsWest ?? 0)), 'latin1'))
  },
})

function whole(bytes: Uint8Array): ByteSlice {
  return { bytes, at: 0, length: bytes.length }
}

// pg_type: OIDs of built-in types never change. RowDescription names the base type of a domain.
const ORDERS: ReadonlyMap<number, ValueOrder> = new Map([
  ...[20, 21, 23, 26, 700, 701, 1700].map((oid) => [oid, BY_NUMBER] as const), // int8 int2 int4 oid float4 float8 numeric
  [790, BY_MONEY],
  [1082, byMoment('date')],
  [1114, byMoment('timestamp')],
  [1184, byMoment('timestamptz')],
  [1083, byTime(false)],
  [1266, byTime(true)],
  // Texts that order as their values do: f before t, and hexadecimal digits of one length.
  [16, textOrder('by value')],
  [2950, textOrder('by value')], // uuid
])

/** How values of a type are ordered: by what they mean where their text says it safely, else by code point. */
export function orderOf(typeOid: number | undefined): ValueOrder {
  return ORDERS.get(typeOid ?? 0) ?? BY_CODE_POINT
}

/** Compares two values of one order: negative, 0 or positive; null when one of them cannot be read so. */
export function compareValues(order: ValueOrder, a: Buffer, b: Buffer): number | null {
  const first = order.first(a, 0, a.length)
  const second = order.first(b, 0, b.length)
  if (first === null || second === null) return null
  if (first.key !== second.key) return first.key < second.key ? -1 : 1
  if (first.isWhole && second.isWhole) return 0
  const [left, right] = [order.rest(a, 0, a.length), order.rest(b, 0, b.length)]
  return Buffer.compare(
    left.bytes.subarray(left.at, left.at + left.length),
    right.bytes.subarray(right.at, right.at + right.length),
  )
}

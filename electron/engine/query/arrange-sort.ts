import type { ColumnReader } from './arrange-cell'
import { sortByKeys } from './arrange-merge'
import { type ByteSlice, prefixKey, type ValueOrder } from './arrange-order'
import type { Pace } from './arrange-pace'

const PREFIX_BYTES = 6
/** Rows looked at between two looks at the clock. */
const STEP = 1_024
/** So few rows with the same beginning are compared as they are. */
const FEW = 24
/** Bytes of a value that are kept aside to be compared as they are. */
const MOST_COMPARED = 64 * 1024

/** Rows sorted by one column; null when a value is not one that the order can read. */
export async function sortByColumn(
  rows: Uint32Array,
  ascending: Uint32Array,
  reader: ColumnReader,
  order: ValueOrder,
  isDescending: boolean,
  pace: Pace,
  done: number,
): Promise<Uint32Array | null> {
  const sign = isDescending ? -1 : 1
  // Read in the order in which the rows are kept, which is the order of the disk; NaN stands for NULL.
  const keyOf = new Float64Array((ascending.at(-1) ?? -1) + 1)
  let isWhole = true
  for (let index = 0; index < ascending.length; index += 1) {
    const row = ascending[index] as number // within the bounds that the loop keeps
    if (reader.read(row)) {
      const first = order.first(reader.bytes, reader.at, reader.length)
      if (first === null) return null
      keyOf[row] = sign * first.key
      isWhole &&= first.isWhole
    } else keyOf[row] = Number.NaN
    if (index % STEP === 0 && pace.isDue) await pace.rest(done + index)
  }
  const { values, nulls } = await parted(rows, keyOf, pace, done + rows.length)
  const keys = new Float64Array(values.length)
  for (let index = 0; index < values.length; index += 1) keys[index] = keyOf[values[index] as number] as number
  await sortByKeys(keys, values, pace, done + rows.length)
  if (!isWhole) await sortWithin(keys, values, { reader, order, sign, pace, done: done + rows.length })
  const sorted = new Uint32Array(rows.length)
  // As PostgreSQL does: NULL counts as larger than every value.
  sorted.set(values, isDescending ? nulls.length : 0)
  sorted.set(nulls, isDescending ? 0 : values.length)
  return sorted
}

async function parted(rows: Uint32Array, keyOf: Float64Array, pace: Pace, done: number) {
  const values = new Uint32Array(rows.length)
  const nulls = new Uint32Array(rows.length)
  let [valueCount, nullCount] = [0, 0]
  for (const row of rows) {
    if (Number.isNaN(keyOf[row])) nulls[nullCount++] = row
    else values[valueCount++] = row
  }
  if (pace.isDue) await pace.rest(done)
  return { values: values.slice(0, valueCount), nulls: nulls.slice(0, nullCount) }
}

interface Refining {
  readonly reader: ColumnReader
  readonly order: ValueOrder
  readonly sign: 1 | -1
  readonly pace: Pace
  readonly done: number
}

/** Sorts each stretch of rows with the same key by the bytes that decide between them, six at a time. */
async function sortWithin(keys: Float64Array, rows: Uint32Array, parts: Refining): Promise<void> {
  // A stretch, and how many of its bytes are known to be equal.
  const stretches: [from: number, to: number, depth: number][] = []
  const push = (from: number, to: number, depth: number) => {
    for (let at = from; at < to; ) {
      let end = at + 1
      while (end < to && keys[end] === keys[at]) end += 1
      if (end - at > 1) stretches.push([at, end, depth])
      at = end
    }
  }
  push(0, rows.length, 0)
  for (let next = stretches.pop(); next !== undefined; next = stretches.pop()) {
    const [from, to, depth] = next
    const stretch = rows.subarray(from, to)
    if (to - from <= FEW && sortFew(stretch, parts)) {
      if (parts.pace.isDue) await parts.pace.rest(parts.done)
      continue
    }
    const known = await commonBytes(stretch, depth, parts)
    if (known === null) continue
    await readKeys(stretch, keys.subarray(from, to), known, parts)
    await sortByKeys(keys.subarray(from, to), stretch, parts.pace, parts.done)
    push(from, to, known + PREFIX_BYTES)
  }
}

/** Compares whole values; false when they are too long to be held side by side. */
function sortFew(rows: Uint32Array, { reader, order, sign }: Refining): boolean {
  const values: { row: number; bytes: Buffer }[] = []
  for (const row of rows) {
    const { bytes, at, length } = restOf(row, reader, order)
    if (length > MOST_COMPARED) return false
    values.push({ row, bytes: Buffer.from(bytes.subarray(at, at + length)) })
  }
  values.sort((a, b) => sign * Buffer.compare(a.bytes, b.bytes))
  values.forEach(({ row }, index) => {
    rows[index] = row
  })
  return true
}

/** How many bytes all values of a stretch begin with; null when they are all the same. */
async function commonBytes(rows: Uint32Array, depth: number, parts: Refining): Promise<number | null> {
  const { reader, order, pace, done } = parts
  const head = restOf(rows[0] as number, reader, order)
  const first = Buffer.from(head.bytes.subarray(head.at, head.at + head.length))
  let common = first.length
  let isSame = true
  for (let index = 1; index < rows.length; index += 1) {
    const { bytes, at, length } = restOf(rows[index] as number, reader, order)
    const shared = sharedBytes(first, bytes, at, Math.min(length, common), Math.min(depth, common))
    isSame &&= length === first.length && shared === length
    common = Math.min(common, shared)
    if (index % STEP === 0 && pace.isDue) await pace.rest(done)
  }
  return isSame ? null : common
}

function sharedBytes(first: Buffer, bytes: Uint8Array, at: number, length: number, from: number): number {
  const block = 4096
  let same = from
  while (same + block <= length && first.compare(bytes, at + same, at + same + block, same, same + block) === 0)
    same += block
  while (same < length && first[same] === bytes[at + same]) same += 1
  return same
}

async function readKeys(rows: Uint32Array, keys: Float64Array, depth: number, parts: Refining): Promise<void> {
  const { reader, order, sign, pace, done } = parts
  for (let index = 0; index < rows.length; index += 1) {
    const { bytes, at, length } = restOf(rows[index] as number, reader, order)
    keys[index] = sign * prefixKey(bytes, at + depth, length - depth)
    if (index % STEP === 0 && pace.isDue) await pace.rest(done)
  }
}

function restOf(row: number, reader: ColumnReader, order: ValueOrder): ByteSlice {
  reader.read(row)
  return order.rest(reader.bytes, reader.at, reader.length)
}

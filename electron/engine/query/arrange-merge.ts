import type { Pace } from './arrange-pace'

const RUN = 16
/** Rows moved between two looks at the clock. */
const STEP = 16_384

/** Sorts rows by their keys, smaller first, rows with equal keys as they stood; both arrays are rearranged together. */
export async function sortByKeys(keys: Float64Array, rows: Uint32Array, pace: Pace, done: number): Promise<void> {
  const count = rows.length
  for (let from = 0; from < count; from += RUN) {
    insertionSort(keys, rows, from, Math.min(from + RUN, count))
    if (from % STEP === 0 && pace.isDue) await pace.rest(done)
  }
  let source: Keyed = { keys, rows }
  let target: Keyed = { keys: new Float64Array(count), rows: new Uint32Array(count) }
  for (let width = RUN; width < count; width *= 2) {
    for (let from = 0; from < count; from += 2 * width) {
      const middle = Math.min(from + width, count)
      const merge = { left: from, right: middle, to: from }
      const end = Math.min(from + 2 * width, count)
      while (merge.to < end) {
        mergeSome(source, target, merge, middle, end)
        if (pace.isDue) await pace.rest(done)
      }
    }
    const merged = target
    target = source
    source = merged
  }
  if (source.keys === keys) return
  keys.set(source.keys)
  rows.set(source.rows)
}

interface Keyed {
  readonly keys: Float64Array
  readonly rows: Uint32Array
}

function mergeSome(
  source: Keyed,
  target: Keyed,
  merge: { left: number; right: number; to: number },
  middle: number,
  end: number,
): void {
  const { keys, rows } = source
  let { left, right, to } = merge
  const stop = Math.min(end, to + STEP)
  while (to < stop) {
    const takesLeft = left < middle && (right >= end || (keys[left] as number) <= (keys[right] as number))
    const from = takesLeft ? left : right
    if (takesLeft) left += 1
    else right += 1
    target.keys[to] = keys[from] as number // within the bounds that the loop keeps
    target.rows[to] = rows[from] as number
    to += 1
  }
  merge.left = left
  merge.right = right
  merge.to = to
}

function insertionSort(keys: Float64Array, rows: Uint32Array, from: number, to: number): void {
  for (let at = from + 1; at < to; at += 1) {
    const key = keys[at] as number // within the bounds that the loop keeps
    const row = rows[at] as number
    let place = at
    while (place > from && (keys[place - 1] as number) > key) {
      keys[place] = keys[place - 1] as number
      rows[place] = rows[place - 1] as number
      place -= 1
    }
    keys[place] = key
    rows[place] = row
  }
}

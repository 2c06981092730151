/** A run of lines that both texts have, or only one of them. Lines count from 0; `before` and `now` are where it begins in each. */
export interface DiffRun {
  readonly kind: 'same' | 'added' | 'removed'
  readonly before: number
  readonly now: number
  readonly count: number
}

/** Edits that are looked for exactly; beyond, lines that occur once on each side are taken as fixed points. */
const MOST_EDITS = 1000

/**
 * The differences of two lists of lines as runs in order, removed before added. The fewest possible as long as there are few (Myers,
 * "An O(ND) difference algorithm", 1986); for texts that have little in common a coarser answer, so that time and memory stay small.
 */
export function diffLines(before: readonly string[], now: readonly string[]): readonly DiffRun[] {
  const [one, other] = numbered(before, now)
  const isKeptBefore = new Uint8Array(one.length)
  const isKeptNow = new Uint8Array(other.length)
  const work: Block[] = [{ a: 0, aEnd: one.length, b: 0, bEnd: other.length }]
  for (let block = work.pop(); block !== undefined; block = work.pop()) {
    let { a, aEnd, b, bEnd } = block
    while (a < aEnd && b < bEnd && one[a] === other[b]) {
      isKeptBefore[a++] = 1
      isKeptNow[b++] = 1
    }
    while (a < aEnd && b < bEnd && one[aEnd - 1] === other[bEnd - 1]) {
      isKeptBefore[--aEnd] = 1
      isKeptNow[--bEnd] = 1
    }
    if (a === aEnd || b === bEnd) continue
    const rest = { a, aEnd, b, bEnd }
    const matches = fewestEdits(one, other, rest)
    if (matches === null) {
      work.push(...betweenFixedPoints(one, other, rest))
      continue
    }
    for (const [x, y] of matches) {
      isKeptBefore[x] = 1
      isKeptNow[y] = 1
    }
  }
  return runsOf(isKeptBefore, isKeptNow)
}

/** Part of both texts, ends not included. */
interface Block {
  readonly a: number
  readonly aEnd: number
  readonly b: number
  readonly bEnd: number
}

type Match = readonly [before: number, now: number]

/** Equal lines get equal numbers: comparing them costs nothing however long they are. */
function numbered(before: readonly string[], now: readonly string[]): readonly [Uint32Array, Uint32Array] {
  const numbers = new Map<string, number>()
  const numberOf = (line: string) => {
    const known = numbers.get(line)
    if (known !== undefined) return known
    numbers.set(line, numbers.size)
    return numbers.size - 1
  }
  return [Uint32Array.from(before, numberOf), Uint32Array.from(now, numberOf)]
}

/** The equal lines of a shortest edit script; null when it would take too many edits. */
function fewestEdits(one: Uint32Array, other: Uint32Array, { a, aEnd, b, bEnd }: Block): readonly Match[] | null {
  const width = aEnd - a
  const height = bEnd - b
  const most = Math.min(MOST_EDITS, width + height)
  // How far each diagonal got with d edits; diagonal k is at index k + most + 1.
  const reach = new Int32Array(2 * most + 3)
  const trace: Int32Array[] = []
  for (let edits = 0; edits <= most; edits += 1) {
    trace.push(reach.slice(most + 1 - edits, most + 2 + edits))
    for (let k = -edits; k <= edits; k += 2) {
      const at = k + most + 1
      const below = reach[at - 1] ?? 0
      const above = reach[at + 1] ?? 0
      let x = k === -edits || (k !== edits && below < above) ? above : below + 1
      let y = x - k
      while (x < width && y < height && one[a + x] === other[b + y]) {
        x += 1
        y += 1
      }
      reach[at] = x
      if (x >= width && y >= height) return traced(trace, edits, { a, aEnd, b, bEnd })
    }
  }
  return null
}

/** Walks back from the end along the furthest points. */
function traced(trace: readonly Int32Array[], edits: number, { a, aEnd, b, bEnd }: Block): readonly Match[] {
  const matches: Match[] = []
  let x = aEnd - a
  let y = bEnd - b
  for (let d = edits; d > 0; d -= 1) {
    // Before step d the diagonals -(d - 1) to d - 1 were set; trace[d] holds -d to d.
    const known = trace[d]
    const reachOf = (k: number) => known?.[k + d] ?? 0
    const k = x - y
    const isDown = k === -d || (k !== d && reachOf(k - 1) < reachOf(k + 1))
    const from = isDown ? k + 1 : k - 1
    const fromX = reachOf(from)
    const start = isDown ? fromX : fromX + 1
    while (x > start) matches.push([a + --x, b + --y])
    x = fromX
    y = fromX - from
  }
  while (x > 0) matches.push([a + --x, b + --y])
  return matches
}

/** The blocks between lines that occur exactly once on each side, in rising order on both; nothing when there are none. */
function betweenFixedPoints(one: Uint32Array, other: Uint32Array, block: Block): readonly Block[] {
  const placeNow = onceIn(other, block.b, block.bEnd)
  const pairs: Match[] = []
  for (const [line, x] of onceIn(one, block.a, block.aEnd)) {
    const y = placeNow.get(line)
    if (y !== undefined) pairs.push([x, y])
  }
  const points = longestRising(pairs)
  if (points.length === 0) return []
  const blocks: Block[] = []
  let { a, b } = block
  for (const [x, y] of points) {
    // The point itself begins the next block, whose equal beginning is kept.
    blocks.push({ a, aEnd: x, b, bEnd: y })
    a = x
    b = y
  }
  blocks.push({ a, aEnd: block.aEnd, b, bEnd: block.bEnd })
  return blocks
}

/** Lines that occur once between `from` and `to`, with their places, in order. */
function onceIn(lines: Uint32Array, from: number, to: number): ReadonlyMap<number, number> {
  const places = new Map<number, number>()
  for (let at = from; at < to; at += 1) {
    const line = lines[at] ?? 0
    places.set(line, places.has(line) ? -1 : at)
  }
  for (const [line, at] of places) if (at < 0) places.delete(line)
  return places
}

/** The longest part of the pairs whose second places rise (patience sorting); the first ones rise already. */
function longestRising(pairs: readonly Match[]): readonly Match[] {
  const piles: number[] = []
  const before: number[] = []
  for (const [index, [, y]] of pairs.entries()) {
    let low = 0
    let high = piles.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((pairs[piles[middle] ?? 0]?.[1] ?? 0) < y) low = middle + 1
      else high = middle
    }
    before[index] = low === 0 ? -1 : (piles[low - 1] ?? -1)
    piles[low] = index
  }
  const rising: Match[] = []
  for (let at = piles.at(-1) ?? -1; at >= 0; at = before[at] ?? -1) {
    const pair = pairs[at]
    if (pair !== undefined) rising.push(pair)
  }
  return rising.reverse()
}

function runsOf(isKeptBefore: Uint8Array, isKeptNow: Uint8Array): readonly DiffRun[] {
  const runs: DiffRun[] = []
  let before = 0
  let now = 0
  const push = (kind: DiffRun['kind'], count: number) => {
    if (count > 0) runs.push({ kind, before, now, count })
  }
  while (before < isKeptBefore.length || now < isKeptNow.length) {
    let same = 0
    while (isKeptBefore[before + same] === 1 && isKeptNow[now + same] === 1) same += 1
    push('same', same)
    before += same
    now += same
    let removed = 0
    while (isKeptBefore[before + removed] === 0) removed += 1
    push('removed', removed)
    before += removed
    let added = 0
    while (isKeptNow[now + added] === 0) added += 1
    push('added', added)
    now += added
  }
  return runs
}

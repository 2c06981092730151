import { type FindEvent, type FindInput, MAX_MATCHES } from '../../../contract/arrangement'
import type { Channel } from '../../../contract/define'
import { refusal } from '../failure-error'
import type { Pace } from './arrange-pace'
import { paceOf } from './arrange-pace'
import type { RowOrder } from './arrange-views'
import { type ByteTest, containsText } from './find-text'
import type { KeptResult } from './result-registry'
import { eachCell } from './row-cells'

/** Bytes of a value that are searched at one go. */
const SLICE = 1024 * 1024
/** Milliseconds between two batches of matches, after the first. */
const BATCH_MS = 100

/** Searches the loaded rows in their order and tells the matches as they are found, up to a limit. */
export async function findMatches(
  result: KeptResult,
  order: RowOrder,
  input: FindInput,
  channel: Channel<FindEvent>,
): Promise<void> {
  const { store, columnCount } = result
  if (input.columns.some((column) => column >= columnCount))
    throw refusal('columns', `There are ${columnCount} columns.`)
  const total = order?.length ?? store.rowCount
  const pace = paceOf(channel, (done) => channel.send({ type: 'rowsSearched', done, total }))
  const search = searchOf(result, input, pace)
  let found: number[] = []
  let matches = 0
  let sentAt = 0
  const flush = () => {
    if (found.length > 0) channel.send({ type: 'matchesFound', cells: Uint32Array.from(found) })
    found = []
    sentAt = performance.now()
  }
  for (let place = 0; place < total && matches < MAX_MATCHES; place += 1) {
    const row = order === null ? place : (order[place] ?? 0)
    if (row >= store.rowCount) throw refusal('resultId', 'These rows are not kept any more. Run the statement again.')
    const hits = search.inRow(row)
    for (const column of hits instanceof Promise ? await hits : hits) {
      if (matches === MAX_MATCHES) break
      found.push(place, column)
      matches += 1
    }
    if (place % 64 === 0 && pace.isDue) {
      await pace.rest(place)
      if (performance.now() - sentAt > BATCH_MS) flush()
    }
  }
  flush()
  channel.send({ type: 'searchEnded', matches, isCapped: matches === MAX_MATCHES })
}

/** Columns of a row that match, in the order in which they were asked for. */
function searchOf({ store, columnCount }: KeptResult, input: FindInput, pace: Pace) {
  const holds = containsText(input.text, input.isCaseSensitive)
  const overlap = 4 * input.text.length
  const isWanted = new Uint8Array(columnCount)
  for (const column of input.columns) isWanted[column] = 1
  const isInOrder = input.columns.every((column, index) => index === 0 || column > (input.columns[index - 1] ?? 0))
  const sorted = (hits: number[]) =>
    isInOrder || hits.length < 2 ? hits : input.columns.filter((column) => hits.includes(column))
  return {
    inRow: (row: number): number[] | Promise<number[]> => {
      const hits: number[] = []
      const long: number[] = []
      eachCell(store, row, columnCount, (bytes, at, length, column) => {
        if (length < 0 || isWanted[column] === 0) return
        if (length > SLICE) long.push(column)
        else if (holds(bytes, at, length)) hits.push(column)
      })
      return long.length === 0 ? sorted(hits) : longOnes(row, long, hits).then(sorted)
    },
  }
  async function longOnes(row: number, long: readonly number[], hits: number[]): Promise<number[]> {
    for (const column of long) {
      for (let from = 0, more = true; more; from += SLICE) {
        // Read anew for each slice: where rows lie on the disk, the bytes are good only until somebody else reads.
        const slice = sliceHolds(row, column, from, holds, overlap)
        if (slice.isHit) hits.push(column)
        more = slice.isMore && !slice.isHit
        if (pace.isDue) await pace.rest(row)
      }
    }
    return hits
  }
  function sliceHolds(row: number, wanted: number, from: number, test: ByteTest, beyond: number) {
    let slice = { isHit: false, isMore: false }
    eachCell(store, row, columnCount, (bytes, at, length, column) => {
      if (column !== wanted) return
      const size = Math.min(SLICE + beyond, length - from)
      slice = { isHit: test(bytes, at + from, size), isMore: from + SLICE < length }
    })
    return slice
  }
}

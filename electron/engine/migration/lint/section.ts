/** The part of a file that is checked; other tools keep both directions in one file. */
export interface Section {
  /** Half-open range, in UTF-16 units. */
  readonly from: number
  readonly to: number
  /** What another tool's marker says of the transaction; null where our own header decides. */
  readonly isTransactional: boolean | null
  /** True for another tool's file: our header lines mean nothing in it. */
  readonly isForeign: boolean
}

const DBMATE = /^--\s*migrate:(up|down)\b([^\n]*)/gm
const NODE_PG_MIGRATE = /^\s*--[\s-]*(up|down)\s+migration[^\n]*/gim
const YOYO_OFF = /^--\s*transactional\s*:\s*false\s*$/im

/** The part of a migration file for one direction; null where the file is no SQL. */
export function sectionFor(text: string, file: 'up' | 'down', fileName: string): Section | null {
  if (/\.(py|js|cjs|mjs|ts)$/.test(fileName)) return null
  const isOurs = /\.(up|down)\.sql$/.test(fileName)
  const markers = isOurs ? [] : [...text.matchAll(DBMATE), ...text.matchAll(NODE_PG_MIGRATE)]
  const at = markers.findIndex(([, direction]) => direction?.toLowerCase() === file)
  const marker = markers[at]
  if (marker === undefined) {
    const isOff = !isOurs && YOYO_OFF.test(text)
    return { from: 0, to: text.length, isTransactional: isOff ? false : null, isForeign: !isOurs }
  }
  const from = marker.index + marker[0].length
  const to = markers[at + 1]?.index ?? text.length
  return { from, to, isTransactional: !/transaction\s*:\s*false/.test(marker[2] ?? ''), isForeign: true }
}

import { crc32 } from 'node:zlib'

/** What the bytes of a journal hold. */
export interface JournalContent {
  readonly records: readonly unknown[]
  readonly droppedRecords: number
  /** Bytes up to the end of the last sound record. */
  readonly soundBytes: number
  /** True when the last record is whole but the end of its line is missing. */
  readonly lacksLineEnd: boolean
  /** True when the only thing dropped is the last record, cut off before the end of its line. */
  readonly isOnlyTorn: boolean
}

const LINE_END = 0x0a

/** One line: the length of the JSON in bytes, its CRC-32, the JSON. JSON text holds no line end, so a line is a record. */
export function encodeRecord(record: unknown): Buffer {
  const text = JSON.stringify(record)
  if (text === undefined) throw new TypeError('A journal record must be a JSON value.')
  const json = Buffer.from(text)
  return Buffer.concat([Buffer.from(`${json.length} ${checksum(json)} `), json, Buffer.of(LINE_END)])
}

/** The sound records of a journal in order; a line whose length or checksum does not fit is passed over and counted. */
export function decodeRecords(bytes: Uint8Array): JournalContent {
  const records: unknown[] = []
  let droppedRecords = 0
  let isTorn = false
  let soundBytes = 0
  let lacksLineEnd = false
  for (let from = 0; from < bytes.length; ) {
    const lineEnd = bytes.indexOf(LINE_END, from)
    const to = lineEnd === -1 ? bytes.length : lineEnd
    const record = decodeLine(bytes.subarray(from, to))
    if (record === undefined) {
      droppedRecords += 1
      isTorn = lineEnd === -1
    } else {
      records.push(record.value)
      soundBytes = lineEnd === -1 ? to : to + 1
      lacksLineEnd = lineEnd === -1
    }
    from = to + 1
  }
  return { records, droppedRecords, soundBytes, lacksLineEnd, isOnlyTorn: isTorn && droppedRecords === 1 }
}

const HEAD = /^(0|[1-9]\d{0,9}) ([0-9a-f]{8}) /

function decodeLine(line: Uint8Array): { readonly value: unknown } | undefined {
  const head = HEAD.exec(Buffer.from(line.subarray(0, 20)).toString('latin1'))
  if (head === null) return undefined
  const json = line.subarray(head[0].length)
  if (json.length !== Number(head[1]) || checksum(json) !== head[2]) return undefined
  try {
    return { value: JSON.parse(Buffer.from(json).toString()) }
  } catch {
    return undefined // sound bytes that no version of ours wrote
  }
}

function checksum(bytes: Uint8Array): string {
  return crc32(bytes).toString(16).padStart(8, '0')
}

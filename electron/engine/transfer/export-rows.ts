import type { Channel } from '../../../contract/define'
import type { ExportFormat, ExportInput, TransferEvent } from '../../../contract/transfer'
import { refusal } from '../failure-error'
import { copyTextWriter } from './export-copy-text'
import { csvWriter } from './export-csv'
import { insertWriter } from './export-insert'
import { jsonWriter } from './export-json'
import { markdownWriter } from './export-markdown'
import { type ExportColumn, OutputBuffer, type RowWriter } from './row-writer'
import { type FilePiece, writePieces } from './write-file'

/** Rows that can be exported, where they are kept. */
export interface ExportSource {
  readonly rowCount: number
  readonly columns: readonly ExportColumn[]
  /** Calls `visit` with each cell of a row: its bytes, where its value begins, and its length, -1 for NULL. */
  eachCell(row: number, visit: (bytes: Buffer, at: number, length: number, column: number) => void): void
}

/** Bytes of a piece: what is gathered between two writes. */
const PIECE_BYTES = 1024 * 1024
/** Milliseconds of work after which a piece is handed on even when it is not full. */
const TURN_MS = 15

const NOTHING: Buffer = Buffer.alloc(0)

const WRITERS: Readonly<Record<ExportFormat, (columns: readonly ExportColumn[], input: ExportInput) => RowWriter>> = {
  csv: csvWriter,
  'copy text': copyTextWriter,
  json: jsonWriter,
  markdown: markdownWriter,
  insert: insertWriter,
}

/** Writes rows to a file from the bytes that the server sent; closing the channel stops it and leaves no file. */
export async function exportRows(
  source: ExportSource,
  path: string,
  input: ExportInput,
  channel: Channel<TransferEvent>,
): Promise<void> {
  if (input.columns.some((column) => column >= source.columns.length))
    throw refusal('columns', `There are ${source.columns.length} columns.`)
  const columns = input.columns.flatMap((number) => source.columns[number] ?? [])
  const from = input.rows?.from ?? 0
  const to = Math.min(input.rows?.to ?? source.rowCount, source.rowCount)
  const writer = WRITERS[input.format](columns, input)
  await writePieces(path, piecesOf(source, writer, input.columns, from, to), Math.max(0, to - from), channel)
}

function* piecesOf(
  source: ExportSource,
  writer: RowWriter,
  numbers: readonly number[],
  from: number,
  to: number,
): Generator<FilePiece> {
  const out = new OutputBuffer(PIECE_BYTES)
  // The same objects for every row: millions of rows must not each make their own.
  const cells = source.columns.map(() => ({ bytes: NOTHING, at: 0, length: -1 }))
  const wanted = numbers.flatMap((number) => cells[number] ?? [])
  const note = (bytes: Buffer, at: number, length: number, column: number) => {
    const cell = cells[column]
    if (cell === undefined) return
    cell.bytes = bytes
    cell.at = at
    cell.length = length
  }
  let rows = 0
  let since = performance.now()
  writer.begin(out)
  for (let row = from; row < to; row += 1) {
    source.eachCell(row, note)
    writer.row(out, wanted, row === from)
    rows += 1
    if (out.length < PIECE_BYTES && (rows % 64 !== 0 || performance.now() - since < TURN_MS)) continue
    yield { bytes: out.take(), rows }
    rows = 0
    since = performance.now()
  }
  writer.end(out, from >= to)
  yield { bytes: out.take(), rows }
}

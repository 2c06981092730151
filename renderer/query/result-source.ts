import type { ResultId } from '../../contract/query'
import { askShell, request } from '../bridge'
import type { ColumnMemory } from './grid/use-grid-columns'

/** Sizes, order, pins and hidden columns by column signature, kept as long as the window lives. */
export const columnMemory: ColumnMemory = new Map()

/** A packed window of rows; null when the rows are not kept any more. */
export async function fetchWindow(resultId: ResultId, from: number, count: number): Promise<Uint8Array | null> {
  const reply = await request('result.window', { resultId, from, count })
  return reply.ok ? reply.value : null
}

/** Reads on after a pause at a limit; nothing happens when the reading has ended meanwhile. */
export async function continueReading(resultId: ResultId): Promise<void> {
  await request('result.continue', { resultId })
}

/** Largest part of one cell that is brought into the window, in bytes. */
const CELL_LIMIT = 64 * 1024 * 1024

/** A whole cell as the server's bytes, up to 64 MB; null when the rows are not kept any more. */
export async function fetchCell(
  resultId: ResultId,
  row: number,
  column: number,
  limit: number = CELL_LIMIT,
): Promise<{ readonly isNull: boolean; readonly bytes: Uint8Array; readonly totalBytes: number } | null> {
  const parts: Uint8Array[] = []
  let have = 0
  for (;;) {
    const reply = await request('result.cell', { resultId, row, column, from: have })
    if (!reply.ok) return null
    const { isNull, bytes, totalBytes } = reply.value
    parts.push(bytes)
    have += bytes.length
    if (bytes.length === 0 || have >= Math.min(totalBytes, limit)) return { isNull, bytes: joined(parts), totalBytes }
  }
}

/** Puts text on the clipboard, exactly as it is. */
export async function copyText(text: string): Promise<void> {
  await askShell('clipboard.write', { text })
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts
  if (parts.length === 1 && first !== undefined) return first
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

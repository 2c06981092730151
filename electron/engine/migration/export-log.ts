import type { LogEntry } from '../../../contract/migration-log'

/** Bytes of a file, and how many entries of the log are written with them. */
interface LogPiece {
  readonly bytes: Uint8Array
  readonly rows: number
}

const COLUMNS = [
  'at',
  'action',
  'migration',
  'role',
  'address',
  'duration_ms',
  'checksum',
  'direction',
  'statement',
  'code',
  'message',
] as const
const ENTRIES_AT_ONCE = 500

/** The log as a file: CSV with a line of column names, or JSON as an array of objects with the same names. */
export function* logPieces(entries: readonly LogEntry[], format: 'csv' | 'json'): Generator<LogPiece> {
  const text = (value: string, rows = 0) => ({ bytes: Buffer.from(value), rows })
  yield text(format === 'csv' ? `${COLUMNS.join(',')}\n` : '[')
  for (let at = 0; at < entries.length; at += ENTRIES_AT_ONCE) {
    const some = entries.slice(at, at + ENTRIES_AT_ONCE)
    const lines = some.map((entry, index) =>
      format === 'csv' ? csvLine(entry) : `${at + index === 0 ? '' : ','}\n${JSON.stringify(valuesOf(entry))}`,
    )
    yield text(lines.join(''), some.length)
  }
  if (format === 'json') yield text(entries.length === 0 ? ']\n' : '\n]\n')
}

function valuesOf({ failure, ...entry }: LogEntry): Readonly<Record<(typeof COLUMNS)[number], string | number | null>> {
  return {
    at: entry.at,
    action: entry.action,
    migration: entry.name,
    role: entry.role,
    address: entry.address,
    duration_ms: entry.durationMs,
    checksum: entry.checksum,
    direction: failure?.direction ?? null,
    statement: failure?.statement ?? null,
    code: failure?.code ?? null,
    message: failure?.message ?? null,
  }
}

/** As COPY … (FORMAT csv) writes it: NULL is nothing, the empty string two quotes. */
function csvLine(entry: LogEntry): string {
  const values = valuesOf(entry)
  const cells = COLUMNS.map((column) => {
    const value = values[column]
    if (value === null) return ''
    const text = String(value)
    return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  })
  return `${cells.join(',')}\n`
}

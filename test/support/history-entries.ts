import { historyEntryId } from '../../contract/history'
import type { ProfileId } from '../../contract/profile'
import type { RunJournals } from '../../electron/engine/workspace/run-journals'
import type { EndedRecord, StartedRecord } from '../../electron/engine/workspace/run-records'

const TABLES = ['employee', 'salary', 'department', 'title', 'invoice', 'customer', 'shipment', 'audit_log', 'session']
const COLUMNS = ['id', 'name', 'amount', 'from_date', 'to_date', 'created_at', 'status', 'email', 'country', 'note']

/** A run as it begins, changed as a test needs it. */
export function aStart(number: number, change: Partial<StartedRecord> = {}): StartedRecord {
  return {
    type: 'started',
    id: historyEntryId.parse(`run-${number}`),
    at: new Date(Date.UTC(2026, 0, 1) + number * 60_000).toISOString(),
    profileId: `profile-${number % 3}` as ProfileId, // branded here: no profile is saved for these runs
    profileName: `Shop ${number % 3}`,
    host: 'db.example.com',
    database: number % 2 === 0 ? 'shop' : 'warehouse',
    role: 'app',
    text: aStatement(number),
    isMasked: false,
    unitsLeftOut: 0,
    parameters: [],
    ...change,
  }
}

/** The end of that run. */
export function anEnd(number: number, change: Partial<EndedRecord> = {}): EndedRecord {
  const hasFailed = number % 11 === 0
  return {
    type: 'ended',
    id: historyEntryId.parse(`run-${number}`),
    outcome: hasFailed ? 'failed' : 'complete',
    elapsedMs: number % 500,
    message: hasFailed ? `ERROR: relation "missing_${number % 40}" does not exist` : null,
    statements: 1,
    rows: number % 1000,
    ...change,
  }
}

/** A statement as people write them, another for each number, of some 80 to 600 characters. */
export function aStatement(number: number): string {
  const pick = (from: readonly string[], step: number) => from[(number * step + (number >> 3)) % from.length] ?? ''
  const table = pick(TABLES, 7)
  const columns = Array.from({ length: 2 + (number % 7) }, (_, at) => `t.${pick(COLUMNS, at + 3)}`).join(',\n       ')
  const conditions = Array.from(
    { length: 1 + (number % 5) },
    (_, at) => `t.${pick(COLUMNS, at + 1)} between ${number + at} and ${number * 2 + at}`,
  ).join('\n   and ')
  return `SELECT ${columns}\n  FROM public.${table} AS t\n  JOIN public.${pick(TABLES, 5)} USING (id)\n WHERE ${conditions}\n ORDER BY 1 LIMIT ${number};`
}

/** Writes runs with these numbers as the history does. */
export async function writeRuns(journals: RunJournals, count: number): Promise<void> {
  for (let from = 0; from < count; from += 1000) {
    const appended: Promise<unknown>[] = []
    for (let number = from; number < Math.min(count, from + 1000); number += 1) {
      appended.push(journals.append(aStart(number)), journals.append(anEnd(number)))
    }
    await Promise.all(appended)
  }
}

import {
  type HistoryEntry,
  type HistoryEntryId,
  type HistoryOutcome,
  type HistoryText,
  historyOutcome,
} from '../../../contract/history'
import type { ProfileId } from '../../../contract/profile'

/** The record written when a run begins; its text is masked and cut already. */
export interface StartedRecord extends HistoryText {
  readonly type: 'started'
  /** ISO 8601. */
  readonly at: string
  readonly profileId: ProfileId
  readonly profileName: string
  readonly host: string
  readonly database: string
  readonly role: string
}

/** The record written when a run has ended. */
export interface EndedRecord {
  readonly type: 'ended'
  readonly id: HistoryEntryId
  readonly outcome: Exclude<HistoryOutcome, 'running'>
  readonly elapsedMs: number
  readonly message: string | null
  readonly statements: number
  readonly rows: number | null
}

/** A record of the history's journals. */
export type RunRecord = StartedRecord | EndedRecord

/** The record that a journal's value is; null for one of a newer version. */
export function readRecord(value: unknown): RunRecord | null {
  if (typeof value !== 'object' || value === null || !('type' in value)) return null
  const shape = value.type === 'started' ? STARTED : value.type === 'ended' ? ENDED : null
  if (shape === null) return null
  for (const [key, isRight] of shape) if (!isRight((value as Record<string, unknown>)[key])) return null
  return value as RunRecord // every member has just been checked
}

type Check = (value: unknown) => boolean
const isText: Check = (value) => typeof value === 'string'
const isNumber: Check = (value) => typeof value === 'number' && value >= 0
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value)

// By hand: a full history has 200,000 records, and a schema takes a second for them.
const STARTED: readonly (readonly [keyof StartedRecord, Check])[] = [
  ['id', isText],
  ['at', isText],
  ['profileId', isText],
  ['profileName', isText],
  ['host', isText],
  ['database', isText],
  ['role', isText],
  ['text', isText],
  ['isMasked', (value) => typeof value === 'boolean'],
  ['unitsLeftOut', isNumber],
  ['parameters', (value) => Array.isArray(value) && value.every(isText)],
]
const OUTCOMES: ReadonlySet<unknown> = new Set(historyOutcome.options)
const ENDED: readonly (readonly [keyof EndedRecord, Check])[] = [
  ['id', isText],
  ['outcome', (value) => OUTCOMES.has(value) && value !== 'running'],
  ['elapsedMs', isNumber],
  ['message', orNull(isText)],
  ['statements', isNumber],
  ['rows', orNull(isNumber)],
]

const LINE_UNITS = 200

/** What a run that has begun looks like in a list; it counts as lost until its end is known. */
export function entryOf(started: StartedRecord, isRunning: boolean): HistoryEntry {
  const { id, at, profileId: profile, profileName, host, database, role, text, isMasked } = started
  return {
    id,
    profileId: profile,
    profileName,
    host,
    database,
    role,
    startedAt: at,
    elapsedMs: null,
    outcome: isRunning ? 'running' : 'lost',
    message: isRunning ? null : 'Strata ended before the run did. It is unknown what took effect.',
    line: firstLine(text),
    statements: 0,
    rows: null,
    isMasked,
  }
}

/** The entry with its end. */
export function withEnd(entry: HistoryEntry, ended: EndedRecord): HistoryEntry {
  const { outcome, elapsedMs, message, statements, rows } = ended
  return { ...entry, outcome, elapsedMs, message, statements, rows }
}

function firstLine(text: string): string {
  const line = text
    .slice(0, 4 * LINE_UNITS)
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, LINE_UNITS)
  // A slice would keep the whole text in memory.
  return text.length > 4 * LINE_UNITS ? Buffer.from(line, 'utf16le').toString('utf16le') : line
}

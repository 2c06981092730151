import { describe, expect, it } from 'vitest'
import type { LogEntry } from '../../../contract/migration-log'
import { profileId } from '../../../contract/profile'
import { LOG_PAGE, type LogEvent, logEntryAt, reduceLog, type ShownLog } from '../../../renderer/migration/log-store'
import { failedWhere, logActor } from '../../../renderer/migration/log-words'

const anEntry = (id: number, rest: Partial<LogEntry> = {}): LogEntry => ({
  id: String(id),
  name: `${id}_a`,
  action: 'applied',
  at: '2026-01-01T00:00:00.000Z',
  role: 'app',
  address: null,
  durationMs: 4,
  checksum: null,
  failure: null,
  ...rest,
})
const opened: LogEvent = { type: 'opened', profileId: profileId.parse('p'), name: null }
const page = (number: number, total: number, isFresh = false): LogEvent => ({
  type: 'pagesArrived',
  isFresh,
  pages: new Map([[number, { total, entries: [anEntry(number * LOG_PAGE)] }]]),
})
const logAfter = (...events: readonly LogEvent[]) =>
  events.reduce<ShownLog | null>((log, event) => reduceLog(log, event), null) as ShownLog

describe('the shown log', () => {
  it('finds entries in the pages that came', () => {
    const log = logAfter(opened, page(0, 150), page(1, 150))

    expect([logEntryAt(log, 0)?.id, logEntryAt(log, 100)?.id, logEntryAt(log, 149), logEntryAt(log, -1)]).toEqual([
      '0',
      '100',
      undefined,
      undefined,
    ])
  })

  it('forgets the pages of before when a fresh one comes', () => {
    const log = logAfter(opened, page(0, 150), page(1, 150), page(0, 151, true))

    expect([logEntryAt(log, 0)?.id, logEntryAt(log, 100)]).toEqual(['0', undefined])
  })

  it('chooses nothing any more when there is less than before, or other words', () => {
    const chosen = logAfter(opened, page(0, 150), { type: 'entryChosen', at: 120 })

    expect(reduceLog(chosen, page(0, 3, true))?.activeAt).toBe(2)
    expect(reduceLog(chosen, { type: 'wordsTyped', words: 'x' })?.activeAt).toBe(-1)
  })

  it('hears nothing once it is closed', () => {
    const closed = reduceLog(logAfter(opened), { type: 'closed' })

    expect(reduceLog(closed, page(0, 1))).toBeNull()
  })
})

describe('the words of an entry', () => {
  it('name who did it and from where', () => {
    expect([logActor(anEntry(1)), logActor(anEntry(1, { address: '10.0.0.7' }))]).toEqual([
      'app, local socket',
      'app from 10.0.0.7',
    ])
  })

  it('say where it failed', () => {
    const failed = (direction: 'apply' | 'roll back', statement: number, code: string | null) =>
      failedWhere(anEntry(1, { failure: { direction, statement, code, message: 'no' } }))

    expect([failed('apply', 2, '42P07'), failed('roll back', 0, null), failedWhere(anEntry(1))]).toEqual([
      'While it was applied, at statement 2 (42P07)',
      'While it was rolled back',
      '',
    ])
  })
})

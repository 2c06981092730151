import { describe, expect, it } from 'vitest'
import { HISTORY_PAGE, type HistoryEntry, type HistoryPage } from '../../../contract/history'
import {
  entryAt,
  type HistoryEvent,
  type HistoryState,
  reduceHistory,
  UNSEEN,
} from '../../../renderer/workspace/history-store'
import { runWords, whenRan } from '../../../renderer/workspace/history-words'

const anEntry = (number: number, change: Partial<HistoryEntry> = {}): HistoryEntry =>
  ({
    id: `run-${number}`,
    profileId: 'profile-1',
    profileName: 'Shop',
    host: 'h',
    database: 'shop',
    role: 'app',
    startedAt: '2026-11-22T10:00:00.000Z',
    elapsedMs: 12,
    outcome: 'complete',
    message: null,
    line: `select ${number}`,
    statements: 1,
    rows: 3,
    isMasked: false,
    ...change,
  }) as HistoryEntry // ids are branded by the engine

const pageOf = (from: number, to: number, total: number): HistoryPage => ({
  total,
  entries: Array.from({ length: to - from }, (_, at) => anEntry(from + at)),
})
const arrived = (pages: readonly (readonly [number, HistoryPage])[], isFresh = true): HistoryEvent => ({
  type: 'pagesArrived',
  pages: new Map(pages),
  isFresh,
})
const stateAfter = (...events: readonly HistoryEvent[]): HistoryState => events.reduce(reduceHistory, UNSEEN)

describe('the history panel', () => {
  it('knows the runs of the pages that came, by their places', () => {
    const state = stateAfter(arrived([[0, pageOf(0, 100, 250)]]), arrived([[2, pageOf(200, 250, 250)]], false))

    const found = [0, 99, 100, 249, -1].map((at) => entryAt(state, at)?.line)
    expect([HISTORY_PAGE, found]).toEqual([100, ['select 0', 'select 99', undefined, 'select 249', undefined]])
  })

  it('keeps the chosen run chosen when newer ones come before it', () => {
    const before = stateAfter(arrived([[0, pageOf(5, 10, 5)]]), { type: 'runChosen', at: 1 })

    const state = reduceHistory(before, arrived([[0, pageOf(3, 10, 7)]]))

    expect([state.activeAt, entryAt(state, state.activeAt)?.line]).toEqual([3, 'select 6'])
  })

  it('chooses the neighbour of a run that was removed', () => {
    const before = stateAfter(arrived([[0, pageOf(0, 3, 3)]]), { type: 'runChosen', at: 2 })

    const state = reduceHistory(before, arrived([[0, pageOf(0, 2, 2)]]))

    expect([state.activeAt, state.text]).toEqual([1, null])
  })

  it('forgets a text that comes when another run is chosen', () => {
    const text = { id: anEntry(0).id, text: 'select 0', isMasked: false, unitsLeftOut: 0, parameters: [] }

    const state = stateAfter(
      arrived([[0, pageOf(0, 3, 3)]]),
      { type: 'runChosen', at: 1 },
      { type: 'textArrived', text },
    )

    expect(state.text).toBeNull()
  })

  it('chooses nothing after other words', () => {
    const state = stateAfter(
      arrived([[0, pageOf(0, 3, 3)]]),
      { type: 'runChosen', at: 1 },
      { type: 'wordsTyped', words: 'x' },
    )

    expect([state.activeAt, state.words]).toEqual([-1, 'x'])
  })
})

describe('the words of a run', () => {
  const now = new Date(2026, 10, 22, 14, 0)
  const at = (...parts: readonly [number, number, number, number, number]) => new Date(...parts).toISOString()

  it.each([
    [at(2026, 10, 22, 9, 5), 'today 09:05'],
    [at(2026, 10, 21, 23, 59), 'yesterday 23:59'],
    [at(2026, 10, 20, 14, 3), '2026-11-20 14:03'],
    [at(2025, 10, 22, 14, 3), '2025-11-22 14:03'],
  ])('says when %s was', (time, words) => {
    expect(whenRan(time, now)).toBe(words)
  })

  it('says nothing of what is not known', () => {
    const lost = anEntry(1, { startedAt: at(2026, 10, 22, 9, 5), outcome: 'lost', elapsedMs: null, rows: null })
    const script = anEntry(1, { startedAt: at(2026, 10, 22, 9, 5), statements: 1200, rows: 1 })

    expect([runWords(lost, now), runWords(script, now)]).toEqual([
      'lost · today 09:05 · app@shop',
      'today 09:05 · 12 ms · 1,200 statements · 1 row · app@shop',
    ])
  })
})

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { inBatches } from '../../../renderer/query/in-batches'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('events in batches', () => {
  it('go through at once while they are few', () => {
    const handed: number[][] = []
    const { take } = inBatches<number>((events) => handed.push([...events]))

    for (const event of [1, 2, 3]) take(event)

    expect(handed).toEqual([[1], [2], [3]])
  })

  it('of a flood come together, none lost and all in order', () => {
    const handed: (readonly number[])[] = []
    const { take, flush } = inBatches<number>((events) => handed.push(events))
    const flood = Array.from({ length: 10_000 }, (_, event) => event)

    for (const event of flood.slice(0, 5_000)) take(event)
    vi.advanceTimersByTime(60)
    for (const event of flood.slice(5_000)) take(event)
    flush()

    expect(handed.flat()).toEqual(flood)
    expect(handed.length).toBeLessThan(60)
  })
})

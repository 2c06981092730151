import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { inBatches } from '../../../renderer/query/in-batches'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('events in batches', () => {
  it('go through at once while the window keeps up', () => {
    const handed: (readonly number[])[] = []
    const { take } = inBatches<number>((events) => handed.push(events))

    for (const events of [[1], [2, 3], [4]]) {
      take(events)
      vi.advanceTimersByTime(8)
    }

    expect(handed).toEqual([[1], [2, 3], [4]])
  })

  it('wait three times as long as drawing took, and then come together', () => {
    const handed: (readonly number[])[] = []
    const drawn = vi.spyOn(performance, 'now')
    let clock = 0
    drawn.mockImplementation(() => clock)
    const slow = inBatches<number>((events) => {
      handed.push(events)
      clock += 100
    })

    slow.take([1])
    vi.advanceTimersByTime(0)
    slow.take([2])
    slow.take([3])
    const before = [...handed]
    clock += 300
    vi.advanceTimersByTime(300)

    expect([before, handed]).toEqual([[[1]], [[1], [2, 3]]])
    drawn.mockRestore()
  })

  it('of a flood are all there once flushed, none lost and all in order', () => {
    const handed: (readonly number[])[] = []
    const { take, flush } = inBatches<number>((events) => handed.push(events))
    const flood = Array.from({ length: 10_000 }, (_, event) => event)

    for (const event of flood) take([event])
    flush()

    expect(handed.flat()).toEqual(flood)
    expect(handed.length).toBeLessThan(10)
  })
})

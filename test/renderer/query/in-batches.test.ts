import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { inBatches } from '../../../renderer/query/in-batches'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.restoreAllMocks()
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

  it('wait, once drawing is slow, three times as long as it took, and then come together', () => {
    const { take, handed, rest } = drawnIn(200)

    take([1])
    vi.advanceTimersByTime(0)
    take([2])
    take([3])
    rest(349)
    const before = [...handed]
    rest(1)

    expect([before, handed]).toEqual([[[1]], [[1], [2, 3]]])
  })

  it('of a short burst never wait', () => {
    const { take, handed } = drawnIn(20)

    for (const event of [1, 2, 3, 4]) {
      take([event])
      vi.advanceTimersByTime(0)
    }

    expect(handed).toEqual([[1], [2], [3], [4]])
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

/** A window that takes so many milliseconds to draw what it is handed. */
function drawnIn(ms: number) {
  let clock = 1000
  vi.spyOn(performance, 'now').mockImplementation(() => clock)
  const handed: (readonly number[])[] = []
  const { take } = inBatches<number>((events) => {
    handed.push(events)
    clock += ms
  })
  const rest = (restMs: number) => {
    clock += restMs
    vi.advanceTimersByTime(restMs)
  }
  return { take, handed, rest }
}

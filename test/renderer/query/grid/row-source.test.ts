import { describe, expect, it } from 'vitest'
import { packRows } from '../../../../contract/row-window'
import { RowSource } from '../../../../renderer/query/grid/row-source'

/** Rows whose only cell is their number; answers are given when the test says so. */
class Engine {
  readonly asked: [from: number, count: number][] = []
  readonly #waiting: (() => void)[] = []
  isBroken = false

  readonly fetchWindow = (from: number, count: number): Promise<Uint8Array | null> => {
    this.asked.push([from, count])
    return new Promise((resolve) => {
      this.#waiting.push(() => resolve(this.isBroken ? null : windowOf(from, count)))
    })
  }

  get waiting(): number {
    return this.#waiting.length
  }

  /** Answers the oldest question. */
  async answer(): Promise<void> {
    this.#waiting.shift()?.()
    await Promise.resolve()
    await Promise.resolve()
  }

  async answerAll(): Promise<void> {
    while (this.#waiting.length > 0) await this.answer()
  }
}

function windowOf(from: number, count: number): Uint8Array {
  const encoder = new TextEncoder()
  return packRows(
    Array.from({ length: count }, (_, index) => [encoder.encode(String(from + index))]),
    4096,
  )
}

function textOf(source: RowSource, row: number): string | null {
  const known = source.row(row)
  return known === null ? null : known.window.text(known.index, 0)
}

function aSource(rowCount: number): { engine: Engine; source: RowSource } {
  const engine = new Engine()
  const source = new RowSource(engine.fetchWindow)
  source.grow(rowCount)
  return { engine, source }
}

describe('row source', () => {
  it('fetches what is seen first, then the neighbour in the direction of the scroll', async () => {
    const { engine, source } = aSource(10_000)

    source.wish(1000, 1030, -1)
    await engine.answerAll()

    expect(engine.asked.map(([from]) => from)).toEqual([1000, 800, 1200])
    expect([textOf(source, 1000), textOf(source, 999), textOf(source, 1400)]).toEqual(['1000', '999', null])
  })

  it('asks for what is seen without waiting for neighbours of what was seen before', () => {
    const { engine, source } = aSource(1_000_000)

    source.wish(0, 30, 1)
    source.wish(100_000, 100_030, 1)

    expect(engine.asked.map(([from]) => from)).toEqual([0, 200, 100_000])
  })

  it('has four requests under way at most, and the newest wish goes first', async () => {
    const { engine, source } = aSource(1_000_000)

    for (const from of [0, 100_000, 200_000, 300_000, 500_000]) source.wish(from, from + 30, 1)

    expect(engine.waiting).toBe(4)
    await engine.answer()
    expect(engine.asked.map(([from]) => from)).toEqual([0, 200, 100_000, 200_000, 500_000])
  })

  it('tells of rows that may be drawn, and not of those that were fetched ahead', async () => {
    const { engine, source } = aSource(10_000)
    const told: (string | null)[] = []
    source.subscribe(() => told.push(textOf(source, 5000)))

    source.wish(5050, 5080, 1)
    await engine.answerAll()

    expect([told, textOf(source, 5200), textOf(source, 4800)]).toEqual([['5000'], '5200', '4800'])
  })

  it('tells that rows are not unreadable any more when others are seen', async () => {
    const { engine, source } = aSource(10_000)
    engine.isBroken = true
    source.wish(0, 30, 1)
    await engine.answerAll()
    const told: boolean[] = []
    source.subscribe(() => told.push(source.hasUnreadable))

    source.wish(5050, 5080, 1)

    expect(told).toEqual([false])
  })

  it('does not ask twice for what is under way or known', async () => {
    const { engine, source } = aSource(400)

    source.wish(0, 30, 1)
    source.wish(10, 40, 1)
    await engine.answerAll()
    source.wish(20, 50, 1)

    expect(engine.asked).toEqual([
      [0, 200],
      [200, 200],
    ])
  })

  it('shows the first window at once and asks for its rest when rows arrive', async () => {
    const { engine, source } = aSource(50)
    source.seed(windowOf(0, 50))

    source.wish(0, 30, 1)
    expect(engine.asked).toEqual([])
    source.grow(120)

    expect(engine.asked).toEqual([[0, 120]])
    expect([textOf(source, 49), textOf(source, 50)]).toEqual(['49', null])
    await engine.answerAll()
    expect(textOf(source, 119)).toBe('119')
  })

  it('keeps showing a window while its longer self is on its way', async () => {
    const { engine, source } = aSource(50)
    source.seed(windowOf(0, 50))
    source.wish(0, 30, 1)
    const known = source.row(10)

    source.grow(200)

    expect(engine.waiting).toBe(1)
    expect(source.row(10)).toEqual(known)
  })

  it('forgets what was not seen for long, never what is seen', async () => {
    const { engine, source } = aSource(1_000_000)
    for (let window = 0; window < 200; window += 1) {
      source.wish(window * 200, window * 200 + 30, 1)
      await engine.answerAll()
    }

    const known = Array.from({ length: 201 }, (_, window) => source.row(window * 200) !== null)

    expect(known.filter(Boolean).length).toBe(60)
    expect(known.slice(-60).every(Boolean)).toBe(true)
  })

  it('tells listeners when other rows are known', async () => {
    const { engine, source } = aSource(100)
    let told = 0
    const stop = source.subscribe(() => {
      told += 1
    })

    source.wish(0, 30, 1)
    await engine.answerAll()
    stop()
    source.seed(windowOf(0, 200))

    expect(told).toBe(1)
  })

  it('says what cannot be read and asks again only when told to', async () => {
    const { engine, source } = aSource(100)
    engine.isBroken = true
    source.wish(0, 30, 1)
    await engine.answerAll()
    source.wish(0, 31, 1)

    expect([source.hasUnreadable, source.isUnreadable(5), engine.asked.length]).toEqual([true, true, 1])

    engine.isBroken = false
    source.retry()
    await engine.answerAll()
    expect([source.hasUnreadable, textOf(source, 5)]).toEqual([false, '5'])
  })

  it('reads a row for a copy without driving out what is seen', async () => {
    const { engine, source } = aSource(1_000_000)
    source.wish(0, 30, 1)
    await engine.answerAll()

    const reading = source.read(500_123)
    await engine.answerAll()
    const known = await reading

    expect(known?.window.text(known.index, 0)).toBe('500123')
    expect([textOf(source, 500_123), textOf(source, 0)]).toEqual([null, '0'])
  })
})

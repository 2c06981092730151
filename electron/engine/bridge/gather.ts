/** Milliseconds between two deliveries: a script of 100,000 statements must not wake the window for each. */
const EVERY_MS = 8

/** Gathers items and delivers them in order: the first at the end of this turn, later ones with those of the next milliseconds. */
export function gather<T>(deliver: (items: readonly T[]) => void): { add(item: T): void; flush(): void } {
  let waiting: T[] = []
  let deliveredAt = Number.NEGATIVE_INFINITY
  let stop: (() => void) | null = null
  const flush = () => {
    stop?.()
    stop = null
    if (waiting.length === 0) return
    const items = waiting
    waiting = []
    deliveredAt = performance.now()
    deliver(items)
  }
  return {
    flush,
    add: (item) => {
      waiting.push(item)
      if (stop !== null) return
      const restMs = deliveredAt + EVERY_MS - performance.now()
      if (restMs > 0) {
        const timer = setTimeout(flush, restMs)
        stop = () => clearTimeout(timer)
      } else {
        const turn = setImmediate(flush)
        stop = () => clearImmediate(turn)
      }
    },
  }
}

/** How many times longer than drawing took the window rests before it draws again. */
const REST = 3

/**
 * Hands events on in order: at once while the window keeps up, else together with those that came meanwhile. However many come, the
 * window spends at most a quarter of its time on them.
 */
export function inBatches<E>(hand: (events: readonly E[]) => void): {
  readonly take: (events: readonly E[]) => void
  /** Hands on what was gathered. */
  readonly flush: () => void
} {
  let gathered: E[] = []
  let timer: ReturnType<typeof setTimeout> | null = null
  let nextAt = 0
  const flush = () => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    if (gathered.length === 0) return
    const events = gathered
    gathered = []
    const begunAt = performance.now()
    nextAt = Number.POSITIVE_INFINITY
    hand(events)
    // What follows from the events is drawn before this turn comes.
    setTimeout(() => {
      const now = performance.now()
      nextAt = now + REST * (now - begunAt)
      if (gathered.length > 0) timer ??= setTimeout(flush, nextAt - now)
    })
  }
  return {
    take: (events) => {
      for (const event of events) gathered.push(event)
      if (timer !== null || nextAt === Number.POSITIVE_INFINITY) return
      const restMs = nextAt - performance.now()
      if (restMs <= 0) flush()
      else timer = setTimeout(flush, restMs)
    },
    flush,
  }
}

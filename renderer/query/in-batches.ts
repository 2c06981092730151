/** How many times longer than drawing took the window rests before it draws again. */
const REST = 3
/** Milliseconds of rest that may be owed before it is taken: the first events of a run, and its first rows, never wait. */
const BURST_MS = 250

/**
 * Hands events on in order: at once while the window keeps up, else together with those that came meanwhile. However many come, the
 * window spends at most a quarter of its time on them, but for a short burst.
 */
export function inBatches<E>(hand: (events: readonly E[]) => void): {
  readonly take: (events: readonly E[]) => void
  /** Hands on what was gathered. */
  readonly flush: () => void
} {
  let gathered: E[] = []
  let timer: ReturnType<typeof setTimeout> | null = null
  let isDrawing = false
  // The rest that is owed stands for the time at which all of it is taken.
  let restedAt = 0
  const flush = () => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    if (gathered.length === 0) return
    const events = gathered
    gathered = []
    const begunAt = performance.now()
    isDrawing = true
    hand(events)
    // What follows from the events is drawn before this turn comes.
    setTimeout(() => {
      const now = performance.now()
      isDrawing = false
      restedAt = Math.max(now, restedAt) + REST * (now - begunAt)
      if (gathered.length > 0) timer ??= setTimeout(flush, restedAt - BURST_MS - now)
    })
  }
  return {
    take: (events) => {
      for (const event of events) gathered.push(event)
      if (timer !== null || isDrawing) return
      const restMs = restedAt - BURST_MS - performance.now()
      if (restMs <= 0) flush()
      else timer = setTimeout(flush, restMs)
    },
    flush,
  }
}

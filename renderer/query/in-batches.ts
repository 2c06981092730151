/** Events that come within one stretch of time and go through at once; those after them are gathered. */
const AT_ONCE = 24
/** Milliseconds of a stretch: a script of ten thousand statements must not draw the window for each. */
const STRETCH_MS = 60

/** Hands events on in order: the first ones of each stretch of time at once, a flood in batches. */
export function inBatches<E>(hand: (events: readonly E[]) => void): {
  readonly take: (event: E) => void
  /** Hands on what was gathered. */
  readonly flush: () => void
} {
  let gathered: E[] = []
  let timer: ReturnType<typeof setTimeout> | null = null
  let stretchFrom = 0
  let passed = 0
  const flush = () => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    const events = gathered
    gathered = []
    if (events.length > 0) hand(events)
  }
  return {
    take: (event) => {
      gathered.push(event)
      const now = performance.now()
      if (now - stretchFrom > STRETCH_MS) {
        stretchFrom = now
        passed = 0
      }
      passed += 1
      if (passed <= AT_ONCE) flush()
      else timer ??= setTimeout(flush, STRETCH_MS)
    },
    flush,
  }
}

const WHOLE = new Intl.NumberFormat('en-US')

/** A whole number with separators, e.g. 1,048,304. */
export function formatCount(value: number): string {
  return WHOLE.format(value)
}

/** A count with its word, e.g. `1 row`, `2,000 rows`. */
export function countOf(value: number, one: string, many = `${one}s`): string {
  return `${formatCount(value)} ${value === 1 ? one : many}`
}

/** Elapsed time in the unit that reads best: 0.4 ms, 38 ms, 4.2 s, 2:05 min, 1:02:03 h. */
export function formatElapsed(elapsedMs: number): string {
  if (elapsedMs < 1) return `${elapsedMs.toFixed(1)} ms`
  if (elapsedMs < 1000) return `${Math.round(elapsedMs)} ms`
  if (elapsedMs < 60_000) return `${(elapsedMs / 1000).toFixed(elapsedMs < 10_000 ? 2 : 1)} s`
  return elapsedMs < 3_600_000 ? `${formatClock(elapsedMs)} min` : `${formatClock(elapsedMs)} h`
}

/** Time as a clock that ticks: 0:09, 4:12, 1:02:03. */
export function formatClock(elapsedMs: number): string {
  const seconds = Math.floor(elapsedMs / 1000)
  const two = (value: number) => String(value).padStart(2, '0')
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor(seconds / 60) % 60
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`
}

/** A limit of time as people write it: 250 ms, 10 s, 1 min, 90 s. */
export function formatTimeout(timeoutMs: number): string {
  if (timeoutMs % 60_000 === 0) return `${formatCount(timeoutMs / 60_000)} min`
  return timeoutMs % 1000 === 0 ? `${formatCount(timeoutMs / 1000)} s` : `${formatCount(timeoutMs)} ms`
}

/** The time a run takes, in seconds also where it is short: "0.12 s", "12.3 s", "4:12 min". */
export function formatSeconds(ms: number): string {
  return ms < 1000 ? `${(ms / 1000).toFixed(2)} s` : formatElapsed(ms)
}

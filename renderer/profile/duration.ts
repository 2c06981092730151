const UNITS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['min', 60_000],
  ['h', 3_600_000],
])

/** Milliseconds of a time with its unit in PostgreSQL's words (`500ms`, `30 s`, `5min`, `1h`); NaN for anything else. */
export function readDuration(text: string): number {
  const parts = /^(\d{1,9}(?:\.\d{1,3})?)\s*([a-z]+)$/.exec(text.trim())
  const unit = UNITS.get(parts?.[2] ?? '')
  if (parts === null || unit === undefined) return Number.NaN
  return Math.round(Number(parts[1]) * unit)
}

/** A time as `readDuration` reads it, in the largest unit that leaves a whole number. */
export function writeDuration(durationMs: number): string {
  const fitting = [...UNITS].filter(([, size]) => durationMs % size === 0).at(-1) ?? ['ms', 1]
  return `${durationMs / fitting[1]} ${fitting[0]}`
}

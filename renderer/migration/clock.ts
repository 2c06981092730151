/** The clock in milliseconds since 1970; it never goes backwards, so that times taken from it can be subtracted. */
export function now(): number {
  return clockAt(performance.now())
}

/** The clock at a moment of `performance.now()`. */
export function clockAt(moment: number): number {
  return performance.timeOrigin + moment
}

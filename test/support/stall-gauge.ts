/** Watches how long this process keeps its own event loop busy. */
export interface StallGauge {
  /** The longest time the loop did not come round because of this process's own work, in milliseconds, since the last reading. */
  read(): number
  stop(): void
}

const LOOK_EVERY_MS = 10

/** Starts watching; stop it. Time in which the machine had no processor for us is not counted: only what we computed is. */
export function startStallGauge(): StallGauge {
  let worst = 0
  let at = performance.now()
  let used = process.cpuUsage()
  const look = () => {
    const now = performance.now()
    const { user, system } = process.cpuUsage(used)
    worst = Math.max(worst, Math.min(now - at, (user + system) / 1_000))
    at = now
    used = process.cpuUsage()
  }
  const timer = setInterval(look, LOOK_EVERY_MS)
  return {
    read: () => {
      look()
      const stall = worst
      worst = 0
      return stall
    },
    stop: () => clearInterval(timer),
  }
}

import { useEffect, useState } from 'react'

/** The present in `performance.now()` milliseconds, brought up to date every `everyMs` while `isOn`. */
export function useTicking(isOn: boolean, everyMs: number): number {
  const [now, setNow] = useState(() => performance.now())
  useEffect(() => {
    if (!isOn) return
    setNow(performance.now())
    const timer = window.setInterval(() => setNow(performance.now()), everyMs)
    return () => window.clearInterval(timer)
  }, [isOn, everyMs])
  return now
}

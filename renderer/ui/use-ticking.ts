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

/** True once `isOn` has been true for `afterMs` without a break: nothing is shown for work that is quick. */
export function useDelayed(isOn: boolean, afterMs = 150): boolean {
  const [isLate, setIsLate] = useState(false)
  useEffect(() => {
    if (!isOn) {
      setIsLate(false)
      return
    }
    const timer = window.setTimeout(() => setIsLate(true), afterMs)
    return () => window.clearTimeout(timer)
  }, [isOn, afterMs])
  return isOn && isLate
}

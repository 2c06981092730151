import { constants } from 'node:os'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** What Ctrl+C and its kind do while a command works. */
export interface Interruption {
  /** The exit code of the signal that came; null while none has. */
  readonly exitCode: number | null
  /** What ends the work in progress in order; while there is none, a signal ends the process at once. */
  stopWith(stop: (() => void) | null): void
}

/** Listens for signals: the first asks the work to stop, a second one does not wait for it. `leave` is called before the process ends here. */
export function listenForSignals(tell: (line: string) => void, leave: (exitCode: number) => void): Interruption {
  let exitCode: number | null = null
  let stop: (() => void) | null = null
  let hasBegun = false
  const end = (code: number) => {
    leave(code)
    process.exit(code)
  }
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      const code = 128 + constants.signals[signal]
      if (stop === null) {
        if (!hasBegun) tell('Cancelled. Nothing was run.')
        return end(code)
      }
      if (exitCode !== null) {
        tell('Not waiting for the server. Look at strata migrate status for what became of it.')
        return end(code)
      }
      exitCode = code
      tell('Cancelling…')
      stop()
    })
  }
  return {
    get exitCode() {
      return exitCode
    },
    stopWith: (next) => {
      hasBegun ||= next !== null
      stop = next
    },
  }
}

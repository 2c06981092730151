import type { Failure } from '../../contract/failure'

/** What the process ends with; `strata migrate --help` documents it. */
export const EXIT = {
  /** Done, or nothing to do. */
  done: 0,
  failed: 1,
  /** Refused by the plan, or asked for in a way that makes no sense: nothing was run. */
  refused: 2,
  /** `status --check` found migrations that are not applied. */
  pending: 3,
  unreachable: 4,
  /** The migration lock was not had in time. */
  locked: 5,
  /** Ctrl+C; another signal adds its own number to 128. */
  interrupted: 130,
} as const

/** The exit code of a failure before anything was run. */
export function exitCodeOf(failure: Failure): number {
  if (failure.kind === 'connection') return EXIT.unreachable
  return failure.kind === 'refused' ? EXIT.refused : EXIT.failed
}

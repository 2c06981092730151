import type { Failure } from '../../../contract/failure'

/** What to say when rows could not go to their file: what happened, what is kept, where that was, and what to do. */
export function spillFailure(error: Error, keptRows: number): Extract<Failure, { kind: 'storage' }> {
  const rows =
    keptRows === 1 ? 'The first row is kept.' : `The first ${keptRows.toLocaleString('en-US')} rows are kept.`
  return {
    kind: 'storage',
    message: `${whatHappened(error)} ${rows} The statement was stopped; the session goes on.`,
    advice: adviceFor(error),
  }
}

const PLACE = 'the folder “results” in Strata’s own data folder'

function whatHappened(error: Error): string {
  switch (codeOf(error)) {
    case 'ENOSPC':
      return `The disk is full: the rows that do not fit into memory go to a file in ${PLACE}.`
    case 'EDQUOT':
      return `The disk quota is used up: the rows that do not fit into memory go to a file in ${PLACE}.`
    case 'EFBIG':
      return `A file may not become as large as this result: its rows go to a file in ${PLACE}.`
    default:
      return `The rows that do not fit into memory could not be written to a file in ${PLACE} (${codeOf(error) ?? error.message}).`
  }
}

function adviceFor(error: Error): string {
  switch (codeOf(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'Free space on that disk, or close tabs with large results, and run again; or ask for fewer rows.'
    case 'EFBIG':
      return 'Raise the limit on the size of files for Strata and run again, or ask for fewer rows.'
    default:
      return 'See that Strata may write to that folder and run again, or ask for fewer rows.'
  }
}

function codeOf(error: Error): string | undefined {
  return (error as NodeJS.ErrnoException).code
}

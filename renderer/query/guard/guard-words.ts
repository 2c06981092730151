import type { Danger } from '../../../contract/guard'
import { countOf, formatCount } from '../../ui/format'
import type { GuardQuestion } from '../tab-query'

/** What is asked, in one line: "2 of 3 statements ask before they run". */
export function guardTitle({ dangerCount, statements }: Pick<GuardQuestion, 'dangerCount' | 'statements'>): string {
  const asks = dangerCount === 1 ? 'asks before it runs' : 'ask before they run'
  return statements === 1
    ? `This statement ${asks}`
    : `${formatCount(dangerCount)} of ${formatCount(statements)} statements ${asks}`
}

/** How many rows a statement concerns: "about 12,400 rows (estimate)"; null where there is nothing to say. */
export function rowWords({ rows }: Pick<Danger, 'rows'>, estimated: number | null | undefined): string | null {
  if (rows === null) return null
  if (estimated === undefined) return 'estimating rows'
  if (estimated === null) return 'rows not known'
  return `about ${countOf(estimated, 'row')}${rows === 'held' ? ' in it' : ''} (estimate)`
}

/** What of a statement's text is left out; null when it is whole. */
export function cutWords({ text, units }: Pick<Danger, 'text' | 'units'>): string | null {
  return units > text.length ? `The first ${formatCount(text.length)} of ${formatCount(units)} characters.` : null
}

/** What being read-only means, in one line. */
export const READ_ONLY_MEANING =
  'The server runs every statement in a READ ONLY transaction. That prevents slips, not attacks.'

/** What a READ ONLY transaction cannot stop. */
export const READ_ONLY_GAPS: readonly string[] = [
  'A superuser can still run programs and write files on the server: COPY … TO PROGRAM, COPY … TO a file, lo_export.',
  'Whoever may end sessions still can: pg_terminate_backend, pg_cancel_backend.',
  'NOTIFY, CHECKPOINT, advisory locks and the weaker modes of LOCK go through: they change no rows, but others can feel them.',
  'A function that connects elsewhere, as dblink does, or that is written in an untrusted language, can write there.',
]

/** What is better than being read-only. */
export const READ_ONLY_ADVICE = 'To be sure, connect as a role that has no right to write.'

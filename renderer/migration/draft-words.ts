import { failureMessage } from '../../contract/failure'
import type { Proof } from './draft-store'

/** What the proof of a draft says: its colour, its sentence, and whether saving needs to be asked for twice. */
export interface Verdict {
  readonly state: 'is-applied' | 'is-changed' | 'is-failed' | 'is-pending' | 'is-running'
  readonly sentence: string
  /** Lines of what is left, or of what the server said. */
  readonly lines: readonly string[]
  readonly isProven: boolean
}

/** What a draft's proof says; `isDone` when it was run by hand before. */
export function verdictOf(proof: Proof, isOneWay: boolean, isDone: boolean): Verdict {
  const say = (
    state: Verdict['state'],
    sentence: string,
    lines: readonly string[] = [],
    isProven = false,
  ): Verdict => ({
    state,
    sentence,
    lines,
    isProven,
  })
  if (proof.kind === 'running') return say('is-running', 'Rehearsing: everything is rolled back.')
  if (proof.kind === 'failed') return say('is-failed', 'It could not be rehearsed.', [failureMessage(proof.failure)])
  if (proof.kind === 'stale') return say('is-pending', 'Not rehearsed as it is now.')
  const { migration } = proof.rehearsal
  if (migration === null) return say('is-failed', 'The rehearsal was stopped.')
  const { failure, verdict } = migration
  if (failure !== null) {
    const place = `Line ${failure.line}: ${failureMessage(failure)}`
    const what = isDone ? 'Rolling back fails.' : 'Applying fails.'
    return say('is-failed', what, [place])
  }
  switch (verdict.kind) {
    case 'identical':
      return say(
        'is-applied',
        isDone
          ? 'Proven the other way round: rolled back and applied again, the schema is identical.'
          : 'Proven: rolled back, the schema is identical to before.',
        [],
        true,
      )
    case 'column order':
      return say(
        'is-applied',
        'Proven: rolled back, the schema is identical except for the order of columns.',
        linesOf(verdict.lines),
        true,
      )
    case 'leaves behind':
      return say('is-failed', 'The rollback leaves a difference behind.', linesOf(verdict.lines))
    case 'impossible':
      return say('is-changed', isOneWay ? 'It applies; it has no rollback.' : verdict.reason, [], isOneWay)
    case 'failed':
      return say('is-failed', isDone ? 'Applying it again fails.' : 'The rollback fails.', [
        `Line ${verdict.failure.line}: ${failureMessage(verdict.failure)}`,
      ])
    case 'not proven':
      return say('is-changed', 'The rollback cannot be proven.', [verdict.reason])
  }
}

function linesOf(lines: readonly { readonly sign: string; readonly text: string }[]): readonly string[] {
  return lines.map(({ sign, text }) => `${sign} ${text}`)
}

import type { Blocker } from '../../../../contract/migration'
import type { RehearsedStatement } from '../../../../contract/rehearsal'
import { scanScript } from '../../../../contract/script-scanner'
import type { Session } from '../../session/session'
import { watchStatement } from '../blocked-watch'
import { checkConstraints } from '../check-constraints'
import type { Script } from '../migration-script'
import { runStatement } from '../run-statement'
import { atStatement, cancellable, waitedFor } from '../run-statements'
import { outsideTransaction, refusalOf } from '../script-check'
import { CANCELLED, refusedCause, StepError } from '../step-failure'
import { RelationWatch } from './relation-watch'

/** Texts longer than this are cut in a report. */
const MAX_TEXT_UNITS = 10_000

/** What rehearsing a script depends on. */
export interface ScriptRehearsal {
  readonly session: Session
  readonly signal: AbortSignal
  /** A second session that tells who holds a lock; undefined where nobody else can. */
  readonly control?: (() => Promise<Session>) | undefined
  /** Called before each statement, which counts from 1. */
  readonly begin: (statement: number) => void
}

/** Runs a script's statements one by one in the open transaction and notes in `report` what each did; throws a `StepError`. */
export async function rehearseScript(
  { session, signal, control, begin }: ScriptRehearsal,
  script: Script,
  report: RehearsedStatement[],
): Promise<void> {
  const watch = await RelationWatch.begin(session)
  let number = 0
  for (const statement of script.statements) {
    const { line, text } = statement
    number += 1
    const entry = { line, text: text.slice(0, MAX_TEXT_UNITS), locks: [], rewritten: [], scanned: 0 }
    const refusal = refusedBecause(text, script.header.isTransactional)
    if (refusal !== null) throw new StepError(number, refusedCause('transaction', refusal))
    const leftOut = leftOutBecause(text)
    report.push({ ...entry, elapsedMs: null, rows: null, leftOut })
    if (leftOut !== null) continue
    begin(number)
    if (signal.aborted) throw new StepError(number - 1, CANCELLED)
    const startedAt = performance.now()
    let blockers: readonly Blocker[] = []
    const blocked = (by: readonly Blocker[]) => {
      blockers = by
    }
    const watching = { blocked, progressed: () => {} }
    const stopWatching = control === undefined ? () => {} : watchStatement(control, session.facts.backendPid, watching)
    try {
      const rows = await cancellable(session, () => runStatement(session, script, statement), signal)
      const elapsedMs = performance.now() - startedAt
      if (session.transactionStatus !== 'open') throw endedByFile(number)
      const { locks, rewritten, scanned } = await watch.look()
      report[number - 1] = {
        ...entry,
        elapsedMs,
        rows,
        locks: [...locks],
        rewritten: [...rewritten],
        scanned,
        leftOut: null,
      }
    } catch (error) {
      throw waitedFor(blockers, atStatement(number, error, signal))
    } finally {
      stopWatching()
    }
  }
  try {
    await cancellable(session, () => checkConstraints(session), signal)
  } catch (error) {
    throw atStatement(number, error, signal)
  }
}

/** Why a statement must not be sent: COMMIT would keep what the rehearsal did before anybody could see that the transaction is over. */
function refusedBecause(text: string, isTransactional: boolean): string | null {
  const statement = scanScript(text).statements[0]
  // What runs in no transaction is left out instead.
  if (statement === undefined || refusalOf(statement, text, false) === null) return null
  return refusalOf(statement, text, isTransactional)
}

/** Why a statement cannot be part of a rehearsal; null when it can. */
export function leftOutBecause(text: string): string | null {
  const statement = scanScript(text).statements[0]
  const command = statement === undefined ? null : outsideTransaction(statement.words, text)
  return command === null
    ? null
    : `${command} cannot run inside a transaction, and a rehearsal is one that is rolled back.`
}

function endedByFile(statement: number): StepError {
  return new StepError(
    statement,
    refusedCause(
      'transaction',
      `Statement ${statement} ended the transaction of the rehearsal. A migration must not do that.`,
    ),
  )
}

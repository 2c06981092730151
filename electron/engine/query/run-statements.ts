import { setTimeout as wait } from 'node:timers/promises'
import type { Channel } from '../../../contract/define'
import type { Failure } from '../../../contract/failure'
import type { ResultColumn, RunEvent, RunInput } from '../../../contract/query'
import type { Statement } from '../../../contract/script-scanner'
import { FailureError } from '../failure-error'
import { CopyData, copyErrorPlace } from '../session/copy-data'
import { type RawColumn, RawQuery } from '../session/raw-query'
import { beginReadOnly, type Frame, markReadOnly, readOnlyFrame } from '../session/read-only'
import type { Session } from '../session/session'
import { bindStatement } from './bound-statement'
import { noteBeforeCommit } from './commit-witness'
import { CopiedRows } from './copied-rows'
import { passNotices } from './pass-notices'
import type { ResultRegistry } from './result-registry'
import { RowReader, type RowTaker } from './row-reader'
import { planScript, type Step } from './script-steps'
import { applyStatementTimeout, takesSettingsBack } from './statement-timeout'
import { RESULTS_KEPT, UnkeptRows } from './unkept-rows'

/** What a run needs besides its input. */
export interface RunTools {
  readonly session: Session
  readonly results: ResultRegistry
  /** True when the server is to keep every statement from writing. */
  readonly isReadOnly?: boolean
  /** Names of types that are not built in, asked on another session; null when they cannot be had. */
  readonly nameTypes: (columns: readonly ResultColumn[]) => Promise<readonly ResultColumn[] | null>
}

type Outcome = Extract<RunEvent, { type: 'runEnded' }>['outcome']

/** Milliseconds that the end of a run waits for the names of types. */
const NAMING_LIMIT_MS = 1_000

/**
 * Runs the statements of a script one after the other, each as its own extended-protocol message. A failure ends the run, unless it is
 * told to continue: then the next statement runs, except in an aborted transaction, where only one that ends it does.
 * What happens goes up the channel; closing it cancels the statement that runs.
 */
export async function runStatements(input: RunInput, tools: RunTools, channel: Channel<RunEvent>): Promise<void> {
  const { session } = tools
  const startedAt = performance.now()
  const cancelsBefore = session.cancelCount
  const { steps, refused } = await planScript(input, session.hasStandardStrings)
  channel.send({ type: 'scriptSplit', statements: steps.map(({ statement: { from, to } }) => ({ from, to })) })
  const naming: Promise<void>[] = []
  const end = async (outcome: Outcome) => {
    const elapsedMs = performance.now() - startedAt
    // The window closes the stream with its end: names that come later would not arrive.
    if (naming.length > 0) {
      await Promise.race([Promise.all(naming), wait(NAMING_LIMIT_MS, undefined, { ref: false })])
    }
    channel.send({ type: 'runEnded', outcome, elapsedMs })
  }
  if (refused !== null) {
    channel.send(refused)
    await end('failed')
    return
  }
  channel.onClose(() => void session.cancel().catch(() => {}))
  const isCancelled = () => session.cancelCount > cancelsBefore
  let status = session.transactionStatus
  const reportTransaction = () => {
    if (session.transactionStatus === status) return
    status = session.transactionStatus
    channel.send({ type: 'transactionReported', status })
  }
  let hasFailed = false
  for (const [index, step] of steps.entries()) {
    if (channel.isClosed) return
    // Between two statements there is nothing the server could cancel: the rest is not begun.
    const before = index === 0 ? null : (steps[index - 1]?.statement ?? null)
    const prepared = isCancelled() ? 'cancelled' : await prepare(index, step.statement, before, input, tools, channel)
    reportTransaction()
    const refusal = prepared ?? (isCancelled() ? 'cancelled' : null)
    const outcome = refusal ?? (await runOne(index, step, input, { ...tools, naming, isCancelled }, channel))
    reportTransaction()
    if (outcome === 'complete') continue
    hasFailed = true
    if (outcome !== 'failed' || !canGoOn(input, session, steps[index + 1]?.statement)) {
      await end(outcome)
      return
    }
  }
  await end(hasFailed ? 'failed' : 'complete')
}

const ENDS_ABORTED = new Set(['rollback', 'commit', 'end', 'abort'])

/** Whether a run goes on behind a failed statement: every other one would be refused in an aborted transaction (25P02). */
function canGoOn(input: RunInput, session: Session, next: Statement | undefined): boolean {
  if (input.onFailure !== 'continue' || next === undefined) return false
  return session.transactionStatus !== 'aborted' || ENDS_ABORTED.has(next.words[0] ?? '')
}

const OPENS_OR_ENDS = new Set(['begin', 'start', 'commit', 'end', 'rollback', 'abort', 'prepare', 'release'])

/** Sets the timeout, and opens the transaction that manual commit promises; answers with the outcome when that failed. */
async function prepare(
  index: number,
  statement: Statement,
  before: Statement | null,
  input: RunInput,
  { session, isReadOnly = false }: RunTools,
  channel: Channel<RunEvent>,
): Promise<Outcome | null> {
  const isOwnBusiness = OPENS_OR_ENDS.has(statement.words[0] ?? '') && statement.words[1] !== 'as'
  const needsBegin = input.commitMode === 'manual' && session.transactionStatus === 'none' && !isOwnBusiness
  try {
    if (before === null) await markReadOnly(session, isReadOnly)
    if (before === null || takesSettingsBack(before)) await applyStatementTimeout(session, input.statementTimeoutMs)
    if (needsBegin) await (isReadOnly ? beginReadOnly(session) : session.query('begin'))
    if (needsBegin && session.server.facts.isPooled) await applyStatementTimeout(session, input.statementTimeoutMs)
    return null
  } catch (error) {
    if (!(error instanceof FailureError)) throw error
    const { failure } = error
    channel.send({ type: 'statementFailed', statement: index, failure, place: null, resultId: null, elapsedMs: 0 })
    return outcomeOf(failure, session)
  }
}

function outcomeOf(failure: Failure, session: Session): Outcome {
  if (failure.kind === 'cancelled') return 'cancelled'
  return session.lostBecause === null ? 'failed' : 'lost'
}

async function runOne(
  index: number,
  { statement, data }: Step,
  input: RunInput,
  tools: RunTools & { readonly naming: Promise<void>[]; readonly isCancelled: () => boolean },
  channel: Channel<RunEvent>,
): Promise<Outcome> {
  const { session, results } = tools
  const { script } = input
  const bound = bindStatement(script, statement, input.parameters ?? [], session.hasStandardStrings)
  const startedAt = performance.now()
  const elapsedMs = () => performance.now() - startedAt
  channel.send({ type: 'statementStarted', statement: index })
  let reader: RowTaker | null = null
  let tag: string | null = null
  const openReader = (columns: readonly RawColumn[]) => {
    // One promise per result: as many results as were kept.
    const opened: RowTaker =
      tools.naming.length < RESULTS_KEPT
        ? new RowReader({ statement: index, columns, session, results, channel, nameTypes: tools.nameTypes })
        : new UnkeptRows(session)
    reader = opened
    if (opened.resultId !== null) tools.naming.push(opened.named)
    return opened
  }
  const copied = new CopiedRows(() => openReader([COPY_COLUMN]))
  const hush = passNotices(session, index, channel)
  session.hearCopyData((bytes, start, end) => copied.take(bytes, start, end))
  const listener = {
    columnsArrived: openReader,
    commandCompleted: (completed: string | null) => {
      tag = completed
    },
  }
  const copy = { isCopy: statement.words[0] === 'copy', data: data === null ? null : new CopyData(script, data) }
  let frame: Frame = { text: bound.text, end: async () => {} }
  // TypeScript does not see that the listener above assigns it.
  const readerNow = () => reader as RowTaker | null
  const fail = (failure: Failure): Outcome => {
    const where = failure.kind === 'postgres' ? failure.where : undefined
    const inData = data === null || where === undefined ? null : copyErrorPlace(where, script, data)
    channel.send({
      type: 'statementFailed',
      statement: index,
      failure: bound.asWritten(failure),
      place: inData ?? bound.placeOf(failure),
      resultId: readerNow()?.resultId ?? null,
      elapsedMs: elapsedMs(),
    })
    return outcomeOf(failure, session)
  }
  let isFinished = false
  const finish = (isComplete: boolean) => {
    if (isFinished) return
    isFinished = true
    readerNow()?.finish(isComplete)
    hush()
    session.hearCopyData(() => {})
  }
  try {
    await noteBeforeCommit(session, statement)
    if (tools.isReadOnly === true) frame = await readOnlyFrame(session, bound.text)
    // A cancel that came meanwhile found nothing to cancel.
    if (tools.isCancelled()) throw new FailureError(NOT_SENT)
    const query = new RawQuery(frame.text, bound.values, listener, copy)
    await session.run(query, script.slice(statement.from, statement.to))
    finish(true) // first: the frame's own answers are none of its rows
    await frame.end(tag)
    if (isRolledBack(statement, tag)) return fail(ROLLED_BACK)
    const remarks = [readerNow()?.remark ?? null, copied.remark]
    channel.send({
      type: 'statementCompleted',
      statement: index,
      commandTag: tag ?? '',
      resultId: readerNow()?.resultId ?? null,
      rows: countOf(tag),
      elapsedMs: elapsedMs(),
      remark: remarks.filter((remark) => remark !== null).join(' ') || null,
    })
    return 'complete'
  } catch (error) {
    finish(false)
    await frame.end(null).catch(() => {}) // what failed first says more
    if (!(error instanceof FailureError)) throw error
    // Cancelled by us, because its rows could not be kept: that is what there is to say.
    const unkept = error.failure.kind === 'cancelled' ? (readerNow()?.failure ?? null) : null
    return fail(unkept ?? error.failure)
  }
}

const NOT_SENT: Failure = { kind: 'cancelled', message: 'Cancelled before the statement was sent.' }

/** The only column of what COPY … TO STDOUT sent; text. */
const COPY_COLUMN: RawColumn = { name: 'copy', typeOid: 25, typeModifier: -1 }

/** The server does not call it an error, but nothing was committed: whoever reads on must not believe so. */
const ROLLED_BACK: Failure = {
  kind: 'refused',
  issues: [
    {
      path: 'transaction',
      message:
        'The server answered COMMIT with ROLLBACK: the transaction was aborted, so it was rolled back and nothing of it was committed.',
    },
  ],
}

function isRolledBack(statement: Statement, tag: string | null): boolean {
  const [first] = statement.words
  return tag === 'ROLLBACK' && (first === 'commit' || first === 'end')
}

function countOf(tag: string | null): number | null {
  const count = tag === null ? null : / (\d+)$/.exec(tag)
  return count === null ? null : Number(count[1])
}

import { setTimeout as wait } from 'node:timers/promises'
import type { Channel } from '../../../contract/define'
import type { Failure } from '../../../contract/failure'
import type { ResultColumn, RunEvent, RunInput, TextRange } from '../../../contract/query'
import { type ScriptScan, type Statement, scanScript } from '../../../contract/script-scanner'
import { offsetOfPosition, tokenEnd } from '../../../contract/statement'
import { FailureError } from '../failure-error'
import type { Session } from '../session/session'
import { noteBeforeCommit } from './commit-witness'
import { passNotices } from './pass-notices'
import { RawQuery } from './raw-query'
import type { ResultRegistry } from './result-registry'
import { RowReader } from './row-reader'

/** What a run needs besides its input. */
export interface RunTools {
  readonly session: Session
  readonly results: ResultRegistry
  /** Names of types that are not built in, asked on another session; null when they cannot be had. */
  readonly nameTypes: (columns: readonly ResultColumn[]) => Promise<readonly ResultColumn[] | null>
}

type Outcome = Extract<RunEvent, { type: 'runEnded' }>['outcome']

/** Milliseconds that the end of a run waits for the names of types. */
const NAMING_LIMIT_MS = 1_000

/**
 * Runs the statements of a script one after the other, each as its own extended-protocol message, and stops at the first failure.
 * What happens goes up the channel; closing it cancels the statement that runs.
 */
export async function runStatements(input: RunInput, tools: RunTools, channel: Channel<RunEvent>): Promise<void> {
  const { session } = tools
  const startedAt = performance.now()
  const scan = scanRange(input, session.hasStandardStrings)
  const statements = scan.statements.filter((statement) => !isSkipped(input.script, statement))
  channel.send({ type: 'scriptSplit', statements: statements.map(({ from, to }) => ({ from, to })) })
  const naming: Promise<void>[] = []
  const end = async (outcome: Outcome) => {
    const elapsedMs = performance.now() - startedAt
    // The window closes the stream with its end: names that come later would not arrive.
    if (naming.length > 0) {
      await Promise.race([Promise.all(naming), wait(NAMING_LIMIT_MS, undefined, { ref: false })])
    }
    channel.send({ type: 'runEnded', outcome, elapsedMs })
  }
  const refused = refuse(input.script, { ...scan, statements })
  if (refused !== null) {
    channel.send(refused)
    await end('failed')
    return
  }
  channel.onClose(() => void session.cancel().catch(() => {}))
  let status = session.transactionStatus
  for (const [index, statement] of statements.entries()) {
    if (channel.isClosed) return
    const begun = await beginIfManual(index, statement, input, tools, channel)
    if (begun !== null) {
      await end(begun)
      return
    }
    const outcome = await runOne(index, statement, input.script, { ...tools, naming }, channel)
    if (session.transactionStatus !== status) {
      status = session.transactionStatus
      channel.send({ type: 'transactionReported', status })
    }
    if (outcome !== 'complete') {
      await end(outcome)
      return
    }
  }
  await end('complete')
}

function scanRange(input: RunInput, hasStandardStrings: boolean): ScriptScan {
  const { script, range } = input
  if (range === null) return scanScript(script, { hasStandardStrings })
  const { statements, problem } = scanScript(script.slice(range.from, range.to), { hasStandardStrings })
  const move = (offset: number) => offset + range.from
  return {
    statements: statements.map((one) => ({ ...one, from: move(one.from), to: move(one.to) })),
    problem: problem === null ? null : { ...problem, at: move(problem.at) },
  }
}

/** pg_dump writes these around its output; they mean something to psql only. */
function isSkipped(script: string, statement: Statement): boolean {
  return statement.kind === 'psql' && /^\\(un)?restrict\b/.test(script.slice(statement.from, statement.to))
}

/** Why nothing of the script can run: known before anything is sent. */
function refuse(script: string, scan: ScriptScan): Extract<RunEvent, { type: 'statementFailed' }> | null {
  const { statements, problem } = scan
  const stop = (statement: number, place: TextRange, message: string) => ({
    type: 'statementFailed' as const,
    statement: Math.max(0, statement),
    failure: {
      kind: 'refused' as const,
      issues: [{ path: 'script', message: `${message} Nothing was run.` }],
    },
    place,
    resultId: null,
    elapsedMs: 0,
  })
  if (problem !== null) {
    return stop(statements.length - 1, { from: problem.at, to: tokenEnd(script, problem.at) }, `${problem.message}.`)
  }
  for (const [index, { kind, from, to }] of statements.entries()) {
    if (kind === 'psql') {
      const command = script.slice(from, to).split(/\s/, 1)[0]
      return stop(index, { from, to }, `${command} is a command of psql, not SQL.`)
    }
    if (kind === 'copy data') {
      return stop(Math.max(0, index - 1), { from, to }, 'COPY … FROM STDIN with data in the script cannot be run yet.')
    }
    const nul = script.indexOf('\0', from)
    if (nul >= 0 && nul < to)
      return stop(index, { from: nul, to: nul + 1 }, 'PostgreSQL text cannot hold a NUL character.')
  }
  return null
}

const OPENS_OR_ENDS = new Set([
  'begin',
  'start',
  'commit',
  'end',
  'rollback',
  'abort',
  'prepare',
  'savepoint',
  'release',
])

/** Opens the transaction that manual commit promises; answers with the outcome when that failed. */
async function beginIfManual(
  index: number,
  statement: Statement,
  input: RunInput,
  { session }: RunTools,
  channel: Channel<RunEvent>,
): Promise<Outcome | null> {
  const isOwnBusiness = OPENS_OR_ENDS.has(statement.words[0] ?? '') && statement.words[1] !== 'as'
  if (input.commitMode === 'auto' || session.transactionStatus !== 'none' || isOwnBusiness) return null
  try {
    await session.query('begin')
    return null
  } catch (error) {
    if (!(error instanceof FailureError)) throw error
    const { failure } = error
    channel.send({ type: 'statementFailed', statement: index, failure, place: null, resultId: null, elapsedMs: 0 })
    return failure.kind === 'cancelled' ? 'cancelled' : session.lostBecause === null ? 'failed' : 'lost'
  }
}

async function runOne(
  index: number,
  statement: Statement,
  script: string,
  tools: RunTools & { readonly naming: Promise<void>[] },
  channel: Channel<RunEvent>,
): Promise<Outcome> {
  const { session, results } = tools
  const text = script.slice(statement.from, statement.to)
  const startedAt = performance.now()
  const elapsedMs = () => performance.now() - startedAt
  channel.send({ type: 'statementStarted', statement: index })
  let reader: RowReader | null = null
  let tag: string | null = null
  let copied = 0
  const hush = passNotices(session, index, channel)
  session.hearCopyData((bytes) => {
    copied += bytes
  })
  const query = new RawQuery(text, [], {
    columnsArrived: (columns) => {
      reader = new RowReader({ statement: index, columns, session, results, channel, nameTypes: tools.nameTypes })
      tools.naming.push(reader.named)
    },
    commandCompleted: (completed) => {
      tag = completed
    },
  })
  // TypeScript does not see that the listener above assigns it.
  const readerNow = () => reader as RowReader | null
  try {
    await noteBeforeCommit(session, statement)
    await session.run(query, text)
    readerNow()?.finish(true)
    const remarks = [readerNow()?.remark ?? null, copyRemark(copied), hush()]
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
    readerNow()?.finish(false)
    hush()
    if (!(error instanceof FailureError)) throw error
    // Cancelled by us, because its rows could not be kept: that is what there is to say.
    const unkept = error.failure.kind === 'cancelled' ? (readerNow()?.failure ?? null) : null
    const failure = unkept ?? error.failure
    channel.send({
      type: 'statementFailed',
      statement: index,
      failure,
      place: placeOf(failure, statement, script),
      resultId: readerNow()?.resultId ?? null,
      elapsedMs: elapsedMs(),
    })
    if (failure.kind === 'cancelled') return 'cancelled'
    return session.lostBecause === null ? 'failed' : 'lost'
  }
}

function copyRemark(bytes: number): string | null {
  return bytes === 0 ? null : `${bytes} bytes of COPY data came and were not kept: use a SELECT to see rows.`
}

function countOf(tag: string | null): number | null {
  const count = tag === null ? null : / (\d+)$/.exec(tag)
  return count === null ? null : Number(count[1])
}

function placeOf(failure: Failure, statement: Statement, script: string): TextRange | null {
  if (failure.kind !== 'postgres' || failure.position === undefined) return null
  const text = script.slice(statement.from, statement.to)
  const from = statement.from + offsetOfPosition(text, failure.position)
  return { from, to: Math.max(from, tokenEnd(script, from)) }
}

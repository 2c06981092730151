import { setImmediate as nextTurn } from 'node:timers/promises'
import type { RunEvent, RunInput, TextRange } from '../../../contract/query'
import { type ScriptScan, type Statement, scanInSlices } from '../../../contract/script-scanner'
import { tokenEnd } from '../../../contract/statement'

/** One statement to run, with the data lines that stand behind it when it is a COPY … FROM STDIN. */
export interface Step {
  readonly statement: Statement
  readonly data: TextRange | null
}

/** What a run of a script consists of; `refused` says why none of it can run. */
export interface ScriptPlan {
  readonly steps: readonly Step[]
  readonly refused: Extract<RunEvent, { type: 'statementFailed' }> | null
}

/**
 * The statements of the script, or of its range, in order; what means something to psql only is left out. A long script is read in
 * slices: others get their turn in between.
 */
export async function planScript(
  input: Pick<RunInput, 'script' | 'range'>,
  hasStandardStrings: boolean,
): Promise<ScriptPlan> {
  const { script } = input
  const scanned = await scanRange(input, hasStandardStrings)
  const steps: Step[] = []
  for (const statement of scanned.statements) {
    const last = steps.at(-1)
    if (statement.kind === 'copy data' && last !== undefined) steps[steps.length - 1] = { ...last, data: statement }
    else if (!isSkipped(script, statement)) steps.push({ statement, data: null })
  }
  return { steps, refused: refuse(script, steps, scanned.problem) }
}

async function scan(script: string, hasStandardStrings: boolean): Promise<ScriptScan> {
  const scanned = await scanInSlices(script, { hasStandardStrings }, () => nextTurn(true))
  return scanned ?? { statements: [], problem: null } // it stops early only when it is told to
}

async function scanRange(
  { script, range }: Pick<RunInput, 'script' | 'range'>,
  hasStandardStrings: boolean,
): Promise<ScriptScan> {
  if (range === null) return scan(script, hasStandardStrings)
  const to = Math.max(range.to, await copyDataEnd(script, range, hasStandardStrings))
  const { statements, problem } = await scan(script.slice(range.from, to), hasStandardStrings)
  const move = (offset: number) => offset + range.from
  return {
    statements: statements.map((one) => ({ ...one, from: move(one.from), to: move(one.to) })),
    problem: problem === null ? null : { ...problem, at: move(problem.at) },
  }
}

/** Where the data of a COPY … FROM STDIN ends that the range ends with: its data lines belong to it. 0 when it ends with something else. */
async function copyDataEnd(script: string, range: TextRange, hasStandardStrings: boolean): Promise<number> {
  const inRange = script.slice(range.from, range.to)
  if (!/\bstdin\b/i.test(inRange)) return 0
  const mark = /^\\\.\r?$/m.exec(script.slice(range.to))
  if (mark === null) return 0
  const end = range.to + mark.index + mark[0].length
  const { statements } = await scan(script.slice(range.from, end), hasStandardStrings)
  const [last, before] = [statements.at(-1), statements.at(-2)]
  if (last?.kind !== 'copy data' || before === undefined) return 0
  // The COPY itself must be in the range, and the data must not be.
  return range.from + before.to <= range.to && range.from + last.from >= range.to ? end : 0
}

/** pg_dump writes these around its output; they mean something to psql only. */
function isSkipped(script: string, statement: Statement): boolean {
  return statement.kind === 'psql' && /^\\(un)?restrict\b/.test(script.slice(statement.from, statement.to))
}

/** Why nothing of the script can run: known before anything is sent. */
function refuse(script: string, steps: readonly Step[], problem: ScriptScan['problem']): ScriptPlan['refused'] {
  const stop = (statement: number, place: TextRange, message: string): ScriptPlan['refused'] => ({
    type: 'statementFailed',
    statement: Math.max(0, statement),
    failure: {
      kind: 'refused',
      issues: [{ path: 'script', message: `${message} Nothing was run.` }],
    },
    place,
    resultId: null,
    elapsedMs: 0,
  })
  if (problem !== null) {
    return stop(steps.length - 1, { from: problem.at, to: tokenEnd(script, problem.at) }, `${problem.message}.`)
  }
  let nul = script.indexOf('\0')
  for (const [index, { statement }] of steps.entries()) {
    const { kind, from, to } = statement
    if (kind === 'psql') {
      const command = script.slice(from, to).split(/\s/, 1)[0]
      return stop(index, { from, to }, `${command} is a command of psql, not SQL.`)
    }
    // Looked for only once it has been passed: a search per statement would read to the end of the script each time.
    if (nul >= 0 && nul < from) nul = script.indexOf('\0', from)
    if (nul >= 0 && nul < to)
      return stop(index, { from: nul, to: nul + 1 }, 'PostgreSQL text cannot hold a NUL character.')
  }
  return null
}

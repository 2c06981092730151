import { setImmediate as nextTurn } from 'node:timers/promises'
import { type CheckInput, DANGER_UNITS, DANGERS_TOLD, type Danger } from '../../../../contract/guard'
import type { TextRange } from '../../../../contract/query'
import type { Statement } from '../../../../contract/script-scanner'
import { loadParser, MAX_PARSED_UNITS, type Parser } from '../../parse/parser'
import { bindStatement } from '../bound-statement'
import { planScript } from '../script-steps'
import { classify, type PreparedFindings } from './classify'
import { acting, type Finding } from './finding'

/** A dangerous statement with what its rows are estimated by. */
export interface FoundDanger {
  readonly danger: Danger
  readonly finding: Finding
  /** As it would be sent, with its values. */
  readonly text: string
  readonly values: readonly (string | null)[]
}

/** What a script holds that asks before it is run on production. */
export interface ScriptCheck {
  /** Where the statements stand that would run. */
  readonly ranges: readonly TextRange[]
  /** The first of them; `count` is of all. */
  readonly dangers: readonly FoundDanger[]
  readonly count: number
}

/** Statements that are read before others get their turn: a few milliseconds. */
const STATEMENTS_PER_TURN = 50

/** What of the statements that would run asks before they are run on production, read by PostgreSQL’s own grammar. Stops once it is not wanted. */
export async function checkScript(
  input: Omit<CheckInput, 'sessionId'>,
  session: { readonly hasStandardStrings: boolean; readonly isReadOnly: boolean },
  isWanted: () => boolean = () => true,
): Promise<ScriptCheck> {
  const { script, parameters = [] } = input
  const { hasStandardStrings } = session
  const { steps, refused } = await planScript(input, hasStandardStrings)
  // Nothing of it would run, and the run says why.
  if (refused !== null) return { ranges: [], dangers: [], count: 0 }
  const parser = await loadParser()
  const prepared: PreparedFindings = new Map()
  const isUnclear = !hasStandardStrings || /standard_conforming_strings/i.test(script)
  const dangers: FoundDanger[] = []
  let count = 0
  for (const [index, { statement }] of steps.entries()) {
    if (index % STATEMENTS_PER_TURN === STATEMENTS_PER_TURN - 1) await nextTurn()
    if (!isWanted()) break
    const { text, values } = bindStatement(script, statement, parameters, hasStandardStrings)
    const finding = find(parser, text, statement, prepared, isUnclear)
    // What it is called may have been prepared before, when the PREPARE of this script failed.
    if (input.onFailure === 'continue') prepared.clear()
    if (finding === null || (session.isReadOnly && finding.isWrite)) continue
    count += 1
    if (count > DANGERS_TOLD) continue
    dangers.push({ danger: dangerOf(script, statement, index, finding), finding, text, values })
  }
  return { ranges: steps.map(({ statement: { from, to } }) => ({ from, to })), dangers, count }
}

function find(
  parser: Parser,
  text: string,
  { words }: Statement,
  prepared: PreparedFindings,
  isUnclear: boolean,
): Finding | null {
  if (isUnclear && text.includes('\\')) {
    return unread('standard_conforming_strings is off, and it has a backslash: where its strings end cannot be told.')
  }
  const parsed = parser.parse(text)
  switch (parsed.kind) {
    case 'tree':
      return classify(parsed.tree, words, prepared)
    case 'too long':
      return unread(`It is longer than ${MAX_PARSED_UNITS / 1024} KiB, so that it was not read.`)
    case 'error':
      return unread(`The grammar of PostgreSQL 18 does not know it: ${parsed.message}.`)
  }
}

/** Newer syntax, or a mistake: what it does is not known, so it asks. */
function unread(reason: string): Finding {
  return acting('Not understood', reason, false)
}

function dangerOf(script: string, { from, to }: Statement, statement: number, finding: Finding): Danger {
  const { title, reason, rows } = finding
  return {
    statement,
    range: { from, to },
    text: script.slice(from, Math.min(to, from + DANGER_UNITS)),
    units: to - from,
    title,
    reason,
    rows: rows === null ? null : rows.by === 'plan' ? 'changed' : 'held',
  }
}

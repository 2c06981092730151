import { setImmediate as nextTurn } from 'node:timers/promises'
import { findParameters } from '../../../contract/parameters'
import type { RunInput, WantedParameter } from '../../../contract/query'
import type { Session } from '../session/session'
import { bindStatement } from './bound-statement'
import { inferTypes } from './infer-types'
import { planScript } from './script-steps'

/** Statements that are looked through before others get their turn. */
const STATEMENTS_PER_TURN = 1_000

/**
 * The parameters of the statements that would run, each once, in order of appearance. The server is asked for their types only between
 * transactions: where a statement is wrong, or its table is still to be made, asking would abort an open one.
 */
export async function wantedParameters(
  input: Pick<RunInput, 'script' | 'range'>,
  session: Session | null,
): Promise<readonly WantedParameter[]> {
  const hasStandardStrings = session?.hasStandardStrings ?? true
  const { steps, refused } = await planScript(input, hasStandardStrings)
  if (refused !== null) return []
  const types = new Map<string, string | null>()
  for (const [index, { statement }] of steps.entries()) {
    if (index % STATEMENTS_PER_TURN === STATEMENTS_PER_TURN - 1) await nextTurn()
    const text = input.script.slice(statement.from, statement.to)
    const names = new Set(findParameters(text, statement.words, hasStandardStrings).map(({ name }) => name))
    if (![...names].some((name) => !types.has(name))) continue
    const parameters = [...names].map((name) => ({ name, value: null }))
    const bound = bindStatement(input.script, statement, parameters, hasStandardStrings)
    const inferred = session?.transactionStatus === 'none' ? await inferTypes(session, bound.text) : []
    for (const name of names) {
      if (!types.has(name)) types.set(name, inferred[bound.numberOf(name) - 1] ?? null)
    }
  }
  return [...types].map(([name, typeName]) => ({ name, typeName }))
}

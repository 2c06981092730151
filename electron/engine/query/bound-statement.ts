import type { Failure } from '../../../contract/failure'
import { findParameters, type ParameterUse } from '../../../contract/parameters'
import type { RunParameter, TextRange } from '../../../contract/query'
import type { Statement } from '../../../contract/script-scanner'
import { offsetOfPosition, tokenEnd } from '../../../contract/statement'

/** A statement as it is sent: `:name` became `$n`, and the values go beside it. */
export interface BoundStatement {
  readonly text: string
  readonly values: readonly (string | null)[]
  /** The number that a parameter has in the sent text; 0 when it has none. */
  numberOf(name: string): number
  /** Where an error stands in the script; null when the server gave no position. */
  placeOf(failure: Failure): TextRange | null
  /** The failure with its position counted in the statement as it was written. */
  asWritten(failure: Failure): Failure
}

/** Binds values to a statement of a script. `$n` stays as it is written; `:name` takes the numbers behind the highest one. */
export function bindStatement(
  script: string,
  statement: Statement,
  parameters: readonly RunParameter[],
  hasStandardStrings: boolean,
): BoundStatement {
  const written = script.slice(statement.from, statement.to)
  const given = new Map(parameters.map(({ name, value }) => [name, value]))
  const uses =
    given.size === 0
      ? []
      : findParameters(written, statement.words, hasStandardStrings).filter(({ name }) => given.has(name))
  const numbers = numbersOf(uses)
  const values: (string | null)[] = []
  for (const [name, number] of numbers) values[number - 1] = given.get(name) ?? null
  const { text, pieces } = rewrite(written, uses, numbers)
  const whereWritten = (position: number): { readonly at: number; readonly use: ParameterUse | null } => {
    const sent = offsetOfPosition(text, position)
    let moved = 0
    for (const { use, from, to } of pieces) {
      if (sent < from) break
      if (sent < to) return { at: use.from, use }
      moved = use.to - to
    }
    return { at: sent + moved, use: null }
  }
  return {
    text,
    // A number that no `$n` uses has no value of its own: the server says what it misses.
    values: Array.from(values, (value) => value ?? null),
    numberOf: (name) => numbers.get(name) ?? 0,
    placeOf: (failure) => {
      if (failure.kind !== 'postgres' || failure.position === undefined) return null
      const { at, use } = whereWritten(failure.position)
      const from = statement.from + at
      return { from, to: use === null ? Math.max(from, tokenEnd(script, from)) : statement.from + use.to }
    },
    asWritten: (failure) => {
      if (failure.kind !== 'postgres' || failure.position === undefined || pieces.length === 0) return failure
      const { at } = whereWritten(failure.position)
      return { ...failure, position: [...written.slice(0, at)].length + 1 }
    },
  }
}

function numbersOf(uses: readonly ParameterUse[]): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>()
  for (const { name } of uses) if (name.startsWith('$')) numbers.set(name, Number(name.slice(1)))
  let last = Math.max(0, ...numbers.values())
  for (const { name } of uses) {
    if (numbers.has(name)) continue
    last += 1
    numbers.set(name, last)
  }
  return numbers
}

/** A place where the sent text differs: `from` and `to` count in it. */
interface Piece {
  readonly use: ParameterUse
  readonly from: number
  readonly to: number
}

function rewrite(
  written: string,
  uses: readonly ParameterUse[],
  numbers: ReadonlyMap<string, number>,
): { readonly text: string; readonly pieces: readonly Piece[] } {
  const pieces: Piece[] = []
  let text = ''
  let copied = 0
  for (const use of uses) {
    if (use.name.startsWith('$')) continue
    text += written.slice(copied, use.from)
    const from = text.length
    text += `$${numbers.get(use.name)}`
    // A digit behind it would belong to the number.
    if (/[\w$]/.test(written.charAt(use.to))) text += ' '
    pieces.push({ use, from, to: text.length })
    copied = use.to
  }
  return { text: text + written.slice(copied), pieces }
}

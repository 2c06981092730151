import { sqlTokens } from '../../../../contract/sql-tokens'
import type { Edit, Fix, LintContext, LintStatement } from './rule'

/** CONCURRENTLY behind a keyword, in a file without a transaction; null where other statements of the file would lose theirs. */
export function concurrently(statement: LintStatement, context: LintContext, behind: string): Fix | null {
  const outside = context.withoutTransaction()
  const at = endOfWord(statement, behind)
  if (outside === null || at === null) return null
  const label = context.isTransactional ? 'Add CONCURRENTLY and "-- transaction: off"' : 'Add CONCURRENTLY'
  return { label, edits: [...outside, { from: at, to: at, text: ' concurrently' }] }
}

/** NOT VALID at the end of the statement and a VALIDATE CONSTRAINT behind it, in a file without a transaction. */
export function notValid(
  statement: LintStatement,
  context: LintContext,
  constraint: { readonly table: string; readonly name: string; readonly isNamed: boolean },
): Fix | null {
  const outside = context.withoutTransaction()
  if (outside === null) return null
  const { table, name, isNamed } = constraint
  const naming: Edit[] = []
  if (!isNamed) {
    const at = endOfWord(statement, 'add')
    if (at === null) return null
    naming.push({ from: at, to: at, text: ` constraint ${name}` })
  }
  const text = ` not valid;\nalter table ${table} validate constraint ${name}`
  const label = context.isTransactional
    ? 'Add NOT VALID, then VALIDATE, with "-- transaction: off"'
    : 'Add NOT VALID, then VALIDATE'
  return { label, edits: [...outside, ...naming, { from: statement.to, to: statement.to, text }] }
}

/** Offset in the file behind the first word of that spelling; null when the statement has none. */
function endOfWord({ text, from }: LintStatement, word: string): number | null {
  const found = sqlTokens(text).find(
    (token) => token.kind === 'word' && text.slice(token.from, token.to).toLowerCase() === word,
  )
  return found === undefined ? null : from + found.to
}

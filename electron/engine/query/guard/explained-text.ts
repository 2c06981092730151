import { type SqlToken, sqlTokens } from '../../../../contract/sql-tokens'

const OPTIONS = new Set(['analyze', 'analyse', 'verbose'])

/** The statement that an EXPLAIN explains; every other statement as it is. */
export function withoutExplain(text: string): string {
  const tokens = sqlTokens(text).filter(({ kind }) => kind !== 'comment')
  const word = (token: SqlToken | undefined) =>
    token === undefined ? '' : text.slice(token.from, token.to).toLowerCase()
  if (word(tokens[0]) !== 'explain') return text
  let at = 1
  if (word(tokens[at]) === '(') while (at < tokens.length && word(tokens[at - 1]) !== ')') at += 1
  else while (OPTIONS.has(word(tokens[at]))) at += 1
  return text.slice(tokens[at]?.from ?? 0)
}

/** Statements that end a transaction by committing it. */
const COMMITS = /^\s*(?:commit|end|prepare\s+transaction)\b/i

/** True for a statement that ends a transaction by committing it. */
export function isCommit(text: string): boolean {
  return COMMITS.test(text)
}

/** What a statement can do to the database when it is the last one before a loss; null for one that only opens a transaction. */
export function effectOf(text: string): 'commit' | 'statement' | null {
  if (isCommit(text)) return 'commit'
  return /^\s*(?:begin|start\s+transaction)\b/i.test(text) ? null : 'statement'
}

/** A place in one file of a migration. */
export interface FilePlace {
  readonly file: 'up' | 'down'
  /** From 1; null when only the file is known. */
  readonly line: number | null
}

/** The place a refusal names, as in "20261029_coupon.down.sql, line 3: …"; the up file when it names none. */
export function placeInMessage(message: string): FilePlace {
  const named = /\.(up|down)\.sql(?:, line (\d{1,9}))?/.exec(message)
  if (named === null) return { file: 'up', line: null }
  return { file: named[1] === 'down' ? 'down' : 'up', line: named[2] === undefined ? null : Number(named[2]) }
}

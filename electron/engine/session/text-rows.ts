/** Rows of a short question, every cell as the server's text or NULL. */
export interface TextRows {
  readonly rows: readonly (readonly (string | null)[])[]
  /** The command tag's count; null where the command has none. */
  readonly affected: number | null
  readonly command: string
}

/** What the driver answers with, in our words. */
export function textRowsOf(result: unknown): TextRows {
  const { rows, rowCount, command } = result as {
    rows: (string | null)[][]
    rowCount: number | null
    command: string | null
  }
  return { rows, affected: rowCount, command: command ?? '' }
}

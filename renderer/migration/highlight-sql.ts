/** A run of characters of one kind; `plain` has no colour. */
export interface SqlPiece {
  readonly kind: 'keyword' | 'string' | 'number' | 'comment' | 'plain'
  readonly text: string
}

const PIECE =
  /(--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|((?:[eE]'(?:\\[\s\S]|''|[^'\\])*|'(?:''|[^'])*)(?:'|$)|\$([A-Za-z_]\w*)?\$[\s\S]*?(?:\$\3\$|$))|("(?:""|[^"])*(?:"|$)|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)|(\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?)/g

// The words that carry a migration's meaning; the editor knows all of them.
const KEYWORDS: ReadonlySet<string> = new Set(
  `add all alter always and any as asc before begin between by cascade case check cluster column comment commit concurrently
  conflict constraint create cross current_date current_timestamp database default deferrable deferred delete desc detach disable
  distinct do domain drop each else enable end enum except exclude execute exists extension false for foreign from full function
  generated grant group having identity if ilike immediate in index inherit initially inner insert instead intersect interval into
  is join key language lateral left like limit lock materialized natural not nothing null nulls of offset on only or order outer
  over owner partition policy primary procedure range references refresh rename replace restrict returning returns revoke right
  role row rule schema select sequence set start statistics storage stored table temporary then to trigger true truncate type
  union unique unlogged update using vacuum validate values view when where with without`.split(/\s+/),
)

/** SQL text cut into coloured pieces; together they are the text. Only for looking at: nothing is decided by it. */
export function highlightSql(text: string): readonly SqlPiece[] {
  const pieces: SqlPiece[] = []
  let end = 0
  for (const match of text.matchAll(PIECE)) {
    const [piece, comment, string, , word, number] = match
    const kind =
      comment !== undefined
        ? 'comment'
        : string !== undefined
          ? 'string'
          : number !== undefined
            ? 'number'
            : word !== undefined && KEYWORDS.has(word.toLowerCase())
              ? 'keyword'
              : 'plain'
    if (kind === 'plain') continue
    if (match.index > end) pieces.push({ kind: 'plain', text: text.slice(end, match.index) })
    pieces.push({ kind, text: piece })
    end = match.index + piece.length
  }
  if (end < text.length) pieces.push({ kind: 'plain', text: text.slice(end) })
  return pieces
}

/** The coloured pieces of each line of a text, at most `most` lines; a piece over several lines is cut at their ends. */
export function highlightLines(text: string, most: number): readonly (readonly SqlPiece[])[] {
  const lines: SqlPiece[][] = [[]]
  for (const { kind, text: piece } of highlightSql(text)) {
    piece.split(/\r\n|\r|\n/).forEach((part, index) => {
      if (index > 0) lines.push([])
      if (part !== '') lines.at(-1)?.push({ kind, text: part })
    })
    if (lines.length > most) break
  }
  if (lines.length > 1 && lines.at(-1)?.length === 0) lines.pop()
  return lines.slice(0, most)
}

import { memo, type ReactNode, useState } from 'react'
import type { ComparedLine, FileChange } from '../../contract/migration-change'
import { Button } from '../ui/button'
import { countOf } from '../ui/format'
import { SqlPieces } from './sql-text'

/** Equal lines in a row that are all shown; of more only those beside a difference are, until the rest is asked for. */
const MOST_SAME = 8
const CONTEXT = 3

/** The lines of a file that was edited since its migration was applied, beside those that it was applied with. */
export const ChangedText = memo(function ChangedText({ change }: { readonly change: FileChange }): ReactNode {
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set())
  const { lines, isCut } = change
  return (
    <>
      <table className="sql sql-diff selectable" aria-label={`Changes of ${change.file}`}>
        <tbody>
          {foldedLines(lines, opened).map((row) =>
            row.kind === 'line' ? (
              <Line key={row.at} line={row.line} />
            ) : (
              <tr key={row.at} className="is-folded">
                <td colSpan={4}>
                  {row.canOpen ? (
                    <Button variant="bare" size="small" onPress={() => setOpened(new Set([...opened, row.at]))}>
                      {`Show ${countOf(row.count, 'unchanged line')}`}
                    </Button>
                  ) : (
                    <span className="small dim">{countOf(row.count, 'unchanged line')}</span>
                  )}
                </td>
              </tr>
            ),
          )}
        </tbody>
      </table>
      {isCut ? <p className="outcome small dim">There are more differences than can be shown here.</p> : null}
    </>
  )
})

const SIGN = { same: '', added: '+', removed: '−' } as const

const Line = memo(function Line({ line }: { readonly line: Exclude<ComparedLine, { kind: 'left out' }> }): ReactNode {
  const { kind, text } = line
  return (
    <tr className={`is-${kind}`}>
      <td className="no">{kind === 'added' ? '' : line.before}</td>
      <td className="no">{kind === 'removed' ? '' : line.now}</td>
      <td className="sign" aria-label={kind}>
        {SIGN[kind]}
      </td>
      <td>
        <code>
          <SqlPieces text={text} />
        </code>
      </td>
    </tr>
  )
})

type Row =
  | { readonly kind: 'line'; readonly at: number; readonly line: Exclude<ComparedLine, { kind: 'left out' }> }
  | { readonly kind: 'folded'; readonly at: number; readonly count: number; readonly canOpen: boolean }

/** The lines with long runs of equal ones folded, except those that were opened; `at` is the place of the first of them. */
export function foldedLines(lines: readonly ComparedLine[], opened: ReadonlySet<number>): readonly Row[] {
  const rows: Row[] = []
  for (let at = 0; at < lines.length; ) {
    const line = lines[at]
    if (line === undefined) break
    if (line.kind === 'left out') rows.push({ kind: 'folded', at, count: line.count, canOpen: false })
    if (line.kind === 'same') {
      let end = at
      while (lines[end]?.kind === 'same') end += 1
      const head = at === 0 ? 0 : CONTEXT
      const tail = end === lines.length ? 0 : CONTEXT
      const from = at + head
      const isFolded = end - at > MOST_SAME && !opened.has(from)
      for (let one = at; one < end; one += 1) {
        if (isFolded && one === from) {
          rows.push({ kind: 'folded', at: from, count: end - tail - from, canOpen: true })
          one = end - tail
          if (one >= end) break
        }
        const same = lines[one]
        if (same?.kind === 'same') rows.push({ kind: 'line', at: one, line: same })
      }
      at = end
      continue
    }
    if (line.kind !== 'left out') rows.push({ kind: 'line', at, line })
    at += 1
  }
  return rows
}

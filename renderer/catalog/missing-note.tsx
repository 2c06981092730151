import { ChevronRight, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import type { MissingPart } from '../../contract/catalog'

const PARTS: Readonly<Record<MissingPart['part'], readonly [left: string, reduced: string]>> = {
  schemas: ['Schemas', 'Schemas'],
  relations: ['Tables, views and sequences', 'Tables and views without estimates, comments and partitions'],
  routines: ['Functions and procedures', 'Functions without their arguments'],
  types: ['Types', 'Enums, domains and ranges without their definitions'],
  changes: ['Changes by others, until Refresh is pressed', ''],
  columns: ['Columns', 'Columns without defaults, keys and comments'],
  indexes: ['Indexes', 'Indexes'],
  constraints: ['Constraints', 'Constraints'],
}

/** Says above the tree which parts of it the server could not answer for, and why; nothing when there are none. */
export function MissingNote({ missing }: { readonly missing: readonly MissingPart[] }): ReactNode {
  const shown = missing.filter(({ part, isLeftOut }) => isLeftOut || PARTS[part][0] !== PARTS[part][1])
  if (shown.length === 0) return null
  return (
    <details className="missing-note is-changed" aria-label="What the server does not tell">
      <summary>
        <TriangleAlert className="i" size={14} strokeWidth={1.75} aria-hidden />
        <span>This tree is not complete</span>
        <ChevronRight className="i i12" size={12} strokeWidth={1.75} aria-hidden />
      </summary>
      <ul className="small selectable">
        {shown.map(({ part, isLeftOut, message }) => (
          <li key={part}>
            {isLeftOut ? `Missing: ${lowered(PARTS[part][0])}.` : `${PARTS[part][1]}.`}{' '}
            <span className="dim">{message}</span>
          </li>
        ))}
      </ul>
    </details>
  )
}

function lowered(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

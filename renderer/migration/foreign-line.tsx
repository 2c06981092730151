import { ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'
import type { ForeignFolder } from '../../contract/migration'
import './foreign.css'

/** Says whose folder it is, what that means, and where the database stands if the list does not say it. */
export function ForeignLine({ foreign }: { readonly foreign: ForeignFolder }): ReactNode {
  const { tool, meaning, position, readOnlyBecause } = foreign
  return (
    <div className="foreign-folder">
      <details key={tool}>
        <summary>
          <span className="tool">{tool} folder</span>
          {readOnlyBecause === null ? null : <span className="dim">read only</span>}
          <ChevronRight className="i i12" size={12} strokeWidth={1.75} aria-hidden />
        </summary>
        <p>{meaning}</p>
      </details>
      {position === null ? null : <p className="selectable">{position}</p>}
    </div>
  )
}

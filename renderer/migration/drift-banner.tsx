import { ChevronRight, DatabaseZap } from 'lucide-react'
import type { ReactNode } from 'react'
import type { ProfileId } from '../../contract/profile'
import { Button } from '../ui/button'
import { FailureView } from '../ui/failure-view'
import { countOf } from '../ui/format'
import { proposeDrift } from './draft-store'
import { acceptDrift, dismissDrift, useDrift } from './drift-store'
import { SchemaLines } from './schema-lines'

/** Says that somebody changed the schema beside the migrations, and what; nothing as long as nobody did. */
export function DriftBanner({ profileId }: { readonly profileId: ProfileId }): ReactNode {
  const { drift, dismissed, failure } = useDrift(profileId)
  if (drift === null || drift.checksum === dismissed) return null
  const { lines, moreLines } = drift
  return (
    <details className="drift is-changed">
      <summary>
        <DatabaseZap className="i" size={14} strokeWidth={1.75} aria-hidden />
        <span>Schema differs from what the migrations left</span>
        <span className="num small">{lines.length + moreLines}</span>
        <ChevronRight className="i i12" size={12} strokeWidth={1.75} aria-hidden />
      </summary>
      <div className="drift-lines">
        <SchemaLines lines={lines} />
        {moreLines === 0 ? null : <p className="small dim">{`and ${countOf(moreLines, 'more line', 'more lines')}`}</p>}
      </div>
      {failure === null ? null : <FailureView failure={failure} className="in-panel" />}
      <div className="drift-deeds">
        <Button size="small" onPress={() => void proposeDrift(profileId)}>
          Make a migration
        </Button>
        <Button size="small" onPress={() => void acceptDrift(profileId)}>
          Take as it is
        </Button>
        <Button size="small" variant="bare" onPress={() => dismissDrift(profileId)}>
          Dismiss
        </Button>
      </div>
    </details>
  )
}

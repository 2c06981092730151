import { Folder, Layers, Plus, RefreshCw, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '../ui/button'
import { FailureView } from '../ui/failure-view'
import type { Listing } from './migrations'

/** What stands in place of the list when there is none: what would be here, and the one button that makes it so. */
export function EmptyListing(props: {
  readonly listing: Listing
  readonly onChoose: () => void
  readonly onNew: () => void
  readonly onRetry: () => void
}): ReactNode {
  const { listing, onChoose, onNew, onRetry } = props
  switch (listing.kind) {
    case 'unknown':
      return <div className="mempty" />
    case 'loading':
      return <div className="mempty">{listing.isSlow ? <p>Reading the folder and the history</p> : null}</div>
    case 'failed':
      return (
        <div className="mempty-failed">
          <FailureView failure={listing.failure} className="in-panel" />
          <Button onPress={onRetry}>
            <RefreshCw className="i" size={14} strokeWidth={1.75} aria-hidden />
            Try again
          </Button>
        </div>
      )
    case 'no folder':
      return (
        <div className="mempty">
          <Layers className="i i16" size={16} strokeWidth={1.75} aria-hidden />
          <p>The migrations of your project appear here.</p>
          <ChooseFolder onPress={onChoose} />
          <p className="small dim">
            A folder with pairs of .up.sql and .down.sql files, or one of yoyo, dbmate, golang-migrate, node-pg-migrate
            or Alembic
          </p>
        </div>
      )
    case 'listed': {
      const { folderProblem } = listing.overview
      if (folderProblem !== null) {
        return (
          <div className="mempty">
            <TriangleAlert className="i i16 st is-failed" size={16} strokeWidth={1.75} aria-hidden />
            <p role="alert" className="selectable">
              {folderProblem}
            </p>
            <ChooseFolder onPress={onChoose} />
          </div>
        )
      }
      return (
        <div className="mempty">
          <Layers className="i i16" size={16} strokeWidth={1.75} aria-hidden />
          <p>No migrations in this folder yet.</p>
          <Button onPress={onNew}>
            <Plus className="i" size={14} strokeWidth={1.75} aria-hidden />
            Write the first one
          </Button>
        </div>
      )
    }
  }
}

function ChooseFolder({ onPress }: { readonly onPress: () => void }): ReactNode {
  return (
    <Button onPress={onPress}>
      <Folder className="i" size={14} strokeWidth={1.75} aria-hidden />
      Choose folder
    </Button>
  )
}

import { PanelRightClose, Plus, RefreshCw } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '../ui/button'
import type { Migrations } from './migrations'
import { hasFailedRun, pendingCount } from './shown-migrations'

/** The panel's head: how many are pending, and New migration, Refresh and Hide. */
export function PanelHead(props: {
  readonly migrations: Migrations
  /** Null while there is no folder to write into. */
  readonly onNew: (() => void) | null
  /** Why no migration can be written here; null when one can. */
  readonly newReason: string | null
  readonly onRefresh: () => void
  readonly onCollapse: () => void
}): ReactNode {
  const { migrations, onNew, newReason, onRefresh, onCollapse } = props
  const pending = pendingCount(migrations)
  const look = hasFailedRun(migrations) ? 'is-failed' : 'is-pending'
  return (
    <div className="phead">
      <h2>Migrations</h2>
      {pending === 0 ? null : <span className={`badge ${look}`}>{pending} pending</span>}
      <span className="grow" />
      <Button
        variant="bare"
        size="small"
        isIcon
        aria-label="New migration"
        tip={newReason ?? 'New migration'}
        aria-disabled={newReason !== null}
        isDisabled={onNew === null}
        onPress={() => {
          if (newReason === null) onNew?.()
        }}
      >
        <Plus className="i" size={14} strokeWidth={1.75} aria-hidden />
      </Button>
      <Button variant="bare" size="small" isIcon aria-label="Refresh" tip="Refresh" keys="F5" onPress={onRefresh}>
        <RefreshCw className="i" size={14} strokeWidth={1.75} aria-hidden />
      </Button>
      <Button
        variant="bare"
        size="small"
        isIcon
        aria-label="Hide panel"
        tip="Hide panel"
        keys="Ctrl+M"
        onPress={onCollapse}
      >
        <PanelRightClose className="i" size={14} strokeWidth={1.75} aria-hidden />
      </Button>
    </div>
  )
}

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
  readonly onRefresh: () => void
  readonly onCollapse: () => void
}): ReactNode {
  const { migrations, onNew, onRefresh, onCollapse } = props
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
        tip="New migration"
        isDisabled={onNew === null}
        onPress={() => onNew?.()}
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

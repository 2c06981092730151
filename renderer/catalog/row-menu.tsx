import type { ReactNode } from 'react'
import { ContextMenu, type MenuEntry } from '../ui/menu'
import type { TreeRow } from './flatten-tree'

/** The context menu of a row of the explorer. */
export function RowMenu(props: {
  readonly row: TreeRow
  readonly at: { readonly x: number; readonly y: number }
  readonly onOpen: () => void
  readonly onCopy: (isQualified: boolean) => void
  readonly onRefresh: () => void
  readonly onClose: () => void
}): ReactNode {
  const { row, at, onOpen, onCopy, onRefresh, onClose } = props
  const { type } = row.content
  const entries: MenuEntry[] = []
  if (type === 'relation') entries.push({ id: 'open', label: 'Open rows', keys: 'Enter', onAction: onOpen })
  if (type !== 'group' && type !== 'loading' && type !== 'failure') {
    entries.push({ id: 'copy', label: 'Copy name', keys: 'Ctrl+C', onAction: () => onCopy(false) })
  }
  if (type === 'relation' || type === 'routine' || type === 'type') {
    entries.push({ id: 'copy-qualified', label: 'Copy qualified name', onAction: () => onCopy(true) })
  }
  if (entries.length > 0) entries.push({ id: 'line', separator: true })
  entries.push({ id: 'refresh', label: 'Refresh', keys: 'F5', onAction: onRefresh })
  return <ContextMenu at={at} label={row.name === '' ? 'Explorer' : row.name} entries={entries} onClose={onClose} />
}

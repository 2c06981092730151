import type { SortKey } from '../../../contract/arrangement'
import type { MenuEntry } from '../../ui/menu'
import type { CopyFormat } from './copy-text'
import type { GridColumns } from './use-grid-columns'

const FORMATS: readonly { readonly format: CopyFormat; readonly label: string; readonly remark?: string }[] = [
  { format: 'text', label: 'Text', remark: 'tabs between columns' },
  { format: 'text with names', label: 'Text with column names' },
  { format: 'csv', label: 'CSV' },
  { format: 'json', label: 'JSON' },
  { format: 'markdown', label: 'Markdown' },
  { format: 'insert', label: 'INSERT statement' },
  { format: 'list', label: 'SQL list', remark: "('a', 'b')" },
]

/** The formats in which the selection can be copied. */
export function copyEntries(copy: (format: CopyFormat) => void): MenuEntry[] {
  return FORMATS.map(({ format, label, remark }) => ({
    id: `copy ${format}`,
    label,
    ...(remark === undefined ? {} : { remark }),
    onAction: () => copy(format),
  }))
}

/** What can be done with the selected cells. */
export function cellEntries(deeds: {
  readonly open: () => void
  readonly copy: (format: CopyFormat) => void
  readonly selectRows: () => void
  readonly selectColumns: () => void
  readonly record: () => void
  readonly filterBy: (isSame: boolean) => void
  readonly find: () => void
  readonly export: () => void
}): MenuEntry[] {
  return [
    { id: 'open', label: 'Open value', keys: 'Enter', onAction: deeds.open },
    { id: 'record', label: 'Show row as record', keys: 'F4', onAction: deeds.record },
    { id: 'line 1', separator: true },
    { id: 'copy', label: 'Copy', keys: 'Ctrl+C', onAction: () => deeds.copy('text') },
    ...copyEntries(deeds.copy)
      .slice(1)
      .map((entry) => ('label' in entry ? { ...entry, label: `Copy as ${decapitalised(entry.label)}` } : entry)),
    { id: 'line 2', separator: true },
    { id: 'filter', label: 'Filter by this value', onAction: () => deeds.filterBy(true) },
    { id: 'exclude', label: 'Exclude this value', onAction: () => deeds.filterBy(false) },
    { id: 'line 3', separator: true },
    { id: 'rows', label: 'Select row', keys: 'Shift+Space', onAction: deeds.selectRows },
    { id: 'columns', label: 'Select column', keys: 'Ctrl+Space', onAction: deeds.selectColumns },
    { id: 'line 4', separator: true },
    { id: 'find', label: 'Find in loaded rows', keys: 'Ctrl+F', onAction: deeds.find },
    { id: 'export', label: 'Export loaded rows…', keys: 'Ctrl+E', onAction: deeds.export },
  ]
}

/** What can be done with a column; `position` is where it stands. */
export function columnEntries(
  columns: GridColumns,
  position: number,
  deeds: {
    readonly copyName: () => void
    readonly select: () => void
    readonly fit: () => void
    readonly fitAll: () => void
    readonly move: (to: number) => void
    /** How the rows are sorted by this column here. */
    readonly direction: SortKey['direction'] | undefined
    readonly sort: (direction: SortKey['direction'] | null, isAdded: boolean) => void
    readonly canAdd: boolean
    readonly filter: () => void
  },
): MenuEntry[] {
  const { layout, hiddenCount } = columns
  const placed = layout.columns[position]
  if (placed === undefined) return []
  const [least, most] = placed.isPinned ? [0, layout.pinnedCount - 1] : [layout.pinnedCount, layout.columns.length - 1]
  const { column, isPinned } = placed
  return [
    {
      id: 'ascending',
      label: 'Sort loaded rows ascending',
      keys: 'Alt+↑',
      onAction: () => deeds.sort('ascending', false),
    },
    {
      id: 'descending',
      label: 'Sort loaded rows descending',
      keys: 'Alt+↓',
      onAction: () => deeds.sort('descending', false),
    },
    {
      id: 'then',
      label: 'Then sort by this column',
      keys: 'Alt+Shift+↑',
      isDisabled: !deeds.canAdd,
      onAction: () => deeds.sort('ascending', true),
    },
    {
      id: 'unsorted',
      label: 'Do not sort by this column',
      isDisabled: deeds.direction === undefined,
      onAction: () => deeds.sort(null, true),
    },
    { id: 'filter', label: 'Filter loaded rows…', keys: 'Ctrl+Shift+F', onAction: deeds.filter },
    { id: 'line 0', separator: true },
    { id: 'select', label: 'Select column', keys: 'Ctrl+Space', onAction: deeds.select },
    { id: 'name', label: 'Copy name', keys: 'Ctrl+C', onAction: deeds.copyName },
    { id: 'line 1', separator: true },
    {
      id: 'left',
      label: 'Move left',
      keys: 'Alt+←',
      isDisabled: position <= least,
      onAction: () => deeds.move(position - 1),
    },
    {
      id: 'right',
      label: 'Move right',
      keys: 'Alt+→',
      isDisabled: position >= most,
      onAction: () => deeds.move(position + 1),
    },
    { id: 'first', label: 'Move to start', isDisabled: position <= least, onAction: () => deeds.move(least) },
    { id: 'last', label: 'Move to end', isDisabled: position >= most, onAction: () => deeds.move(most) },
    { id: 'pin', label: isPinned ? 'Unpin' : 'Pin left', onAction: () => columns.pin(column, !isPinned) },
    { id: 'line 2', separator: true },
    { id: 'fit', label: 'Fit to data', onAction: deeds.fit },
    { id: 'fit all', label: 'Fit all columns to data', onAction: deeds.fitAll },
    { id: 'reset', label: 'Reset all widths', onAction: columns.resetSizes },
    { id: 'line 3', separator: true },
    {
      id: 'hide',
      label: 'Hide column',
      isDisabled: layout.columns.length < 2,
      onAction: () => columns.hide(column),
    },
    { id: 'show', label: 'Show all columns', isDisabled: hiddenCount === 0, onAction: columns.showAll },
  ]
}

function decapitalised(label: string): string {
  return /^[A-Z][a-z]/.test(label) && !label.startsWith('Markdown')
    ? label.charAt(0).toLowerCase() + label.slice(1)
    : label
}

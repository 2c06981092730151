import type { MigrationAction } from '../../contract/migration'
import type { MenuEntry } from '../ui/menu'
import type { Migrations } from './migrations'
import { itemReasons, type Reason } from './possible-actions'

/** The context menu of one migration; what cannot be done says why. */
export function itemEntries(
  migrations: Migrations,
  name: string,
  deeds: {
    readonly onOpen: (file: 'up' | 'down') => void
    readonly onAction: (action: MigrationAction) => void
    readonly onRehearse: () => void
    readonly onCopy: () => void
    readonly onLog: () => void
  },
): readonly MenuEntry[] {
  const reasons = itemReasons(migrations, name)
  return [
    ...(hasOneFile(migrations)
      ? [{ id: 'up', label: 'Open file', keys: 'Enter', onAction: () => deeds.onOpen('up') }]
      : [
          { id: 'up', label: 'Open up file', keys: 'Enter', onAction: () => deeds.onOpen('up') },
          { id: 'down', label: 'Open down file', onAction: () => deeds.onOpen('down') },
        ]),
    { id: 'line 1', separator: true },
    {
      id: 'apply',
      label: 'Apply up to here',
      ...disabledBy(reasons.apply),
      onAction: () => deeds.onAction({ kind: 'apply up to', name }),
    },
    {
      id: 'roll back',
      label: 'Roll back to here',
      ...disabledBy(reasons.rollBack),
      onAction: () => deeds.onAction({ kind: 'roll back to', name }),
    },
    { id: 'rehearse', label: 'Rehearse…', ...disabledBy(reasons.rehearse), onAction: deeds.onRehearse },
    ...settlingEntries(migrations, name, deeds.onAction),
    { id: 'line 2', separator: true },
    { id: 'log', label: 'Log of this migration…', onAction: deeds.onLog },
    { id: 'copy', label: 'Copy name', onAction: deeds.onCopy },
  ]
}

/** True in a folder whose tool keeps both directions of a migration in one file. */
function hasOneFile({ listing }: Migrations): boolean {
  return listing.kind === 'listed' && listing.overview.foreign?.hasOneFile === true
}

/** Redo and the marks of one migration, as entries of a menu. */
export function settlingEntries(
  migrations: Migrations,
  name: string,
  onAction: (action: MigrationAction) => void,
): readonly MenuEntry[] {
  const reasons = itemReasons(migrations, name)
  const redo: MenuEntry = {
    id: 'redo',
    label: 'Redo from here',
    ...disabledBy(reasons.redo),
    onAction: () => onAction({ kind: 'redo', name }),
  }
  const markApplied: MenuEntry = {
    id: 'mark as applied',
    label: 'Mark as applied',
    ...disabledBy(reasons.markApplied),
    onAction: () => onAction({ kind: 'mark as applied', name }),
  }
  const markNotApplied: MenuEntry = {
    id: 'mark as not applied',
    label: 'Mark as not applied',
    ...disabledBy(reasons.markNotApplied),
    onAction: () => onAction({ kind: 'mark as not applied', name }),
  }
  return [redo, markApplied, markNotApplied]
}

/** What makes a menu entry disabled and says why, as far as a menu has room. */
export function disabledBy(reason: Reason): { readonly isDisabled?: boolean; readonly remark?: string } {
  return reason === null ? {} : { isDisabled: true, remark: reason.replace(/\. .*/s, '.') }
}

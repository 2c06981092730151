import {
  ArrowRightToLine,
  Circle,
  CircleCheck,
  CircleX,
  ClockAlert,
  FileX,
  Loader,
  type LucideIcon,
  PencilLine,
} from 'lucide-react'
import type { ReactNode } from 'react'
import type { MigrationState } from '../../contract/migration'

const ICON: Readonly<Record<MigrationState, LucideIcon>> = {
  pending: Circle,
  applied: CircleCheck,
  running: Loader,
  failed: CircleX,
  changed: PencilLine,
  missing: FileX,
  late: ClockAlert,
}

/** The icon of a migration's state, in the colour of the `is-…` class around it. */
export function StateIcon({ state }: { readonly state: MigrationState }): ReactNode {
  const Icon = ICON[state]
  return <Icon className="i" size={14} strokeWidth={1.75} aria-hidden />
}

/** The mark of a migration that cannot be rolled back. */
export function OneWayMark(): ReactNode {
  return <ArrowRightToLine className="i i12 one-way" size={12} strokeWidth={1.75} aria-hidden />
}

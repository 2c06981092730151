import { ChevronDown, Folder } from 'lucide-react'
import type { ReactNode } from 'react'
import type { ForeignFolder } from '../../contract/migration'
import { MenuButton, type MenuEntry } from '../ui/menu'
import { disabledBy } from './item-entries'
import type { Reason } from './possible-actions'

/** The folder of the migrations, its end always visible, with a menu to choose another. */
export function FolderButton(props: {
  readonly folder: string
  readonly fileCount: number
  /** Why nothing can be rolled back; null when everything can. */
  readonly rollBackAllReason: Reason
  readonly onRollBackAll: () => void
  /** One transaction holds a whole run. */
  readonly isAllOrNothing: boolean
  readonly onAllOrNothing: (isOn: boolean) => void
  /** Why nothing can be rehearsed; null when all that are pending can. */
  readonly rehearseReason: Reason
  readonly onRehearse: () => void
  readonly onChoose: () => void
  readonly onRefresh: () => void
  readonly onLog: () => void
  /** The tool whose folder it is; absent when it is ours. */
  readonly foreign: ForeignFolder | undefined
  readonly onConvert: () => void
}): ReactNode {
  const {
    folder,
    fileCount,
    rollBackAllReason,
    onRollBackAll,
    isAllOrNothing,
    onAllOrNothing,
    rehearseReason,
    onRehearse,
    onChoose,
    onRefresh,
    onLog,
    foreign,
    onConvert,
  } = props
  return (
    <MenuButton
      className="mfold"
      aria-label={`Migration folder ${folder}`}
      tip={folder}
      menuLabel="Migration folder"
      entries={[
        { id: 'choose', label: 'Choose folder…', onAction: onChoose },
        { id: 'refresh', label: 'Refresh', keys: 'F5', onAction: onRefresh },
        { id: 'log', label: 'Migration log…', onAction: onLog },
        { id: 'line', separator: true },
        { id: 'rehearse', label: 'Rehearse all pending…', ...disabledBy(rehearseReason), onAction: onRehearse },
        { id: 'line 3', separator: true },
        {
          id: 'each',
          label: 'One transaction for each migration',
          isChosen: !isAllOrNothing,
          onAction: () => onAllOrNothing(false),
        },
        {
          id: 'all or nothing',
          label: 'All or nothing: one for the whole run',
          isChosen: isAllOrNothing,
          onAction: () => onAllOrNothing(true),
        },
        { id: 'line 2', separator: true },
        {
          id: 'roll back all',
          label: 'Roll back all…',
          isDanger: rollBackAllReason === null,
          ...disabledBy(rollBackAllReason),
          onAction: onRollBackAll,
        },
        ...(foreign === undefined ? [] : conversionEntries(foreign, onConvert)),
      ]}
    >
      <Folder className="i" size={14} strokeWidth={1.75} aria-hidden />
      <span className="mono path">
        <bdi dir="ltr">{folder}</bdi>
      </span>
      <span className="dim small num">
        <span className="hide-s">{foreign === undefined ? 'SQL pairs' : foreign.tool} · </span>
        {fileCount}
      </span>
      <ChevronDown className="i i12" size={12} strokeWidth={1.75} aria-hidden />
    </MenuButton>
  )
}

function conversionEntries(foreign: ForeignFolder, onConvert: () => void): readonly MenuEntry[] {
  return [
    { id: 'line 4', separator: true },
    {
      id: 'convert',
      label: 'Convert to native…',
      ...disabledBy(foreign.readOnlyBecause === null ? null : `${foreign.tool} is read only.`),
      onAction: onConvert,
    },
  ]
}

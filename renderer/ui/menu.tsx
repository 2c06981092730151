import { Check } from 'lucide-react'
import { type ReactNode, useRef } from 'react'
import { Menu, MenuItem, MenuTrigger, Popover, Separator } from 'react-aria-components'
import { Button, type ButtonProps } from './button'

/** One line of a menu; `separator` draws a line instead. */
export type MenuEntry =
  | {
      readonly id: string
      readonly label: string
      readonly keys?: string
      readonly isDisabled?: boolean
      /** Why it is disabled, or what it concerns; shown dim behind the label. */
      readonly remark?: string
      readonly isDanger?: boolean
      /** One of several choices: true for the one that holds now. Leave out where nothing is chosen. */
      readonly isChosen?: boolean
      readonly onAction: () => void
    }
  | { readonly id: string; readonly separator: true }

/** A button that opens a menu below it. */
export function MenuButton(
  props: ButtonProps & { readonly entries: readonly MenuEntry[]; readonly menuLabel: string },
): ReactNode {
  const { entries, menuLabel, ...button } = props
  return (
    <MenuTrigger>
      <Button {...button} />
      <Popover className="menu" placement="bottom start" offset={4}>
        <MenuList label={menuLabel} entries={entries} />
      </Popover>
    </MenuTrigger>
  )
}

/** A menu at a point of the window, for context menus; `at` null keeps it closed. */
export function ContextMenu(props: {
  readonly at: { readonly x: number; readonly y: number } | null
  readonly label: string
  readonly entries: readonly MenuEntry[]
  readonly onClose: () => void
}): ReactNode {
  const anchor = useRef<HTMLSpanElement>(null)
  if (props.at === null) return null
  return (
    <>
      <span ref={anchor} className="anchor" style={{ left: props.at.x, top: props.at.y }} />
      <Popover
        className="menu"
        triggerRef={anchor}
        placement="bottom start"
        offset={0}
        isOpen
        onOpenChange={(isOpen) => {
          if (!isOpen) props.onClose()
        }}
      >
        <MenuList label={props.label} entries={props.entries} onClose={props.onClose} />
      </Popover>
    </>
  )
}

function MenuList(props: {
  readonly label: string
  readonly entries: readonly MenuEntry[]
  readonly onClose?: () => void
}): ReactNode {
  const { entries, label, onClose } = props
  return (
    <Menu
      aria-label={label}
      autoFocus="first"
      {...(onClose === undefined ? {} : { onClose })}
      disabledKeys={entries.filter((entry) => 'isDisabled' in entry && entry.isDisabled).map((entry) => entry.id)}
      onAction={(key) => {
        const chosen = entries.find((entry) => entry.id === key)
        if (chosen !== undefined && 'onAction' in chosen) chosen.onAction()
      }}
    >
      {entries.map((entry) =>
        'separator' in entry ? (
          <Separator key={entry.id} className="menu-line" />
        ) : (
          <MenuItem
            key={entry.id}
            id={entry.id}
            textValue={entry.label}
            className={entry.isDanger ? 'menu-item danger' : 'menu-item'}
          >
            {entry.isChosen === undefined ? null : (
              <Check
                className={entry.isChosen ? 'i' : 'i unchosen'}
                {...(entry.isChosen ? { 'aria-label': 'chosen' } : { 'aria-hidden': true })}
              />
            )}
            <span>{entry.label}</span>
            {entry.remark === undefined ? null : <span className="dim small">{entry.remark}</span>}
            <span className="grow" />
            {entry.keys === undefined ? null : <kbd>{entry.keys}</kbd>}
          </MenuItem>
        ),
      )}
    </Menu>
  )
}

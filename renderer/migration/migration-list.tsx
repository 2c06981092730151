import { type KeyboardEvent, type MouseEvent, type ReactNode, useLayoutEffect, useRef, useState } from 'react'
import { ContextMenu, type MenuEntry } from '../ui/menu'
import { MigrationRow } from './migration-row'
import type { ShownMigrations } from './shown-migrations'

/** The folder's migrations with the line "database is here"; one tab stop, arrow keys select, Enter opens, a context menu per item. */
export function MigrationList(props: {
  readonly shown: ShownMigrations
  readonly selected: string | null
  readonly onSelect: (name: string) => void
  readonly onOpen: (name: string) => void
  readonly entriesFor: (name: string) => readonly MenuEntry[]
}): ReactNode {
  const { shown, selected, onSelect, onOpen, entriesFor } = props
  const { rows, appliedCount } = shown
  const list = useRef<HTMLUListElement>(null)
  const hasScrolled = useRef(false)
  const [menu, setMenu] = useState<{ readonly name: string; readonly x: number; readonly y: number } | null>(null)
  const at = rows.findIndex((row) => row.migration.name === selected)

  useLayoutEffect(() => {
    const item = itemOf(list.current, selected)
    // First time: what Apply would run next, with what is applied above it. Later: only as far as needed.
    item?.scrollIntoView({ block: hasScrolled.current ? 'nearest' : 'center' })
    if (item !== null) hasScrolled.current = true
  }, [selected])

  function moveTo(index: number): void {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))]
    if (row === undefined) return
    onSelect(row.migration.name)
    itemOf(list.current, row.migration.name)?.focus({ preventScroll: true })
  }

  function onKeyDown(event: KeyboardEvent<HTMLUListElement>): void {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
    const to = targetOf(event.key, at, rows.length, list.current)
    if (to !== null) moveTo(to)
    else if (event.key === 'Enter' && selected !== null) onOpen(selected)
    else return
    event.preventDefault()
  }

  function onContextMenu(event: MouseEvent<HTMLUListElement>): void {
    const item = (event.target as HTMLElement).closest<HTMLElement>('[data-name]')
    const name = item?.dataset.name
    if (item === null || name === undefined) return
    event.preventDefault()
    onSelect(name)
    const box = item.getBoundingClientRect()
    // The menu key names no point: the menu then opens below the item's title.
    const isByKey = event.button !== 2
    setMenu({ name, x: isByKey ? box.left + 28 : event.clientX, y: isByKey ? box.bottom : event.clientY })
  }

  const items = rows.map((row, index) => (
    <MigrationRow
      key={row.migration.name}
      shown={row}
      isSelected={index === at}
      isTabStop={index === Math.max(0, at)}
    />
  ))
  items.splice(
    appliedCount,
    0,
    <li key="/" className="here" aria-hidden>
      database is here
    </li>,
  )
  return (
    <>
      <ul
        ref={list}
        className={rows.some(({ migration }) => migration.date !== null) ? 'mlist' : 'mlist undated'}
        role="list"
        aria-label="Migrations"
        onKeyDown={onKeyDown}
        onContextMenu={onContextMenu}
        onClick={(event) => {
          const name = nameAt(event)
          if (name !== undefined) onSelect(name)
        }}
        onDoubleClick={(event) => {
          const name = nameAt(event)
          if (name !== undefined) onOpen(name)
        }}
      >
        {items}
      </ul>
      <ContextMenu
        at={menu}
        label="Migration"
        entries={menu === null ? [] : entriesFor(menu.name)}
        onClose={() => {
          setMenu(null)
          itemOf(list.current, menu?.name ?? null)?.focus({ preventScroll: true })
        }}
      />
    </>
  )
}

function targetOf(key: string, at: number, count: number, list: HTMLElement | null): number | null {
  const page = Math.max(1, Math.floor((list?.clientHeight ?? 0) / 26) - 1)
  switch (key) {
    case 'ArrowDown':
      return at + 1
    case 'ArrowUp':
      return at - 1
    case 'PageDown':
      return at + page
    case 'PageUp':
      return at - page
    case 'Home':
      return 0
    case 'End':
      return count - 1
    default:
      return null
  }
}

function nameAt(event: MouseEvent): string | undefined {
  return (event.target as HTMLElement).closest<HTMLElement>('[data-name]')?.dataset.name
}

function itemOf(list: HTMLElement | null, name: string | null): HTMLElement | null {
  return name === null ? null : (list?.querySelector<HTMLElement>(`[data-name="${CSS.escape(name)}"]`) ?? null)
}

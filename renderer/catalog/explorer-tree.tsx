import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type Ref,
  useEffect,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { ExplorerRow } from './explorer-row'
import type { TreeRow } from './flatten-tree'
import { NO_LETTERS, readKey } from './tree-keys'
import { anchorAt, lastTop, ROW_HEIGHT, rowSpan, topFor, topForAnchor } from './tree-window'

/** What others may ask of the tree. */
export interface TreeHandle {
  focus(): void
  /** Gives the focus to the first row, or to the first that a filter found. */
  focusFirst(isMatch: boolean): void
}

/** Props of `ExplorerTree`. */
interface ExplorerTreeProps {
  readonly ref: Ref<TreeHandle>
  readonly rows: readonly TreeRow[]
  readonly activeKey: string | null
  readonly filter: string
  readonly isBusy: boolean
  readonly onActivate: (key: string) => void
  readonly onExpand: (keys: readonly string[], isExpanded: boolean) => void
  readonly onOpen: (row: TreeRow) => void
  readonly onCopy: (row: TreeRow) => void
  readonly onMenu: (row: TreeRow, x: number, y: number) => void
  readonly onEscape: () => void
}

/**
 * The WAI-ARIA tree "Explorer": rows of one height, of which only those in sight are in the document. The focus stays on the tree,
 * which names its active row; that one is in the document even when it is out of sight.
 */
export function ExplorerTree(props: ExplorerTreeProps): ReactNode {
  const { rows, activeKey, filter, isBusy, onActivate, onExpand, onOpen, onMenu } = props
  const id = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const typed = useRef(NO_LETTERS)
  const anchor = useRef<ReturnType<typeof anchorAt>>(null)
  const [top, setTop] = useState(0)
  const [height, setHeight] = useState(0)
  const activeAt = rows.findIndex((row) => row.key === activeKey)

  const scrollTo = (target: number) => {
    if (scroller.current !== null) scroller.current.scrollTop = target
  }
  const activate = (key: string) => {
    onActivate(key)
    const at = rows.findIndex((row) => row.key === key)
    const view = scroller.current
    if (at >= 0 && view !== null) scrollTo(topFor(at, view.scrollTop, view.clientHeight))
  }

  useImperativeHandle(props.ref, () => ({
    focus: () => scroller.current?.focus(),
    focusFirst: (isMatch) => {
      const item = rows.find(({ content }) => 'schema' in content && content.type !== 'column')
      const first = isMatch ? item : rows[0]
      if (first === undefined) return
      activate(first.key)
      scroller.current?.focus()
    },
  }))

  useEffect(() => {
    const view = scroller.current
    if (view === null) return
    const observer = new ResizeObserver(() => setHeight(view.clientHeight))
    observer.observe(view)
    return () => observer.disconnect()
  }, [])

  // Rows that come and go above must not move those in sight.
  useLayoutEffect(() => {
    const view = scroller.current
    if (view === null) return
    const wanted = topForAnchor(rows, anchor.current)
    if (wanted !== null && wanted !== view.scrollTop) view.scrollTop = wanted
    anchor.current = anchorAt(rows, view.scrollTop)
    setTop(view.scrollTop)
  }, [rows])

  // Another filter is another list: it begins at its top. Without one the selected row comes back into sight.
  const shown = useRef({ filter, activeAt })
  shown.current.activeAt = activeAt
  useLayoutEffect(() => {
    const view = scroller.current
    if (view === null || shown.current.filter === filter) return
    shown.current.filter = filter
    view.scrollTop = filter === '' ? topFor(Math.max(0, shown.current.activeAt), 0, view.clientHeight) : 0
    anchor.current = null
    setTop(view.scrollTop)
  }, [filter])

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && filter !== '') {
      props.onEscape()
      event.preventDefault()
      event.stopPropagation()
      return
    }
    const press = { key: event.key, isCtrl: event.ctrlKey || event.metaKey, isAlt: event.altKey, at: event.timeStamp }
    const read = readKey(rows, activeKey, press, typed.current, Math.floor(height / ROW_HEIGHT))
    typed.current = read.typed
    if (read.meaning === null) return
    event.preventDefault()
    event.stopPropagation()
    switch (read.meaning.type) {
      case 'activate':
        return activate(read.meaning.key)
      case 'expand':
        return onExpand(read.meaning.keys, true)
      case 'collapse':
        return onExpand([read.meaning.key], false)
      case 'open':
        return onOpen(read.meaning.row)
      case 'copy':
        return props.onCopy(read.meaning.row)
      case 'nothing':
    }
  }

  const onContextMenu = (event: MouseEvent) => {
    event.preventDefault()
    const pressed = rowUnder(event, rows)
    const row = pressed ?? rows[activeAt]
    if (row === undefined) return
    onActivate(row.key)
    if (pressed !== undefined) return onMenu(row, event.clientX, event.clientY)
    // From the keyboard: below the active row.
    const box = scroller.current?.getBoundingClientRect()
    if (box !== undefined) onMenu(row, box.left + 32, box.top + (activeAt + 1) * ROW_HEIGHT - top)
  }

  const onClick = (event: MouseEvent) => {
    const row = rowUnder(event, rows)
    if (row === undefined) return
    activate(row.key)
    const { type } = row.content
    const isOnChevron = event.target instanceof Element && event.target.closest('.chevron') !== null
    const opensAtOnce = type === 'schema' || type === 'group'
    // The second click of a double click must not fold again what the first has unfolded.
    if (row.isExpanded !== null && (isOnChevron || opensAtOnce) && event.detail < 2) {
      onExpand([row.key], !row.isExpanded)
    } else if (type === 'failure') onOpen(row)
  }

  const onDoubleClick = (event: MouseEvent) => {
    const row = rowUnder(event, rows)
    const isOnChevron = event.target instanceof Element && event.target.closest('.chevron') !== null
    if (row?.content.type === 'relation' && !isOnChevron) onOpen(row)
  }

  const [from, to] = rowSpan(Math.min(top, lastTop(rows.length, height)), height, rows.length)
  const visible = rows.slice(from, to).map((row, at) => ({ row, at: from + at }))
  const active = rows[activeAt]
  if (active !== undefined && (activeAt < from || activeAt >= to)) visible.push({ row: active, at: activeAt })

  return (
    <div
      ref={scroller}
      className="tree explorer-tree"
      role="tree"
      aria-label="Explorer"
      aria-busy={isBusy}
      tabIndex={0}
      {...(active === undefined ? {} : { 'aria-activedescendant': `${id}-${activeAt}` })}
      onScroll={(event) => {
        const { scrollTop } = event.currentTarget
        anchor.current = anchorAt(rows, scrollTop)
        setTop(scrollTop)
      }}
      onFocus={() => {
        if (active === undefined && rows[0] !== undefined) onActivate(rows[0].key)
      }}
      onKeyDown={onKeyDown}
      onClick={onClick}
      onDoubleClick={onDoubleClick}
      onContextMenu={onContextMenu}
    >
      <div className="explorer-rows" role="presentation" style={{ height: rows.length * ROW_HEIGHT }}>
        {visible.map(({ row, at }) => (
          <ExplorerRow key={row.key} id={`${id}-${at}`} row={row} at={at} isActive={at === activeAt} />
        ))}
      </div>
    </div>
  )
}

function rowUnder(event: MouseEvent, rows: readonly TreeRow[]): TreeRow | undefined {
  const element = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-row]') : null
  return element === null ? undefined : rows[Number(element.dataset.row)]
}

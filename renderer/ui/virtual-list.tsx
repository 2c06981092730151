import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type Ref,
  useEffect,
  useId,
  useImperativeHandle,
  useRef,
  useState,
} from 'react'
import './virtual-list.css'

/** What others may ask of the list. */
export interface VirtualListHandle {
  focus(): void
}

/** Props of `VirtualList`. */
export interface VirtualListProps {
  readonly ref?: Ref<VirtualListHandle>
  readonly label: string
  readonly count: number
  /** In CSS pixels, the same for all. */
  readonly rowHeight: number
  /** The row that keys act on; -1 for none. */
  readonly activeAt: number
  readonly onActivate: (at: number) => void
  /** Enter or a double click. */
  readonly onOpen: (at: number, isShift: boolean) => void
  /** Any other key on the active row; true when it was taken. */
  readonly onKey?: (event: KeyboardEvent, at: number) => boolean
  readonly onMenu?: (at: number, x: number, y: number) => void
  /** The rows [from, to) came into sight. */
  readonly onSpan?: (from: number, to: number) => void
  readonly rowOf: (at: number) => {
    readonly key: string
    readonly name: string
    readonly content: ReactNode
    readonly tip?: string
  }
}

const OVERSCAN = 6

/** A listbox of rows of one height, of which only those in sight are in the document. The focus stays on the list, which names its active row. */
export function VirtualList(props: VirtualListProps): ReactNode {
  const { label, count, rowHeight, activeAt, onActivate, onOpen, onMenu, onSpan, rowOf } = props
  const id = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const [top, setTop] = useState(0)
  const [height, setHeight] = useState(0)
  useImperativeHandle(props.ref, () => ({ focus: () => scroller.current?.focus() }))
  useEffect(() => {
    const view = scroller.current
    if (view === null) return
    const observer = new ResizeObserver(() => setHeight(view.clientHeight))
    observer.observe(view)
    return () => observer.disconnect()
  }, [])
  // What takes room from the list may not hide the row that keys act on.
  const shownRow = useRef(activeAt)
  shownRow.current = activeAt
  useEffect(() => {
    const view = scroller.current
    const at = shownRow.current
    if (view === null || at < 0 || height === 0 || at * rowHeight > view.scrollTop + height) return
    view.scrollTop = Math.max(view.scrollTop, (at + 1) * rowHeight - height)
  }, [height, rowHeight])
  const highest = Math.max(0, count * rowHeight - height)
  const from = Math.max(0, Math.floor(Math.min(top, highest) / rowHeight) - OVERSCAN)
  const to = Math.min(count, Math.ceil((Math.min(top, highest) + height) / rowHeight) + OVERSCAN)
  useEffect(() => {
    if (from < to) onSpan?.(from, to)
  }, [from, to, onSpan])

  const activate = (wanted: number) => {
    const at = Math.max(0, Math.min(count - 1, wanted))
    const view = scroller.current
    if (view === null || count === 0) return
    onActivate(at)
    if (at * rowHeight < view.scrollTop) view.scrollTop = at * rowHeight
    else view.scrollTop = Math.max(view.scrollTop, (at + 1) * rowHeight - view.clientHeight)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor(height / rowHeight) - 1)
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: activeAt + 1,
      ArrowUp: activeAt - 1,
      PageDown: activeAt + page,
      PageUp: activeAt - page,
      Home: 0,
      End: count - 1,
    }
    const hasModifier = event.ctrlKey || event.metaKey || event.altKey
    const target = hasModifier || event.shiftKey ? undefined : steps[event.key]
    if (target !== undefined) activate(target)
    else if (event.key === 'Enter' && !hasModifier && activeAt >= 0) onOpen(activeAt, event.shiftKey)
    else if (activeAt < 0 || props.onKey?.(event, activeAt) !== true) return
    event.preventDefault()
    event.stopPropagation()
  }
  const openMenu = (event: MouseEvent) => {
    const pressed = rowUnder(event)
    const at = pressed ?? activeAt
    if (onMenu === undefined || at < 0) return
    event.preventDefault()
    onActivate(at)
    if (pressed !== null && event.button === 2) return onMenu(at, event.clientX, event.clientY)
    // From the keyboard: below the active row.
    const box = scroller.current?.getBoundingClientRect()
    if (box !== undefined) onMenu(at, box.left + 24, box.top + (at + 1) * rowHeight - top)
  }
  const shown = Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index)
  if (activeAt >= 0 && activeAt < count && (activeAt < from || activeAt >= to)) shown.push(activeAt)
  return (
    <div
      ref={scroller}
      className="vlist"
      role="listbox"
      aria-label={label}
      tabIndex={0}
      {...(activeAt >= 0 && activeAt < count ? { 'aria-activedescendant': `${id}-${activeAt}` } : {})}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      onFocus={() => {
        if (activeAt < 0 && count > 0) onActivate(0)
      }}
      onKeyDown={onKeyDown}
      onClick={(event) => {
        const at = rowUnder(event)
        if (at !== null) activate(at)
      }}
      onDoubleClick={(event) => {
        const at = rowUnder(event)
        if (at !== null) onOpen(at, false)
      }}
      onContextMenu={openMenu}
    >
      <div className="vlist-rows" role="presentation" style={{ height: count * rowHeight }}>
        {shown.map((at) => {
          const { key, name, content, tip } = rowOf(at)
          return (
            <div
              key={key}
              id={`${id}-${at}`}
              className="vlist-row"
              role="option"
              aria-selected={at === activeAt}
              aria-label={name}
              aria-posinset={at + 1}
              aria-setsize={count}
              data-at={at}
              {...(tip === undefined ? {} : { title: tip })}
              style={{ top: at * rowHeight, height: rowHeight }}
            >
              {content}
            </div>
          )
        })}
      </div>
    </div>
  )
}

function rowUnder(event: MouseEvent): number | null {
  const element = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-at]') : null
  return element === null ? null : Number(element.dataset.at)
}

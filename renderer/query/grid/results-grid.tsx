import { type KeyboardEvent, type MouseEvent, type ReactNode, useCallback, useId, useMemo, useState } from 'react'
import type { ResultColumn } from '../../../contract/query'
import { ContextMenu, type MenuEntry } from '../../ui/menu'
import { CellViewer } from './cell-viewer'
import type { CopyFormat } from './copy-text'
import { GridBody } from './grid-body'
import { GridFooter } from './grid-footer'
import { type GridCommand, gridCommand } from './grid-keys'
import { cellEntries, columnEntries, copyEntries } from './grid-menus'
import { naturalWidth } from './measure-columns'
import type { FetchCell } from './read-range'
import type { FetchWindow } from './row-source'
import { type CellPlace, isInRange, isWide, rangeOf } from './selection'
import type { ColumnMemory } from './use-grid-columns'
import { useGridCopy } from './use-grid-copy'
import { useGridPointer } from './use-grid-pointer'
import { useGridSelection } from './use-grid-selection'
import { useGridView } from './use-grid-view'
import { useMeasuredColumns } from './use-measured-columns'
import { useRowSource } from './use-row-source'
import { useSummary } from './use-summary'
import '../grid.css'

/** Props of `ResultsGrid`. */
export interface ResultsGridProps {
  /** The grid's accessible name, e.g. `Result 1`. */
  readonly label: string
  readonly columns: readonly ResultColumn[]
  /** Rows kept so far; while it grows it need not change more than four times a second. */
  readonly rowCount: number
  readonly isGrowing: boolean
  /** The packed window of rows from 0 that came with the first count. */
  readonly firstWindow: Uint8Array | null
  readonly fetchWindow: FetchWindow
  readonly fetchCell: FetchCell
  /** Puts a text on the clipboard. */
  readonly onCopy: (text: string) => void
  /** Remembers sizes, order, pins and hidden columns per list of columns. */
  readonly widths?: ColumnMemory
  /** Name of the relation that INSERT statements write to, quoted where it must be. */
  readonly relation?: string
  /** Stands at the right of the footer. */
  readonly footer?: ReactNode
}

interface OpenMenu {
  readonly x: number
  readonly y: number
  readonly label: string
  readonly entries: readonly MenuEntry[]
}

interface ViewedCell {
  readonly row: number
  /** Number of the column in the result. */
  readonly number: number
  readonly column: ResultColumn
}

/** The rows of one result. One grid shows one result for all its life: give it the result's id as `key`. */
export function ResultsGrid(props: ResultsGridProps): ReactNode {
  const { label, columns, rowCount, isGrowing, onCopy } = props
  const id = useId()
  const [menu, setMenu] = useState<OpenMenu | null>(null)
  const [viewed, setViewed] = useState<ViewedCell | null>(null)
  const [isGoing, setIsGoing] = useState(false)

  const { source, fetchCell } = useRowSource(rowCount, props.firstWindow, props.fetchWindow, props.fetchCell)
  const { arrangement, element } = useMeasuredColumns(columns, rowCount, source, props.widths)
  const { layout } = arrangement
  const scroll = useGridView(element, rowCount, layout, source)
  const size = useMemo(() => ({ rows: rowCount, positions: layout.columns.length }), [rowCount, layout])
  const copying = useGridCopy({ source, fetchCell, columns, layout, relation: props.relation, onCopy })
  const { selection, act } = useGridSelection(size, layout, scroll, copying.forget)
  const pointer = useGridPointer(scroll, layout, rowCount, act, arrangement.move)
  const range = useMemo(() => rangeOf(selection, size), [selection, size])
  const summary = useSummary(range, source, fetchCell, columns, layout)
  const returnFocus = useCallback(() => element.current?.focus({ preventScroll: true }), [element])

  const anchor = selection?.anchor ?? null
  const activeId = anchor === null ? undefined : `${id}r${anchor.row}c${anchor.position}`

  const fitColumn = (number: number) => {
    const column = columns[number]
    const window = (source.row(scroll.view.toRow - 1) ?? source.row(scroll.view.fromRow))?.window ?? null
    if (column !== undefined) arrangement.resize(number, naturalWidth(column, number, window))
  }
  const copy = (format: CopyFormat) => {
    if (range !== null) copying.copy(range, format)
    else if (anchor !== null) onCopy(columns[layout.columns[anchor.position]?.column ?? -1]?.name ?? '')
  }
  const open = (at: CellPlace | null) => {
    const number = layout.columns[at?.position ?? -1]?.column ?? -1
    const column = columns[number]
    if (at !== null && at.row >= 0 && column !== undefined) setViewed({ row: at.row, number, column })
  }
  const showMenu = (x: number, y: number, at: CellPlace) => {
    const { position } = at
    const name = columns[layout.columns[position]?.column ?? -1]?.name ?? ''
    if (at.row >= 0) {
      const entries = cellEntries({
        open: () => open(at),
        copy,
        selectRows: () => act({ type: 'rowsChosen' }),
        selectColumns: () => act({ type: 'columnsChosen' }),
      })
      return setMenu({ x, y, label: 'Cell', entries })
    }
    const entries = columnEntries(arrangement, position, {
      copyName: () => onCopy(name),
      select: () => act({ type: 'columnPressed', position, isExtending: false }),
      fit: () => fitColumn(layout.columns[position]?.column ?? -1),
      move: (to) => arrangement.move(position, to),
    })
    setMenu({ x, y, label: `Column ${name}`, entries })
  }
  const showMenuAtFocus = (withFormats: boolean) => {
    const box = activeId === undefined ? undefined : document.getElementById(activeId)?.getBoundingClientRect()
    if (box === undefined || anchor === null) return
    const [x, y] = [box.left + 8, box.bottom]
    if (withFormats && range !== null) setMenu({ x, y, label: 'Copy as', entries: copyEntries(copy) })
    else showMenu(x, y, anchor)
  }

  const obey = (command: GridCommand): boolean => {
    switch (command.type) {
      case 'select':
        act(command.event)
        return true
      case 'open':
        if (anchor !== null && anchor.row < 0) showMenuAtFocus(false)
        else open(anchor)
        return true
      case 'copy':
        copy('text')
        return true
      case 'copy as':
        showMenuAtFocus(true)
        return true
      case 'menu':
        showMenuAtFocus(false)
        return true
      case 'go to row':
        setIsGoing(rowCount > 0)
        return true
      case 'collapse':
        if (copying.stop()) return true
        if (!isWide(selection)) return false
        act({ type: 'collapsed' })
        return true
    }
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const command = gridCommand(event, scroll.pageRows())
    if (command === null || !obey(command)) return
    event.preventDefault()
    // Escape also cancels a run: once it has done something here, it is used up.
    if (command.type === 'collapse') event.stopPropagation()
  }
  const onContextMenu = (event: MouseEvent) => {
    event.preventDefault()
    const at = pointer.placeAtPointer(event)
    if (at === null || at.position < 0) return
    if (at.row >= 0 && !isInRange(range, at)) act({ type: 'cellPressed', at, isExtending: false })
    showMenu(event.clientX, event.clientY, at)
  }

  return (
    <div className="results-grid">
      <div
        ref={element}
        className="grid"
        role="grid"
        aria-label={label}
        aria-rowcount={rowCount + 1}
        aria-colcount={columns.length}
        aria-multiselectable
        aria-readonly
        aria-activedescendant={activeId}
        tabIndex={0}
        onScroll={scroll.onScroll}
        onFocus={() => {
          if (selection === null) act({ type: 'cellPressed', at: { row: 0, position: 0 }, isExtending: false })
        }}
        onKeyDown={onKeyDown}
        onCopy={(event) => {
          event.preventDefault()
          copy('text')
        }}
        onPointerDown={pointer.onPointerDown}
        onPointerMove={pointer.onPointerMove}
        onPointerUp={pointer.onPointerUp}
        onLostPointerCapture={pointer.onLostPointerCapture}
        onDoubleClick={(event) => open(pointer.placeAtPointer(event))}
        onContextMenu={onContextMenu}
      >
        <GridBody
          columns={columns}
          layout={layout}
          rowCount={rowCount}
          isGrowing={isGrowing}
          view={scroll.view}
          source={source}
          selection={selection}
          range={range}
          activeId={activeId ?? ''}
          drag={pointer.drag}
          onResize={arrangement.resize}
          onFit={fitColumn}
        />
      </div>
      <GridFooter
        row={anchor !== null && anchor.row >= 0 ? anchor.row : null}
        rowCount={rowCount}
        isGrowing={isGrowing}
        summary={summary}
        note={copying.note}
        hiddenCount={arrangement.hiddenCount}
        hasUnreadable={source.hasUnreadable}
        isGoing={isGoing}
        onGoing={() => setIsGoing(rowCount > 0)}
        onGo={(row) => {
          setIsGoing(false)
          if (row !== null)
            act({ type: 'cellPressed', at: { row, position: anchor?.position ?? 0 }, isExtending: false })
          returnFocus()
        }}
        onShowAll={arrangement.showAll}
        onRetry={() => source.retry()}
      >
        {props.footer}
      </GridFooter>
      <ContextMenu at={menu} label={menu?.label ?? ''} entries={menu?.entries ?? []} onClose={() => setMenu(null)} />
      {viewed === null ? null : (
        <CellViewer
          column={viewed.column}
          columnNumber={viewed.number}
          row={viewed.row}
          fetchCell={fetchCell}
          onCopy={onCopy}
          onClose={() => setViewed(null)}
        />
      )}
    </div>
  )
}

import { type KeyboardEvent, type MouseEvent, type ReactNode, useCallback, useId, useMemo, useState } from 'react'
import { type ResultColumn, WINDOW_ROWS } from '../../../contract/query'
import { ContextMenu, type MenuEntry } from '../../ui/menu'
import { ActiveCell } from './active-cell'
import { ArrangeBar } from './arrange-bar'
import type { CopyFormat } from './copy-text'
import { FilterForm } from './filter-form'
import { FindBar } from './find-bar'
import { GridBody } from './grid-body'
import type { GridEngine } from './grid-engine'
import { GridExport } from './grid-export'
import { GridFooter } from './grid-footer'
import { type GridCommand, gridCommand } from './grid-keys'
import { cellEntries, columnEntries, copyEntries } from './grid-menus'
import { naturalWidth } from './measure-columns'
import { RecordView } from './record-view'
import type { FetchWindow } from './row-source'
import { type CellPlace, isInRange, isWide, rangeOf } from './selection'
import type { Transfer } from './transfer-work'
import { type ArrangementMemory, useArrangedRows } from './use-arranged-rows'
import { useColumnDeeds } from './use-column-deeds'
import type { ColumnMemory } from './use-grid-columns'
import { useGridCopy } from './use-grid-copy'
import { useGridFind } from './use-grid-find'
import { useGridPointer } from './use-grid-pointer'
import { useGridSelection } from './use-grid-selection'
import { useGridView } from './use-grid-view'
import { useMeasuredColumns } from './use-measured-columns'
import { type FetchViewCell, useRowSource } from './use-row-source'
import { useSummary } from './use-summary'
import { type ViewedCell, ViewedValue } from './viewed-value'
import './grid.css'
import './arrange.css'
import './record-view.css'
import './export-dialog.css'
import './cell-viewer.css'

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
  readonly fetchCell: FetchViewCell
  /** Sorts, filters, searches and exports the rows where they are kept; the same for the life of the grid. */
  readonly engine: GridEngine
  /** Remembers how the rows are arranged while the grid is not there. */
  readonly arrangementMemory: ArrangementMemory
  /** The export of these rows, which goes on while the grid is not there. */
  readonly transfer: Transfer
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

/** The rows of one result. One grid shows one result for all its life: give it the result's id as `key`. */
export function ResultsGrid(props: ResultsGridProps): ReactNode {
  const { label, columns, engine, onCopy } = props
  const id = useId()
  const [menu, setMenu] = useState<OpenMenu | null>(null)
  const [viewed, setViewed] = useState<ViewedCell | null>(null)
  const [filtering, setFiltering] = useState<{
    readonly x: number
    readonly y: number
    readonly number: number
  } | null>(null)
  const [isGoing, setIsGoing] = useState(false)
  const [isExporting, setIsExporting] = useState(false)
  const [finding, setFinding] = useState(0)
  const [hasRecord, setHasRecord] = useState(false)
  const [hiddenField, setHiddenField] = useState<number | null>(null)

  const arranged = useArrangedRows(engine, props.fetchWindow, WINDOW_ROWS, props.arrangementMemory, () => toTop())
  const { view } = arranged
  const viewId = view?.viewId
  const rowCount = view?.arranged.rows ?? props.rowCount
  const isGrowing = view === null && props.isGrowing
  const firstWindow = view === null ? props.firstWindow : view.firstWindow
  const { source, fetchCell } = useRowSource(rowCount, firstWindow, props.fetchWindow, props.fetchCell, viewId)
  const { arrangement, element, isMeasured } = useMeasuredColumns(columns, rowCount, source, props.widths)
  const { layout } = arrangement
  const scroll = useGridView(element, rowCount, layout, isMeasured, source)
  const size = useMemo(() => ({ rows: rowCount, positions: layout.columns.length }), [rowCount, layout])
  const copying = useGridCopy({ source, fetchCell, columns, layout, relation: props.relation, onCopy })
  const { forget: forgetCopy } = copying
  const onSelected = useCallback(() => {
    forgetCopy()
    setHiddenField(null)
  }, [forgetCopy])
  const { selection, act } = useGridSelection(size, layout, scroll, onSelected)
  const numberAt = (position: number) => layout.columns[position]?.column ?? -1
  const deeds = useColumnDeeds(arranged, engine, columns, source)
  const pointer = useGridPointer(scroll, layout, rowCount, act, arrangement.move, (position, isAdded) => {
    act({ type: 'cellPressed', at: { row: -1, position }, isExtending: false })
    deeds.press(numberAt(position), isAdded)
  })
  const range = useMemo(() => rangeOf(selection, size), [selection, size])
  const summary = useSummary(range, source, fetchCell, columns, layout)
  const returnFocus = useCallback(() => element.current?.focus({ preventScroll: true }), [element])

  const anchor = selection?.anchor ?? null
  const activeId = anchor === null ? undefined : `${id}r${anchor.row}c${anchor.position}`
  const activeColumn = anchor === null ? -1 : numberAt(anchor.position)
  const shown = useMemo(() => layout.columns.map(({ column }) => column), [layout])
  const goTo = (row: number, column: number) => {
    const position = shown.indexOf(column)
    if (position >= 0) act({ type: 'cellPressed', at: { row, position }, isExtending: false })
  }
  const at = useMemo(() => (anchor === null ? null : { row: anchor.row, column: activeColumn }), [anchor, activeColumn])
  const find = useGridFind({
    engine,
    viewId,
    isOpen: finding > 0,
    // A result that grows is searched again when it is whole.
    rowCount: isGrowing ? -1 : rowCount,
    columns: shown,
    at,
    onGo: goTo,
  })
  // The focus stays in its column: in the header it stays there, in the rows it goes to the first.
  function toTop(): void {
    scroll.showRow(0)
    if (anchor === null) return
    const row = anchor.row < 0 ? -1 : 0
    act({ type: 'cellPressed', at: { row, position: anchor.position }, isExtending: false })
  }

  const fitColumn = (number: number) => {
    const column = columns[number]
    const { fromRow, toRow } = scroll.view()
    const window = (source.row(toRow - 1) ?? source.row(fromRow))?.window ?? null
    if (column !== undefined) arrangement.resize(number, naturalWidth(column, number, window))
  }
  const copy = (format: CopyFormat) => {
    if (range !== null) copying.copy(range, format)
    else if (anchor !== null) onCopy(columns[activeColumn]?.name ?? '')
  }
  const open = (row: number, number: number) => {
    const column = columns[number]
    if (row >= 0 && column !== undefined) setViewed({ row, number, column })
  }
  const openAt = (place: CellPlace | null) => place !== null && open(place.row, numberAt(place.position))
  const showFilter = (position: number, x: number, y: number) =>
    setFiltering({ x, y, number: layout.columns[position]?.column ?? -1 })
  const record = () => setHasRecord((isOpen) => !isOpen && anchor !== null && rowCount > 0)
  const showMenu = (x: number, y: number, place: CellPlace) => {
    const { position } = place
    const number = numberAt(position)
    const name = columns[number]?.name ?? ''
    if (place.row >= 0) {
      const entries = cellEntries({
        open: () => openAt(place),
        copy,
        selectRows: () => act({ type: 'rowsChosen' }),
        selectColumns: () => act({ type: 'columnsChosen' }),
        record,
        find: () => setFinding((asked) => asked + 1),
        filterBy: (isSame) => deeds.filterByCell(place.row, number, isSame),
        export: () => setIsExporting(true),
      })
      return setMenu({ x, y, label: 'Cell', entries })
    }
    const entries = columnEntries(arrangement, position, {
      copyName: () => onCopy(name),
      select: () => act({ type: 'columnPressed', position, isExtending: false }),
      fit: () => fitColumn(number),
      fitAll: () => {
        for (const column of shown) fitColumn(column)
      },
      move: (to) => arrangement.move(position, to),
      direction: arranged.wanted.sort.find((key) => key.column === number)?.direction,
      sort: (direction, isAdded) => deeds.sort(number, direction, isAdded),
      canAdd: arranged.wanted.sort.some((key) => key.column !== number),
      filter: () => showFilter(position, x, y),
    })
    setMenu({ x, y, label: `Column ${name}`, entries })
  }
  const placeOfFocus = () => {
    const box = activeId === undefined ? undefined : document.getElementById(activeId)?.getBoundingClientRect()
    return box === undefined ? null : { x: box.left + 8, y: box.bottom }
  }
  const showMenuAtFocus = (withFormats: boolean) => {
    const place = placeOfFocus()
    if (place === null || anchor === null) return
    if (withFormats && range !== null) setMenu({ ...place, label: 'Copy as', entries: copyEntries(copy) })
    else showMenu(place.x, place.y, anchor)
  }

  const obey = (command: GridCommand): boolean => {
    switch (command.type) {
      case 'select':
        act(command.event)
        return true
      case 'open':
        if (anchor !== null && anchor.row < 0) showMenuAtFocus(false)
        else openAt(anchor)
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
      case 'find':
        setFinding((asked) => asked + 1)
        return true
      case 'find next':
      case 'find previous':
        if (finding === 0) setFinding(1)
        else find.go(command.type === 'find next' ? 1 : -1)
        return true
      case 'record':
        record()
        return true
      case 'export':
        setIsExporting(true)
        return true
      case 'filter': {
        const place = placeOfFocus()
        if (place !== null && anchor !== null) showFilter(anchor.position, place.x, place.y)
        return true
      }
      case 'press':
        if (anchor === null || anchor.row >= 0) return false
        deeds.press(activeColumn, false)
        return true
      case 'sort':
        if (anchor !== null) deeds.sort(activeColumn, command.direction, command.isAdded)
        return true
      case 'server order':
        deeds.toServerOrder()
        return true
      case 'move column':
        if (anchor !== null) {
          const to = anchor.position + command.by
          if (to >= 0 && to < layout.columns.length) arrangement.move(anchor.position, to)
        }
        return true
      case 'widen column': {
        const placed = anchor === null ? undefined : layout.columns[anchor.position]
        if (placed !== undefined) arrangement.resize(placed.column, placed.width + command.by)
        return true
      }
      case 'collapse':
        if (copying.stop() || arranged.stop() || props.transfer.stop()) return true
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
    const place = pointer.placeAtPointer(event)
    if (place === null || place.position < 0) return
    if (place.row >= 0 && !isInRange(range, place)) act({ type: 'cellPressed', at: place, isExtending: false })
    showMenu(event.clientX, event.clientY, place)
  }
  const recordRow = anchor === null ? -1 : Math.max(0, anchor.row)

  return (
    <div className="results-grid">
      <div className="gmain">
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
          onDoubleClick={(event) => openAt(pointer.placeAtPointer(event))}
          onContextMenu={onContextMenu}
        >
          <GridBody
            columns={columns}
            layout={layout}
            rowCount={rowCount}
            isGrowing={isGrowing}
            scroll={scroll}
            source={source}
            selection={selection}
            range={range}
            activeId={activeId ?? ''}
            drag={pointer.drag}
            sort={arranged.wanted.sort}
            filtered={deeds.filtered}
            isFiltered={(view?.arrangement.filters.length ?? 0) > 0}
            matches={find.matches}
            onResize={arrangement.resize}
            onFit={fitColumn}
          />
        </div>
        {!hasRecord || recordRow < 0 || recordRow >= rowCount ? null : (
          <RecordView
            row={recordRow}
            rowCount={rowCount}
            known={source.row(recordRow)}
            numbers={[...shown, ...arrangement.hidden]}
            columns={columns}
            column={hiddenField ?? activeColumn}
            onRow={(row) =>
              act({ type: 'cellPressed', at: { row, position: anchor?.position ?? 0 }, isExtending: false })
            }
            onColumn={(column) => {
              if (shown.includes(column)) goTo(recordRow, column)
              setHiddenField(shown.includes(column) ? null : column)
            }}
            onOpen={(column) => open(recordRow, column)}
            onCopy={(column) => copying.copyCell(recordRow, column)}
            onClose={() => {
              setHasRecord(false)
              returnFocus()
            }}
          />
        )}
      </div>
      <ArrangeBar rows={arranged} columns={columns} loadedRows={props.rowCount} onLeft={returnFocus} />
      {finding === 0 ? null : (
        <FindBar
          find={find}
          columns={columns}
          shown={shown}
          asked={finding}
          onClose={() => {
            find.stop()
            setFinding(0)
            returnFocus()
          }}
        />
      )}
      <GridExport
        label={label}
        engine={engine}
        transfer={props.transfer}
        isOpen={isExporting}
        columns={columns}
        shown={shown}
        loadedRows={props.rowCount}
        view={view}
        range={isWide(selection) ? range : null}
        relation={props.relation}
        onClose={() => setIsExporting(false)}
      />
      <GridFooter
        row={anchor !== null && anchor.row >= 0 && anchor.row < rowCount ? anchor.row : null}
        rowCount={rowCount}
        isGrowing={isGrowing}
        summary={summary}
        note={copying.note}
        hidden={arrangement.hidden.map((number) => ({ number, name: columns[number]?.name ?? '' }))}
        hasUnreadable={source.hasUnreadable}
        isGoing={isGoing}
        onGoing={() => setIsGoing(rowCount > 0)}
        onGo={(row) => {
          setIsGoing(false)
          if (row !== null)
            act({ type: 'cellPressed', at: { row, position: anchor?.position ?? 0 }, isExtending: false })
          returnFocus()
        }}
        onShow={arrangement.show}
        onShowAll={arrangement.showAll}
        onExport={() => setIsExporting(true)}
        onFind={() => setFinding((asked) => asked + 1)}
        onRetry={() => source.retry()}
      >
        {props.footer}
      </GridFooter>
      <ActiveCell
        place={anchor}
        source={source}
        column={columns[activeColumn]}
        number={activeColumn}
        rowCount={rowCount}
      />
      <ContextMenu at={menu} label={menu?.label ?? ''} entries={menu?.entries ?? []} onClose={() => setMenu(null)} />
      {filtering === null || columns[filtering.number] === undefined ? null : (
        <FilterForm
          at={filtering}
          column={columns[filtering.number] as ResultColumn} // checked above
          columnNumber={filtering.number}
          present={deeds.filterOf(filtering.number)}
          onApply={(filter) => deeds.filter(filtering.number, filter)}
          onClose={() => setFiltering(null)}
        />
      )}
      {viewed === null ? null : (
        <ViewedValue
          viewed={viewed}
          engine={engine}
          viewId={viewId}
          fetchCell={fetchCell}
          transfer={props.transfer}
          onCopy={onCopy}
          onClose={() => setViewed(null)}
        />
      )}
    </div>
  )
}

import { type ReactNode, useMemo, useRef, useState } from 'react'
import { Tab, TabList, TabPanel, Tabs, ToggleButton } from 'react-aria-components'
import type { ResultColumn } from '../../../contract/query'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { MenuButton } from '../../ui/menu'
import { JsonTreeView } from './json-tree-view'
import { LongText } from './long-text'
import { type FetchCell, MOST_COPIED_BYTES, type ReadCell, readCell } from './read-range'
import { useCellPages } from './use-cell-pages'
import { useFirstFocus } from './use-first-focus'
import { BYTEA, type ValueView, viewsOfValue } from './value-views'
import { readableBytes, readableCount } from './visible-text'

/** A dialog with the whole value of a cell: as the server printed it, and in the ways that suit its type. */
export function CellViewer(props: {
  readonly column: ResultColumn
  /** Number of the column in the result, and of the row from 0. */
  readonly columnNumber: number
  readonly row: number
  readonly fetchCell: FetchCell
  readonly onCopy: (text: string) => void
  readonly onSave: (as: 'text' | 'bytes') => void
  /** What is to be said about saving; null when there is nothing. */
  readonly savingWords: string | null
  readonly onClose: () => void
}): ReactNode {
  const { column, columnNumber, row, fetchCell, onCopy, onClose } = props
  const { reading, isLoadingMore, nextBytes, loadMore } = useCellPages(fetchCell, row, columnNumber)
  const [isWrapped, setIsWrapped] = useState(true)
  const [chosen, setChosen] = useState<string | null>(null)
  const [note, setNote] = useState('')
  const cell = reading.type === 'read' ? reading.cell : null
  const views = useMemo(
    () => (cell === null || cell.isNull ? [] : viewsOfValue(column.typeOid, cell.text, cell.isWhole)),
    [cell, column.typeOid],
  )
  const shown = views.find(({ id }) => id === chosen) ?? views[0]

  const copy = async () => {
    const whole = cell?.isWhole === true ? cell : await readCell(fetchCell, row, columnNumber, MOST_COPIED_BYTES)
    if (whole === null || !whole.isWhole) return setNote('Not copied: longer than 16 MB. Save it to a file instead')
    const isText = shown?.content.kind === 'text' && cell?.isWhole === true
    onCopy(isText && shown.content.kind === 'text' ? shown.content.text : whole.text)
    setNote('Copied')
  }
  const hasValue = cell !== null && !cell.isNull
  return (
    <Dialog
      title={<span className="mono">{column.name}</span>}
      label={`Value of ${column.name}, row ${readableCount(row + 1)}`}
      onClose={onClose}
      width={860}
      footer={
        <>
          <span className="t2 small num cut" role="status" aria-label="Value facts">
            {props.savingWords ?? (note === '' ? factsOf(column, row, cell) : note)}
          </span>
          <span className="grow" />
          {shown?.content.kind === 'text' && shown.id !== 'Hex' ? (
            <ToggleButton className="btn vtoggle" isSelected={isWrapped} onChange={setIsWrapped}>
              Wrap
            </ToggleButton>
          ) : null}
          {column.typeOid === BYTEA ? (
            <MenuButton
              menuLabel="Save to file"
              isDisabled={!hasValue}
              entries={[
                { id: 'bytes', label: 'Bytes', remark: 'what the bytea holds', onAction: () => props.onSave('bytes') },
                { id: 'text', label: 'Text', remark: 'as the server printed it', onAction: () => props.onSave('text') },
              ]}
            >
              Save to file…
            </MenuButton>
          ) : (
            <Button onPress={() => props.onSave('text')} isDisabled={!hasValue}>
              Save to file…
            </Button>
          )}
          <Button onPress={() => void copy()} isDisabled={!hasValue}>
            Copy
          </Button>
          <Button onPress={onClose}>Close</Button>
        </>
      }
    >
      {shown === undefined ? (
        <div className="vtext selectable">
          {reading.type === 'unreadable' ? (
            <p className="vnote">The value could not be read. Run the query again to see it.</p>
          ) : cell?.isNull === true ? (
            <span className="null">NULL</span>
          ) : null}
        </div>
      ) : (
        <Tabs className="vtabs" selectedKey={shown.id} onSelectionChange={(key) => setChosen(String(key))}>
          {views.length < 2 ? null : (
            <TabList className="rtabs" aria-label="Views of the value">
              {views.map(({ id }) => (
                <Tab key={id} id={id} className="rtab">
                  {id}
                </Tab>
              ))}
            </TabList>
          )}
          {views.map((view) => (
            <TabPanel key={view.id} id={view.id} className="vpanel">
              <ValueContent view={view} name={column.name} isWrapped={isWrapped} />
            </TabPanel>
          ))}
        </Tabs>
      )}
      {cell === null || cell.isWhole || cell.isNull ? null : (
        <p className="vnote vmore">
          <span>
            The first {readableBytes(Math.min(cell.totalBytes, cell.readBytes))} of {readableBytes(cell.totalBytes)} are
            shown.
          </span>
          {nextBytes > 0 ? (
            <Button size="small" isDisabled={isLoadingMore} onPress={loadMore}>
              {isLoadingMore ? 'Loading' : `Load ${readableBytes(nextBytes)} more`}
            </Button>
          ) : (
            <span>Save it to a file to have all of it.</span>
          )}
        </p>
      )}
    </Dialog>
  )
}

function ValueContent(props: {
  readonly view: ValueView
  readonly name: string
  readonly isWrapped: boolean
}): ReactNode {
  const { content } = props.view
  switch (content.kind) {
    case 'tree':
      return <JsonTreeView tree={content.tree} />
    case 'image':
      return <ValueImage url={content.url} name={props.name} />
    case 'text':
      return (
        <ValueText label={`${props.view.id} of the value`}>
          <LongText text={content.text} isWrapped={props.isWrapped && props.view.id !== 'Hex'} />
        </ValueText>
      )
  }
}

function ValueText({ label, children }: { readonly label: string; readonly children: ReactNode }): ReactNode {
  const element = useRef<HTMLDivElement>(null)
  useFirstFocus(element)
  return (
    <div ref={element} className="vtext selectable" role="region" aria-label={label} tabIndex={0}>
      {children}
    </div>
  )
}

function ValueImage({ url, name }: { readonly url: string; readonly name: string }): ReactNode {
  const [isBroken, setIsBroken] = useState(false)
  return (
    <div className="vimage">
      {isBroken ? (
        <p className="vimage-problem" role="note">
          The value begins as an image does, but it cannot be drawn. Hex shows its bytes.
        </p>
      ) : (
        <img src={url} alt={`Value of ${name}`} onError={() => setIsBroken(true)} />
      )}
    </div>
  )
}

function factsOf(column: ResultColumn, row: number, cell: ReadCell | null): string {
  const size = cell === null ? 'reading' : cell.isNull ? 'NULL' : readableBytes(cell.totalBytes)
  return `${column.typeName} · ${size} · row ${readableCount(row + 1)}`
}

import { FileCode, FilePen, Plus, X } from 'lucide-react'
import { type MouseEvent, type ReactNode, useContext, useEffect, useRef, useState } from 'react'
import { Tab, TabList, Tabs } from 'react-aria-components'
import type { TabHead, TabId } from '../../contract/workspace'
import { Button } from '../ui/button'
import { ContextMenu } from '../ui/menu'
import { type Place, PlaceContext } from '../ui/place'
import './tab-strip.css'

/** What a tab shows beside its title. */
export interface TabMark {
  /** `open` in a transaction, `aborted` in an aborted one. */
  readonly transaction: 'none' | 'open' | 'aborted'
  readonly isRunning: boolean
  /** The text differs from the file it belongs to. */
  readonly isDirty: boolean
}

/** Props of `TabStrip`. */
export interface TabStripProps {
  readonly tabs: readonly TabHead[]
  readonly activeTabId: TabId | null
  readonly markOf: (tabId: TabId) => TabMark
  readonly onChoose: (tabId: TabId) => void
  readonly onClose: (tabId: TabId) => void
  readonly onNew: () => void
  readonly onRename: (tab: TabHead) => void
  readonly onMove: (tabId: TabId, to: number) => void
}

/** The tabs of the editor: arrows move between them, Delete or a middle click closes, double click renames. */
export function TabStrip(props: TabStripProps): ReactNode {
  const { tabs, activeTabId, markOf, onChoose, onClose, onNew, onRename, onMove } = props
  const [menu, setMenu] = useState<{ readonly tab: TabHead; readonly x: number; readonly y: number } | null>(null)
  const [dragged, setDragged] = useState<TabId | null>(null)
  const strip = useRef<HTMLDivElement>(null)
  const place = useContext(PlaceContext)
  // However it was chosen: a strip with many tabs scrolls to the active one, which React Aria draws a moment later.
  useEffect(() => {
    if (activeTabId === null) return
    const frame = requestAnimationFrame(() =>
      strip.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' }),
    )
    return () => cancelAnimationFrame(frame)
  }, [activeTabId])
  const openMenu = (event: MouseEvent, tab: TabHead) => {
    event.preventDefault()
    setMenu({ tab, x: event.clientX, y: event.clientY })
  }
  return (
    <div className="tabs" ref={strip} {...(place === null ? {} : { 'data-env': place.environment })}>
      <Tabs
        className="tab-scroll"
        selectedKey={activeTabId ?? ''}
        onSelectionChange={(key) => {
          const tab = tabs.find((one) => one.tabId === key)
          if (tab !== undefined) onChoose(tab.tabId)
        }}
      >
        <TabList className="tab-list" aria-label="Queries">
          {tabs.map((tab, index) => {
            const mark = markOf(tab.tabId)
            return (
              <Tab key={tab.tabId} id={tab.tabId} className="tab" aria-label={nameOf(tab, mark)}>
                <span
                  className="tab-inner"
                  title={tipOf(tab, place)}
                  onDoubleClick={() => onRename(tab)}
                  onContextMenu={(event) => openMenu(event, tab)}
                  onAuxClick={(event) => {
                    if (event.button === 1) onClose(tab.tabId)
                  }}
                  onPointerDown={(event) => {
                    if (event.button === 0) setDragged(tab.tabId)
                  }}
                  onPointerUp={() => setDragged(null)}
                  onPointerEnter={(event) => {
                    if (dragged === null || dragged === tab.tabId) return
                    if (event.buttons === 1) onMove(dragged, index)
                    else setDragged(null)
                  }}
                >
                  {tab.kind.type === 'query' ? <FileCode className="i" /> : <FilePen className="i" />}
                  <span className="cut">{tab.title}</span>
                  {mark.isRunning ? <span className="tx busy" /> : null}
                  {mark.transaction === 'none' ? null : (
                    <span className={mark.transaction === 'open' ? 'tx' : 'tx bad'} />
                  )}
                  {mark.isDirty ? <span className="tx dirty" /> : null}
                  <span
                    className="x"
                    title="Close tab  Ctrl+W"
                    onPointerDown={(event) => event.stopPropagation()}
                    onMouseDown={(event) => event.stopPropagation()}
                    onPointerUp={(event) => {
                      event.stopPropagation()
                      if (event.button === 0) onClose(tab.tabId)
                    }}
                  >
                    <X className="i" />
                  </span>
                </span>
              </Tab>
            )
          })}
        </TabList>
      </Tabs>
      <Button variant="bare" isIcon aria-label="New tab" tip="New tab" keys="Ctrl+T" onPress={onNew}>
        <Plus className="i" />
      </Button>
      {place === null ? null : (
        <span className="end">
          <span className="tab-env">
            <i className="dot" />
            {place.environment}
          </span>
        </span>
      )}
      <ContextMenu
        at={menu}
        label="Tab"
        onClose={() => setMenu(null)}
        entries={
          menu === null
            ? []
            : [
                { id: 'rename', label: 'Rename…', onAction: () => onRename(menu.tab) },
                { id: 'close', label: 'Close', keys: 'Ctrl+W', onAction: () => onClose(menu.tab.tabId) },
                {
                  id: 'others',
                  label: 'Close others',
                  isDisabled: tabs.length < 2,
                  onAction: () => {
                    for (const tab of tabs) if (tab.tabId !== menu.tab.tabId) onClose(tab.tabId)
                  },
                },
              ]
        }
      />
    </div>
  )
}

function tipOf(tab: TabHead, place: Place | null): string {
  return place === null ? tab.title : `${tab.title}\n${place.environment}: ${place.name}\n${place.where}`
}

function nameOf(tab: TabHead, mark: TabMark): string {
  const parts = [tab.title]
  if (mark.isRunning) parts.push('running')
  if (mark.transaction === 'open') parts.push('in transaction')
  if (mark.transaction === 'aborted') parts.push('transaction aborted')
  if (mark.isDirty) parts.push('not saved')
  return parts.join(', ')
}

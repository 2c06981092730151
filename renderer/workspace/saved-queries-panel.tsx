import { FileCode, Folder, RefreshCw, Save, Search, X } from 'lucide-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { ProfileId } from '../../contract/profile'
import { Button } from '../ui/button'
import { FailureView } from '../ui/failure-view'
import { ContextMenu } from '../ui/menu'
import { VirtualList, type VirtualListHandle } from '../ui/virtual-list'
import { whenRan } from './history-words'
import { chooseProjectFolder, loadSavedQueries, savedQueriesStore } from './saved-queries-actions'
import { askInDialog } from './workspace-dialog-store'
import './side-panels.css'

const ROW_HEIGHT = 26

/** The project's saved queries: Enter opens one, F2 renames, Delete asks whether to delete. */
export function SavedQueriesPanel(props: {
  readonly profileId: ProfileId
  readonly onOpen: (name: string) => void
  readonly onSave: () => void
}): ReactNode {
  const { profileId, onOpen, onSave } = props
  const { listing, failure } = useStore(savedQueriesStore)
  const [filter, setFilter] = useState('')
  const [active, setActive] = useState<string | null>(null)
  const [menu, setMenu] = useState<{ readonly name: string; readonly x: number; readonly y: number } | null>(null)
  const list = useRef<VirtualListHandle>(null)
  const refresh = () => void loadSavedQueries(profileId)
  useEffect(() => void loadSavedQueries(profileId), [profileId])
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
  const all = listing?.queries ?? []
  const shown = all.filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)))
  const activeAt = shown.findIndex(({ name }) => name === active)
  const nameAt = (at: number) => shown[at]?.name
  const withName = (at: number, act: (name: string) => void) => {
    const name = nameAt(at)
    if (name !== undefined) act(name)
  }
  const now = new Date()
  return (
    <div
      className="queries"
      onKeyDown={(event) => {
        if (event.key !== 'F5') return
        refresh()
        event.preventDefault()
      }}
    >
      <div className="panel-filter-row">
        <div className="field quiet panel-filter">
          <Search className="i" aria-hidden />
          <input
            className="input"
            aria-label="Filter saved queries"
            placeholder="Filter"
            spellCheck={false}
            autoComplete="off"
            value={filter}
            onChange={(event) => setFilter(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Escape' && filter !== '') setFilter('')
              else if (event.key === 'ArrowDown' && shown.length > 0) {
                setActive(nameAt(0) ?? null)
                list.current?.focus()
              } else if (event.key === 'Enter') withName(Math.max(0, activeAt), onOpen)
              else return
              event.preventDefault()
              event.stopPropagation()
            }}
          />
          {filter === '' ? null : (
            <button type="button" className="panel-clear" aria-label="Clear filter" onClick={() => setFilter('')}>
              <X className="i i12" aria-hidden />
            </button>
          )}
        </div>
        <Button variant="bare" size="small" isIcon aria-label="Refresh" tip="Refresh" keys="F5" onPress={refresh}>
          <RefreshCw className="i" aria-hidden />
        </Button>
      </div>
      {failure === null ? null : <FailureView failure={failure} className="in-side" />}
      {listing !== null && listing.problem !== null ? (
        <p className="panel-note selectable" role="alert">
          {listing.problem}
        </p>
      ) : null}
      {listing?.folder === null ? (
        <div className="panel-empty">
          <p>Saved queries are kept as .sql files in the folder of your project, beside its migrations.</p>
          <Button size="small" onPress={() => void chooseProjectFolder(profileId)}>
            <Folder className="i" aria-hidden />
            Choose migration folder
          </Button>
        </div>
      ) : null}
      {listing !== null && listing.folder !== null && listing.problem === null && all.length === 0 ? (
        <div className="panel-empty">
          <p>Queries that you save by name appear here, each a plain .sql file.</p>
          <Button size="small" onPress={onSave}>
            <Save className="i" aria-hidden />
            Save this tab’s query
          </Button>
        </div>
      ) : null}
      {all.length > 0 && shown.length === 0 ? <p className="panel-note">No saved query is called so.</p> : null}
      <VirtualList
        ref={list}
        label="Saved queries"
        count={shown.length}
        rowHeight={ROW_HEIGHT}
        activeAt={activeAt}
        onActivate={(at) => setActive(nameAt(at) ?? null)}
        onOpen={(at) => withName(at, onOpen)}
        onMenu={(at, x, y) => withName(at, (name) => setMenu({ name, x, y }))}
        onKey={(event, at) => {
          if (event.key === 'F2') withName(at, (name) => askInDialog({ kind: 'rename query', name }))
          else if (event.key === 'Delete') withName(at, (name) => askInDialog({ kind: 'remove query', name }))
          else return false
          return true
        }}
        rowOf={(at) => {
          const query = shown[at]
          const name = query?.name ?? ''
          return {
            key: name,
            name,
            tip: name,
            content: (
              <span className="query-row">
                <FileCode className="i" aria-hidden />
                <span className="cut">{name}</span>
                <span className="dim small num">{query === undefined ? '' : whenRan(query.modifiedAt, now)}</span>
              </span>
            ),
          }
        }}
      />
      {listing?.folder == null ? null : (
        <p className="queries-foot selectable">
          {listing.remark === null ? null : <>{listing.remark} </>}
          {listing.isSample ? 'The sample project’s own folder is not yours to write, so they are kept in ' : 'In '}
          <span className="mono">{listing.folder}</span>
        </p>
      )}
      <ContextMenu
        at={menu}
        label="Saved query"
        onClose={() => {
          setMenu(null)
          list.current?.focus()
        }}
        entries={
          menu === null
            ? []
            : [
                { id: 'open', label: 'Open', keys: 'Enter', onAction: () => onOpen(menu.name) },
                {
                  id: 'rename',
                  label: 'Rename…',
                  keys: 'F2',
                  onAction: () => askInDialog({ kind: 'rename query', name: menu.name }),
                },
                { id: 'line', separator: true },
                {
                  id: 'remove',
                  label: 'Delete…',
                  keys: 'Del',
                  isDanger: true,
                  onAction: () => askInDialog({ kind: 'remove query', name: menu.name }),
                },
              ]
        }
      />
    </div>
  )
}

import { ChevronsDownUp, RefreshCw, Search, X } from 'lucide-react'
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { MissingPart, RelationKind } from '../../contract/catalog'
import type { ProfileId } from '../../contract/profile'
import { Button } from '../ui/button'
import { FailureView } from '../ui/failure-view'
import { countItems } from './catalog-index'
import { copyName, describe, expandRows, loadCatalog, refreshCatalog } from './explore'
import type { RelationSituation } from './explorer-state'
import { explorerStore, tellExplorer } from './explorer-store'
import { ExplorerTree, type TreeHandle } from './explorer-tree'
import { flattenTree, type TreeRow } from './flatten-tree'
import { MissingNote } from './missing-note'
import { RowMenu } from './row-menu'
import { ROW_HEIGHT } from './tree-window'
import './explorer.css'

/** A relation that the user wants to see rows of. */
export interface OpenedRelation {
  readonly schema: string
  readonly name: string
  readonly kind: RelationKind
  readonly oid: number
}

/** Props of `Explorer`. */
interface ExplorerProps {
  readonly profileId: ProfileId
  /** Name of the database, for the tree's empty state. */
  readonly database: string
  readonly onOpenRelation: (relation: OpenedRelation) => void
}

/** The left panel: the database as a tree, with a filter. Everything of one profile lives under its id. */
export function Explorer(props: ExplorerProps): ReactNode {
  return <ProfileExplorer key={props.profileId} {...props} />
}

function ProfileExplorer({ profileId, database, onOpenRelation }: ExplorerProps): ReactNode {
  const state = useStore(explorerStore(profileId))
  const { catalog, details, expanded, folded, filter, activeKey } = state
  const tree = useRef<TreeHandle>(null)
  const field = useRef<HTMLInputElement>(null)
  const [menu, setMenu] = useState<{ readonly row: TreeRow; readonly x: number; readonly y: number } | null>(null)
  const index = catalog.type === 'loaded' ? catalog.index : null
  const { rows, matchCount } = useMemo(
    () => (index === null ? NOTHING : flattenTree(index, { expanded, folded, filter, details })),
    [index, expanded, folded, filter, details],
  )
  const isBusy = catalog.type === 'loading' || (catalog.type === 'loaded' && catalog.refresh.type === 'running')
  const refresh = () => void refreshCatalog(profileId)
  const setFilter = (text: string) => tellExplorer(profileId, { type: 'filterChanged', filter: text })
  const activate = (key: string) => tellExplorer(profileId, { type: 'rowActivated', key })
  const setExpanded = (keys: readonly string[], isExpanded: boolean) => {
    if (isExpanded) expandRows(profileId, keys)
    else for (const key of keys) tellExplorer(profileId, { type: 'rowCollapsed', key })
  }
  const open = ({ key, isExpanded, content }: TreeRow) => {
    if (content.type === 'relation') {
      const { name, kind, oid } = content.relation
      onOpenRelation({ schema: content.schema, name, kind, oid })
    } else if (content.type === 'failure') void describe(profileId, content.oid)
    else if (isExpanded !== null) setExpanded([key], !isExpanded)
  }

  // The panel asks once for itself, so that whoever shows it need not know that it must be told.
  useEffect(() => void loadCatalog(profileId), [profileId])

  return (
    <div
      className="explorer"
      onKeyDown={(event) => {
        if (event.key === 'F5') refresh()
        else if (event.key.toLowerCase() === 'f' && (event.ctrlKey || event.metaKey) && !event.shiftKey) {
          field.current?.focus()
          field.current?.select()
        } else return
        event.preventDefault()
        event.stopPropagation()
      }}
    >
      <div className="explorer-head">
        <div className="field quiet explorer-filter">
          <Search className="i" aria-hidden />
          <input
            ref={field}
            className="input"
            aria-label="Filter"
            placeholder="Filter"
            spellCheck={false}
            autoComplete="off"
            value={filter}
            onChange={(event) => setFilter(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Escape' && filter !== '') setFilter('')
              else if (event.key === 'ArrowDown' || event.key === 'Enter') tree.current?.focusFirst(filter !== '')
              else return
              event.preventDefault()
              event.stopPropagation()
            }}
          />
          <span className="dim small num" aria-live="polite">
            {matchCount === null ? '' : matchCount}
          </span>
          {filter === '' ? null : (
            <button type="button" className="explorer-clear" aria-label="Clear filter" onClick={() => setFilter('')}>
              <X className="i i12" aria-hidden />
            </button>
          )}
        </div>
        <Button variant="bare" size="small" isIcon aria-label="Refresh" tip="Refresh" keys="F5" onPress={refresh}>
          <RefreshCw className="i" aria-hidden />
        </Button>
        <Button
          variant="bare"
          size="small"
          isIcon
          aria-label="Collapse all"
          tip="Collapse all"
          onPress={() => tellExplorer(profileId, { type: 'allCollapsed' })}
        >
          <ChevronsDownUp className="i" aria-hidden />
        </Button>
      </div>
      <div className={isBusy ? 'explorer-busy on' : 'explorer-busy'} aria-hidden />
      {catalog.type === 'failed' ? (
        <FailureView
          failure={catalog.failure}
          className="explorer-failure"
          actions={
            <Button size="small" onPress={refresh}>
              Retry
            </Button>
          }
        />
      ) : null}
      {index === null ? null : <MissingNote missing={[...index.missing, ...missingOf(details)]} />}
      {index === null ? null : (
        <>
          <ExplorerTree
            ref={tree}
            rows={rows}
            activeKey={activeKey}
            filter={filter}
            isBusy={isBusy}
            onActivate={activate}
            onExpand={setExpanded}
            onOpen={open}
            onCopy={(row) => void copyName(row, false)}
            onMenu={(row, x, y) => setMenu({ row, x, y })}
            onEscape={() => setFilter('')}
          />
          {matchCount === 0 ? <p className="explorer-note">Nothing matches</p> : null}
          {matchCount === null && countItems(index) === 0 ? (
            <p className="explorer-note" style={{ marginTop: ROW_HEIGHT * rows.length }}>
              Nothing in {database} yet. Tables appear here as soon as a statement or a migration creates them.
            </p>
          ) : null}
        </>
      )}
      {catalog.type === 'loaded' && catalog.refresh.type === 'failed' ? (
        <FailureView
          failure={catalog.refresh.failure}
          className="explorer-failure"
          actions={
            <Button size="small" onPress={refresh}>
              Retry
            </Button>
          }
        />
      ) : null}
      {menu === null ? null : (
        <RowMenu
          row={menu.row}
          at={menu}
          onOpen={() => open(menu.row)}
          onCopy={(isQualified) => void copyName(menu.row, isQualified)}
          onRefresh={refresh}
          onClose={() => {
            setMenu(null)
            tree.current?.focus()
          }}
        />
      )}
    </div>
  )
}

/** What is missing below the relations that were opened, each part once. */
function missingOf(details: ReadonlyMap<number, RelationSituation>): readonly MissingPart[] {
  const parts = new Map<MissingPart['part'], MissingPart>()
  for (const one of details.values()) {
    if (one.type === 'described') for (const missing of one.detail.missing) parts.set(missing.part, missing)
  }
  return [...parts.values()]
}

const NOTHING: ReturnType<typeof flattenTree> = { rows: [], matchCount: null }

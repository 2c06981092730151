import type { Catalog, RelationDetail } from '../../contract/catalog'
import type { Failure } from '../../contract/failure'
import { type CatalogIndex, indexCatalog, rowKey } from './catalog-index'

/** What is known of the catalog. */
type CatalogSituation =
  | { readonly type: 'closed' }
  | { readonly type: 'loading' }
  | { readonly type: 'loaded'; readonly index: CatalogIndex; readonly refresh: RefreshSituation }
  | { readonly type: 'failed'; readonly failure: Failure }

/** How the last refresh of a loaded catalog stands; a failed one leaves the tree as it was. */
type RefreshSituation =
  | { readonly type: 'done' }
  | { readonly type: 'running' }
  | { readonly type: 'failed'; readonly failure: Failure }

/** What is known of one relation's columns, indexes and constraints. */
export type RelationSituation =
  | { readonly type: 'reading'; readonly last: RelationDetail | null }
  | { readonly type: 'described'; readonly detail: RelationDetail }
  | { readonly type: 'failed'; readonly failure: Failure }

/** Everything the explorer of one profile shows. */
export interface ExplorerState {
  readonly catalog: CatalogSituation
  readonly details: ReadonlyMap<number, RelationSituation>
  readonly expanded: ReadonlySet<string>
  readonly folded: ReadonlySet<string>
  readonly filter: string
  /** The selected row, which has the focus when the tree has it. */
  readonly activeKey: string | null
}

/** What happened. */
export type ExplorerEvent =
  | { readonly type: 'catalogRequested' }
  | { readonly type: 'catalogRead'; readonly catalog: Catalog }
  | { readonly type: 'catalogFailed'; readonly failure: Failure }
  | { readonly type: 'relationRequested'; readonly oid: number }
  | { readonly type: 'relationDescribed'; readonly detail: RelationDetail }
  | { readonly type: 'relationFailed'; readonly oid: number; readonly failure: Failure }
  | { readonly type: 'rowsExpanded'; readonly keys: readonly string[] }
  | { readonly type: 'rowCollapsed'; readonly key: string }
  | { readonly type: 'allCollapsed' }
  | { readonly type: 'filterChanged'; readonly filter: string }
  | { readonly type: 'rowActivated'; readonly key: string }

const NO_KEYS: ReadonlySet<string> = new Set()

/** The explorer before anything was asked. */
export const CLOSED: ExplorerState = {
  catalog: { type: 'closed' },
  details: new Map(),
  expanded: NO_KEYS,
  folded: NO_KEYS,
  filter: '',
  activeKey: null,
}

/** The state after an event. */
export function reduceExplorer(state: ExplorerState, event: ExplorerEvent): ExplorerState {
  switch (event.type) {
    case 'catalogRequested':
      return { ...state, catalog: requested(state.catalog) }
    case 'catalogRead':
      return read(state, indexCatalog(event.catalog))
    case 'catalogFailed':
      return { ...state, catalog: failed(state.catalog, event.failure) }
    case 'relationRequested':
      return withDetail(state, event.oid, { type: 'reading', last: lastDetail(state, event.oid) })
    case 'relationDescribed':
      return withDetail(state, event.detail.oid, { type: 'described', detail: event.detail })
    case 'relationFailed':
      return withDetail(state, event.oid, { type: 'failed', failure: event.failure })
    case 'rowsExpanded': {
      const lasting = event.keys.filter((key) => !isUnfoldedByFilter(state, key))
      return {
        ...state,
        expanded: new Set([...state.expanded, ...lasting]),
        folded: without(state.folded, event.keys),
      }
    }
    case 'rowCollapsed':
      return {
        ...state,
        expanded: isUnfoldedByFilter(state, event.key) ? state.expanded : without(state.expanded, [event.key]),
        folded: state.filter === '' ? state.folded : new Set([...state.folded, event.key]),
      }
    case 'allCollapsed':
      return { ...state, expanded: NO_KEYS, folded: NO_KEYS }
    case 'filterChanged':
      return { ...state, filter: event.filter, folded: NO_KEYS }
    case 'rowActivated':
      return { ...state, activeKey: event.key }
  }
}

/** The relations whose columns are open, as [oid]: what is worth describing again after a refresh. */
export function openRelations(state: ExplorerState): number[] {
  if (state.catalog.type !== 'loaded') return []
  const { relations } = state.catalog.index
  return [...state.expanded].flatMap((key) => relations.get(key)?.relation.oid ?? [])
}

/** A filter unfolds schemas and their groups; what is folded there lasts as long as the filter, then the tree is as it was left. */
function isUnfoldedByFilter({ filter }: ExplorerState, key: string): boolean {
  return filter !== '' && (key.startsWith(rowKey('schema', '')) || key.startsWith(rowKey('group', '')))
}

function requested(before: CatalogSituation): CatalogSituation {
  return before.type === 'loaded' ? { ...before, refresh: { type: 'running' } } : { type: 'loading' }
}

function failed(before: CatalogSituation, failure: Failure): CatalogSituation {
  return before.type === 'loaded' ? { ...before, refresh: { type: 'failed', failure } } : { type: 'failed', failure }
}

function read(state: ExplorerState, index: CatalogIndex): ExplorerState {
  const before = state.catalog.type === 'loaded' ? state.catalog.index : null
  const catalog: CatalogSituation = { type: 'loaded', index, refresh: { type: 'done' } }
  if (before === null) return { ...state, catalog, expanded: new Set([...state.expanded, ...firstExpanded(index)]) }
  const rename = renamed(before, index)
  const expanded = new Set([...state.expanded].map(rename))
  const isOpen = new Set([...expanded].flatMap((key) => index.relations.get(key)?.relation.oid ?? []))
  return {
    ...state,
    catalog,
    expanded,
    activeKey: state.activeKey === null ? null : rename(state.activeKey),
    // What is not on the screen is read anew when it is opened.
    details: new Map([...state.details].filter(([oid]) => isOpen.has(oid))),
  }
}

/** A relation that was renamed keeps its rows as they are: the key of a relation or of a row below it, in the new names. */
function renamed(before: CatalogIndex, after: CatalogIndex): (key: string) => string {
  const changes = new Map<string, string>()
  for (const [oid, key] of before.keysByOid) {
    const now = after.keysByOid.get(oid)
    if (now !== undefined && now !== key && !after.relations.has(key)) changes.set(key, now)
  }
  if (changes.size === 0) return (key) => key
  return (key) => {
    const [type = '', schema = '', name = '', ...rest] = key.split('\0')
    const now = type === 'relation' ? changes.get(rowKey(type, schema, name)) : undefined
    return now === undefined ? key : rowKey(now, ...rest)
  }
}

/** Schema and tables to open at first: `public` where it holds any, else the first that does, our own history last. */
function firstExpanded(index: CatalogIndex): string[] {
  const hasTables = index.schemas.filter(({ groups }) => groups.some(({ label }) => label === 'Tables'))
  const schema =
    hasTables.find(({ name }) => name === 'public') ??
    hasTables.find(({ name }) => name !== 'strata') ??
    index.schemas.find(({ name }) => name === 'public') ??
    index.schemas[0]
  return schema === undefined ? [] : [schema.key, rowKey('group', schema.name, 'Tables')]
}

function lastDetail(state: ExplorerState, oid: number): RelationDetail | null {
  const situation = state.details.get(oid)
  if (situation?.type === 'described') return situation.detail
  return situation?.type === 'reading' ? situation.last : null
}

function withDetail(state: ExplorerState, oid: number, situation: RelationSituation): ExplorerState {
  return { ...state, details: new Map([...state.details, [oid, situation]]) }
}

function without(set: ReadonlySet<string>, keys: readonly string[]): ReadonlySet<string> {
  const rest = new Set(set)
  for (const key of keys) rest.delete(key)
  return rest
}

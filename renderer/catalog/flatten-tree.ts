import type { Column, Constraint, Index, RelationDetail } from '../../contract/catalog'
import type { Failure } from '../../contract/failure'
import {
  type CatalogIndex,
  type GroupNode,
  type ItemNode,
  type RelationNode,
  type RoutineNode,
  rowKey,
  type SchemaNode,
  type TypeNode,
} from './catalog-index'
import type { RelationSituation } from './explorer-state'
import { type Matches, matchFilter } from './match-filter'

/** What a row of the tree shows. */
export type RowContent =
  | { readonly type: 'schema'; readonly name: string }
  | { readonly type: 'group'; readonly label: string; readonly count: number }
  | RelationNode
  | RoutineNode
  | TypeNode
  | { readonly type: 'column'; readonly schema: string; readonly column: Column }
  | { readonly type: 'index'; readonly index: Index }
  | { readonly type: 'constraint'; readonly constraint: Constraint }
  | { readonly type: 'loading' }
  | { readonly type: 'failure'; readonly oid: number; readonly failure: Failure }

/** One row of the tree as it stands on the screen. */
export interface TreeRow {
  readonly key: string
  readonly parentKey: string | null
  /** `aria-level`, from 1. */
  readonly level: number
  /** Steps of indentation. */
  readonly depth: number
  readonly setSize: number
  /** `aria-posinset`, from 1. */
  readonly position: number
  /** Null for a row without anything below it. */
  readonly isExpanded: boolean | null
  /** The row's name, for type-ahead. */
  readonly name: string
  readonly content: RowContent
}

/** What decides which rows there are. */
interface TreeView {
  readonly expanded: ReadonlySet<string>
  /** Rows the user folded while a filter unfolds everything that leads to a match. */
  readonly folded: ReadonlySet<string>
  readonly filter: string
  readonly details: ReadonlyMap<number, RelationSituation>
}

/** The rows of the tree from top to bottom, and how many items the filter leaves (null without one). */
export function flattenTree(index: CatalogIndex, view: TreeView): { rows: TreeRow[]; matchCount: number | null } {
  const matches = matchFilter(index, view.filter)
  const walk = new Walk(view, matches)
  const schemas = index.schemas.filter((schema) => matches === null || schema.groups.some((group) => walk.keeps(group)))
  schemas.forEach((schema, at) => {
    walk.addSchema(schema, at + 1, schemas.length)
  })
  return { rows: walk.rows, matchCount: matches === null ? null : matches.keys.size }
}

interface Place {
  readonly parentKey: string | null
  readonly level: number
  readonly depth: number
  readonly setSize: number
  readonly position: number
}

class Walk {
  readonly rows: TreeRow[] = []
  private readonly view: TreeView
  private readonly matches: Matches | null

  constructor(view: TreeView, matches: Matches | null) {
    this.view = view
    this.matches = matches
  }

  keeps(group: GroupNode): boolean {
    return group.items.some((item) => this.isKept(item))
  }

  addSchema(schema: SchemaNode, position: number, setSize: number): void {
    const groups = this.matches === null ? schema.groups : schema.groups.filter((group) => this.keeps(group))
    const isExpanded = groups.length === 0 ? null : this.isUnfolded(schema.key)
    const place = { parentKey: null, level: 1, depth: 0, setSize, position }
    this.add(schema.key, schema.name, isExpanded, place, { type: 'schema', name: schema.name })
    if (isExpanded !== true) return
    groups.forEach((group, at) => {
      const below = { parentKey: schema.key, level: 2, depth: 1, setSize: groups.length, position: at + 1 }
      this.addGroup(group, below)
    })
  }

  private addGroup(group: GroupNode, place: Place): void {
    const items = this.matches === null ? group.items : group.items.filter((item) => this.isKept(item))
    const isExpanded = this.isUnfolded(group.key)
    this.add(group.key, group.label, isExpanded, place, { type: 'group', label: group.label, count: items.length })
    if (!isExpanded) return
    for (const [at, item] of items.entries()) {
      const below = { parentKey: group.key, level: 3, depth: 2, setSize: items.length, position: at + 1 }
      if (item.type === 'relation') this.addRelation(item, below)
      else this.add(item.key, nameOf(item), null, below, item)
    }
  }

  private addRelation(node: RelationNode, place: Place): void {
    const { key, relation } = node
    const isAncestor = this.matches?.ancestors.has(key) === true
    const isOpen = this.view.expanded.has(key)
    const canOpen = relation.kind !== 'sequence'
    const isExpanded = isOpen || (isAncestor && !this.view.folded.has(key))
    this.add(key, relation.name, canOpen ? isExpanded : null, place, node)
    if (!canOpen || !isExpanded) return
    const situation = isOpen ? this.view.details.get(relation.oid) : undefined
    const detail = situation === undefined ? null : detailOf(situation)
    const columns = detail?.columns ?? []
    const indexes = detail?.indexes ?? []
    const constraints = detail?.constraints.filter(isWorthARow) ?? []
    const partitions = isAncestor ? node.partitions.filter((partition) => this.isKept(partition)) : node.partitions
    const hasMessage = isOpen && detail === null
    const lists = [indexes, constraints, partitions].filter((list) => list.length > 0).length
    const setSize = columns.length + (hasMessage ? 1 : 0) + lists
    const inner = { parentKey: key, level: place.level + 1, depth: place.depth + 1.5, setSize }
    let position = 0
    const next = (): Place => {
      position += 1
      return { ...inner, position }
    }
    if (hasMessage) this.addMessage(node, situation, next())
    for (const column of columns) {
      const content = { type: 'column' as const, schema: node.schema, column }
      this.add(rowKey(key, 'column', column.name), column.name, null, next(), content)
    }
    this.addList(rowKey(key, 'indexes'), 'Indexes', indexes, next, (index, below) =>
      this.add(rowKey(key, 'index', index.name), index.name, null, below, { type: 'index', index }),
    )
    this.addList(rowKey(key, 'constraints'), 'Constraints', constraints, next, (constraint, below) =>
      this.add(rowKey(key, 'constraint', constraint.name), constraint.name, null, below, {
        type: 'constraint',
        constraint,
      }),
    )
    this.addList(
      rowKey(key, 'partitions'),
      'Partitions',
      partitions,
      next,
      (partition, below) => this.addRelation(partition, below),
      isAncestor,
    )
  }

  private addMessage(node: RelationNode, situation: RelationSituation | undefined, place: Place): void {
    const content: RowContent =
      situation?.type === 'failed'
        ? { type: 'failure', oid: node.relation.oid, failure: situation.failure }
        : { type: 'loading' }
    this.add(rowKey(node.key, 'message'), '', null, place, content)
  }

  private addList<T>(
    key: string,
    label: string,
    list: readonly T[],
    next: () => Place,
    addOne: (each: T, place: Place) => void,
    leadsToMatch = false,
  ): void {
    if (list.length === 0) return
    const place = next()
    const isExpanded = leadsToMatch ? !this.view.folded.has(key) : this.view.expanded.has(key)
    this.add(key, label, isExpanded, place, { type: 'group', label, count: list.length })
    if (!isExpanded) return
    const below = { parentKey: key, level: place.level + 1, depth: place.depth + 1, setSize: list.length }
    list.forEach((each, at) => {
      addOne(each, { ...below, position: at + 1 })
    })
  }

  private isKept(item: ItemNode): boolean {
    const { matches } = this
    return matches === null || matches.keys.has(item.key) || matches.ancestors.has(item.key)
  }

  private isUnfolded(key: string): boolean {
    return this.matches === null ? this.view.expanded.has(key) : !this.view.folded.has(key)
  }

  private add(key: string, name: string, isExpanded: boolean | null, place: Place, content: RowContent): void {
    this.rows.push({ key, name, isExpanded, ...place, content })
  }
}

/** The detail to show: while it is read again, the last one. */
function detailOf(situation: RelationSituation): RelationDetail | null {
  if (situation.type === 'described') return situation.detail
  return situation.type === 'reading' ? situation.last : null
}

/** That a column is not null is said in its own row; one that is not validated is worth a row of its own. */
function isWorthARow({ kind, isValidated }: Constraint): boolean {
  return kind !== 'not null' || !isValidated
}

function nameOf(item: ItemNode): string {
  switch (item.type) {
    case 'relation':
      return item.relation.name
    case 'routine':
      return item.routine.name
    case 'type':
      return item.userType.name
  }
}

import type { Catalog, MissingPart, Relation, RelationKind, Routine, Schema, UserType } from '../../contract/catalog'

/** A relation in the tree, with its partitions below it. */
export interface RelationNode {
  readonly type: 'relation'
  readonly key: string
  readonly schema: string
  readonly relation: Relation
  readonly partitions: readonly RelationNode[]
  /** `schema.name` in lower case, for the filter. */
  readonly search: string
}

/** A routine in the tree. */
export interface RoutineNode {
  readonly type: 'routine'
  readonly key: string
  readonly schema: string
  readonly routine: Routine
  readonly search: string
}

/** A type in the tree. */
export interface TypeNode {
  readonly type: 'type'
  readonly key: string
  readonly schema: string
  readonly userType: UserType
  readonly search: string
}

/** What stands in a group of a schema. */
export type ItemNode = RelationNode | RoutineNode | TypeNode

/** A group of a schema; empty ones do not exist. */
export interface GroupNode {
  readonly key: string
  readonly label: GroupLabel
  readonly items: readonly ItemNode[]
}

/** A schema in the tree. */
export interface SchemaNode {
  readonly key: string
  readonly name: string
  readonly groups: readonly GroupNode[]
}

/** The catalog arranged for the tree, with the ways to find a relation in it. */
export interface CatalogIndex {
  readonly database: string
  /** What the server could not answer for. */
  readonly missing: readonly MissingPart[]
  readonly schemas: readonly SchemaNode[]
  readonly relations: ReadonlyMap<string, RelationNode>
  readonly keysByOid: ReadonlyMap<number, string>
}

/** Names of the groups, in their order. */
type GroupLabel = 'Tables' | 'Views' | 'Materialized views' | 'Sequences' | 'Functions' | 'Types'

const GROUP_OF: Readonly<Record<RelationKind, GroupLabel>> = {
  table: 'Tables',
  'partitioned table': 'Tables',
  'foreign table': 'Tables',
  view: 'Views',
  'materialized view': 'Materialized views',
  sequence: 'Sequences',
}
const RELATION_GROUPS = ['Tables', 'Views', 'Materialized views', 'Sequences'] as const

/** A row's key from names, because a migration that is rolled back and applied again gives new oids; no name holds NUL. */
export function rowKey(...parts: readonly string[]): string {
  return parts.join('\0')
}

/** Arranges the catalog: groups per schema, partitions below their parents. */
export function indexCatalog(catalog: Catalog): CatalogIndex {
  const relations = new Map<string, RelationNode>()
  const keysByOid = new Map<number, string>()
  const partitionsOf = new Map<number, RelationNode[]>()
  const byOid = new Map<number, RelationNode>()
  for (const schema of catalog.schemas) {
    for (const relation of schema.relations) {
      const key = rowKey('relation', schema.name, relation.name)
      const partitions: RelationNode[] = []
      const search = `${schema.name}.${relation.name}`.toLowerCase()
      const node: RelationNode = { type: 'relation', key, schema: schema.name, relation, partitions, search }
      relations.set(key, node)
      byOid.set(relation.oid, node)
      keysByOid.set(relation.oid, key)
      partitionsOf.set(relation.oid, partitions)
    }
  }
  for (const node of byOid.values()) {
    if (node.relation.parentOid !== null) partitionsOf.get(node.relation.parentOid)?.push(node)
  }
  const isTop = ({ parentOid }: Relation): boolean => parentOid === null || !byOid.has(parentOid)
  const schemas = catalog.schemas.map((schema) => ({
    key: rowKey('schema', schema.name),
    name: schema.name,
    groups: groupsOf(
      schema,
      schema.relations.filter(isTop).flatMap(({ oid }) => byOid.get(oid) ?? []),
    ),
  }))
  return { database: catalog.database, missing: catalog.missing, schemas, relations, keysByOid }
}

/** How many relations, routines and types the catalog holds. */
export function countItems(index: CatalogIndex): number {
  return index.schemas.reduce((sum, { groups }) => sum + groups.reduce((all, { items }) => all + items.length, 0), 0)
}

function groupsOf(schema: Schema, top: readonly RelationNode[]): GroupNode[] {
  const lists: [GroupLabel, ItemNode[]][] = RELATION_GROUPS.map((label) => [
    label,
    top.filter(({ relation }) => GROUP_OF[relation.kind] === label),
  ])
  lists.push([
    'Functions',
    schema.routines.map((routine) => ({
      type: 'routine',
      key: rowKey('routine', schema.name, routine.name, routine.arguments),
      schema: schema.name,
      routine,
      search: `${schema.name}.${routine.name}`.toLowerCase(),
    })),
  ])
  lists.push([
    'Types',
    schema.types.map((userType) => ({
      type: 'type',
      key: rowKey('type', schema.name, userType.name),
      schema: schema.name,
      userType,
      search: `${schema.name}.${userType.name}`.toLowerCase(),
    })),
  ])
  return lists
    .filter(([, items]) => items.length > 0)
    .map(([label, items]) => ({ key: rowKey('group', schema.name, label), label, items }))
}

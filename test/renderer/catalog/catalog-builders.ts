import type { Catalog, Column, Relation, RelationDetail, Schema } from '../../../contract/catalog'
import type { Failure } from '../../../contract/failure'
import {
  CLOSED,
  type ExplorerEvent,
  type ExplorerState,
  reduceExplorer,
} from '../../../renderer/catalog/explorer-state'

let lastOid = 20_000

/** A table that was never analysed. */
export function aRelation(given: Partial<Relation> & { readonly name: string }): Relation {
  lastOid += 1
  return { oid: lastOid, kind: 'table', estimatedRows: null, parentOid: null, comment: null, ...given }
}

/** A schema without anything in it. */
export function aSchema(name: string, given: Partial<Schema> = {}): Schema {
  lastOid += 1
  return { oid: lastOid, name, relations: [], routines: [], types: [], ...given }
}

/** A catalog of these schemas. */
export function aCatalog(...schemas: Schema[]): Catalog {
  return { database: 'app', schemas, missing: [], fingerprint: 'f' }
}

/** A nullable text column. */
export function aColumn(given: Partial<Column> & { readonly name: string }): Column {
  return {
    type: 'text',
    isNotNull: false,
    default: null,
    identity: null,
    isGenerated: false,
    isPrimaryKey: false,
    isUnique: false,
    references: null,
    comment: null,
    ...given,
  }
}

/** What is under a relation: two columns. */
export function aDetail(oid: number, given: Partial<RelationDetail> = {}): RelationDetail {
  const columns = [aColumn({ name: 'id', isPrimaryKey: true }), aColumn({ name: 'name' })]
  return { oid, columns, indexes: [], constraints: [], missing: [], ...given }
}

/** A failure of the connection. */
export const aFailure: Failure = { kind: 'connection', reason: 'lost', message: 'The connection was lost.' }

/** The explorer after these events. */
export function stateAfter(...events: readonly ExplorerEvent[]): ExplorerState {
  return events.reduce(reduceExplorer, CLOSED)
}

import { literal, quoted } from '../../parse/names'
import type { SnapshotObject } from '../snapshot/read-snapshot'
import type { Catalog } from './catalog'
import { columnsOf, columnText } from './definitions/columns'
import { constraintsOf, policiesOf, rulesOf, triggersOf } from './definitions/parts'
import { routineDefinition } from './definitions/routine'
import { sequenceText } from './definitions/sequence'
import { tableDefinition } from './definitions/table'
import { typeDefinition } from './definitions/type'
import { createView, viewDefinition } from './definitions/view'

/** What was made, dropped or changed by hand, as statements in both directions. */
export interface DriftPiece {
  readonly up: readonly string[]
  readonly down: readonly string[]
}

const TYPES: Readonly<Record<string, string>> = {
  'enum type': 'type',
  'composite type': 'type',
  'range type': 'type',
  domain: 'domain',
}
const PARTS = ['constraint', 'trigger', 'policy', 'rule']

/** The kinds in the order in which they can be made: each needs only those before it. */
export const MAKING_ORDER: readonly string[] = [
  'schema',
  'extension',
  ...Object.keys(TYPES),
  'sequence',
  'function',
  'procedure',
  'table',
  'partitioned table',
  'column',
  'constraint',
  'index',
  'view',
  'materialized view',
  'rule',
  'trigger',
  'policy',
  'statistics',
  'comment',
]

/** Statements that make what the database has and the migrations did not leave, and that drop it; null for a kind that is not told by them. */
export async function addedPiece(object: SnapshotObject, catalog: Catalog): Promise<DriftPiece | null> {
  const made = await definitionOf(object, catalog)
  const drop = dropOf(object)
  return made === null || drop === null ? null : { up: made, down: [drop] }
}

async function definitionOf(object: SnapshotObject, catalog: Catalog): Promise<readonly string[] | null> {
  const { kind, identity, parent, properties } = object
  const table = parent ?? ''
  switch (kind) {
    case 'schema':
      return [`create schema ${identity}`]
    case 'extension':
      return [`create extension ${identity} schema ${quoted(properties.schema ?? '')}`]
    case 'table':
    case 'partitioned table': {
      const oid = await catalog.relation(identity)
      return oid === null ? null : tableDefinition(catalog, oid)
    }
    case 'view':
    case 'materialized view': {
      const oid = await catalog.relation(identity)
      const view = oid === null ? null : await viewDefinition(catalog, oid)
      return view === null ? null : createView(view)
    }
    case 'sequence': {
      const oid = await catalog.relation(identity)
      return oid === null ? null : [`create ${await sequenceText(catalog, oid)}`]
    }
    case 'function':
    case 'procedure': {
      const oid = await catalog.value('select pg_catalog.to_regprocedure($1)::pg_catalog.oid', [identity])
      return oid === null ? null : routineDefinition(catalog, oid)
    }
    case 'column': {
      const oid = await catalog.relation(table)
      const column =
        oid === null
          ? undefined
          : (await columnsOf(catalog, oid)).find((one) => `${table}.${quoted(one.name)}` === identity)
      if (column === undefined) return null
      const settings = column.settings.map(
        (setting) => `alter table ${table} alter column ${quoted(column.name)} ${setting}`,
      )
      return [`alter table ${table} add column ${columnText(column)}`, ...settings]
    }
    case 'comment':
      return [`comment on ${commented(identity)} is ${literal(properties.text ?? '')}`]
    case 'index':
    case 'statistics':
      return properties.definition === undefined ? null : [properties.definition]
    default:
      break
  }
  if (kind in TYPES) {
    const oid = await catalog.type(identity)
    return oid === null ? null : typeDefinition(catalog, oid)
  }
  if (!PARTS.includes(kind)) return null
  const oid = await catalog.relation(table)
  if (oid === null) return null
  const parts = {
    constraint: () => constraintsOf(catalog, oid, table),
    trigger: () => triggersOf(catalog, oid, table),
    policy: () => policiesOf(catalog, oid, table),
    rule: () => rulesOf(catalog, oid),
  }[kind]
  return (await parts?.())?.find((one) => `${table}.${quoted(one.name)}` === identity)?.sql ?? null
}

/** Statements that drop what the migrations left and the database has no more, and that make it again from what was kept of it. */
export function removedPiece(object: SnapshotObject): DriftPiece | null {
  const drop = dropOf(object)
  const made = keptDefinition(object)
  return drop === null || made === null ? null : { up: [drop], down: [made] }
}

/** Statements that change what is not as the migrations left it, and that change it back. */
export function changedPiece(
  before: SnapshotObject,
  after: SnapshotObject,
  names: readonly string[],
): DriftPiece | null {
  const { kind, identity, parent } = before
  if (identity !== after.identity) return null
  if (kind === 'column') return changedColumn(before, after, names)
  if (kind === 'comment') return { up: [commentText(after)], down: [commentText(before)] }
  if (names.some((name) => name !== 'definition')) return null
  const [old, now] = [before.properties.definition, after.properties.definition]
  if (old === undefined || now === undefined) return null
  if (kind === 'function' || kind === 'procedure') return { up: [now.trimEnd()], down: [old.trimEnd()] }
  if (kind === 'view') {
    const view = (query: string) => `create or replace view ${identity} as\n${query.trim().replace(/;$/, '')}`
    return { up: [view(now)], down: [view(old)] }
  }
  const drop = dropOf(before)
  if (drop === null || !['index', 'constraint', 'trigger', 'rule'].includes(kind)) return null
  const make = (object: SnapshotObject) => [drop, keptDefinition({ ...object, parent }) ?? '']
  return { up: make(after), down: make(before) }
}

function changedColumn(before: SnapshotObject, after: SnapshotObject, names: readonly string[]): DriftPiece | null {
  const known = ['type', 'not null', 'default', 'not null constraint']
  if (before.parent === null || names.some((name) => !known.includes(name))) return null
  const column = before.identity.slice(before.parent.length + 1)
  const alter = `alter table ${before.parent} alter column ${column}`
  const to = ({ properties }: SnapshotObject): readonly string[] =>
    names.flatMap((name) => {
      const value = properties[name]
      if (name === 'type') return [`${alter} type ${value} using ${column}::${value}`]
      if (name === 'not null') return [`${alter} ${value === undefined ? 'drop' : 'set'} not null`]
      if (name === 'default') return [`${alter} ${value === undefined ? 'drop default' : `set default ${value}`}`]
      return []
    })
  return { up: to(after), down: to(before) }
}

function keptDefinition(object: SnapshotObject): string | null {
  const { kind, identity, parent, properties } = object
  const { definition } = properties
  const local = parent === null ? identity : identity.slice(parent.length + 1)
  switch (kind) {
    case 'column': {
      const { type, collation, default: value, generated, identity: numbered } = properties
      const ends = [
        collation === undefined ? '' : ` collate ${quoted(collation)}`,
        value === undefined ? '' : ` default ${value}`,
        generated === undefined ? '' : ` ${generated}`,
        numbered === undefined ? '' : ` ${numbered}`,
        properties['not null'] === undefined || value === undefined ? '' : ' not null',
      ]
      return `alter table ${parent} add column ${local} ${type}${ends.join('')}`
    }
    case 'constraint':
      return definition === undefined ? null : `alter table ${parent} add constraint ${local} ${definition}`
    case 'view':
    case 'materialized view':
      return definition === undefined ? null : `create ${kind} ${identity} as\n${definition.trim().replace(/;$/, '')}`
    case 'comment':
      return commentText(object)
    case 'schema':
      return `create schema ${identity}`
    case 'index':
    case 'statistics':
    case 'trigger':
    case 'rule':
    case 'function':
    case 'procedure':
      return definition?.trim().replace(/;$/, '') ?? null
    default:
      return null
  }
}

function dropOf({ kind, identity, parent, properties }: SnapshotObject): string | null {
  const local = parent === null ? identity : identity.slice(parent.length + 1)
  if (kind === 'column' || kind === 'constraint') return `alter table ${parent} drop ${kind} ${local}`
  if (kind === 'trigger' || kind === 'policy' || kind === 'rule') return `drop ${kind} ${local} on ${parent}`
  if (kind === 'partitioned table') return `drop table ${identity}`
  if (kind === 'comment') return `comment on ${commented(identity)} is null`
  if (kind === 'index' && properties['of constraint'] !== undefined) return null
  if (kind in TYPES) return `drop ${TYPES[kind]} ${identity}`
  return MAKING_ORDER.includes(kind) ? `drop ${kind} ${identity}` : null
}

function commentText({ identity, properties }: SnapshotObject): string {
  return `comment on ${commented(identity)} is ${literal(properties.text ?? '')}`
}

/** `on table column public.t.c`, as a snapshot names a comment, in the words of COMMENT ON. */
function commented(identity: string): string {
  return identity.replace(/^on /, '').replace(/^\w+ (column|constraint) /, '$1 ')
}

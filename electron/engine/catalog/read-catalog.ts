import { createHash } from 'node:crypto'
import type { Catalog, Relation, RelationKind, Routine, Schema, UserType } from '../../../contract/catalog'
import type { ServerKind } from '../../../contract/server'
import type { Session } from '../session/session'
import { DATABASE, RELATIONS, ROUTINES, SCHEMAS, TYPES } from './catalog-sql'
import { FINGERPRINT, SNAPSHOT } from './fingerprint-sql'
import { isUnanswerable, PartialAnswers } from './partial-answers'
import { PLAIN_RELATIONS, PLAIN_ROUTINES, PLAIN_SCHEMAS, PLAIN_TYPES } from './plain-questions'

type Row = readonly (string | null)[]

const RELATION_KINDS: Readonly<Record<string, RelationKind>> = {
  r: 'table',
  p: 'partitioned table',
  v: 'view',
  m: 'materialized view',
  S: 'sequence',
  f: 'foreign table',
}

const ROUTINE_KINDS: Readonly<Record<string, Routine['kind']>> = {
  f: 'function',
  p: 'procedure',
  a: 'aggregate',
  w: 'window function',
}

const TYPE_KINDS: Readonly<Record<string, UserType['kind']>> = {
  e: 'enum',
  d: 'domain',
  c: 'composite type',
  r: 'range',
  b: 'base type',
}

/** Servers that are made of PostgreSQL's own code. */
const OF_POSTGRES: ReadonlySet<ServerKind> = new Set(['postgresql', 'citus', 'yugabytedb'])

/**
 * Makes a session fit for catalog questions: what the server is becomes known, names are printed with their schema, and nothing is
 * looked up in schemas of the database. Call once, before any other question.
 */
export async function prepareCatalogSession(session: Session): Promise<void> {
  await session.learnServer()
  // What is set for a session behind a pooler reaches other clients, and need not reach the next question.
  if (session.server.facts.isPooled) session.frameQuestions(`SELECT pg_catalog.set_config('search_path', '', true)`)
  else await clearSearchPath(session)
}

async function clearSearchPath(session: Session): Promise<void> {
  try {
    await session.query(`SELECT pg_catalog.set_config('search_path', '', false)`)
  } catch (error) {
    // A look-alike has no operators but its own, so that a path it cannot clear leads to none.
    if (!isUnanswerable(error) || OF_POSTGRES.has(session.server.facts.kind)) throw error
  }
}

/**
 * The explorer's tree: the users' schemas, empty ones too, with relations, routines and types, each sorted by name; members of
 * extensions are left out. A server that lacks a catalog, and a role that may not read one, lose that part, which `missing` names.
 */
export async function readCatalog(session: Session): Promise<Catalog> {
  const answers = new PartialAnswers(session)
  // First: DDL committed between the questions must show as a difference at the next check.
  const fingerprint = await answers.orElse('changes', () => catalogFingerprint(session), '')
  const database = (await answers.orElse('schemas', () => session.query(DATABASE), null))?.rows[0]?.[0]
  const schemas = new Map<string, Writable<Schema>>()
  for (const row of await answers.rows('schemas', SCHEMAS, PLAIN_SCHEMAS)) {
    const [oid, name] = [text(row, 0), text(row, 1)]
    schemas.set(oid, { oid: Number(oid), name, relations: [], routines: [], types: [] })
  }
  // A schema made between two questions is missing here; the next check finds it.
  for (const row of await answers.rows('relations', RELATIONS, PLAIN_RELATIONS))
    schemas.get(text(row, 0))?.relations.push(relationOf(row))
  for (const row of await answers.rows('routines', ROUTINES, PLAIN_ROUTINES))
    schemas.get(text(row, 0))?.routines.push(routineOf(row))
  for (const row of await answers.rows('types', TYPES, PLAIN_TYPES)) schemas.get(text(row, 0))?.types.push(typeOf(row))
  return {
    database: database ?? session.facts.database,
    schemas: [...schemas.values()],
    missing: answers.missing,
    fingerprint,
  }
}

/** The last fingerprint of each session and the snapshot of the server it belongs to. */
const lastSeen = new WeakMap<Session, { readonly snapshot: string; readonly fingerprint: string }>()

/**
 * A text that changes with every committed DDL, `GRANT` and `COMMENT` included, and not with DML, `ANALYZE`, plain `VACUUM` or temporary
 * relations. `TRUNCATE`, `VACUUM FULL`, `CLUSTER`, `REINDEX` and `REFRESH` give a relation a new file and change it as well.
 * Costs next to nothing while nobody writes to the server, else one pass over the catalogs.
 */
export async function catalogFingerprint(session: Session): Promise<string> {
  const snapshot = (await session.query(SNAPSHOT)).rows[0]?.[0] ?? null
  const last = lastSeen.get(session)
  if (snapshot !== null && last?.snapshot === snapshot) return last.fingerprint
  const { rows } = await session.query(FINGERPRINT)
  const fingerprint = createHash('sha256').update(JSON.stringify(rows)).digest('base64url')
  // Taken before the rows were read: what was committed in between makes the next snapshot another one.
  if (snapshot !== null) lastSeen.set(session, { snapshot, fingerprint })
  return fingerprint
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }

function relationOf(row: Row): Relation {
  const [estimatedRows, parentOid] = [row[4], row[5]]
  return {
    oid: Number(text(row, 1)),
    name: text(row, 2),
    kind: RELATION_KINDS[text(row, 3)] ?? 'table',
    estimatedRows: estimatedRows == null ? null : Math.round(Number(estimatedRows)),
    parentOid: parentOid == null ? null : Number(parentOid),
    comment: row[6] ?? null,
  }
}

function routineOf(row: Row): Routine {
  return {
    oid: Number(text(row, 1)),
    name: text(row, 2),
    kind: ROUTINE_KINDS[text(row, 3)] ?? 'function',
    arguments: text(row, 4),
    result: row[5] ?? null,
  }
}

function typeOf(row: Row): UserType {
  return {
    oid: Number(text(row, 1)),
    name: text(row, 2),
    kind: TYPE_KINDS[text(row, 3)] ?? 'base type',
    definition: text(row, 4),
  }
}

/** NULL where the server prints nothing, e.g. for the attributes of a composite type without any. */
function text(row: Row, place: number): string {
  return row[place] ?? ''
}

import type { DraftedStatement, MigrationDraft } from '../../../../contract/draft'
import { refusal } from '../../failure-error'
import type { Session } from '../../session/session'
import { readKeptSchema } from '../drift/kept-schema'
import { compareSnapshots, type SchemaDifference } from '../snapshot/compare-snapshots'
import { impliedIn } from '../snapshot/implied-changes'
import { readSnapshot, type SnapshotObject } from '../snapshot/read-snapshot'
import { Catalog } from './catalog'
import { addedPiece, changedPiece, type DriftPiece, MAKING_ORDER, removedPiece } from './drift-piece'

interface Told {
  readonly object: SnapshotObject
  readonly piece: DriftPiece | null
  readonly what: 'made' | 'dropped' | 'changed'
}

/** A migration that does what was done by hand since the last run, and takes it back. The session must be its caller's alone. */
export async function draftDrift(session: Session): Promise<MigrationDraft> {
  await session.query('begin isolation level repeatable read read only')
  try {
    const kept = await readKeptSchema(session)
    if (kept === null)
      throw refusal('profileId', 'It is not known any more what the migrations left. Refresh the panel.')
    const difference = compareSnapshots(kept.snapshot, await readSnapshot(session))
    // Names in full: the migration must mean the same whatever search_path is.
    await session.query("select pg_catalog.set_config('search_path', '', true)")
    return draftOf(await tell(difference, new Catalog(session)))
  } finally {
    if (session.lostBecause === null) await session.query('rollback')
  }
}

async function tell(difference: SchemaDifference, catalog: Catalog): Promise<readonly Told[]> {
  const isImplied = impliedIn(difference)
  const told: Told[] = []
  const whole = new Set(
    difference.added.filter(({ kind }) => /table$|view$|type$|^domain$/.test(kind)).map(({ identity }) => identity),
  )
  const gone = new Set(
    difference.removed.filter(({ kind }) => /table$|view$|type$|^domain$/.test(kind)).map(({ identity }) => identity),
  )
  for (const object of difference.removed) {
    if (isImplied.removed(object) || isPartOf(object, gone)) continue
    told.push({ object, piece: removedPiece(object), what: 'dropped' })
  }
  for (const object of difference.added) {
    if (isImplied.added(object) || isPartOf(object, whole)) continue
    told.push({ object, piece: await addedPiece(object, catalog), what: 'made' })
  }
  for (const change of difference.changed) {
    // No statement brings an order of columns.
    if (change.after.kind === 'column order') continue
    const names = change.changes.filter((property) => !isImplied.property(change, property)).map(({ name }) => name)
    if (names.length === 0) continue
    told.push({ object: change.after, piece: changedPiece(change.before, change.after, names), what: 'changed' })
  }
  return told.sort((one, other) => placeOf(one) - placeOf(other))
}

/** What is dropped goes first, the last in the making order before all; then what is made, then what is changed. */
function placeOf({ object, what }: Told): number {
  const order = MAKING_ORDER.indexOf(object.kind)
  if (what === 'dropped') return -order - 1
  return what === 'made' ? order + (isForeignKey(object) ? 0.5 : 0) : MAKING_ORDER.length + order
}

function isForeignKey({ kind, properties }: SnapshotObject): boolean {
  return kind === 'constraint' && /^FOREIGN KEY/.test(properties.definition ?? '')
}

/** What the definition of a relation brings along: its columns, its sequences, the comments on it. */
function isPartOf(object: SnapshotObject, relations: ReadonlySet<string>): boolean {
  if (object.parent !== null && relations.has(object.parent)) return true
  if (object.kind === 'sequence') {
    const owner = object.properties['owned by'] ?? ''
    return [...relations].some((relation) => owner.startsWith(`${relation}.`))
  }
  if (object.kind !== 'comment') return false
  return [...relations].some((relation) => new RegExp(`(^|[ .])${escaped(relation)}($|[. ])`).test(object.identity))
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

function draftOf(told: readonly Told[]): MigrationDraft {
  const up: string[] = []
  const down: string[] = []
  const statements: DraftedStatement[] = []
  let line = 1
  for (const { object, piece, what } of told) {
    const name = `${object.kind} ${object.identity}`
    if (piece === null) {
      const remark = `${name} was ${what}: Strata cannot write that as SQL. Add it by hand.`
      up.push(`-- ${remark}`)
      statements.push({ line, text: name, inverse: 'none', remark })
      line += 1
      continue
    }
    const isLossy = object.kind === 'column' && what !== 'changed'
    const remark = isLossy ? columnRemark(object, what, told) : null
    statements.push({ line, text: piece.up[0] ?? name, inverse: remark === null ? 'exact' : 'lossy', remark })
    for (const sql of piece.up) {
      up.push(`${sql};`)
      line += sql.split('\n').length
    }
    down.unshift(...piece.down.map((sql) => `${sql};`))
  }
  return {
    up: `${up.join('\n')}\n`,
    down: down.length === 0 ? null : `${down.join('\n')}\n`,
    statements,
    stopped: null,
    isDone: true,
  }
}

/** A column that is gone beside one that is new may be a renaming: that is the user's to say. */
function columnRemark({ identity, parent }: SnapshotObject, what: Told['what'], told: readonly Told[]): string | null {
  const other = what === 'dropped' ? 'made' : 'dropped'
  const twin = told.find(
    ({ object, what: how }) => object.kind === 'column' && object.parent === parent && how === other,
  )
  if (what === 'made') return null
  const loss = `Column ${identity} was dropped: where this runs, its values are lost.`
  if (twin === undefined) return loss
  return `${loss} If it became ${twin.object.identity}, write ALTER TABLE … RENAME COLUMN in place of both.`
}

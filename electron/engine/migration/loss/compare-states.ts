import type { Loss, LossCount } from '../../../../contract/loss'
import type { DataRelation, DataState } from './data-state'
import { holdsAll } from './safe-types'

/** A loss that is not numbered yet. */
export type FoundLoss = Omit<Loss, 'id'>

/** What a plan did, looked at after each of its steps and before it was rolled back. */
export interface TriedStep {
  readonly migration: string
  readonly state: DataState
  /** Columns that its statements gave computed values, by `keyOf`. */
  readonly computed: ReadonlySet<string>
}

/** A column of a relation, by their numbers. */
export function keyOf(oid: string, column: number): string {
  return `${oid} ${column}`
}

/** What a tried plan destroys of what was there before it: later steps see what earlier ones left, but the names are those of now. */
export function compareStates(
  before: DataState,
  steps: readonly TriedStep[],
  isEmptyNow: ReadonlySet<string>,
): FoundLoss[] {
  const losses: FoundLoss[] = []
  for (const relation of before.values()) losses.push(...ofRelation(relation, before, steps, isEmptyNow))
  return losses
}

function ofRelation(
  relation: DataRelation,
  before: DataState,
  steps: readonly TriedStep[],
  isEmptyNow: ReadonlySet<string>,
): readonly FoundLoss[] {
  const { oid } = relation
  const last = steps.at(-1)?.state.get(oid)
  const isGone = (id: string | null) => id !== null && before.has(id) && steps.at(-1)?.state.has(id) === false
  if (last === undefined) {
    // Its rows are counted with those of the table that it is a partition of.
    if (isGone(relation.partitionOf)) return []
    const migration = migrationAt(steps, (state) => !state.has(oid))
    return [lossOf('relation', migration, relation)]
  }
  const losses: FoundLoss[] = []
  const parent = relation.partitionOf === null ? undefined : before.get(relation.partitionOf)
  const parentNow = parent === undefined ? undefined : steps.at(-1)?.state.get(parent.oid)
  for (const [number, { name, type }] of relation.columns) {
    const now = last.columns.get(number)
    const place = parent === undefined ? undefined : numberOf(parent, name)
    if (now === undefined) {
      if (place !== undefined && !parentNow?.columns.has(place)) continue
      const migration = migrationAt(steps, (state) => state.get(oid)?.columns.has(number) !== true)
      losses.push({ ...lossOf('column', migration, relation), column: name })
    } else if (steps.some(({ computed }) => computed.has(keyOf(oid, number)))) {
      const migration = steps.find(({ computed }) => computed.has(keyOf(oid, number)))?.migration ?? ''
      losses.push({ ...lossOf('converted column', migration, relation), column: name, fromType: type })
    } else if (now.type !== type && !holdsAll(type, now.type)) {
      if (place !== undefined && parentNow?.columns.get(place)?.type === now.type) continue
      const migration = migrationAt(steps, (state) => state.get(oid)?.columns.get(number)?.type === now.type)
      const types = { fromType: type, toType: now.type }
      losses.push({ ...lossOf('converted column', migration, relation), column: name, ...types })
    }
  }
  if (relation.kind === 'table' && last.file !== relation.file && isEmptyNow.has(oid)) {
    const migration = migrationAt(steps, (state) => state.get(oid)?.file !== relation.file)
    return [...losses, lossOf('truncated rows', migration, relation)]
  }
  return [...losses, ...deletedBy(relation, steps)]
}

function deletedBy(relation: DataRelation, steps: readonly TriedStep[]): FoundLoss[] {
  const losses: FoundLoss[] = []
  let deleted = relation.deleted
  for (const { migration, state } of steps) {
    const now = state.get(relation.oid)?.deleted ?? deleted
    if (now > deleted) {
      const counted: LossCount = { rows: now - deleted, values: null, changed: null, isEstimate: false }
      losses.push({ ...lossOf('deleted rows', migration, relation), counted })
    }
    deleted = now
  }
  return losses
}

/** How many rows of each table of now a tried plan overwrites, in words; empty when none. */
export function overwritten(before: DataState, steps: readonly TriedStep[]): readonly string[] {
  const last = steps.at(-1)?.state
  return [...before.values()].flatMap(({ oid, shown, updated }) => {
    const rows = (last?.get(oid)?.updated ?? updated) - updated
    return rows > 0 ? [`${rows} ${rows === 1 ? 'row' : 'rows'} of ${shown}`] : []
  })
}

function lossOf(kind: Loss['kind'], migration: string, relation: DataRelation): FoundLoss {
  return {
    kind,
    migration,
    oid: Number(relation.oid),
    relation: relation.shown,
    relationKind: relation.kind,
    column: null,
    fromType: null,
    toType: null,
    counted: null,
  }
}

/** The first step after which it is so. */
function migrationAt(steps: readonly TriedStep[], isSo: (state: DataState) => boolean): string {
  return (steps.find(({ state }) => isSo(state)) ?? steps.at(-1))?.migration ?? ''
}

function numberOf(relation: DataRelation, column: string): number | undefined {
  for (const [number, { name }] of relation.columns) if (name === column) return number
  return undefined
}

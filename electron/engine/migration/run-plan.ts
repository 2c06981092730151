import { createHash } from 'node:crypto'
import type { Direction, MigrationAction, MigrationPlan } from '../../../contract/migration'
import { dependents } from './dependencies'
import type { InvalidIndex } from './invalid-indexes'
import type { FolderContents, MigrationFile } from './migration-folder'
import { type HistoryRow, isLate } from './migration-history'
import { compareNames, downFileOf } from './migration-name'
import type { Script } from './migration-script'
import { irreversibleBecause, problemOf, titleOf } from './migration-state'

/** One migration to be moved in one direction. */
export interface PlannedStep {
  readonly name: string
  readonly title: string
  readonly direction: Direction
  readonly reason: string
  /** The script that runs. */
  readonly script: Script
  /** The rollback that is kept in the history when it is applied; null where there is none. */
  readonly down: Script | null
  /** Only the history is written; nothing of the script is run. */
  readonly isMark?: boolean
  /** Set when it goes on where it stopped half-way. */
  readonly resume?: Resume
}

/** How a step goes on. The script's statements hold the repairs, in their place behind those that are skipped. */
export interface Resume {
  /** How many statements, from the first, took effect earlier. */
  readonly skips: number
  /** Qualified names of the INVALID indexes that are dropped, one statement each. */
  readonly drops: readonly string[]
  /** Qualified names of all INVALID indexes it left, dropped now or not. */
  readonly left: readonly string[]
}

/** What an action comes to, in order. With refusals nothing of it may run. */
export interface RunPlan {
  readonly action: MigrationAction
  readonly direction: Direction
  /** One transaction holds all steps. */
  readonly isAllOrNothing: boolean
  readonly steps: readonly PlannedStep[]
  readonly refusals: readonly { readonly path: string; readonly message: string }[]
  /** Stands for exactly these steps with exactly these texts. */
  readonly digest: string
}

/** What a plan is made of. */
export interface PlanInput {
  readonly action: MigrationAction
  /** Null when no folder was chosen. */
  readonly contents: FolderContents | null
  /** In applied order. */
  readonly rows: readonly HistoryRow[]
  /** Rollbacks kept in the history, for migrations whose files are gone. */
  readonly keptDowns: ReadonlyMap<string, Script>
  /** Who holds the migration lock, in words; null when nobody does. */
  readonly lockHolder: string | null
  readonly isAllOrNothing?: boolean
  /** The INVALID indexes of the database, where a migration stands half-way. */
  readonly invalidIndexes?: readonly InvalidIndex[]
  /** What the history keeps of the migration that the action names. */
  readonly kept?: { readonly up: Script | null; readonly down: Script | null } | null
}

/** Plans an action by name: applying follows the files' order, rolling back the order in which they were applied. */
export function planRun(input: PlanInput): RunPlan {
  const { action, contents } = input
  const direction: Direction = action.kind.startsWith('apply') ? 'apply' : 'roll back'
  if (contents?.isReadable !== true || contents.readOnlyBecause !== undefined)
    return finishPlan(input, direction, [], obstacles(input, null))
  const rows: HistoryRow[] = []
  const atWork = new Set<string>()
  for (const row of input.rows) {
    // A run that applies too waits for the lock, and finds it applied then.
    if (direction === 'apply' && isBeingApplied(row, input.lockHolder)) atWork.add(row.name)
    else rows.push(row)
  }
  const planned = { ...input, rows }
  const refusals = obstacles(planned, null)
  const steps = direction === 'apply' ? planApply(planned, refusals) : planRollback(planned, refusals)
  const reason = `Being applied now by ${input.lockHolder}: this run waits until that is done.`
  return finishPlan(
    input,
    direction,
    steps.map((step) => (atWork.has(step.name) ? { ...step, reason } : step)),
    refusals,
  )
}

function isBeingApplied(row: HistoryRow, lockHolder: string | null): boolean {
  return row.status === 'running' && row.direction === 'apply' && lockHolder !== null
}

/** Why nothing can be planned: no folder, or migrations that stand half-way, `except` left out. */
export function obstacles({ contents, rows, lockHolder }: PlanInput, except: string | null): Refusals {
  if (contents === null) {
    return [{ path: 'folder', message: 'No migration folder is chosen for this connection. Choose one first.' }]
  }
  if (!contents.isReadable) {
    return [{ path: 'folder', message: contents.problem ?? 'The migration folder cannot be read.' }]
  }
  if (contents.readOnlyBecause !== undefined) return [{ path: 'folder', message: contents.readOnlyBecause }]
  return rows
    .filter((row) => row.status !== 'applied' && row.name !== except)
    .map((row) => ({ path: row.name, message: unfinished(row, lockHolder) }))
}

/** The plan as it is shown. */
export function planForWindow(plan: RunPlan, database: string, host: string): MigrationPlan {
  return {
    digest: plan.digest,
    action: plan.action,
    direction: plan.direction,
    isAllOrNothing: plan.isAllOrNothing,
    steps: plan.steps.map(({ name, title, direction, reason, script, isMark = false, resume }) => ({
      name,
      title,
      direction,
      reason,
      file: script.file,
      isTransactional: script.header.isTransactional,
      isMark,
      skips: resume?.skips ?? 0,
      repairs: resume?.drops.length ?? 0,
      statements: isMark ? [] : script.statements.map(({ line, text, destroys }) => ({ line, text, destroys })),
    })),
    refusals: plan.refusals.map(({ path, message }) => ({ path, message })),
    database,
    host,
  }
}

/** Reasons against a plan, while it is made. */
export type Refusals = { path: string; message: string }[]

function planApply(input: PlanInput, refusals: Refusals): PlannedStep[] {
  const { action, rows } = input
  const files = input.contents?.migrations ?? []
  const compare = input.contents?.compare ?? compareNames
  const recorded = new Set(rows.map((row) => row.name))
  const open = files.filter((file) => !recorded.has(file.name)).sort((a, b) => compare(a.name, b.name))
  let chosen: readonly MigrationFile[] = open
  if (action.kind === 'apply next') chosen = open.slice(0, 1)
  if (action.kind === 'apply up to') {
    const at = open.findIndex((file) => file.name === action.name)
    if (at < 0 && !recorded.has(action.name)) {
      refusals.push({ path: action.name, message: `There is no migration "${action.name}". Refresh the list.` })
    }
    chosen = open.slice(0, at + 1) // nothing to do when it is applied already
  }
  return applySteps(input, chosen, rows, refusals)
}

/** The steps that apply the chosen files one after the other on top of what `rows` say is applied. */
export function applySteps(
  input: PlanInput,
  chosen: readonly MigrationFile[],
  rows: readonly HistoryRow[],
  refusals: Refusals,
): PlannedStep[] {
  const files = input.contents?.migrations ?? []
  const compare = input.contents?.compare ?? compareNames
  const lateRefusal = input.contents?.lateRefusal
  const steps: PlannedStep[] = []
  const before = new Set(rows.filter((row) => row.status === 'applied').map((row) => row.name))
  const needed = dependents(chosen)
  for (const file of chosen) {
    const problem = problemOf(file)
    if (problem !== null || file.up === null) {
      refusals.push({ path: file.name, message: problem ?? `There is no ${file.upFile}.` })
      continue
    }
    for (const name of file.up.header.depends) {
      if (!before.has(name)) refusals.push({ path: file.name, message: dependency(file.up.file, name, files, chosen) })
    }
    if (lateRefusal !== undefined && isLate(file.name, rows, compare)) {
      refusals.push({ path: file.name, message: `"${file.name}" sorts before one that is applied. ${lateRefusal}` })
    }
    before.add(file.name)
    const title = titleOf(file.name, file, undefined)
    steps.push({
      name: file.name,
      title,
      direction: 'apply',
      reason: applyReason(file, rows, compare) + neededBy(needed.get(file.name)),
      script: file.up,
      down: file.down,
    })
  }
  return steps
}

/** The steps that roll back, the last applied first. */
export function planRollback(input: PlanInput, refusals: Refusals): PlannedStep[] {
  const { action, rows } = input
  const files = new Map((input.contents?.migrations ?? []).map((file) => [file.name, file]))
  const latestFirst = [...rows].sort((a, b) => b.seq - a.seq)
  let chosen: readonly HistoryRow[] = latestFirst
  if (action.kind === 'roll back last') chosen = latestFirst.slice(0, 1)
  if (action.kind === 'roll back to') {
    const at = latestFirst.findIndex((row) => row.name === action.name)
    if (at < 0)
      refusals.push({ path: action.name, message: `"${action.name}" is not applied, so it cannot be rolled back.` })
    chosen = latestFirst.slice(0, at + 1)
  }
  const steps: PlannedStep[] = []
  const leaving = new Set(chosen)
  const staying = dependents(rows.filter((row) => !leaving.has(row)).map((row) => files.get(row.name)))
  for (const row of chosen) {
    const file = files.get(row.name)
    const [dependent] = staying.get(row.name) ?? []
    if (dependent !== undefined) {
      const message = `${dependent} is applied and depends on ${row.name}. Roll back to ${dependent}, or further.`
      refusals.push({ path: dependent, message })
    }
    const script = file?.down ?? (file?.up == null ? input.keptDowns.get(row.name) : undefined) ?? null
    const because =
      irreversibleBecause(file, row) ?? (script === null ? `There is no ${downFileOf(row.name)}.` : script.problem)
    if (because !== null || script === null) {
      refusals.push({ path: row.name, message: `"${row.name}" cannot be rolled back. ${because}` })
      continue
    }
    const title = titleOf(row.name, file, row)
    const reason = rollbackReason(row, file, script, row === latestFirst[0], action)
    steps.push({ name: row.name, title, direction: 'roll back', reason, script, down: null })
  }
  return steps
}

function applyReason(
  file: MigrationFile,
  rows: readonly HistoryRow[],
  compare: (a: string, b: string) => number,
): string {
  if (!isLate(file.name, rows, compare)) return 'Not applied yet.'
  const later = rows.map((row) => row.name).filter((name) => compare(file.name, name) < 0)
  return `Not applied yet, and late: it sorts before ${later.sort(compare)[0]}, which is applied.`
}

function neededBy(names: readonly string[] = []): string {
  const [first] = names
  if (first === undefined) return ''
  return names.length === 1 ? ` ${first} depends on it.` : ` ${first} and ${names.length - 1} more depend on it.`
}

function rollbackReason(
  row: HistoryRow,
  file: MigrationFile | undefined,
  script: Script,
  isLast: boolean,
  action: MigrationAction,
): string {
  const because = isLast
    ? 'Applied last.'
    : action.kind === 'roll back to' && action.name === row.name
      ? 'The one you chose.'
      : action.kind === 'roll back to'
        ? `Applied after ${action.name}.`
        : 'Applied before the one above.'
  const notes: string[] = file?.rollbackNote === undefined ? [] : [file.rollbackNote]
  if (file?.down == null) notes.push('Its files are gone: the rollback kept in the history is used.')
  else if (row.downChecksum !== null && row.downChecksum !== script.checksum) {
    notes.push(`${script.file} was edited after the migration was applied: the file is used.`)
  } else if (row.downChecksum === null) notes.push(`${script.file} was written after the migration was applied.`)
  if (file?.up != null && file.up.checksum !== row.checksum) {
    notes.push(`${file.up.file} was edited after it was applied: check that the rollback still fits.`)
  }
  return [because, ...notes].join(' ')
}

function dependency(
  file: string,
  name: string,
  files: readonly MigrationFile[],
  chosen: readonly MigrationFile[],
): string {
  if (chosen.some((each) => each.name === name))
    return `${file} depends on ${name}, which sorts after it. Rename one of them.`
  if (files.some((each) => each.name === name))
    return `${file} depends on ${name}, which is not applied. Apply that one first.`
  return `${file} depends on ${name}, and there is no such migration.`
}

/** Where a migration without a transaction stands, in words. */
export function unfinished(row: HistoryRow, lockHolder: string | null): string {
  const done = row.direction === 'apply' ? 'applied' : 'rolled back'
  const place =
    row.statementNumber === 0
      ? `none of its ${row.statementCount} statements is known to have completed`
      : `statement ${row.statementNumber} of ${row.statementCount} was the last to complete`
  if (row.status === 'failed') {
    const error = row.error === null ? '' : ` It failed with: ${row.error.replace(/[.\s]+$/, '')}.`
    return `"${row.name}" stopped half-way while it was ${done} without a transaction: ${place}.${error} ${SETTLE}`
  }
  if (lockHolder !== null) return `"${row.name}" is being ${done} by ${lockHolder}: ${place}. Wait until it is done.`
  return `"${row.name}" was interrupted while it was ${done} without a transaction, since ${row.startedAt}: ${place}. ${SETTLE}`
}

const SETTLE = 'Before anything else runs, select it and resume it, retry it or mark it.'

/** The plan with the digest of all that is shown of it and recorded by it. */
export function finishPlan(
  { action, isAllOrNothing: isAsked = false }: PlanInput,
  direction: Direction,
  steps: readonly PlannedStep[],
  refusals: Refusals,
): RunPlan {
  const isAllOrNothing = isAsked && steps.length > 1
  const outside = isAllOrNothing ? steps.filter((step) => !step.script.header.isTransactional) : []
  for (const { name, script } of outside) {
    const message = `${script.file} says "-- transaction: off", so the run cannot be all or nothing. Let each migration have its own transaction, or run this one by itself.`
    refusals.push({ path: ALL_OR_NOTHING, message: `"${name}": ${message}` })
  }
  const facts = JSON.stringify([
    direction,
    isAllOrNothing,
    ...steps.map(({ name, direction: way, reason, script, down, isMark = false, resume = null }) => {
      const statements = resume === null ? [] : script.statements.map(({ text }) => text)
      return [name, way, reason, script.file, script.text, down?.text ?? null, isMark, resume, statements]
    }),
  ])
  return {
    action,
    direction,
    isAllOrNothing,
    steps,
    refusals,
    digest: createHash('sha256').update(facts).digest('hex'),
  }
}

/** The path of a refusal that a plan without "all or nothing" would not have. */
export const ALL_OR_NOTHING = 'all or nothing'

import type { Direction } from '../../../contract/migration'
import { dependenciesOf, dependents } from './dependencies'
import type { HistoryRow } from './migration-history'
import { upFileOf } from './migration-name'
import { readScript, type Script } from './migration-script'
import { titleOf } from './migration-state'
import { applySteps, type PlanInput, type PlannedStep, planRollback, type Refusals, unfinished } from './run-plan'
import { isAtWork } from './stopped-migration'

/** The steps that roll back down to and including a migration and apply the same ones again, in the order they were applied. */
export function planRedo(input: PlanInput, name: string, refusals: Refusals): PlannedStep[] {
  const down = planRollback({ ...input, action: { kind: 'roll back to', name } }, refusals)
  const names = down.map((step) => step.name).reverse()
  const again = new Set(names)
  const files = names.flatMap((each) => {
    const file = input.contents?.migrations.find((one) => one.name === each)
    if (file?.up != null) return [file]
    refusals.push({ path: each, message: `"${each}" cannot be applied again: ${upFileOf(each)} is gone.` })
    return []
  })
  const rest = input.rows.filter((row) => !again.has(row.name))
  const up = applySteps(input, files, rest, refusals)
  return [...down, ...up.map((step) => ({ ...step, reason: againReason(step, input.rows) }))]
}

function againReason({ name, script }: PlannedStep, rows: readonly HistoryRow[]): string {
  const row = rows.find((each) => each.name === name)
  return row === undefined || row.checksum === script.checksum
    ? 'Applied again.'
    : `Applied again: ${script.file} was edited since, and the file is used.`
}

/** The step that writes the history only; refused where the history says so already. */
export function planMark(input: PlanInput, name: string, direction: Direction, refusals: Refusals): PlannedStep[] {
  const row = input.rows.find((each) => each.name === name)
  const file = input.contents?.migrations.find((each) => each.name === name)
  const refuse = (message: string) => {
    refusals.push({ path: name, message })
    return []
  }
  if (row !== undefined && isAtWork(row, { lockHolder: input.lockHolder, invalidIndexes: [] })) {
    return refuse(unfinished(row, input.lockHolder))
  }
  if (direction === 'roll back' && row === undefined) return refuse(`"${name}" is not in the history.`)
  if (direction === 'apply' && row?.status === 'applied')
    return refuse(`The history says "${name}" is applied already.`)
  const script = file?.up ?? input.kept?.up ?? null
  if (direction === 'apply') {
    if (script === null) return refuse(`There is no ${file?.upFile ?? upFileOf(name)}.`)
    if (script.checksum === '') return refuse(script.problem ?? `${script.file} cannot be read.`)
  }
  const title = titleOf(name, file, row)
  const reason = direction === 'apply' ? markReason(row) : unmarkReason(row)
  const note = dependencyNote(input, name, direction)
  return [
    {
      name,
      title,
      direction,
      reason: reason + note,
      script: script ?? nothing(name),
      down: file?.down ?? null,
      isMark: true,
    },
  ]
}

/** A mark is the user's word against ours: what it makes untrue for others is said, not refused. */
function dependencyNote({ contents, rows }: PlanInput, name: string, direction: Direction): string {
  const files = contents?.migrations ?? []
  const applied = new Set(rows.filter((row) => row.status === 'applied').map((row) => row.name))
  if (direction === 'apply') {
    const missing = dependenciesOf(files.find((file) => file.name === name)).filter((each) => !applied.has(each))
    return missing.length === 0
      ? ''
      : ` It depends on ${missing.join(', ')}, which the history does not say is applied.`
  }
  const staying = (dependents(files).get(name) ?? []).filter((each) => applied.has(each))
  return staying.length === 0 ? '' : ` ${staying.join(', ')} depends on it, and stays applied.`
}

function markReason(row: HistoryRow | undefined): string {
  return row === undefined
    ? 'Nothing of it is run: the history will say that it is applied, as if it had been done by hand.'
    : `Nothing more of it is run: it ${stood(row)}, and the history will say that it is applied.`
}

function unmarkReason(row: HistoryRow | undefined): string {
  return row === undefined || row.status === 'applied'
    ? 'Nothing of it is rolled back: what it made stays, and the history will say that it is not applied.'
    : `Nothing of it is rolled back: it ${stood(row)}, what took effect stays, and the history will say that it is not applied.`
}

function stood(row: HistoryRow): string {
  const where = `after ${row.statementNumber} of ${row.statementCount} statements`
  return `${row.status === 'failed' ? 'failed' : 'was interrupted'} ${where}`
}

/** A migration whose texts are gone has none to show. */
function nothing(name: string): Script {
  return readScript(upFileOf(name), '', 'up', { hasStandardStrings: true })
}

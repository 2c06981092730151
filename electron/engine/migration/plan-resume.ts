import type { MigrationAction } from '../../../contract/migration'
import type { HistoryRow } from './migration-history'
import type { Script, ScriptStatement } from './migration-script'
import { titleOf } from './migration-state'
import { type PlanInput, type PlannedStep, type Refusals, unfinished } from './run-plan'
import { indexesOf, isAtWork } from './stopped-migration'

/** An action that goes on with a migration that stopped half-way. */
export type ResumeAction = Extract<MigrationAction, { kind: 'resume' | 'retry' | 'drop index and retry' }>

/** The step that goes on with a migration that stopped half-way; refused where what ran is not what the file says now. */
export function planResume(input: PlanInput, action: ResumeAction, refusals: Refusals): PlannedStep[] {
  const { name } = action
  const refuse = (message: string) => {
    refusals.push({ path: name, message })
    return []
  }
  const row = input.rows.find((each) => each.name === name)
  if (row === undefined || row.status === 'applied') return refuse(`"${name}" did not stop half-way.`)
  const halfWay = { lockHolder: input.lockHolder, invalidIndexes: input.invalidIndexes ?? [] }
  if (isAtWork(row, halfWay)) return refuse(unfinished(row, input.lockHolder))

  const file = input.contents?.migrations.find((each) => each.name === name)
  const isApply = row.direction === 'apply'
  const script = isApply ? (file?.up ?? null) : (file?.down ?? input.kept?.down ?? null)
  if (script === null) return refuse(`The file of "${name}" is gone. Mark it as applied or as not applied.`)
  const problem = file?.problem ?? script.problem
  if (problem !== null) return refuse(problem)
  if (script.header.isTransactional) {
    return refuse(
      `${script.file} does not say "-- transaction: off" any more. Mark it as not applied, then apply it afresh.`,
    )
  }

  const invalid = indexesOf(row, script, halfWay.invalidIndexes)
  const drops = action.kind === 'drop index and retry' ? invalid : []
  if (action.kind === 'drop index and retry' && drops.length === 0) {
    return refuse(`No INVALID index of "${name}" is left. Resume it, or retry it from the start.`)
  }
  const skips = action.kind === 'retry' ? 0 : row.statementNumber
  const ran = isApply ? input.kept?.up : input.kept?.down
  const edited = firstEdited(script, ran ?? null, row, skips)
  if (edited !== null) {
    return refuse(
      `Statement ${edited} of ${script.file} is not the one that took effect: the file was edited. Retry it from the start, or mark it.`,
    )
  }
  return [
    {
      name,
      title: titleOf(name, file, row),
      direction: row.direction,
      reason: reasonOf(row, script, skips, drops, invalid),
      script: { ...script, statements: withRepairs(script, skips, drops) },
      down: file?.down ?? null,
      resume: { skips, drops, left: invalid },
    },
  ]
}

/** The number of the first skipped statement that is not the one that ran; null when all are. */
function firstEdited(script: Script, ran: Script | null, row: HistoryRow, skips: number): number | null {
  if (skips === 0) return null
  if (ran === null) return row.checksum === script.checksum ? null : 1
  for (let index = 0; index < skips; index += 1) {
    if (wordsOf(script, index) !== wordsOf(ran, index)) return index + 1
  }
  return null
}

/** A statement with the data lines that belong to it. */
function wordsOf({ text, statements }: Script, index: number): string | null {
  const statement = statements[index]
  if (statement === undefined) return null
  const { data } = statement
  return `${statement.text};${data === null ? '' : text.slice(data.from, data.to)}`
}

function withRepairs(script: Script, skips: number, drops: readonly string[]): readonly ScriptStatement[] {
  const next = script.statements[skips]
  const repairs = drops.map((index) => ({
    from: next?.from ?? 0,
    line: next?.line ?? 1,
    text: `drop index concurrently if exists ${index}`,
    isConcurrentIndex: false,
    destroys: false,
    data: null,
  }))
  return [...script.statements.slice(0, skips), ...repairs, ...script.statements.slice(skips)]
}

function reasonOf(
  row: HistoryRow,
  script: Script,
  skips: number,
  drops: readonly string[],
  invalid: readonly string[],
): string {
  const at = row.statementNumber + 1
  if (skips === script.statements.length) return 'All its statements took effect: only the history is written.'
  const how =
    row.status === 'failed'
      ? `Failed at statement ${at}.`
      : `Interrupted at statement ${at}, which may have taken effect.`
  const before =
    skips === 0 ? '' : ` ${skips === 1 ? 'Statement 1 is' : `Statements 1 to ${skips} are`} in and not run again.`
  const again =
    skips === 0 && row.statementNumber > 0 ? ` ${upTo(row.statementNumber)} took effect before; all are run again.` : ''
  const left = drops.length > 0 || invalid.length === 0 ? '' : ` INVALID index ${invalid.join(', ')} is still there.`
  return `${how}${before}${again}${left}`
}

function upTo(count: number): string {
  return count === 1 ? 'Statement 1' : `Statements 1 to ${count}`
}

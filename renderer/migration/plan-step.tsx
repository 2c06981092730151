import { BookCheck, BookX, Circle, Undo2 } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import type { MigrationStep } from '../../contract/migration'
import { Button } from '../ui/button'
import { countOf } from '../ui/format'
import { useStepFindings } from './lint-store'
import { SqlPieces } from './sql-text'
import { oneLine } from './statement-log'

function deedOf({ isMark, direction, skips }: MigrationStep): string {
  if (isMark) return direction === 'apply' ? 'mark as applied' : 'mark as not applied'
  const way = direction === 'apply' ? 'apply' : 'roll back'
  return skips > 0 ? `go on: ${way}` : way
}

function isRepair({ skips, repairs }: MigrationStep, index: number): boolean {
  return index >= skips && index < skips + repairs
}

/** One step of a plan: what is done, why, and its statements; of many only the first, until all are asked for. */
export function PlanStep({ step, most }: { readonly step: MigrationStep; readonly most: number }): ReactNode {
  const isApply = step.direction === 'apply'
  const Icon = step.isMark ? (isApply ? BookCheck : BookX) : isApply ? Circle : Undo2
  const { skips } = step
  const [isWhole, setIsWhole] = useState(false)
  const shown = isWhole ? step.statements : step.statements.slice(0, most)
  const findings = useStepFindings(step)
  return (
    <li aria-label={`${step.title}, ${deedOf(step)}`}>
      <div className="ph is-pending">
        <Icon className="i" size={14} strokeWidth={1.75} aria-hidden />
        <b className="cut">{step.title}</b>
        <span className="right">
          {findings === 0 ? null : (
            <span className="st is-changed" title="Dangerous statements, as the migration's SQL tab lists them">
              {`${countOf(findings, 'finding')} · `}
            </span>
          )}
          {deedOf(step)}
          {step.isMark ? '' : ` · ${countOf(step.statements.length - skips, 'statement')}`}
          {step.isMark || step.isTransactional ? '' : ', no transaction'}
        </span>
      </div>
      <div className="plan-why small">
        <p className="t2">{step.reason}</p>
        <p className="mono fn dim cut" title={step.file}>
          {step.file}
        </p>
      </div>
      <ol className="plan-statements" aria-label="Statements">
        {shown.map(({ line, text, destroys }, index) => (
          <li key={index} className={index < skips ? 'ps is-skipped' : 'ps'} title={text.slice(0, 2000)}>
            <span className="no">{isRepair(step, index) ? '+' : line}</span>
            <code className="cut">
              <SqlPieces text={oneLine(text)} />
            </code>
            {index < skips ? <span className="small dim">is in, not run</span> : null}
            {isRepair(step, index) ? <span className="small dim">clears up first</span> : null}
            {destroys && index >= skips ? <span className="small st is-failed">may destroy data</span> : null}
          </li>
        ))}
      </ol>
      {shown.length === step.statements.length ? null : (
        <div className="plan-more">
          <Button size="small" onPress={() => setIsWhole(true)}>
            {`Show all ${countOf(step.statements.length, 'statement')}`}
          </Button>
          <span className="small st is-failed">{destroyedUnseen(step, shown.length)}</span>
        </div>
      )}
    </li>
  )
}

function destroyedUnseen({ statements, skips }: MigrationStep, from: number): string {
  const count = statements.filter((each, index) => each.destroys && index >= Math.max(from, skips)).length
  return count === 0 ? '' : `${count} of the others may destroy data`
}

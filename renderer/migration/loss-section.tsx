import { Check, Download, TriangleAlert } from 'lucide-react'
import { type ReactNode, useId } from 'react'
import type { Loss } from '../../contract/loss'
import type { MigrationPlan } from '../../contract/migration'
import { Button } from '../ui/button'
import { FailureView } from '../ui/failure-view'
import { countOf } from '../ui/format'
import './loss-section.css'
import type { KeptRows, PlanLosses } from './loss-store'
import { isHarmless, lossSentence, methodInWords } from './loss-words'

/** What a plan destroys, table by table, with a way to keep the rows first; nothing where no statement can destroy data. */
export function LossSection(props: {
  readonly plan: MigrationPlan
  readonly losses: PlanLosses | undefined
  readonly onSave: (losses: readonly Loss[]) => void
  /** Has the plan tried where it was only read. */
  readonly onTry: () => void
}): ReactNode {
  const { plan, losses, onSave, onTry } = props
  const heading = useId()
  if (losses === undefined) return null
  const { report, kept } = losses
  // What cannot destroy says so at once, and what may has its place from the beginning: nothing moves later.
  const mayDestroy = plan.steps.some(
    ({ isMark, skips, statements }) => !isMark && statements.some(({ destroys }, index) => destroys && index >= skips),
  )
  const found = report.kind === 'found' ? report.losses : []
  if (!mayDestroy && found.length === 0) return null
  const isRead = report.kind === 'found' && report.method === 'read'
  const isNothing = report.kind === 'found' && report.method !== 'read' && !report.isCounting && found.every(isHarmless)
  return (
    <section className="losses" aria-labelledby={heading} aria-busy={isAtWork(losses)}>
      <div className="head">
        <b id={heading}>
          {isNothing
            ? report.note === null
              ? 'No data will be lost'
              : 'No row or column will be lost'
            : 'Will be lost'}
        </b>
        <p className="small dim cut" role="status" aria-label="Losses" title={methodInWords(report)}>
          {methodInWords(report)}
        </p>
        {report.kind === 'found' && report.isTriable && !report.isCounting ? (
          <Button size="small" tip="Runs it and rolls it back: its locks are taken for up to 2 s" onPress={onTry}>
            Try it
          </Button>
        ) : null}
      </div>
      {report.kind === 'failed' ? <FailureView failure={report.failure} className="in-dialog" /> : null}
      {found.length === 0 ? null : (
        <ul aria-label="Losses">
          {byTable(found).map((ofTable) => (
            <TableLosses
              key={ofTable[0]?.oid}
              losses={ofTable}
              isRead={isRead}
              kept={kept[ofTable[0]?.oid ?? 0]}
              onSave={() => onSave(ofTable)}
            />
          ))}
        </ul>
      )}
    </section>
  )
}

/** True until everything a plan destroys is found and counted. */
export function isAtWork(losses: PlanLosses | undefined): boolean {
  if (losses === undefined) return false
  const { report } = losses
  return report.kind === 'looking' || (report.kind === 'found' && report.isCounting)
}

function TableLosses(props: {
  readonly losses: readonly Loss[]
  readonly isRead: boolean
  readonly kept: KeptRows | undefined
  readonly onSave: () => void
}): ReactNode {
  const { losses, isRead, kept, onSave } = props
  const isSaved = kept?.kind === 'written'
  return (
    <li>
      <div className="what">
        {losses.map((loss) => (
          <p key={loss.id} className={isHarmless(loss) ? 'dim' : 'is-failed'}>
            {isHarmless(loss) ? (
              <Check className="i" size={14} strokeWidth={1.75} aria-hidden />
            ) : (
              <TriangleAlert className="i" size={14} strokeWidth={1.75} aria-hidden />
            )}
            <span className="selectable">{lossSentence(loss, isRead)}</span>
          </p>
        ))}
        {kept?.kind === 'failed' ? <FailureView failure={kept.failure} className="in-dialog" /> : null}
      </div>
      <span className="small dim num" role="status">
        {kept === undefined || kept.kind === 'failed' ? '' : savedInWords(kept)}
      </span>
      {losses.every(isHarmless) ? null : (
        <Button
          size="small"
          isDisabled={kept?.kind === 'writing'}
          aria-label={`Save ${losses[0]?.relation ?? ''} as CSV`}
          onPress={onSave}
        >
          <Download className="i" size={14} strokeWidth={1.75} aria-hidden />
          {isSaved ? 'Save again…' : 'Save as CSV…'}
        </Button>
      )}
    </li>
  )
}

function savedInWords(kept: Exclude<KeptRows, { kind: 'failed' }>): string {
  return kept.kind === 'writing' ? countOf(kept.rows, 'row') : `${countOf(kept.rows, 'row')} in ${kept.file}`
}

function byTable(losses: readonly Loss[]): Loss[][] {
  const tables = new Map<number, Loss[]>()
  for (const loss of losses) tables.set(loss.oid, [...(tables.get(loss.oid) ?? []), loss])
  return [...tables.values()]
}

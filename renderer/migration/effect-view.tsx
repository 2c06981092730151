import { ArrowRightToLine, CircleCheck, CircleHelp, CircleX, type LucideIcon, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import type { MigrationFailure } from '../../contract/failure'
import type { Migration, MigrationTexts } from '../../contract/migration'
import type { RehearsedStatement, RelationLock, RollbackVerdict } from '../../contract/rehearsal'
import { Button } from '../ui/button'
import { FailureView } from '../ui/failure-view'
import { countOf, formatElapsed } from '../ui/format'
import { figuresOf, isOutdated, lockBlocks, lockName, readOut, relationName, verdictWords } from './effect-words'
import type { FilePlace } from './file-place'
import { RehearsalProgress } from './rehearsal-progress'
import type { Rehearsals, RehearsedEffect } from './rehearsal-store'
import { SchemaLines } from './schema-lines'
import { SqlPieces } from './sql-text'
import { oneLine } from './statement-log'
import { clockTime } from './words'

/** What a rehearsal found out about the selected migration, or that it is under way, or what a rehearsal is. */
export function EffectView(props: {
  readonly migration: Migration
  readonly rehearsals: Rehearsals
  /** The files as they are now; null while they are not known. */
  readonly texts: MigrationTexts | null
  readonly titleOf: (name: string) => string
  readonly onOpenLine: (place: FilePlace) => void
  readonly onSelect: (name: string) => void
  readonly onCancel: () => void
}): ReactNode {
  const { migration, rehearsals, texts, titleOf, onOpenLine, onSelect, onCancel } = props
  const { running, problem, effects, wasCancelled } = rehearsals
  const effect = effects[migration.name]
  if (running !== null && (running.name === null || running.name === migration.name)) {
    return <RehearsalProgress running={running} titleOf={titleOf} onCancel={onCancel} />
  }
  if (problem !== null && (problem.name === null || problem.name === migration.name)) {
    return <FailureView failure={problem.failure} className="in-panel" />
  }
  if (effect === undefined) {
    return (
      <div className="effect-none small">
        {wasCancelled ? <p className="strong">Cancelled. Nothing is left of the rehearsal.</p> : null}
        <p className="dim">
          A rehearsal applies the migration and rolls it back, inside a transaction of which nothing stays. It shows
          what each statement locks, rewrites and scans, how the schema changes, and whether the rollback restores it.
        </p>
      </div>
    )
  }
  const outdated = texts?.name === migration.name && isOutdated(effect.migration, texts, migration.statementCount)
  return <Report effect={effect} isOutdated={outdated} titleOf={titleOf} onOpenLine={onOpenLine} onSelect={onSelect} />
}

function Report(props: {
  readonly effect: RehearsedEffect
  readonly isOutdated: boolean
  readonly titleOf: (name: string) => string
  readonly onOpenLine: (place: FilePlace) => void
  readonly onSelect: (name: string) => void
}): ReactNode {
  const { effect, titleOf, onOpenLine, onSelect } = props
  const { migration, rehearsal, at } = effect
  const { failure, verdict, changes, up, down, upFile, downFile } = migration
  const isFirst = rehearsal.prepared.length === 0 && rehearsal.migrations[0]?.name === migration.name
  const holdsLocks = !isFirst || down.length > 0
  return (
    <div className="effect">
      {props.isOutdated ? (
        <p className="effect-note is-changed small">The files were edited since. Rehearse it again.</p>
      ) : null}
      {failure === null ? (
        <Verdict verdict={verdict} onOpenLine={onOpenLine} />
      ) : (
        <Failed failure={failure} file="up" onOpenLine={onOpenLine} />
      )}
      {failure === null ? (
        <section aria-label="Schema changes">
          <h3 className="small">Schema</h3>
          {changes.length === 0 ? (
            <p className="outcome small dim">It changes rows at most.</p>
          ) : (
            <SchemaLines lines={changes} />
          )}
        </section>
      ) : null}
      <Statements label="Applying" file={upFile} statements={up} />
      {down.length === 0 ? null : <Statements label="Rolling back" file={downFile} statements={down} />}
      <div className="effect-about small dim">
        <p>
          {`Rehearsed ${clockTime(at)} in ${formatElapsed(migration.elapsedMs)}. ${rehearsal.about}`}
          {holdsLocks ? ' A lock that was held already is not shown again.' : ''}
          {rehearsal.prepared.length === 0
            ? ''
            : ` First, without a look at them, ran ${rehearsal.prepared.map(titleOf).join(', ')}.`}
        </p>
        {rehearsal.movedSequences.length === 0 ? null : (
          <p>{`Not set back, because nothing can: ${countOf(rehearsal.movedSequences.length, 'sequence')} moved on (${rehearsal.movedSequences.map(relationName).join(', ')}).`}</p>
        )}
        {rehearsal.migrations.length < 2 && rehearsal.notReached.length === 0 ? null : (
          <Together effect={effect} titleOf={titleOf} onSelect={onSelect} />
        )}
      </div>
    </div>
  )
}

const ICON: Readonly<Record<RollbackVerdict['kind'], LucideIcon>> = {
  identical: CircleCheck,
  'column order': TriangleAlert,
  'leaves behind': TriangleAlert,
  impossible: ArrowRightToLine,
  failed: CircleX,
  'not proven': CircleHelp,
}

function Verdict(props: {
  readonly verdict: RollbackVerdict
  readonly onOpenLine: (place: FilePlace) => void
}): ReactNode {
  const { verdict, onOpenLine } = props
  const { look, text } = verdictWords(verdict)
  const Icon = ICON[verdict.kind]
  const lines = verdict.kind === 'column order' || verdict.kind === 'leaves behind' ? verdict.lines : []
  return (
    <section className={`verdict is-${look}`} aria-label="Verdict on the rollback">
      <Icon className="i" size={14} strokeWidth={1.75} aria-hidden />
      <p className="selectable">{text}</p>
      {lines.length > 1 || verdict.kind === 'column order' ? <SchemaLines lines={lines} /> : null}
      {verdict.kind === 'failed' ? <Failed failure={verdict.failure} file="down" onOpenLine={onOpenLine} /> : null}
    </section>
  )
}

function Failed(props: {
  readonly failure: MigrationFailure
  readonly file: 'up' | 'down'
  readonly onOpenLine: (place: FilePlace) => void
}): ReactNode {
  const { failure, file, onOpenLine } = props
  const { line } = failure
  return (
    <FailureView
      failure={failure}
      className="in-panel"
      actions={
        <Button size="small" onPress={() => onOpenLine({ file, line })}>
          {`Open line ${line}`}
        </Button>
      }
    />
  )
}

function Statements(props: {
  readonly label: string
  readonly file: string
  readonly statements: readonly RehearsedStatement[]
}): ReactNode {
  return (
    <section aria-label={props.label}>
      <h3 className="mono fn cut" title={props.file}>
        {props.file}
      </h3>
      <ol className="rehearsed" aria-label={`Statements of ${props.file}`}>
        {props.statements.map((statement, index) => (
          <StatementEffect key={index} statement={statement} />
        ))}
      </ol>
    </section>
  )
}

function StatementEffect({ statement }: { readonly statement: RehearsedStatement }): ReactNode {
  const { text, line, locks, rewritten, scanned, leftOut } = statement
  const short = oneLine(text)
  return (
    <li aria-label={`${short}, ${readOut(statement)}`} title={`Line ${line}\n${text.slice(0, 2000)}`}>
      <code className="cut">
        <SqlPieces text={short} />
      </code>
      <span className="num small dim">{figuresOf(statement)}</span>
      <span className="doings small">
        {locks.map((lock) => (
          <Lock key={lock.relation} lock={lock} />
        ))}
        {rewritten.length === 0 ? null : (
          <span className="doing is-failed">{`rewrites ${rewritten.map(relationName).join(', ')}`}</span>
        )}
        {scanned === 0 ? null : <span className="doing">{`scans ${countOf(scanned, 'row')}`}</span>}
        {leftOut === null ? null : <span className="doing is-changed">{leftOut}</span>}
      </span>
    </li>
  )
}

function Lock({ lock }: { readonly lock: RelationLock }): ReactNode {
  const { relation, mode } = lock
  const blocks = lockBlocks(mode)
  const look = blocks === 'reads and writes' ? 'is-failed' : blocks === 'writes' ? 'is-changed' : ''
  return (
    <span className={`doing ${look}`} title={blocks === null ? 'Blocks neither reads nor writes' : `Blocks ${blocks}`}>
      <span className="lock-mode">{lockName(mode)}</span> {relationName(relation)}
    </span>
  )
}

/** The other migrations of the same rehearsal, to go to. */
function Together(props: {
  readonly effect: RehearsedEffect
  readonly titleOf: (name: string) => string
  readonly onSelect: (name: string) => void
}): ReactNode {
  const { effect, titleOf, onSelect } = props
  const { migrations, notReached } = effect.rehearsal
  return (
    <ul className="together" aria-label="Rehearsed together">
      {migrations.map((each) => {
        const look = each.failure === null ? verdictWords(each.verdict).look : 'failed'
        const Icon = each.failure === null ? ICON[each.verdict.kind] : CircleX
        return (
          <li key={each.name} className={`is-${look}`}>
            <Icon className="i" size={14} strokeWidth={1.75} aria-hidden />
            <Button
              variant="bare"
              size="small"
              isDisabled={each.name === effect.migration.name}
              onPress={() => onSelect(each.name)}
            >
              <span className="cut">{titleOf(each.name)}</span>
            </Button>
          </li>
        )
      })}
      {notReached.map((name) => (
        <li key={name}>
          <CircleHelp className="i" size={14} strokeWidth={1.75} aria-hidden />
          <span className="cut">{`${titleOf(name)}, not reached`}</span>
        </li>
      ))}
    </ul>
  )
}

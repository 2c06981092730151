import { Ellipsis } from 'lucide-react'
import type { ReactNode } from 'react'
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components'
import type { Migration, MigrationAction } from '../../contract/migration'
import type { FileChange } from '../../contract/migration-change'
import { Button } from '../ui/button'
import { FailureView } from '../ui/failure-view'
import { formatElapsed } from '../ui/format'
import { MenuButton } from '../ui/menu'
import { type ChangeDeeds, ChangeNotice } from './change-notice'
import { ChangedText } from './changed-text'
import { EffectView } from './effect-view'
import type { FilePlace } from './file-place'
import { settlingEntries } from './item-entries'
import { LintList } from './lint-list'
import { useSelectedFindings } from './lint-store'
import type { Migrations } from './migrations'
import { itemReasons } from './possible-actions'
import { ReasonButton } from './reason-button'
import type { Rehearsals } from './rehearsal-store'
import { oneWayReason, shownMigrations } from './shown-migrations'
import { SqlText } from './sql-text'
import { OneWayMark } from './state-icon'
import { isCancelled, StepLogView } from './statement-log'
import { StoppedNotice } from './stopped-notice'

/** The selected migration: its texts, the log of its last run, and what can be done with it. */
export function MigrationDetail(props: {
  readonly migrations: Migrations
  readonly rehearsals: Rehearsals
  readonly onTab: (tab: Migrations['tab']) => void
  readonly onRehearse: (name: string) => void
  readonly onCancelRehearsal: () => void
  readonly onSelect: (name: string) => void
  readonly onOpen: (name: string) => void
  readonly onOpenFailure: (name: string) => void
  /** Opens a file at a line. */
  readonly onOpenLine: (name: string, place: FilePlace) => void
  readonly onAction: (action: MigrationAction) => void
  readonly changeDeeds: (name: string) => ChangeDeeds
}): ReactNode {
  const { migrations, rehearsals, onTab, onOpen, onOpenFailure, onOpenLine, onAction } = props
  const { rows } = shownMigrations(migrations)
  const row = rows.find((each) => each.migration.name === migrations.selected)
  if (row === undefined) return <div className="mdetail" />
  const { migration } = row
  const { name } = migration
  const oneWay = oneWayReason(migration)
  const log = migrations.logs[name]
  const fact = factOf(migration, row.meaning)
  // What no migration of the folder can do is no fault of this one.
  const isReadOnly =
    migrations.listing.kind === 'listed' && migrations.listing.overview.foreign?.readOnlyBecause != null
  const reasons = itemReasons(migrations, name)
  const stopped =
    migration.stopped === null || migrations.run.kind === 'running' ? null : (
      <StoppedNotice migration={migration} stopped={migration.stopped} onAction={onAction} />
    )
  const failureHasButton = migrations.tab === 'log' && log !== undefined && log.failure !== null && !isCancelled(log)
  return (
    <div className="mdetail">
      <Tabs
        className="mtabs"
        selectedKey={migrations.tab}
        onSelectionChange={(key) => onTab(key === 'log' || key === 'effect' ? key : 'sql')}
      >
        <TabList className="rtabs" aria-label="Migration details">
          <Tab id="sql" className="rtab">
            SQL
          </Tab>
          <Tab id="effect" className="rtab">
            Effect
          </Tab>
          <Tab id="log" className="rtab">
            Log
          </Tab>
        </TabList>
        <div className="mhead">
          <div className="strong cut" title={migration.title}>
            {migration.title}
          </div>
          {migration.problem === null ? (
            <div className="small cut dim" title={[...new Set([fact, row.meaning])].join('\n')}>
              {fact}
            </div>
          ) : (
            <div className={`unreadable small selectable ${isReadOnly ? 'dim' : 'st is-failed'}`} title={row.meaning}>
              {migration.problem}
            </div>
          )}
          {oneWay === null ? null : (
            <div className="one-way-line small dim" title={oneWay}>
              <OneWayMark />
              <span className="cut">{oneWay}</span>
            </div>
          )}
        </div>
        <ChangeNotice key={name} migration={migration} change={migrations.change} deeds={props.changeDeeds(name)} />
        <TabPanel id="sql" className="mbody" key={`${name} sql`}>
          {stopped}
          <MigrationSql
            migrations={migrations}
            irreversibleBecause={migration.irreversibleBecause}
            isApplied={reasons.isApplied}
            onOpenLine={(place) => onOpenLine(name, place)}
          />
        </TabPanel>
        <TabPanel id="effect" className="mbody" key={`${name} effect`}>
          <EffectView
            migration={migration}
            rehearsals={rehearsals}
            texts={migrations.texts.kind === 'read' ? migrations.texts.texts : null}
            titleOf={(each) => rows.find((other) => other.migration.name === each)?.migration.title ?? each}
            onOpenLine={(place) => onOpenLine(name, place)}
            onSelect={props.onSelect}
            onCancel={props.onCancelRehearsal}
          />
        </TabPanel>
        <TabPanel id="log" className="mbody" key={`${name} log`}>
          {stopped}
          {log === undefined ? (
            <p className="outcome small dim">It has not run in this window yet.</p>
          ) : (
            <StepLogView log={log} onOpenFailure={() => onOpenFailure(name)} />
          )}
        </TabPanel>
      </Tabs>
      <div className="mfoot">
        {failureHasButton ? null : (
          <Button size="small" onPress={() => onOpen(name)}>
            Open file
          </Button>
        )}
        <span className="grow" />
        <MenuButton
          size="small"
          isIcon
          aria-label="More actions"
          tip="More actions"
          menuLabel="More actions"
          entries={settlingEntries(migrations, name, onAction)}
        >
          <Ellipsis className="i" size={14} strokeWidth={1.75} aria-hidden />
        </MenuButton>
        <ReasonButton
          size="small"
          reason={rehearsals.running === null ? reasons.rehearse : 'A rehearsal is in progress.'}
          tip="Applies it and rolls it back in a transaction of which nothing stays"
          onPress={() => props.onRehearse(name)}
        >
          Rehearse
        </ReasonButton>
        {reasons.isApplied ? (
          <ReasonButton
            size="small"
            reason={reasons.rollBack}
            tip="Rolls back this one and every one applied after it"
            onPress={() => onAction({ kind: 'roll back to', name })}
          >
            Roll back to here
          </ReasonButton>
        ) : (
          <ReasonButton
            size="small"
            reason={reasons.apply}
            tip="Applies every one above it that is not applied, and this one"
            onPress={() => onAction({ kind: 'apply up to', name })}
          >
            Apply up to here
          </ReasonButton>
        )}
      </div>
    </div>
  )
}

function MigrationSql(props: {
  readonly migrations: Migrations
  readonly irreversibleBecause: string | null
  readonly isApplied: boolean
  readonly onOpenLine: (place: FilePlace) => void
}): ReactNode {
  const { texts, change } = props.migrations
  const findings = useSelectedFindings(texts.kind === 'read' ? texts.texts.name : '')
  // What has been applied is past warning.
  const found = props.isApplied ? null : findings
  if (texts.kind === 'failed') return <FailureView failure={texts.failure} className="in-panel" />
  if (texts.kind === 'none') return <p className="outcome small dim slowly">Reading the files</p>
  const { upFile, up, downFile, down } = texts.texts
  return (
    <>
      <FileHead file={upFile} />
      {up === null ? (
        <p className="outcome small dim">The file is gone, and the history keeps no text of it.</p>
      ) : (
        <>
          <LintList
            report={found?.up ?? null}
            file={upFile}
            onOpen={({ line }) => props.onOpenLine({ file: 'up', line })}
          />
          <FileText text={up} change={change?.up ?? null} />
        </>
      )}
      {downFile === upFile ? null : <FileHead file={downFile} />}
      {downFile === upFile ? null : down === null ? (
        <p className="outcome small dim">{props.irreversibleBecause ?? 'There is no such file.'}</p>
      ) : (
        <>
          <LintList
            report={found?.down ?? null}
            file={downFile}
            onOpen={({ line }) => props.onOpenLine({ file: 'down', line })}
          />
          <FileText text={down} change={change?.down ?? null} />
        </>
      )}
    </>
  )
}

/** A file as it is, or, when it was edited since it was applied, beside what it was. */
function FileText({ text, change }: { readonly text: string; readonly change: FileChange | null }): ReactNode {
  return change === null || change.lines.length === 0 ? <SqlText text={text} /> : <ChangedText change={change} />
}

function FileHead({ file }: { readonly file: string }): ReactNode {
  return (
    <h3 className="mono fn cut" title={file}>
      {file}
    </h3>
  )
}

function factOf({ appliedAt, appliedBy, durationMs }: Migration, meaning: string): string {
  if (appliedAt === null) return meaning
  const by = appliedBy === null ? '' : ` by ${appliedBy}`
  const took = durationMs === null ? '' : ` in ${formatElapsed(durationMs)}`
  return `Applied ${localTime(appliedAt)}${by}${took}`
}

function localTime(iso: string): string {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return iso
  const two = (part: number) => String(part).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`
}

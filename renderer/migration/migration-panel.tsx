import { type ReactNode, useState } from 'react'
import type { MigrationFailure } from '../../contract/failure'
import type { MigrationAction, MigrationTexts } from '../../contract/migration'
import type { Environment, ProfileId } from '../../contract/profile'
import './migrations.css'
import './migration-detail.css'
import './changed-text.css'
import './effect.css'
import './lint.css'
import './plan.css'
import './stopped-notice.css'
import { BlockersArea, type BlockingTabs } from './blockers-area'
import { askConversion } from './convert-folder'
import { DriftBanner } from './drift-banner'
import { EmptyListing } from './empty-listing'
import type { FilePlace } from './file-place'
import { FolderButton } from './folder-button'
import { ForeignLine } from './foreign-line'
import { itemEntries } from './item-entries'
import {
  chooseFolder,
  chooseTab,
  copyName,
  createMigration,
  loadMigrations,
  selectMigration,
  textsOf,
} from './load-migrations'
import { openLog } from './log-actions'
import { MigrationDetail } from './migration-detail'
import { MigrationList } from './migration-list'
import { noteMigrations, useMigrations } from './migration-store'
import { NewMigrationDialog } from './new-migration-dialog'
import { PanelHead } from './panel-head'
import { PlanDialog } from './plan-dialog'
import { PoolerBanner } from './pooler-banner'
import { panelReasons, rollBackAllReason } from './possible-actions'
import { Problem, Refusals } from './refusals'
import { RehearsalQuestion } from './rehearsal-question'
import { useRehearsals } from './rehearsal-store'
import { RunArea } from './run-area'
import { RunButtons } from './run-buttons'
import { cancelRun, dismissPlan, planAction, planShownAgain, runPlan } from './run-migrations'
import { askRehearsal, cancelRehearsal } from './run-rehearsal'
import { acceptChange, restoreFile } from './settle-change'
import { ShownConversion } from './shown-conversion'
import { shownMigrations } from './shown-migrations'
import { signalBlocker } from './signal-blocker'

/** Where to put the caret in an opened file, and what failed there. */
export interface OpenPlace {
  readonly line: number
  readonly column: number
  readonly failure: MigrationFailure | null
}

/** Props of `MigrationPanel`. */
export interface MigrationPanelProps {
  readonly profileId: ProfileId
  /** Named where a plan is confirmed. */
  readonly profileName: string
  readonly environment: Environment
  /** Opens one of the two files in an editor tab; its text is null where there is no such file yet. */
  readonly onOpenFile: (texts: MigrationTexts, file: 'up' | 'down', place?: OpenPlace) => void
  /** The window's tabs, of which one may block a migration. */
  readonly tabs: BlockingTabs
  /** The folder whose runs are one transaction each; null when none is. */
  readonly allOrNothingFolder: string | null
  readonly onAllOrNothing: (folder: string | null) => void
  readonly onCollapse: () => void
}

/** The region "Migrations": the folder's migrations against the database's history, and all that can be done with them. */
export function MigrationPanel(props: MigrationPanelProps): ReactNode {
  const { profileId, profileName, environment, onOpenFile, tabs, onCollapse } = props
  const migrations = useMigrations(profileId, (all) => all)
  const rehearsals = useRehearsals(profileId)
  const [isCreating, setIsCreating] = useState(false)
  const { listing, run, problem } = migrations
  const shown = shownMigrations(migrations)
  const overview = listing.kind === 'listed' ? listing.overview : null
  const refresh = () => void loadMigrations(profileId)
  const choose = () => void chooseFolder(profileId)
  const folder = overview?.folder ?? null
  const isAllOrNothing = folder !== null && folder === props.allOrNothingFolder
  const chooseAllOrNothing = (isOn: boolean) => props.onAllOrNothing(isOn ? folder : null)
  const act = (action: MigrationAction) => void planAction(profileId, action, isAllOrNothing)

  async function open(name: string, file: 'up' | 'down', place?: OpenPlace): Promise<void> {
    const texts = await textsOf(profileId, name)
    if (texts === null) return
    if (place === undefined) onOpenFile(texts, file)
    else onOpenFile(texts, file, place)
  }

  function openFailure(name: string): void {
    const failure = migrations.logs[name]?.failure
    if (failure === null || failure === undefined) return
    const { line, column, direction } = failure
    void open(name, direction === 'apply' ? 'up' : 'down', { line, column, failure })
  }

  function openRefusal(name: string, { file, line }: FilePlace): void {
    void open(name, file, line === null ? undefined : { line, column: 1, failure: null })
  }

  const isEmpty = overview === null || overview.migrations.length === 0
  return (
    <section
      className="migrations"
      aria-label="Migrations"
      onKeyDown={(event) => {
        if (event.key !== 'F5') return
        event.preventDefault()
        refresh()
      }}
    >
      <PanelHead
        migrations={migrations}
        onNew={overview === null ? null : () => setIsCreating(true)}
        newReason={overview?.foreign?.readOnlyBecause ?? null}
        onRefresh={refresh}
        onCollapse={onCollapse}
      />
      {overview === null || overview.folder === null ? null : (
        <FolderButton
          folder={overview.folder}
          fileCount={overview.migrations.filter((each) => each.state !== 'missing').length}
          rollBackAllReason={rollBackAllReason(migrations)}
          onRollBackAll={() => act({ kind: 'roll back all' })}
          isAllOrNothing={isAllOrNothing}
          onAllOrNothing={chooseAllOrNothing}
          onChoose={choose}
          onRefresh={refresh}
          rehearseReason={rehearsals.running === null ? panelReasons(migrations).apply : 'A rehearsal is in progress.'}
          onRehearse={() => askRehearsal(profileId, null)}
          onLog={() => openLog(profileId, null)}
          foreign={overview.foreign}
          onConvert={() => void askConversion(profileId)}
        />
      )}
      {overview?.foreign === undefined ? null : <ForeignLine foreign={overview.foreign} />}
      <DriftBanner profileId={profileId} />
      {overview?.isPooled ? <PoolerBanner /> : null}
      {overview?.readOnlyBecause === undefined ? null : (
        <p className="server-refusal small is-changed">{overview.readOnlyBecause}</p>
      )}
      {problem === null ? null : (
        <Problem failure={problem} onDismiss={() => noteMigrations(profileId, { type: 'problemDismissed' })} />
      )}
      {isEmpty ? (
        <EmptyListing listing={listing} onChoose={choose} onNew={() => setIsCreating(true)} onRetry={refresh} />
      ) : (
        <>
          {overview.folderProblem === null ? null : (
            <p className="folder-problem small is-changed" role="alert">
              {overview.folderProblem}
            </p>
          )}
          <MigrationList
            key={profileId}
            shown={shown}
            selected={migrations.selected}
            onSelect={(name) => selectMigration(profileId, name)}
            onOpen={(name) => void open(name, 'up')}
            entriesFor={(name) =>
              itemEntries(migrations, name, {
                onOpen: (file) => void open(name, file),
                onAction: act,
                onRehearse: () => askRehearsal(profileId, name),
                onCopy: () => void copyName(profileId, name),
                onLog: () => openLog(profileId, name),
              })
            }
          />
        </>
      )}
      {isEmpty && run.kind === 'idle' ? null : (
        <>
          <RunButtons migrations={migrations} onAction={act} onCancel={() => void cancelRun(profileId)} />
          <RunArea migrations={migrations} />
          <BlockersArea
            migrations={migrations}
            tabs={tabs}
            onSignal={(blocker, signal) => signalBlocker(profileId, blocker, signal)}
          />
        </>
      )}
      {run.kind === 'refused' ? (
        <Refusals
          plan={run.plan}
          isKnown={(name) => shown.rows.some((row) => row.migration.name === name)}
          onOpen={openRefusal}
          onOneEach={() => {
            chooseAllOrNothing(false)
            void planAction(profileId, run.action)
          }}
          onDismiss={() => dismissPlan(profileId)}
        />
      ) : null}
      {run.kind === 'not started' ? <Problem failure={run.failure} onDismiss={() => dismissPlan(profileId)} /> : null}
      {isEmpty ? null : (
        <MigrationDetail
          migrations={migrations}
          rehearsals={rehearsals}
          onTab={(tab) => chooseTab(profileId, tab)}
          onRehearse={(name) => askRehearsal(profileId, name)}
          onCancelRehearsal={() => cancelRehearsal(profileId)}
          onSelect={(name) => selectMigration(profileId, name)}
          onOpen={(name) => void open(name, 'up')}
          onOpenFailure={openFailure}
          onOpenLine={openRefusal}
          onAction={act}
          changeDeeds={(name) => ({
            onAccept: (checksum) => void acceptChange(profileId, name, checksum),
            onRestore: (file, checksum) => void restoreFile(profileId, name, file, checksum),
          })}
        />
      )}
      <RehearsalQuestion
        profileId={profileId}
        profileName={profileName}
        environment={environment}
        asked={rehearsals.asked}
        place={rehearsals.place}
        shown={shown}
      />
      {run.kind === 'confirming' ? (
        <PlanDialog
          profileId={profileId}
          plan={run.plan}
          profileName={profileName}
          environment={environment}
          isAnew={run.isAnew}
          onAllOrNothing={(isOn) => {
            chooseAllOrNothing(isOn)
            void planShownAgain(profileId, run.action, isOn)
          }}
          onConfirm={() => void runPlan(profileId, run.plan, run.action)}
          onClose={() => dismissPlan(profileId)}
        />
      ) : null}
      {isCreating && overview?.folder != null ? (
        <NewMigrationDialog
          folder={overview.folder}
          files={overview.foreign?.newFiles ?? 'a pair of files, up and down'}
          onCreate={(title) => createMigration(profileId, title)}
          onCreated={(texts) => {
            setIsCreating(false)
            onOpenFile(texts, 'up')
          }}
          onClose={() => setIsCreating(false)}
        />
      ) : null}
      <ShownConversion profileId={profileId} />
    </section>
  )
}

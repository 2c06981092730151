import { Database, Layers } from 'lucide-react'
import { type ReactNode, useEffect } from 'react'
import { useStore } from 'zustand'
import { ActivityDialog } from './activity/activity-dialog'
import {
  askToCloseTab,
  askToRename,
  endBlockingTab,
  newTab,
  noteControls,
  openMigrationFile,
  showPendingPlace,
} from './app-actions'
import { DraftOverlay, offerMigration } from './app-draft'
import { lintAgain, ShownFindings, showShownFindings } from './app-lint'
import type { OpenProfile } from './app-store'
import { LeftSide } from './left-side'
import { LogDialog } from './migration/log-dialog'
import { MigrationPanel } from './migration/migration-panel'
import { useMigrations } from './migration/migration-store'
import { hasFailedRun, pendingCount } from './migration/shown-migrations'
import { QueryPane } from './query/query-pane'
import { queryStore } from './query/query-store'
import { cancelQuery } from './query/run-query'
import { Button } from './ui/button'
import { Splitter } from './ui/splitter'
import { useDarkMode } from './ui/use-dark-mode'
import { draftChanged, draftText } from './workspace/drafts'
import { TabStrip } from './workspace/tab-strip'
import { changeLayout, chooseTab, moveTab, noteCaret, noteFile } from './workspace/workspace-actions'
import { FIRST_LAYOUT, workspaceStore } from './workspace/workspace-store'

/** Folds a panel, or opens it again. */
export function foldPanel(panel: 'explorer' | 'results' | 'migrations'): void {
  const { situation } = workspaceStore.getState()
  if (situation.kind === 'closed') return
  const { layout } = situation
  if (panel === 'explorer') changeLayout({ isExplorerFolded: !layout.isExplorerFolded })
  else if (panel === 'results') changeLayout({ isResultsFolded: !layout.isResultsFolded })
  else changeLayout({ isMigrationsFolded: !layout.isMigrationsFolded })
}

/** Explorer, editor and migrations of the open profile; each side can be folded to its edge. */
export function Desk({ opened }: { readonly opened: OpenProfile }): ReactNode {
  const { situation } = useStore(workspaceStore)
  const { profile } = opened
  const layout = situation.kind === 'open' ? situation.layout : FIRST_LAYOUT
  return (
    <div className="body">
      {layout.isExplorerFolded ? (
        <Edge side="left" label="Show explorer" onOpen={() => foldPanel('explorer')}>
          <Database className="i i16" />
        </Edge>
      ) : (
        <>
          <nav className="side left" style={{ width: layout.explorerWidth }} aria-label="Explorer panel">
            <LeftSide opened={opened} panel={layout.leftPanel ?? 'explorer'} />
          </nav>
          <Splitter
            label="Explorer width"
            axis="x"
            value={layout.explorerWidth}
            min={160}
            max={640}
            onChange={(explorerWidth) => changeLayout({ explorerWidth })}
            onReset={() => changeLayout({ explorerWidth: FIRST_LAYOUT.explorerWidth })}
          />
        </>
      )}
      <Center opened={opened} />
      <DraftOverlay opened={opened} />
      <LogDialog />
      <ActivityDialog
        tabs={{
          titleOf: (tabId) =>
            situation.kind === 'open' ? (situation.tabs.find((tab) => tab.tabId === tabId)?.title ?? null) : null,
          onShow: chooseTab,
        }}
      />
      {layout.isMigrationsFolded ? (
        <FoldedMigrations opened={opened} />
      ) : (
        <>
          <Splitter
            label="Migrations width"
            axis="x"
            value={layout.migrationsWidth}
            min={260}
            max={720}
            isReversed
            onChange={(migrationsWidth) => changeLayout({ migrationsWidth })}
            onReset={() => changeLayout({ migrationsWidth: FIRST_LAYOUT.migrationsWidth })}
          />
          <div className="side right" style={{ width: layout.migrationsWidth }}>
            <MigrationPanel
              profileId={profile.id}
              profileName={profile.name}
              environment={profile.environment}
              onOpenFile={openMigrationFile}
              tabs={{
                titleOf: (tabId) =>
                  situation.kind === 'open' ? (situation.tabs.find((tab) => tab.tabId === tabId)?.title ?? null) : null,
                onShow: chooseTab,
                onEnd: (tabId, command) => void endBlockingTab(tabId, command),
                onCancel: (tabId) => void cancelQuery(tabId),
              }}
              allOrNothingFolder={layout.allOrNothingFolder ?? null}
              onAllOrNothing={(allOrNothingFolder) => changeLayout({ allOrNothingFolder })}
              onCollapse={() => foldPanel('migrations')}
            />
          </div>
        </>
      )}
    </div>
  )
}

function Center({ opened }: { readonly opened: OpenProfile }): ReactNode {
  const { situation } = useStore(workspaceStore)
  const { queries } = useStore(queryStore)
  const isDark = useDarkMode()
  const activeTabId = situation.kind === 'open' ? situation.activeTabId : null
  useEffect(() => {
    if (activeTabId !== null) showPendingPlace()
  }, [activeTabId])
  if (situation.kind === 'closed') return <main className="center" />
  const { tabs, files, layout } = situation
  return (
    <main className="center">
      <TabStrip
        tabs={tabs}
        activeTabId={activeTabId}
        markOf={(tabId) => {
          const query = queries.get(tabId)
          return {
            transaction: query?.transaction.status ?? 'none',
            isRunning: query?.run.kind === 'running',
            isDirty: files.get(tabId)?.isDirty ?? false,
          }
        }}
        onChoose={chooseTab}
        onClose={askToCloseTab}
        onNew={newTab}
        onRename={askToRename}
        onMove={moveTab}
      />
      {activeTabId === null ? null : (
        <QueryPane
          tabId={activeTabId}
          profile={opened.profile}
          theme={isDark ? 'dark' : 'light'}
          read={(tabId) => ({
            text: draftText(tabId),
            caret: tabs.find((tab) => tab.tabId === tabId)?.caret ?? 0,
          })}
          onChanged={(tabId, read) => {
            draftChanged(tabId, read)
            lintAgain(
              opened.profile.id,
              tabs.find((tab) => tab.tabId === tabId),
              read,
            )
            const file = files.get(tabId)
            if (file !== undefined) {
              const isDirty = file.saved !== read()
              if (isDirty !== file.isDirty) noteFile(tabId, { ...file, isDirty })
            }
          }}
          onCaretMoved={noteCaret}
          editorShare={layout.editorShare}
          isResultsFolded={layout.isResultsFolded}
          onShare={(editorShare) => changeLayout({ editorShare })}
          onControls={(controls) => {
            noteControls(controls)
            showShownFindings()
            offerMigration(controls?.editor ?? null)
          }}
          banner={<ShownFindings profileId={opened.profile.id} tab={tabs.find((tab) => tab.tabId === activeTabId)} />}
        />
      )}
    </main>
  )
}

function FoldedMigrations({ opened }: { readonly opened: OpenProfile }): ReactNode {
  const pending = useMigrations(opened.profile.id, pendingCount)
  const hasFailed = useMigrations(opened.profile.id, hasFailedRun)
  return (
    <Edge side="right" label={`Show migrations, ${pending} pending`} onOpen={() => foldPanel('migrations')}>
      <Layers className="i i16" />
      {pending === 0 ? null : <span className={`badge ${hasFailed ? 'is-failed' : 'is-pending'}`}>{pending}</span>}
    </Edge>
  )
}

function Edge(props: {
  readonly side: 'left' | 'right'
  readonly label: string
  readonly onOpen: () => void
  readonly children: ReactNode
}): ReactNode {
  return (
    <div className={`edge ${props.side}`}>
      <Button variant="bare" className="edge-button" aria-label={props.label} onPress={props.onOpen}>
        {props.children}
      </Button>
    </div>
  )
}

import type { MigrationAction } from '../contract/migration'
import { openActivity } from './activity/activity-actions'
import {
  askToCloseTab,
  askToRename,
  canReopenTab,
  leaveProfile,
  newTab,
  openQueryFile,
  openRelation,
  queryControls,
  reopenTab,
  saveShownQuery,
  saveTab,
  showLeftPanel,
} from './app-actions'
import { connectionCommands } from './app-connections'
import { MAKE_MIGRATION, makeMigration } from './app-draft'
import { askToLeave } from './app-leaving'
import { appStore, showOverlay } from './app-store'
import { askShell, request } from './bridge'
import type { CatalogIndex } from './catalog/catalog-index'
import { refreshCatalog } from './catalog/explore'
import type { Command, Destination } from './command'
import { askConversion } from './migration/convert-folder'
import { loadMigrations, selectMigration } from './migration/load-migrations'
import { openLog } from './migration/log-actions'
import { migrationsOf } from './migration/migration-store'
import { panelReasons, type Reason, rollBackAllReason } from './migration/possible-actions'
import { rehearsalsOf } from './migration/rehearsal-store'
import { planAction } from './migration/run-migrations'
import { askRehearsal } from './migration/run-rehearsal'
import { pendingCount } from './migration/shown-migrations'
import { openImport } from './profile/import/import-actions'
import { newConnection } from './profile/profile-actions'
import { showVault } from './profile/vault-store'
import { queryOf } from './query/query-store'
import { endTransaction } from './query/run-query'
import { loadSavedQueries, savedQueriesStore } from './workspace/saved-queries-actions'
import { changeLayout, chooseNextTab, chooseTab, chooseTabNumber, moveTab } from './workspace/workspace-actions'
import { workspaceStore } from './workspace/workspace-store'

/** Every command of the window, as it stands now. */
export function appCommands(): readonly Command[] {
  const { opened } = appStore.getState()
  return [...(opened === null ? [] : deskCommands()), ...connectionCommands(), ...generalCommands(opened !== null)]
}

function generalCommands(isOpen: boolean): readonly Command[] {
  const command = (id: string, label: string, run: () => void, more: Partial<Command> = {}): Command => ({
    id,
    label,
    isEnabled: true,
    run,
    ...more,
  })
  return [
    command('new-connection', 'New connection', newConnection, { keys: 'Ctrl+N' }),
    command('import-connection', 'Import connection', openImport),
    ...(isOpen
      ? [command('close-profile', 'Close connection', () => askToLeave('connection', () => void leaveProfile()))]
      : []),
    command('vault', 'Password vault', () => void showVault()),
    command('theme-system', 'Theme: follow the system', () => void askShell('app.setTheme', { theme: 'system' })),
    command('theme-light', 'Theme: light', () => void askShell('app.setTheme', { theme: 'light' })),
    command('theme-dark', 'Theme: dark', () => void askShell('app.setTheme', { theme: 'dark' })),
    command('palette', 'Show all commands', () => showOverlay({ kind: 'palette', mode: 'commands' }), {
      keys: 'Ctrl+Shift+P',
    }),
    command('quit', 'Close the window', () => void askShell('window.close', {})),
  ]
}

function deskCommands(): readonly Command[] {
  const { opened } = appStore.getState()
  const { situation } = workspaceStore.getState()
  if (opened === null || situation.kind === 'closed') return []
  const profileId = opened.profile.id
  const tab = situation.tabs.find((one) => one.tabId === situation.activeTabId)
  const query = tab === undefined ? null : queryOf(tab.tabId)
  const isRunning = query?.run.kind === 'running'
  const transaction = query?.transaction.status ?? 'none'
  const { layout } = situation
  const command = (id: string, label: string, keys: string, run: () => void, more: Partial<Command> = {}): Command => ({
    id,
    label,
    ...(keys === '' ? {} : { keys }),
    isEnabled: true,
    run,
    ...more,
  })
  const end = (what: 'commit' | 'rollback') => () => {
    if (tab !== undefined) void endTransaction(tab.tabId, profileId, what)
  }
  return [
    command('run', 'Run the statement at the caret, or the selection', 'Ctrl+Enter', () => queryControls()?.run(), {
      isEnabled: !isRunning,
    }),
    command('run-all', 'Run all', 'Ctrl+Shift+Enter', () => queryControls()?.runAll(), { isEnabled: !isRunning }),
    command('cancel', 'Cancel', 'Ctrl+.', () => void queryControls()?.cancel(), { isEnabled: isRunning }),
    command('commit', 'Commit', '', end('commit'), { isEnabled: transaction === 'open' && !isRunning }),
    command('roll-back', 'Roll back', '', end('rollback'), { isEnabled: transaction !== 'none' && !isRunning }),
    command('new-tab', 'New tab', 'Ctrl+T', newTab),
    command('close-tab', 'Close tab', 'Ctrl+W', () => {
      if (tab !== undefined) askToCloseTab(tab.tabId)
    }),
    command('reopen-tab', 'Reopen the tab closed last', 'Ctrl+Shift+T', reopenTab, { isEnabled: canReopenTab() }),
    command('rename-tab', 'Rename tab', '', () => {
      if (tab !== undefined) askToRename(tab)
    }),
    command('next-tab', 'Next tab', 'Ctrl+Tab', () => chooseNextTab(1)),
    command('previous-tab', 'Previous tab', 'Ctrl+Shift+Tab', () => chooseNextTab(-1)),
    command('move-left', 'Move tab left', 'Ctrl+Shift+PageUp', () => {
      if (tab !== undefined) moveTab(tab.tabId, situation.tabs.indexOf(tab) - 1)
    }),
    command('move-right', 'Move tab right', 'Ctrl+Shift+PageDown', () => {
      if (tab !== undefined) moveTab(tab.tabId, situation.tabs.indexOf(tab) + 1)
    }),
    command(
      'save',
      tab?.kind.type === 'migration file' ? 'Save the migration file' : 'Save query',
      'Ctrl+S',
      () => {
        if (tab !== undefined) void saveTab(tab)
      },
      { isEnabled: tab !== undefined },
    ),
    command('save-as', 'Save query under another name', 'Ctrl+Shift+S', saveShownQuery, {
      isEnabled: tab !== undefined && tab.kind.type !== 'migration file',
    }),
    command('make-migration', MAKE_MIGRATION.label, MAKE_MIGRATION.keys, () => void makeMigration(), {
      isEnabled: tab !== undefined,
    }),
    ...migrationCommands(layout.allOrNothingFolder ?? null),
    command('go', 'Go to a relation, query, migration or tab', 'Ctrl+P', () =>
      showOverlay({ kind: 'palette', mode: 'go' }),
    ),
    command('fold-explorer', layout.isExplorerFolded ? 'Show explorer' : 'Fold explorer', 'Ctrl+B', () =>
      changeLayout({ isExplorerFolded: !layout.isExplorerFolded }),
    ),
    command('show-explorer', 'Show the explorer', '', () => showLeftPanel('explorer')),
    command('show-queries', 'Show saved queries', '', () => showLeftPanel('queries')),
    command('search-history', 'Search history', 'Ctrl+Shift+H', () => showLeftPanel('history')),
    command('fold-results', layout.isResultsFolded ? 'Show results' : 'Fold results', 'Ctrl+J', () =>
      changeLayout({ isResultsFolded: !layout.isResultsFolded }),
    ),
    command('fold-migrations', layout.isMigrationsFolded ? 'Show migrations' : 'Fold migrations', 'Ctrl+M', () =>
      changeLayout({ isMigrationsFolded: !layout.isMigrationsFolded }),
    ),
    command('activity', 'Show what goes on in the server', 'Ctrl+Alt+S', () =>
      openActivity(profileId, opened.facts.database),
    ),
    command('refresh', 'Refresh explorer and migrations', 'F5', () => {
      void refreshCatalog(profileId)
      void loadMigrations(profileId)
      void loadSavedQueries(profileId)
      void request('catalog.check', { profileId })
    }),
  ]
}

function migrationCommands(allOrNothingFolder: string | null): readonly Command[] {
  const { opened } = appStore.getState()
  if (opened === null) return []
  const { id } = opened.profile
  const migrations = migrationsOf(id)
  const pending = pendingCount(migrations)
  const folder = migrations.listing.kind === 'listed' ? migrations.listing.overview.folder : null
  const isAllOrNothing = folder !== null && folder === allOrNothingFolder
  const reasons = panelReasons(migrations)
  const notAllBack = rollBackAllReason(migrations)
  const isFree = migrations.run.kind !== 'running'
  const foreign = migrations.listing.kind === 'listed' ? migrations.listing.overview.foreign : undefined
  const act = (action: MigrationAction) => () => {
    changeLayout({ isMigrationsFolded: false }) // the plan and its progress are shown there
    void planAction(id, action, isAllOrNothing)
  }
  return [
    {
      id: 'apply-next',
      label: 'Apply next migration',
      keys: 'Ctrl+Alt+N',
      remark: remarkOf(reasons.apply) ?? `${pending} pending`,
      isEnabled: reasons.apply === null,
      run: act({ kind: 'apply next' }),
    },
    {
      id: 'apply-all',
      label: 'Apply all migrations',
      keys: 'Ctrl+Alt+A',
      remark: remarkOf(reasons.apply) ?? `${pending} pending`,
      isEnabled: reasons.apply === null,
      run: act({ kind: 'apply all' }),
    },
    {
      id: 'rehearse-all',
      label: 'Rehearse all pending migrations',
      remark: remarkOf(reasons.apply) ?? 'rolled back at the end',
      isEnabled: reasons.apply === null && rehearsalsOf(id).running === null,
      run: () => {
        changeLayout({ isMigrationsFolded: false })
        askRehearsal(id, null)
      },
    },
    ...(foreign === undefined
      ? []
      : [
          {
            id: 'convert-folder',
            label: 'Convert migration folder to native',
            remark: foreign.readOnlyBecause === null ? `from ${foreign.tool}` : `${foreign.tool} is read only`,
            isEnabled: foreign.readOnlyBecause === null && isFree,
            run: () => {
              changeLayout({ isMigrationsFolded: false })
              void askConversion(id)
            },
          },
        ]),
    {
      id: 'roll-back-last',
      label: 'Roll back last applied migration',
      remark: remarkOf(reasons.rollBack) ?? 'plan first',
      isEnabled: reasons.rollBack === null,
      run: act({ kind: 'roll back last' }),
    },
    {
      id: 'roll-back-all',
      label: 'Roll back all migrations',
      remark: remarkOf(notAllBack) ?? 'plan first',
      isEnabled: notAllBack === null,
      run: act({ kind: 'roll back all' }),
    },
    {
      id: 'all-or-nothing',
      label: isAllOrNothing ? 'Migrations: one transaction for each' : 'Migrations: all or nothing',
      remark: isAllOrNothing ? 'now one for the whole run' : 'now one for each',
      isEnabled: folder !== null,
      run: () => changeLayout({ allOrNothingFolder: isAllOrNothing ? null : folder }),
    },
    {
      id: 'migration-log',
      label: 'Show the migration log',
      remark: 'who applied what, and when',
      isEnabled: true,
      run: () => openLog(id, null),
    },
  ]
}

/** The first sentence of a reason as the palette says it beside a command: "nothing is pending". */
function remarkOf(reason: Reason): string | null {
  if (reason === null) return null
  // A title of a migration, which may begin the sentence as well, stays as it is.
  return reason.replace(/\.( .*)?$/, '').replace(/^(A|No|Nothing|The)(?= )/, (word) => word.toLowerCase())
}

/** What the palette can go to: tabs, migrations and relations. */
export function appDestinations(index: CatalogIndex | null): readonly Destination[] {
  const { opened } = appStore.getState()
  const { situation } = workspaceStore.getState()
  if (opened === null || situation.kind === 'closed') return []
  const tabs = situation.tabs.map(
    (tab): Destination => ({
      id: `tab-${tab.tabId}`,
      label: tab.title,
      kind: 'tab',
      remark: tab.tabId === situation.activeTabId ? 'shown' : '',
      go: () => chooseTab(tab.tabId),
    }),
  )
  const { listing } = migrationsOf(opened.profile.id)
  const migrations =
    listing.kind !== 'listed'
      ? []
      : listing.overview.migrations.map(
          (migration): Destination => ({
            id: `migration-${migration.name}`,
            label: migration.title,
            kind: 'migration',
            remark: migration.state,
            go: () => {
              changeLayout({ isMigrationsFolded: false })
              selectMigration(opened.profile.id, migration.name)
            },
          }),
        )
  const queries = (savedQueriesStore.getState().listing?.queries ?? []).map(
    ({ name }): Destination => ({
      id: `query-${name}`,
      label: name,
      kind: 'query',
      remark: 'saved query',
      go: () => void openQueryFile(name),
    }),
  )
  const relations = [...(index?.relations.values() ?? [])].map(
    ({ schema, relation }): Destination => ({
      id: `relation-${relation.oid}`,
      label: schema === 'public' ? relation.name : `${schema}.${relation.name}`,
      kind: relation.kind === 'sequence' ? 'sequence' : relation.kind.endsWith('view') ? 'view' : 'table',
      remark: relation.kind,
      go: () => openRelation({ schema, name: relation.name, kind: relation.kind, oid: relation.oid }),
    }),
  )
  return [...tabs, ...queries, ...migrations, ...relations]
}

/** Goes to the n-th tab, from 1; 9 means the last. */
export function goToTab(number: number): void {
  chooseTabNumber(number)
}

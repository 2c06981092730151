import type { EngineHandlers } from '../../contract/contract'
import { type ProfileId, profileId as profileIdSchema } from '../../contract/profile'
import type { ResultColumn, ResultId, RunInput, ViewId } from '../../contract/query'
import type { SecretKind } from '../../contract/secret'
import { whyNotWritable } from '../../contract/server'
import type { SessionId } from '../../contract/session'
import { followActivity } from './activity/follow-activity'
import { CatalogWatch } from './catalog/catalog-watch'
import { describeRelation } from './catalog/describe-relation'
import { catalogFingerprint, readCatalog } from './catalog/read-catalog'
import { typeNames } from './catalog/type-names'
import type { Connector } from './connector'
import { proposeFromDrift, proposeMigration, rehearseProposal } from './draft-migrations'
import { FailureError, refusal } from './failure-error'
import { lintFile } from './lint-file'
import { logPieces } from './migration/export-log'
import type { FolderWatches } from './migration/folder-watches'
import { readLog, readWholeLog } from './migration/migration-log'
import type { Migrations } from './migration/migrations'
import { isIdle, ownSessions } from './own-sessions'
import type { Imports } from './profile/import/imports'
import type { Profiles } from './profile/profile-store'
import { testConnection } from './profile/test-connection'
import { arrangeRows } from './query/arrange-rows'
import { placeInResult, ResultViews } from './query/arrange-views'
import { findMatches } from './query/find-matches'
import { ProductionGuard } from './query/guard/production-guard'
import { readCell } from './query/read-cell'
import type { ResultRegistry } from './query/result-registry'
import { rowsInOrder } from './query/result-rows'
import { packWindow } from './query/row-window'
import { runStatements } from './query/run-statements'
import type { TabRuns } from './query/tab-runs'
import { wantedParameters } from './query/wanted-parameters'
import { type FindKeptSecret, withPassword } from './secrets'
import type { LostSessions } from './session/lost-sessions'
import type { SessionRegistry } from './session/session-registry'
import { signalBackend } from './session/signal-backend'
import { terminateSession } from './session/terminate'

import { openTabSession } from './tab-session'
import { copyToFile } from './transfer/copy-to-file'
import { exportRows } from './transfer/export-rows'
import { saveCell } from './transfer/save-cell'
import type { SaveTargets } from './transfer/save-targets'
import { writePieces } from './transfer/write-file'
import type { Tunnels } from './tunnel/tunnels'
import type { RunHistory } from './workspace/run-history'
import type { SavedQueries } from './workspace/saved-queries'
import type { WorkspaceStore } from './workspace/workspace-store'

/** Everything the handlers forward to. */
export interface Services {
  readonly profiles: Profiles
  readonly connector: Connector
  readonly sessions: SessionRegistry
  readonly lostSessions: LostSessions
  readonly tabRuns: TabRuns
  readonly results: ResultRegistry
  readonly migrations: Migrations
  readonly folderWatches: FolderWatches
  readonly workspaces: WorkspaceStore
  readonly saveTargets: SaveTargets
  readonly history: RunHistory
  readonly savedQueries: SavedQueries
  /** Makes a folder that of the profile's migrations; null takes it away. */
  readonly setMigrationFolder: (profileId: ProfileId, folder: string | null) => Promise<void>
  /** The profile was closed: what its server was need not be remembered. */
  readonly forgetServer: (profileId: ProfileId) => void
  readonly announceCatalogChanged: (profileId: ProfileId) => void
  readonly imports: Imports
  readonly importFiles: SaveTargets
  readonly profileRemoved: (profileId: ProfileId) => void
  readonly findSecret: FindKeptSecret
  readonly tunnels: Tunnels
  /** libpq's password file. */
  readonly passwordFile: string
  /** Prepares and starts the local server and answers with its profile. */
  readonly startLocal: () => ReturnType<Profiles['ensureLocal']>
}

/** The engine's answers: each contract entry to its feature function. */
export function createHandlers(services: Services): EngineHandlers {
  const { profiles, connector, sessions, lostSessions, tabRuns, results, migrations, workspaces } = services
  const { history, savedQueries } = services
  const busy = new Set<SessionId>()
  const views = new ResultViews()
  const orderedRows = ({ resultId, viewId }: { resultId: ResultId; viewId?: ViewId | undefined }) => {
    const result = results.get(resultId)
    return rowsInOrder(result, views.get(result.store, viewId))
  }
  const guard = new ProductionGuard({
    profileOf: (profileId) => profiles.get(profileId),
    openSession: (profileId) => connector.open(profileId, 'Strata estimate'),
  })
  let opened: ProfileId | null = null
  let tests = 0
  const watch = new CatalogWatch(
    async (profileId) => catalogFingerprint(await connector.catalogSession(profileId)),
    services.announceCatalogChanged,
  )
  const nameTypes = async (profileId: ProfileId, columns: readonly ResultColumn[]) => {
    const names = await typeNames(
      await connector.catalogSession(profileId),
      columns.map((column) => ({ oid: column.typeOid, typmod: column.typeModifier })),
    )
    return columns.map((column, index) =>
      column.typeName.startsWith('oid ') ? { ...column, typeName: names[index] ?? column.typeName } : column,
    )
  }
  const mayWrite = async (profileId: ProfileId) => {
    if ((await profiles.get(profileId)).settings.isReadOnly) throw refusal('profileId', READ_ONLY)
    const { server } = await connector.catalogSession(profileId)
    const why = whyNotWritable(server.facts)
    if (why !== null) throw refusal('profileId', why)
  }
  const closeProfile = async (profileId: ProfileId) => {
    if (opened === profileId) opened = null
    tabRuns.forgetProfile(profileId)
    services.folderWatches.leave(profileId)
    watch.forget(profileId) // first: the runs that end now would ask again, and open a session for it
    await sessions.closeProfile(profileId)
    results.releaseProfile(profileId)
    await connector.close(profileId)
    services.tunnels.closeProfile(profileId)
    services.forgetServer(profileId)
    return null
  }
  return {
    'profile.list': () => profiles.list(),
    'profile.notices': () => profiles.notices(),
    'profile.save': ({ draft }) => profiles.save(draft),
    'profile.clearMigrationFolder': async ({ profileId }) => {
      await services.setMigrationFolder(profileId, null)
      return null
    },
    'profile.remove': async ({ profileId }) => {
      await closeProfile(profileId)
      await workspaces.remove(profileId)
      await history.clear(profileId)
      await profiles.remove(profileId)
      services.profileRemoved(profileId)
      return null
    },
    'profile.test': async ({ target, settings, secrets, profileId, finding }) => {
      const findSecret = async (kind: SecretKind) => {
        const given = secrets.find((each) => each.kind === kind)
        const imported = finding === undefined ? null : services.imports.secretFor(finding, kind, target)
        if (given === undefined && imported !== null) return imported
        if (given !== undefined || profileId === null) return given?.secret ?? null
        return (await services.findSecret(profileId, kind, target))?.secret ?? null
      }
      tests += 1
      const testId = profileIdSchema.parse(`test-${tests}`) // a tunnel of its own: everything is tried anew
      const dial = services.tunnels.dialFor(testId)
      try {
        return await withPassword(
          target,
          findSecret,
          services.passwordFile,
          (found) => testConnection({ target, ...(settings !== undefined && { settings }), ...found, dial }),
          (report) => report.failure,
        )
      } finally {
        services.tunnels.closeProfile(testId)
      }
    },
    'profile.open': async ({ profileId }) => {
      const session = await connector.catalogSession(profileId)
      await profiles.markOpened(profileId)
      opened = profileId
      return session.facts
    },
    'profile.opened': () => opened,
    'profile.close': ({ profileId }) => closeProfile(profileId),

    'import.read': async ({ source }) => {
      const { imports, importFiles } = services
      if (source.type === 'text') return imports.readText(source.text)
      return source.type === 'file' ? imports.readFile(await importFiles.take(source.token)) : imports.readServiceFile()
    },
    'import.hasServiceFile': () => services.imports.hasServiceFile(),
    'import.save': ({ choices, keeper }) => services.imports.save(choices, keeper),
    'import.offerSecrets': ({ profileId, token, typed, keeper }) =>
      services.imports.offerFor(profileId, token, typed, keeper),
    'import.forget': ({ except }) => {
      services.imports.forget(except)
      return null
    },

    'tunnel.resolve': ({ tunnel }) => services.tunnels.resolve(tunnel),

    'server.start': () => services.startLocal(),

    'session.open': async ({ profileId, tabId, wanted }) => {
      const mayStart: typeof guard.checkStartup = (opening) => guard.checkStartup(opening)
      const session = await openTabSession(connector, profileId, mayStart).catch(async (error: unknown) => {
        if (wanted !== undefined) await noteUnsent(services, profileId, wanted, error)
        throw error
      })
      sessions.add(session)
      const before = tabRuns.attach(profileId, tabId, session)
      if (before !== null) await sessions.close(before.id)
      return session.facts
    },
    'session.signal': async ({ profileId, ...input }) => {
      const { session, release } = await connector.borrow(profileId, 'Strata')
      return { outcome: await signalBackend(session, input).finally(release) }
    },
    'activity.follow': ({ profileId }, channel) =>
      followActivity(
        () => connector.borrow(profileId, 'Strata activity'),
        {
          tabOf: (pid) => tabRuns.tabOfBackend(profileId, pid),
          isOfApp: (pid) => connector.presentCatalogSession(profileId)?.facts.backendPid === pid,
        },
        channel,
      ),
    'session.own': ({ profileId }) => ownSessions(profileId, services),
    'session.closeIdle': async ({ sessionIds }) => {
      const idle = sessionIds.filter((id) => !busy.has(id) && sessions.all.some((one) => one.id === id && isIdle(one)))
      for (const id of idle) tabRuns.detach(id)
      await Promise.all(idle.map((id) => sessions.close(id)))
      return { closed: idle }
    },
    'session.check': async (lost) => lostSessions.check(lost, await connector.catalogSession(lost.profileId)),
    'session.close': async ({ sessionId }) => {
      tabRuns.forget(sessionId)
      await sessions.close(sessionId)
      return null
    },

    'session.terminate': async ({ sessionId }) => {
      const session = sessions.get(sessionId)
      await terminateSession(session, () => connector.catalogSession(session.facts.profileId))
      return null
    },

    'query.parameters': async ({ sessionId, ...input }) => [
      ...(await wantedParameters(input, sessionId === null || busy.has(sessionId) ? null : sessions.get(sessionId))),
    ],
    'query.check': async (input, channel) => {
      await guard.check(input, sessions.get(input.sessionId), busy.has(input.sessionId), channel)
    },
    'query.run': async (input, channel) => {
      const session = sessions.get(input.sessionId)
      const { profileId } = session.facts
      const { isReadOnly } = (await profiles.get(profileId)).settings
      if (busy.has(session.id))
        throw refusal('sessionId', 'This session still runs. Cancel it first, or use another tab.')
      busy.add(session.id)
      const log = tabRuns.begin(session, input, channel)
      try {
        const place = { ...session.facts, hasStandardStrings: session.hasStandardStrings }
        await history.record(input, place, log, async (observed) => {
          const refused = await guard.refusalOf(input, session)
          if (refused !== null) {
            for (const event of refused) observed.send(event)
            return
          }
          const tools = {
            session,
            results,
            isReadOnly,
            nameTypes: (columns: readonly ResultColumn[]) => nameTypes(profileId, columns),
          }
          await runStatements(input, tools, observed)
        })
      } finally {
        log.end()
        busy.delete(session.id)
        void watch.check(profileId)
      }
    },
    'query.remains': ({ profileId }) => tabRuns.remains(profileId),
    'query.follow': ({ profileId, tabId }, channel) => tabRuns.follow(profileId, tabId, channel),
    'query.cancel': async ({ sessionId }) => {
      await sessions.get(sessionId).cancel()
      return null
    },
    'result.window': ({ resultId, viewId, from, count }) => {
      const { store, columnCount } = results.get(resultId)
      return packWindow(store, columnCount, from, count, views.get(store, viewId))
    },
    'result.cell': ({ resultId, viewId, row, column, from }) => {
      const result = results.get(resultId)
      return readCell(result, placeInResult(views.get(result.store, viewId), row), column, from)
    },
    'result.arrange': (input, channel) => arrangeRows(results.get(input.resultId), views, input, channel),
    'result.find': async (input, channel) => {
      const result = results.get(input.resultId)
      await findMatches(result, views.get(result.store, input.viewId), input, channel)
    },
    'result.place': ({ resultId, viewId, row }) => placeInResult(views.get(results.get(resultId).store, viewId), row),
    'result.continue': ({ resultId }) => {
      results.continueReading(resultId)
      return null
    },
    'result.release': ({ resultIds }) => {
      results.release(resultIds)
      return null
    },

    'transfer.export': (input, channel) =>
      results.whileReading(input.resultId, async () => {
        const source = orderedRows(input)
        await exportRows(source, await services.saveTargets.take(input.token), input, channel)
      }),
    'transfer.saveCell': (input, channel) =>
      results.whileReading(input.resultId, async () => {
        const { part } = orderedRows(input)
        const path = await services.saveTargets.take(input.token)
        await saveCell((from) => part(input.row, input.column, from), path, input.as, channel)
      }),

    'catalog.read': async ({ profileId }) => {
      const catalog = await readCatalog(await connector.catalogSession(profileId))
      watch.note(profileId, catalog.fingerprint)
      return catalog
    },
    'catalog.describe': async ({ profileId, oid }) => describeRelation(await connector.catalogSession(profileId), oid),
    'catalog.check': async ({ profileId }) => {
      await watch.check(profileId)
      return null
    },

    'migration.list': async ({ profileId }) => {
      const { migrationFolder, settings } = await profiles.get(profileId)
      // Before the files are read: what is written meanwhile is told.
      if (opened === profileId) await services.folderWatches.follow(profileId, migrationFolder)
      const overview = await migrations.list(profileId)
      return settings.isReadOnly ? { ...overview, readOnlyBecause: READ_ONLY } : overview
    },
    'migration.plan': (input) => migrations.plan(input),
    'migration.run': async (input, channel) => {
      await mayWrite(input.profileId)
      try {
        await migrations.run(input, channel)
      } finally {
        void watch.check(input.profileId)
      }
    },
    'migration.follow': ({ profileId }, channel) => migrations.follow(profileId, channel),
    'migration.cancel': ({ runId }) => {
      migrations.cancel(runId)
      return null
    },
    'migration.losses': async (input, channel) => {
      const { environment, settings } = await profiles.get(input.profileId)
      const mayTry = (input.mayTry || environment !== 'production') && !settings.isReadOnly
      await migrations.losses({ ...input, mayTry }, channel)
    },
    'migration.saveLoss': async ({ token, ...input }, channel) => {
      const path = await services.saveTargets.take(token)
      await migrations.keepRows(input, (session, query) => copyToFile(session, query, path, channel))
    },
    'migration.rehearse': async (input, channel) => {
      await mayWrite(input.profileId)
      await migrations.rehearse(input, channel)
    },
    'migration.drift': ({ profileId }) => migrations.drift(profileId),
    'migration.acceptDrift': async ({ profileId, checksum }) => {
      await mayWrite(profileId)
      return migrations.acceptDrift(profileId, checksum)
    },
    'migration.create': (input) => migrations.create(input),
    'migration.draft': async (input, channel) => {
      await mayWrite(input.profileId)
      await proposeMigration(connector, input, channel)
    },
    'migration.draftDrift': async (input, channel) => {
      await mayWrite(input.profileId)
      await proposeFromDrift(connector, input, channel)
    },
    'migration.rehearseDraft': async (input, channel) => {
      await mayWrite(input.profileId)
      await rehearseProposal(connector, input, channel)
    },
    'migration.conversion': ({ profileId }) => migrations.conversion(profileId),
    'migration.convert': async (input) => {
      const folder = await migrations.convert(input)
      await services.setMigrationFolder(input.profileId, folder)
      return { folder }
    },
    'migration.read': (input) => migrations.read(input),
    'migration.lint': (input) => lintFile(connector, input),
    'migration.write': (input) => migrations.write(input),
    'migration.compare': ({ profileId, name }) => migrations.compare(profileId, name),
    'migration.accept': async (input) => {
      await mayWrite(input.profileId)
      return migrations.accept(input)
    },
    'migration.restore': (input) => migrations.restore(input),
    'migration.log': async ({ profileId, from, count, ...wish }) =>
      readLog(await connector.catalogSession(profileId), wish, from, count),
    'migration.exportLog': async ({ profileId, token, format, ...wish }, channel) => {
      const entries = await readWholeLog(await connector.catalogSession(profileId), wish)
      const path = await services.saveTargets.take(token)
      await writePieces(path, logPieces(entries, format), entries.length, channel)
    },

    'savedQuery.list': ({ profileId }) => savedQueries.list(profileId),
    'savedQuery.read': ({ profileId, name }) => savedQueries.read(profileId, name),
    'savedQuery.write': ({ profileId, name, text, expected }) => savedQueries.write(profileId, name, text, expected),
    'savedQuery.rename': async ({ profileId, name, to }) => {
      await savedQueries.rename(profileId, name, to)
      return null
    },
    'savedQuery.remove': async ({ profileId, name }) => {
      await savedQueries.remove(profileId, name)
      return null
    },

    'history.search': (input) => history.search(input),
    'history.read': ({ id }) => history.read(id),
    'history.remove': async ({ id }) => {
      await history.remove(id)
      return null
    },
    'history.clear': async ({ profileId }) => {
      await history.clear(profileId)
      return null
    },

    'workspace.read': ({ profileId }) => workspaces.read(profileId),
    'workspace.writeTabs': async ({ profileId, tabs, activeTabId }) => {
      await workspaces.writeTabs(profileId, tabs, activeTabId)
      tabRuns.keepOnly(
        profileId,
        tabs.map((tab) => tab.tabId),
      )
      return null
    },
    'workspace.writeText': async ({ profileId, tabId, text }) => {
      await workspaces.writeText(profileId, tabId, text)
      return null
    },
    'workspace.writeLayout': async ({ profileId, layout }) => {
      await workspaces.writeLayout(profileId, layout)
      return null
    },
  }
}

/** What would write besides a tab's statements is not even begun: it has sessions of its own. */
const READ_ONLY =
  'This connection is read-only: nothing is applied, rolled back or tried out over it. Its settings say so, and can say otherwise.'

/** The window asks again by itself while the server is not ready (cannot_connect_now), or full (too_many_connections). */
const TRIED_AGAIN: ReadonlySet<string | undefined> = new Set(['57P03', '53300'])

/** A run that found no session is a failed run; only one that waits for a secret is about to be tried again. */
async function noteUnsent(
  { profiles, history }: Services,
  profileId: ProfileId,
  wanted: Pick<RunInput, 'script' | 'range'>,
  error: unknown,
): Promise<void> {
  const failure = error instanceof FailureError ? error.failure : null
  if (failure?.kind === 'connection' && (failure.secret !== undefined || TRIED_AGAIN.has(failure.code))) return
  const { database, role } = (await profiles.get(profileId)).target
  const place = { profileId, database, role, hasStandardStrings: true }
  const channel = { isClosed: false, send: () => {}, onClose: () => {} }
  await history.record(wanted, place, channel, () => Promise.reject(error)).catch(() => {})
}

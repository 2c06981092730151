import { dirname, join, resolve } from 'node:path'
import type { EngineEventName } from '../../contract/contract'
import type { ProfileId } from '../../contract/profile'
import { prepareCatalogSession } from './catalog/read-catalog'
import { Connector, type Credentials } from './connector'
import type { Services } from './handlers'
import type { Log } from './log'
import { FolderWatches } from './migration/folder-watches'
import { createMigrations } from './migration/migrations'
import { Imports, type OfferSecret } from './profile/import/imports'
import { passwordFile as usualPasswordFile } from './profile/password-file'
import { createProfiles } from './profile/profile-store'
import { serviceFiles } from './profile/service-file'
import { type ResultOptions, ResultRegistry } from './query/result-registry'
import { prepareSpillFolder } from './query/spill'
import { TabRuns } from './query/tab-runs'
import type { FindKeptSecret } from './secrets'
import { createLocalServer } from './server/local-server'
import { ServerWatch } from './server-watch'
import { openSession } from './session/connect'
import { LostSessions } from './session/lost-sessions'
import { Pulse } from './session/pulse'
import { SessionRegistry } from './session/session-registry'
import { SaveTargets } from './transfer/save-targets'
import { type AskHostKey, HostKeys } from './tunnel/host-keys'
import { sshUser } from './tunnel/ssh-user'
import { Tunnels } from './tunnel/tunnels'
import { RunHistory } from './workspace/run-history'
import { RunJournals } from './workspace/run-journals'
import { createSavedQueries } from './workspace/saved-queries'
import { WorkspaceStore } from './workspace/workspace-store'

/** What the engine is started with. */
export interface EngineOptions {
  /** The app's user-data folder. */
  readonly userData: string
  /** The `native` folder of PostgreSQL's npm platform package. */
  readonly binaries: string
  /** The sample project's migrations. */
  readonly samples: string
  readonly appVersion: string
  readonly log: Log
  /** Tells every window. */
  readonly announce: (name: EngineEventName, value: unknown) => void
  readonly findSecret: FindKeptSecret
  /** Asks the person whether the key of an SSH server is trusted. */
  readonly askHostKey: AskHostKey
  /** libpq's password file; where libpq looks for it unless said otherwise. */
  readonly passwordFile?: string
  /** Hands a secret that an import found to the shell. */
  readonly offerSecret: OfferSecret
  readonly profileRemoved: (profileId: ProfileId) => void
  /** How results are kept and read, where it is not as usual. */
  readonly results?: Partial<Pick<ResultOptions, 'memoryBytes' | 'limits'>>
}

/** The engine's parts. */
export interface Engine {
  readonly services: Services
  setMigrationFolder(profileId: ProfileId, folder: string | null): Promise<void>
  /** Notes a file that the user chose, and the token that stands for it in the window. */
  noteSaveFile(token: string, path: string): void
  /** Notes a file with connections that the user chose, and its token. */
  noteImportFile(token: string, path: string): void
  /** Ends runs, sessions, journals and the local server. */
  stop(): Promise<void>
}

/** Builds the services by hand, each given what it needs. */
export function createEngine(options: EngineOptions): Engine {
  const { userData, log, announce, passwordFile = usualPasswordFile() } = options
  const profiles = createProfiles({
    folder: join(userData, 'profiles'),
    onChanged: () => announce('profile.changed', {}),
  })
  const server = createLocalServer({
    binaries: options.binaries,
    folder: join(userData, 'local-database'),
    log,
    probe: async (target, password) => {
      const session = await openSession({
        profileId: 'probe' as ProfileId, // no profile yet: the session is closed again before anybody sees it
        target,
        password,
        applicationName: 'Strata start-up',
      })
      await session.end()
    },
  })
  const localCredentials = async (): Promise<Credentials> => {
    const { target, password } = await server.start()
    return { target, password }
  }
  const tunnels = new Tunnels({
    user: sshUser,
    hostKeys: new HostKeys(join(userData, 'known_hosts'), options.askHostKey),
  })
  const serverWatch = new ServerWatch((profileId, server) => announce('server.changed', { profileId, server }))
  const connector = new Connector({
    profileOf: (profileId) => profiles.get(profileId),
    localCredentials,
    findSecret: options.findSecret,
    passwordFile,
    prepareCatalogSession: async (session) => {
      await prepareCatalogSession(session)
      serverWatch.follow(session)
    },
    dialFor: (profileId) => tunnels.dialFor(profileId),
  })
  const spillFolder = join(userData, 'results')
  prepareSpillFolder(spillFolder, log)
  const results = new ResultRegistry({ ...options.results, spillFolder })
  const lostSessions = new LostSessions()
  const tabRuns = new TabRuns()
  const sessions = new SessionRegistry((loss, session) => {
    lostSessions.note(session)
    tabRuns.noteLoss(loss)
    announce('session.lost', loss)
  })
  const pulse = new Pulse({
    tabSessions: () => sessions.all,
    catalogSessionOf: (profileId) => connector.presentCatalogSession(profileId),
    openCatalogSession: (profileId) => connector.catalogSession(profileId),
  })
  const saveTargets = new SaveTargets()
  const importFiles = new SaveTargets()
  const workspaces = new WorkspaceStore(join(userData, 'workspaces'))
  const hostOf = async (profileId: ProfileId) => {
    const { kind, target } = await profiles.get(profileId)
    return kind === 'local' ? 'localhost' : target.host
  }
  const history = new RunHistory({
    journals: new RunJournals(join(userData, 'history')),
    nameProfile: async (profileId) => ({ name: (await profiles.get(profileId)).name, host: await hostOf(profileId) }),
    onChanged: () => announce('history.changed', {}),
    log,
  })
  const savedQueries = createSavedQueries({
    folderOf: async (profileId) => {
      const { migrationFolder } = await profiles.get(profileId)
      if (migrationFolder === null) return null
      // The sample lies among the app's own files, which are not the user's to write.
      const isSample = resolve(migrationFolder) === resolve(options.samples)
      return { folder: join(isSample ? userData : dirname(resolve(migrationFolder)), 'queries'), isSample }
    },
    onChanged: (profileId) => announce('savedQuery.changed', { profileId }),
  })
  const migrations = createMigrations({
    openSession: (profileId, applicationName, database) => connector.open(profileId, applicationName, database),
    catalogSession: (profileId) => connector.catalogSession(profileId),
    folderOf: async (profileId) => (await profiles.get(profileId)).migrationFolder,
    hostOf,
    announceChanged: (profileId) => announce('migration.changed', { profileId }),
    tabOf: (profileId, backendPid) => tabRuns.tabOfBackend(profileId, backendPid),
    appVersion: options.appVersion,
  })
  const folderWatches = new FolderWatches((profileId) => announce('migration.changed', { profileId }))
  const setMigrationFolder = async (profileId: ProfileId, folder: string | null) => {
    await profiles.setMigrationFolder(profileId, folder)
    announce('migration.changed', { profileId })
  }
  return {
    services: {
      setMigrationFolder,
      profiles,
      connector,
      sessions,
      lostSessions,
      tabRuns,
      results,
      migrations,
      folderWatches,
      workspaces,
      saveTargets,
      importFiles,
      imports: new Imports(profiles, serviceFiles(), options.offerSecret),
      history,
      savedQueries,
      forgetServer: (profileId) => serverWatch.forget(profileId),
      announceCatalogChanged: (profileId) => announce('catalog.changed', { profileId }),
      profileRemoved: options.profileRemoved,
      findSecret: options.findSecret,
      tunnels,
      passwordFile,
      startLocal: async () => profiles.ensureLocal((await localCredentials()).target, options.samples),
    },
    setMigrationFolder,
    noteSaveFile: (token, path) => saveTargets.note(token, path),
    noteImportFile: (token, path) => importFiles.note(token, path),
    stop: async () => {
      pulse.stop()
      folderWatches.close()
      await migrations.stop()
      await sessions.closeAll()
      results.releaseAll()
      await connector.closeAll()
      tunnels.closeAll()
      await workspaces.close()
      await history.close()
      await server.stop()
    },
  }
}

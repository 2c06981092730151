import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { ProfileId, Target } from '../../contract/profile'
import { prepareCatalogSession } from '../engine/catalog/read-catalog'
import { FailureError, refusal } from '../engine/failure-error'
import { createMigrations, type Migrations } from '../engine/migration/migrations'
import { openSession } from '../engine/session/connect'
import type { Session } from '../engine/session/session'
import type { Connection } from './connection'
import type { Terminal } from './terminal'

declare const STRATA_VERSION: string

/** Strata's version, of the build. */
export const VERSION: string = STRATA_VERSION

/** The engine's migrations over one folder and one database. */
export interface OpenMigrations {
  readonly migrations: Migrations
  readonly profileId: ProfileId
  readonly target: Target
  readonly folder: string
  /** Cancels what runs and ends the sessions. */
  close(): Promise<void>
}

/** What a command needs to reach its migrations. */
export interface Place {
  readonly connection: Connection
  readonly folder: string
  readonly terminal: Terminal
  /** False where nobody is to be asked. */
  readonly mayAsk: boolean
}

const PROFILE = 'command-line' as ProfileId // branded here: a command has no saved profile

/** The path of a migration folder; refused when there is none. */
export async function folderAt(path: string): Promise<string> {
  const folder = resolve(path)
  const found = await stat(folder).catch(() => null)
  if (found === null) throw refusal('dir', `There is no folder ${folder}. Say with --dir where the migrations are.`)
  if (!found.isDirectory()) throw refusal('dir', `${folder} is not a folder. Say with --dir where the migrations are.`)
  return folder
}

/** Connects, asking for the password when the server wants one and a person is there; rejects with a `FailureError`. */
export async function openMigrations({ connection, folder: path, terminal, mayAsk }: Place): Promise<OpenMigrations> {
  const folder = await folderAt(path)
  const { target } = connection
  let { password } = connection
  const open = (applicationName: string, database = target.database) =>
    openSession({ profileId: PROFILE, target: { ...target, database }, password, applicationName })
  let catalog: Session
  try {
    catalog = await open('Strata')
  } catch (error) {
    const isWanted =
      error instanceof FailureError && error.failure.kind === 'connection' && error.failure.secret?.state === 'missing'
    if (!isWanted || !mayAsk) throw error
    password = await terminal.askHidden(`Password of ${target.role} at ${target.host}: `)
    if (password === null) throw error
    catalog = await open('Strata')
  }
  await prepareCatalogSession(catalog)
  const migrations = createMigrations({
    openSession: (_, applicationName, database) => open(applicationName, database),
    catalogSession: async () => {
      if (catalog.lostBecause === null) return catalog
      catalog = await open('Strata')
      await prepareCatalogSession(catalog)
      return catalog
    },
    folderOf: async () => folder,
    hostOf: async () => target.host,
    announceChanged: () => {},
    appVersion: VERSION,
  })
  const close = async () => {
    await migrations.stop()
    await catalog.end()
  }
  return { migrations, profileId: PROFILE, target, folder, close }
}

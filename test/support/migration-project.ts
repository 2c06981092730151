import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EngineContract } from '../../contract/contract'
import type { Channel, InputOf } from '../../contract/define'
import type { MigrationFailure } from '../../contract/failure'
import { type MigrationAction, type MigrationEvent, migrationEvent } from '../../contract/migration'
import type { ProfileId } from '../../contract/profile'
import { createMigrations, type Migrations } from '../../electron/engine/migration/migrations'
import { openSession } from '../../electron/engine/session/connect'
import type { Session } from '../../electron/engine/session/session'
import type { TestDatabase } from './database-on'

/** A folder with migrations, a database, and the engine's migrations over both. */
export interface Project {
  readonly profileId: ProfileId
  readonly folder: string
  readonly database: TestDatabase
  readonly migrations: Migrations
  /** Every session that was opened for a run, the run's own first. */
  readonly sessions: readonly Session[]
  /** How often files or history were said to have changed. */
  readonly changes: () => number
  /** Writes `NAME.up.sql` and, when given, `NAME.down.sql`. */
  add(name: string, up: string, down?: string | null): Promise<void>
  /** States by name, in the order of the overview. */
  states(): Promise<Record<string, string>>
  /** Plans an action and runs exactly that. */
  act(action: MigrationAction): Promise<RunReport>
  /** Runs a plan that was made before. */
  run(input: InputOf<EngineContract, 'migration.run'>): Promise<RunReport>
  /** Plans an action and starts it; `channel` hears it. */
  start(action: MigrationAction): Promise<RunInProgress>
  remove(): Promise<void>
}

/** A run that was started. */
export interface RunInProgress {
  readonly channel: HeardChannel
  readonly ended: Promise<RunReport>
}

/** All that a run said. */
export interface RunReport {
  readonly events: readonly MigrationEvent[]
  readonly outcome: string
  readonly committed: readonly string[]
  readonly failure: MigrationFailure | null
}

/** A channel that keeps what it hears and checks it against the contract. */
export class HeardChannel implements Channel<MigrationEvent> {
  readonly events: MigrationEvent[] = []
  isClosed = false
  private readonly waiting = new Set<() => void>()
  private readonly closing: (() => void)[] = []

  send(event: MigrationEvent): void {
    if (this.isClosed) return
    this.events.push(structuredClone(migrationEvent.parse(event)))
    for (const check of [...this.waiting]) check()
  }

  onClose(listener: () => void): void {
    if (this.isClosed) listener()
    else this.closing.push(listener)
  }

  close(): void {
    this.isClosed = true
    for (const listener of this.closing.splice(0)) listener()
  }

  /** The first event of that type, when it has come and fits. */
  heard<T extends MigrationEvent['type']>(
    type: T,
    fits: (event: Extract<MigrationEvent, { type: T }>) => boolean = () => true,
  ): Promise<Extract<MigrationEvent, { type: T }>> {
    return new Promise((resolve) => {
      const check = () => {
        for (const event of this.events) {
          if (event.type !== type) continue
          const found = event as Extract<MigrationEvent, { type: T }>
          if (!fits(found)) continue
          this.waiting.delete(check)
          resolve(found)
          return
        }
      }
      this.waiting.add(check)
      check()
    })
  }
}

/** Sums a run up. */
export function reportOf(events: readonly MigrationEvent[]): RunReport {
  const end = events.at(-1)
  const failed = events.find((event) => event.type === 'stepFailed')
  return {
    events,
    outcome: end?.type === 'runEnded' ? end.outcome : 'no end',
    committed: events.filter((event) => event.type === 'stepCommitted').map((event) => event.name),
    failure: failed?.type === 'stepFailed' ? failed.failure : null,
  }
}

/** A project over a database; `folder` names an existing one, else a new one is made and removed at the end. */
export async function createProject(
  database: TestDatabase,
  options: { readonly folder?: string; readonly folderName?: string; readonly target?: TestDatabase['target'] } = {},
): Promise<Project> {
  const profileId = 'profile-1' as ProfileId
  const parent = await mkdtemp(join(tmpdir(), 'strata-migrations-'))
  const folder = options.folder ?? join(parent, options.folderName ?? 'migrations')
  await mkdir(folder, { recursive: true })
  const target = options.target ?? database.target
  const open = (applicationName: string, name = target.database) =>
    openSession({ profileId, target: { ...target, database: name }, password: database.password, applicationName })
  const sessions: Session[] = []
  let catalog: Session | null = null
  let changes = 0
  const migrations = createMigrations({
    openSession: async (_, applicationName, name) => {
      const session = await open(applicationName, name)
      sessions.push(session)
      return session
    },
    catalogSession: async () => {
      if (catalog === null || catalog.lostBecause !== null) catalog = await open('Strata')
      return catalog
    },
    folderOf: async () => folder,
    hostOf: async () => target.host,
    announceChanged: () => {
      changes += 1
    },
    appVersion: '0.0.0-test',
  })
  const start = async (action: MigrationAction) => {
    const { digest } = await migrations.plan({ profileId, action })
    const channel = new HeardChannel()
    const ended = migrations.run({ profileId, action, digest }, channel).then(() => reportOf(channel.events))
    ended.catch(() => {}) // whoever awaits it is told
    return { channel, ended }
  }
  return {
    profileId,
    folder,
    database,
    migrations,
    sessions,
    changes: () => changes,
    add: async (name, up, down = null) => {
      await writeFile(join(folder, `${name}.up.sql`), up)
      if (down !== null) await writeFile(join(folder, `${name}.down.sql`), down)
    },
    states: async () => {
      const { migrations: list } = await migrations.list(profileId)
      return Object.fromEntries(list.map(({ name, state }) => [name, state]))
    },
    start,
    run: async (input) => {
      const channel = new HeardChannel()
      await migrations.run(input, channel)
      return reportOf(channel.events)
    },
    act: async (action) => (await start(action)).ended,
    remove: async () => {
      await migrations.stop()
      await (catalog as Session | null)?.end()
      await rm(parent, { recursive: true, force: true })
    },
  }
}

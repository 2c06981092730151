import type { MigrationAction } from '../../contract/migration'
import type { ProfileId } from '../../contract/profile'
import { createMigrations } from '../../electron/engine/migration/migrations'
import { openSession } from '../../electron/engine/session/connect'
import type { TestDatabase } from '../../test/support/database-on'

const PROFILE = 'bench' as ProfileId

/** Milliseconds of the engine alone, in this process. */
export interface InProcess {
  /** Applies all migrations of a folder. */
  apply(folder: string): Promise<number>
  /** Lists them once as when a folder is opened, and again as at every refresh. */
  list(folder: string): Promise<{ readonly firstMs: number; readonly refreshMs: number }>
}

/** The engine over a database, as the app has it. */
export function engineOn({ target, password }: TestDatabase): InProcess {
  const withMigrations = async <T>(
    folder: string,
    work: (migrations: ReturnType<typeof createMigrations>) => Promise<T>,
  ): Promise<T> => {
    const open = (applicationName: string) => openSession({ profileId: PROFILE, target, password, applicationName })
    const catalog = await open('Strata')
    const migrations = createMigrations({
      openSession: (_, applicationName) => open(applicationName),
      catalogSession: async () => catalog,
      folderOf: async () => folder,
      hostOf: async () => target.host,
      announceChanged: () => {},
      appVersion: 'bench',
    })
    try {
      return await work(migrations)
    } finally {
      await migrations.stop()
      await catalog.end()
    }
  }
  return {
    apply: (folder) =>
      withMigrations(folder, async (migrations) => {
        const action: MigrationAction = { kind: 'apply all' }
        const startedAt = performance.now()
        const { digest } = await migrations.plan({ profileId: PROFILE, action })
        let outcome = ''
        await migrations.run(
          { profileId: PROFILE, action, digest },
          {
            send: (event) => {
              if (event.type === 'runEnded') outcome = event.outcome
            },
            isClosed: false,
            onClose: () => {},
          },
        )
        if (outcome !== 'complete') throw new Error(`the run ended as ${outcome}`)
        return performance.now() - startedAt
      }),
    list: (folder) =>
      withMigrations(folder, async (migrations) => {
        const timed = async () => {
          const startedAt = performance.now()
          await migrations.list(PROFILE)
          return performance.now() - startedAt
        }
        const firstMs = await timed()
        await timed()
        return { firstMs, refreshMs: await timed() }
      }),
  }
}

import { createRequire } from 'node:module'
import type { Channel } from '../../contract/define'
import type { MigrationAction, MigrationEvent } from '../../contract/migration'
import type { ProfileId, Target } from '../../contract/profile'
import { FailureError } from '../../electron/engine/failure-error'
import { createMigrations } from '../../electron/engine/migration/migrations'
import { openSession } from '../../electron/engine/session/connect'

// umzug's command line, which is never used, reads this name while it is loaded; an ES module has none.
Object.assign(globalThis, { require: createRequire(import.meta.url) })

// A process that plans and runs one action: `node migration-runner.mjs '{ folder, target, password, action }'`. Writes every
// event as a line of JSON, and `{ type: 'refused', message }` when the run did not begin.
interface Order {
  readonly folder: string
  readonly target: Target
  readonly password: string
  readonly action: MigrationAction
}

const { folder, target, password, action } = JSON.parse(process.argv[2] ?? '{}') as Order
const profileId = 'runner' as ProfileId
const say = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`)
const open = (applicationName: string) => openSession({ profileId, target, password, applicationName })
const catalog = await open('Strata')
const migrations = createMigrations({
  openSession: (_, applicationName) => open(applicationName),
  catalogSession: async () => catalog,
  folderOf: async () => folder,
  hostOf: async () => target.host,
  announceChanged: () => {},
  appVersion: '0.0.0-test',
})
const channel: Channel<MigrationEvent> = { send: say, isClosed: false, onClose: () => {} }
try {
  const { digest } = await migrations.plan({ profileId, action })
  say({ type: 'planned' })
  await migrations.run({ profileId, action, digest }, channel)
} catch (error) {
  say({ type: 'refused', message: error instanceof FailureError ? error.message : String(error) })
}
await migrations.stop()
await catalog.end()

import { join } from 'node:path'
import { type ProfileId, profileId as profileIdSchema, type Target } from '../../contract/profile'
import { type EnginePort, fromElectronPort } from './bridge/engine-port'
import { announcer, servePort } from './bridge/serve-port'
import { createHandlers } from './handlers'
import { openLog } from './log'
import { openShellLine } from './parent-port'
import { createEngine } from './services'

// Ctrl+C reaches the whole process group: main decides when the engine stops.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {})
// A limit on the size of files is an error of the write, not the end of the engine.
process.on('SIGXFSZ', () => {})
for (const name of Object.keys(process.env)) if (name.startsWith('PG')) delete process.env[name]

const [userData = '', binaries = '', samples = '', appVersion = ''] = process.argv.slice(2)
const log = openLog(join(userData, 'logs', 'engine.log'))
process.on('uncaughtException', (error) => {
  log(`uncaught: ${error.stack?.replaceAll('\n', ' | ') ?? error.message}`)
  process.exit(70)
})

const shell = openShellLine()
const ports = new Set<EnginePort>()
const secrets = new Map<number, (password: string | null) => void>()
let lastSecret = 0

const engine = createEngine({
  userData,
  binaries,
  samples,
  appVersion,
  log,
  announce: announcer(ports, log),
  findPassword: askShell,
  profileRemoved: (profileId) => shell.tell({ type: 'profile removed', profileId }),
})
const handlers = createHandlers(engine.services)

shell.onMessage((message, arrived) => {
  switch (message.type) {
    case 'port': {
      const electronPort = arrived[0]
      if (electronPort === undefined) return
      const port = fromElectronPort(electronPort)
      ports.add(port)
      port.onClose(() => ports.delete(port))
      servePort(port, handlers, log)
      return
    }
    case 'ping':
      shell.tell({ type: 'pong', id: message.id })
      return
    case 'secret':
      secrets.get(message.id)?.(message.password)
      secrets.delete(message.id)
      return
    case 'migration folder':
      void engine
        .setMigrationFolder(profileIdSchema.parse(message.profileId), message.folder)
        .catch((error: unknown) => log(`the folder could not be noted: ${String(error)}`))
      return
    case 'stop':
      void engine
        .stop()
        .catch((error: unknown) => log(`stopping: ${String(error)}`))
        .then(() => {
          shell.tell({ type: 'stopped' })
        })
      return
  }
})
shell.tell({ type: 'ready' })

/** A password travels once per connect, from main to here, and is never kept. */
function askShell(profileId: ProfileId, target: Target): Promise<string | null> {
  lastSecret += 1
  const id = lastSecret
  const { host, port, role, tlsMode } = target
  return new Promise((resolve) => {
    secrets.set(id, resolve)
    shell.tell({ type: 'secret wanted', id, profileId, host, port, role, tlsMode })
  })
}

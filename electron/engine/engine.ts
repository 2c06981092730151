import { join } from 'node:path'
import type { HostKeyAnswer, HostKeyQuestion } from '../../contract/host-key'
import { type ProfileId, profileId as profileIdSchema, type Target } from '../../contract/profile'
import type { SecretKind } from '../../contract/secret'
import { type EnginePort, fromElectronPort } from './bridge/engine-port'
import { announcer, servePort } from './bridge/serve-port'
import { createHandlers } from './handlers'
import { openLog } from './log'
import { openShellLine } from './parent-port'
import type { KeptSecret } from './secrets'
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
const secrets = new Map<number, (secret: string | null) => void>()
let lastSecret = 0
const hostKeyQuestions = new Map<number, (answer: HostKeyAnswer) => void>()
let lastQuestion = 0

const engine = createEngine({
  userData,
  binaries,
  samples,
  appVersion,
  log,
  announce: announcer(ports, log),
  findSecret: askShell,
  askHostKey,
  offerSecret: ({ id, target: { database: _, ...target } }, kind, secret, keeper) =>
    shell.tell({ type: 'secret found', profileId: id, kind, target, secret, keeper }),
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
      secrets.get(message.id)?.(message.secret)
      secrets.delete(message.id)
      return
    case 'host key answer':
      hostKeyQuestions.get(message.id)?.(message.answer)
      hostKeyQuestions.delete(message.id)
      return
    case 'migration folder':
      void engine
        .setMigrationFolder(profileIdSchema.parse(message.profileId), message.folder)
        .catch((error: unknown) => log(`the folder could not be noted: ${String(error)}`))
      return
    case 'save file':
      engine.noteSaveFile(message.token, message.path)
      return
    case 'import file':
      engine.noteImportFile(message.token, message.path)
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

/** A secret travels once per connect, from main to here, and is never kept. */
async function askShell(profileId: ProfileId, kind: SecretKind, target: Target): Promise<KeptSecret | null> {
  lastSecret += 1
  const id = lastSecret
  const { database: _, ...sealed } = target
  const secret = await new Promise<string | null>((resolve) => {
    secrets.set(id, resolve)
    shell.tell({ type: 'secret wanted', id, profileId, kind, target: sealed })
  })
  return secret === null ? null : { secret, tell: (outcome) => shell.tell({ type: 'secret used', id, outcome }) }
}

/** Trust is given in a dialog of the shell, never in the window. */
function askHostKey(question: HostKeyQuestion): Promise<HostKeyAnswer> {
  lastQuestion += 1
  const id = lastQuestion
  return new Promise((resolve) => {
    hostKeyQuestions.set(id, resolve)
    shell.tell({ type: 'host key question', id, question })
  })
}

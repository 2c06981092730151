import type { MigrationAction } from '../../contract/migration'
import { FailureError } from '../engine/failure-error'
import { type Command, readCommand } from './command'
import { findConnection } from './connection'
import { createMigration, createWithoutDatabase } from './create-migration'
import { describeFailure, withoutSecrets } from './describe-failure'
import { EXIT, exitCodeOf } from './exit-code'
import { helpText } from './help'
import { type Interruption, listenForSignals } from './interruption'
import { actionOf, moveMigrations } from './move'
import { openMigrations, VERSION } from './open-migrations'
import { requireDatabaseName } from './production'
import { rehearseMigrations } from './rehearse'
import type { Result } from './result'
import { showStatus } from './show-status'
import { ownTerminal, type Terminal } from './terminal'

const PARTICIPLES = { apply: 'applied', rollback: 'rolled back', repair: 'repaired' } as const

const environment: Readonly<Record<string, string | undefined>> = { ...process.env }
// The driver reads these behind our back: what counts is read above.
for (const name of Object.keys(process.env)) if (name.startsWith('PG')) delete process.env[name]

const terminal = ownTerminal(environment)
const words = process.argv.slice(2)
const isJson = words.includes('--json')
let command: Command | null = null
let isReported = false
const interruption = listenForSignals(
  (line) => terminal.tell(line),
  (exitCode) => {
    // Whoever reads JSON gets it in this case too.
    const result = { exitCode, outcome: 'cancelled' as const, failure: null, fields: {}, lines: [] }
    if (isJson && !isReported) report(result, command?.verb ?? null)
  },
)
process.exitCode = await main()

async function main(): Promise<number> {
  try {
    command = readCommand(words)
    if (command.verb === 'help' || command.verb === 'version') {
      terminal.say(command.verb === 'help' ? helpText(command.about) : VERSION)
      return EXIT.done
    }
    return report(await carryOut(command, terminal, interruption), command.verb)
  } catch (error) {
    return report(resultOf(error), command?.verb ?? null)
  }
}

type WorkingCommand = Exclude<Command, { verb: 'help' | 'version' }>

async function carryOut(command: WorkingCommand, terminal: Terminal, interruption: Interruption): Promise<Result> {
  const { common } = command
  if (command.verb === 'new') {
    const pair = await createWithoutDatabase(common.folder, command.title)
    if (pair !== null) return pair
  }
  const connection = findConnection(common, environment)
  // Where the system allows it, the list of processes shows this from now on in place of the words.
  if (connection.isPasswordInWords) process.title = 'strata migrate'
  for (const warning of connection.warnings) terminal.tell(terminal.toldIn('notable', warning))
  const mayAsk = terminal.isInteractive && !common.isJson
  const open = await openMigrations({ connection, folder: common.folder, terminal, mayAsk })
  try {
    if (command.verb === 'new') return await createMigration(open, command.title)
    if (command.verb === 'status') return await showStatus(open, terminal, command.isCheck)
    if (command.verb === 'rehearse') {
      if (!command.isScratch) await requireDatabaseName({ open, common, terminal, mayAsk })
      return await rehearseMigrations(open, terminal, interruption, command)
    }
    const { verb, move } = command
    const action: MigrationAction = verb === 'repair' ? { kind: command.how, name: command.name } : actionOf(verb, move)
    const participle = PARTICIPLES[verb]
    return await moveMigrations({ open, participle, action, options: move, common, terminal, interruption, mayAsk })
  } finally {
    await open.close()
  }
}

function resultOf(error: unknown): Result {
  if (!(error instanceof FailureError)) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
    terminal.tell(`A fault of Strata: ${message}`)
    const failure = { kind: 'defect' as const, message: 'A fault of Strata; stderr says more.', reference: '' }
    return { exitCode: EXIT.failed, outcome: 'failed', failure, fields: {}, lines: [] }
  }
  const { failure } = error
  if (!isJson) for (const line of describeFailure(failure)) terminal.tell(line)
  const exitCode = exitCodeOf(failure)
  const outcome = failure.kind === 'connection' ? 'not connected' : failure.kind === 'refused' ? 'refused' : 'failed'
  return { exitCode, outcome, failure: withoutSecrets(failure), fields: {}, lines: [] }
}

function report(result: Result, verb: string | null): number {
  isReported = true
  const { exitCode, outcome, failure, fields, lines } = result
  if (isJson) terminal.say(JSON.stringify({ command: verb, outcome, exitCode, ...fields, failure }))
  else for (const line of lines) terminal.say(line)
  return exitCode
}
